"""A signal is brought to every case that waits for it; under the same key it is the same signal, or is refused."""

from typing import Final

from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation

_ENTRY: Final = {"name": "storm", "payload": {"level": "red"}, "reason": "气象台发布红色预警"}
_KEY: Final = {"Idempotency-Key": "storm-of-the-day"}


async def brought(ledger: Ledger, _situation: Situation) -> None:
    """Sent, sent again, and another sent under the same key."""
    begun = await ledger.ask(202, "workflow POST /signals", json=_ENTRY, headers=_KEY)
    await ledger.ask(202, "workflow POST /signals", json=_ENTRY, headers=_KEY)
    await ledger.ask(409, "workflow POST /signals", json={**_ENTRY, "name": "calm"}, headers=_KEY)
    await ledger.ask(200, "workflow GET /signals")
    names = {"broadcast_id": begun.json()["broadcast_id"]}
    await ledger.ask(200, "workflow GET /signals/{broadcast_id}", names=names)
