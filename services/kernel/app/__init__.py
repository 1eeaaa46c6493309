"""How a service runs: declared as a `Service`, brought to life by `run`."""

from services.kernel.app.kernel import Kernel
from services.kernel.app.running import run
from services.kernel.app.service import Service, deps_of
from services.kernel.app.tickers import Ticker

__all__ = ["Kernel", "Service", "Ticker", "deps_of", "run"]
