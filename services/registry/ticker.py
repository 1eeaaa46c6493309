"""What time does in the registry: it looks whether the demonstration's clock is still set."""

from datetime import timedelta
from typing import Final

from services.kernel.app import Ticker
from services.registry.democlock import put_back
from services.registry.deps import Deps

TICKERS: Final = (Ticker[Deps]("keep-demo-clock", every=timedelta(seconds=5), run=put_back),)
