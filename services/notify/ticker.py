"""What notify does by time: send what is due."""

from datetime import timedelta
from typing import Final

from services.kernel.app import Ticker
from services.notify.deliveries import send_due
from services.notify.deps import Deps

TICKERS: Final[tuple[Ticker[Deps], ...]] = (
    Ticker(name="send-due", every=timedelta(seconds=1), run=send_due, wake=lambda deps: deps.wake),
)
