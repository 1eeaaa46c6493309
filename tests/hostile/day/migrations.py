"""Running cases move to another version: foretold, started, paused, resumed, taken back; nothing twice."""

from typing import Final

from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation
from tests.support.wait import wait_until

_START: Final = "workflow POST /definitions/{key}/migrations"
_ONE: Final = "workflow POST /migrations/{migration_id}"
_KEY: Final = {"key": "third-permit"}
_PLAN: Final = {"to_version": 2}
_ENTRY: Final = {**_PLAN, "reason": "规则更新"}
_WITHIN: Final = 90
"""Seconds for many tries: a migration is often over before it can be paused."""


async def carried_over(ledger: Ledger, _situation: Situation) -> None:
    """While one is paused no other begins; once it is done it can be taken back, and neither paused nor resumed."""
    await ledger.ask(200, f"{_START}/preview", names=_KEY, json=_PLAN)
    await ledger.ask(200, f"{_START}/preview/cases", names=_KEY, json=_PLAN)
    names = {"migration_id": str(await wait_until(lambda: _paused(ledger), within=_WITHIN))}
    await ledger.ask(409, _START, names=_KEY, json=_ENTRY)
    await ledger.ask(200, f"{_ONE}/resume", names=names)
    await wait_until(lambda: _is(ledger, names, "done"))
    for verb in ("pause", "resume"):
        await ledger.ask(409, f"{_ONE}/{verb}", names=names)
    await ledger.ask(200, f"{_ONE}/revert", names=names)
    await wait_until(lambda: _is(ledger, names, "reverted"))
    await ledger.ask(409, f"{_ONE}/revert", names=names)
    await ledger.ask(200, "workflow GET /migrations/{migration_id}/cases", names=names)


async def _paused(ledger: Ledger) -> str:
    """A migration that was paused before it was done; empty if it was too quick."""
    begun = await ledger.ask(201, _START, names=_KEY, json=_ENTRY)
    names = {"migration_id": begun.json()["migration_id"]}
    if (await ledger.any(f"{_ONE}/pause", names=names)).is_success:
        return names["migration_id"]
    await wait_until(lambda: _is(ledger, names, "done"))
    return ""


async def _is(ledger: Ledger, names: dict[str, str], status: str) -> bool:
    answer = await ledger.ask(200, "workflow GET /migrations/{migration_id}", names=names)
    return bool(answer.json()["status"] == status)
