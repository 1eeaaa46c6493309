"""A case as a whole: extended, suspended, carried to another step."""

from typing import Final

from tests.hostile.city import EVERYBODY, person
from tests.hostile.day.tasks import WHY, review, task_at
from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation

OTHERS: Final = person("u.another", *EVERYBODY.roles, department="D06", posts=tuple(EVERYBODY.posts))
"""May do everything as well: who approves must be another than who proposed."""

_CASE: Final = "workflow POST /cases/{case_no}"


async def extended(ledger: Ledger, situation: Situation) -> None:
    """Once, and not again."""
    names = {"case_no": situation.case_no}
    await ledger.ask(200, f"{_CASE}/extension", names=names, json={"reason": "案情复杂"})
    await ledger.ask(409, f"{_CASE}/extension", names=names, json={"reason": "再延"})


async def suspended(ledger: Ledger, situation: Situation) -> None:
    """Suspended and resumed; neither twice."""
    names = {"case_no": situation.township_case}
    for verb in ("suspend", "resume"):
        for status in (200, 409):
            await ledger.ask(status, f"{_CASE}/{verb}", names=names, json=WHY)


async def carried_to_another_step(ledger: Ledger, _situation: Situation) -> None:
    """Of two proposed jumps one is approved: the other is out of date and dropped; with the first step gone, none."""
    task = await review(ledger)
    case = {"case_no": ledger.city.stage.case_no}
    proposed = [
        (await ledger.ask(200, f"{_CASE}/jumps", names=case, json={"task_id": task, "to": to, **WHY})).json()
        for to in ("Accept", "Lead")
    ]
    first, second = (each["proposal_id"] for each in proposed[-1]["proposals"])
    for status, proposal in ((200, second), (409, first)):
        names = {**case, "proposal_id": proposal}
        await ledger.ask(status, f"{_CASE}/jumps/{{proposal_id}}/approve", OTHERS, names=names, json=WHY)
    await ledger.ask(200, f"{_CASE}/jumps/{{proposal_id}}/reject", names={**case, "proposal_id": first}, json=WHY)
    await task_at(ledger, "Lead", "u.leader")
    await ledger.ask(409, f"{_CASE}/jumps", names=case, json={"task_id": task, "to": "Lead", **WHY})
