"""Staff begin an internal process: once for each key, and by what its form asks."""

from typing import Any, Final

from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation
from tests.workflow.starts.drawn import request

_TRIP: Final[dict[str, Any]] = {"process": "trips", "facts": {"purpose": "现场踏勘", "days": 1}}
_KEY: Final = {"Idempotency-Key": "trip-of-the-day"}


async def begun(ledger: Ledger, _situation: Situation) -> None:
    """Begun, begun again, and another one under the same key."""
    files = {"files": request("trip.requested", "trips", "NS-71")}
    await ledger.ask(201, "workflow POST /definitions", json=files, params={"activate": "true"})
    await ledger.ask(200, "workflow GET /starts")
    for _ in range(2):
        await ledger.ask(201, "workflow POST /starts", json=_TRIP, headers=_KEY)
    other = {**_TRIP, "facts": {"purpose": "下乡", "days": 2}}
    await ledger.ask(409, "workflow POST /starts", json=other, headers=_KEY)
