"""Key projects and inspections: entered, worked on, decided; nothing out of turn."""

from typing import Final

from tests.hostile.doors import BODIES
from tests.hostile.ledger import Ledger
from tests.hostile.situation import PROJECT, Situation

INSPECTION: Final = {
    "on": "2026-11-26",
    "method": "routine",
    "domain": "efficiency",
    "duty": "D5",
    "departments": ["D06"],
    "note": "例行督查",
}


async def carried_on(ledger: Ledger, situation: Situation) -> None:
    """A project is proposed; the one that there is gets a service; a plan that nobody drafted is not published."""
    await ledger.ask(201, "supervision POST /projects", json=PROJECT)
    await ledger.ask(201, "supervision POST /inspections", json=INSPECTION)
    names, work, lead = (
        {"project_id": situation.project_id},
        "supervision POST /projects/{project_id}/work",
        "supervision POST /projects/{project_id}/lead",
    )
    await ledger.ask(200, work, names=names, json=BODIES["POST", "/projects/{project_id}/work"])
    await ledger.ask(409, work, names=names, json={"act": "publish_plan"})
    over = BODIES["POST", "/projects/{project_id}/lead"]
    await ledger.ask(200, lead, names=names, json=over)
    await ledger.ask(409, lead, names=names, json=over)
