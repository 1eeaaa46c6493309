"""What notify does by time: take what is due, and hand over what was taken."""

from datetime import timedelta
from typing import Final

from services.kernel.app import Ticker
from services.notify.deliveries import hand_over, send_due
from services.notify.deps import Deps

TICKERS: Final[tuple[Ticker[Deps], ...]] = (
    Ticker(name="send-due", every=timedelta(seconds=1), run=send_due, wake=lambda deps: deps.wake),
    Ticker(name="hand-over", every=timedelta(seconds=1), run=hand_over, wake=lambda deps: deps.hands.bell),
)
