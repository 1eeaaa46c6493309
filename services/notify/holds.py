"""Cases whose messages are still needed: nothing of them is deleted while a matter or an objection is open."""

from typing import Final

from pydantic import BaseModel

from services.kernel.store import Collection

ARCHIVED: Final = "archive"
"""The last of a matter's seven steps."""

_MANY: Final = 10_000


class Hold(BaseModel, frozen=True):
    """What somebody looks into, as far as it is known; over when not `held`."""

    case_no: str
    held: bool


async def hold(holds: Collection[Hold], name: str, *, case_no: str, sequence: int) -> None:
    """Something about a case is looked into."""
    await holds.put(name, Hold(case_no=case_no, held=True), unless_newer=sequence)


async def release(holds: Collection[Hold], name: str, *, case_no: str, sequence: int) -> None:
    """It was settled."""
    await holds.put(name, Hold(case_no=case_no, held=False), unless_newer=sequence)


async def held_cases(holds: Collection[Hold]) -> list[str]:
    """The cases about which something is open."""
    found = await holds.query({"body.held": True}, sort=[("_id", 1)], limit=_MANY)
    return sorted({each.case_no for each in found})
