"""What notify does by time: send what is due."""

from datetime import timedelta

from services.kernel.app import Ticker
from services.notify.deliveries import Deps, send_due

TICKERS: tuple[Ticker[Deps], ...] = (Ticker(name="send-due", every=timedelta(seconds=1), run=send_due),)
