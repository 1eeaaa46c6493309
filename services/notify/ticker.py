"""What notify does by time: send what is due, tell other systems, delete what is kept no longer."""

from datetime import timedelta
from typing import Final

from services.kernel.app import Ticker
from services.notify.deliveries import hand_over, send_due
from services.notify.deps import Deps
from services.notify.erasures import erase_due
from services.notify.exchange.pushing import compare_days, push_due
from services.notify.subscriptions.sending import send_due as send_deliveries

TICKERS: Final[tuple[Ticker[Deps], ...]] = (
    Ticker(name="send-due", every=timedelta(seconds=1), run=send_due, wake=lambda deps: deps.wake),
    Ticker(name="exchange", every=timedelta(seconds=1), run=push_due, wake=lambda deps: deps.exchange.bell),
    Ticker(name="compare", every=timedelta(minutes=10), run=compare_days),
    Ticker(name="webhooks", every=timedelta(seconds=1), run=send_deliveries, wake=lambda deps: deps.outside.bell),
    Ticker(name="erase", every=timedelta(hours=1), run=erase_due),
    Ticker(name="hand-over", every=timedelta(seconds=1), run=hand_over, wake=lambda deps: deps.hands.bell),
)
