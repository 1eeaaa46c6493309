"""Going back out of a subprocess and into one, and one of several who takes back what they did, on the real service."""

from typing import Any

import pytest

from tests.workflow.clock_support import at
from tests.workflow.operations.conftest import Desk
from tests.workflow.operations.joint import PANEL_CODE, with_panel
from tests.workflow.room import ACCEPT, HANDLER, HANDLER2, LEADER, Room

DONE = {"answers": {"opinion": "同意"}}


@pytest.fixture
async def panel(room: Room) -> Desk:
    """A case with which a panel of two is busy, in a subprocess."""
    case_no = room.new_case_no()
    await room.deploy(with_panel())
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.receive(case_no, item_code=PANEL_CODE)
    await room.step(case_no, "Accept")
    await room.set_clock(at("2026-09-17", "10:00"))
    await room.complete(case_no, "Accept", ACCEPT, decision="accept")
    await room.set_clock(at("2026-09-17", "11:00"))
    await room.complete(case_no, "Prepare", HANDLER, opinion="材料齐全")
    await room.complete(case_no, "Study", HANDLER, opinion="已研究")
    return Desk(room, case_no)


async def goals(desk: Desk, element: str) -> set[str]:
    task = await desk.room.have(HANDLER, f"/tasks/{await desk.task(element)}")
    return {goal["element"] for goal in task["send_back_to"]}


async def pulled(desk: Desk, task_id: str) -> tuple[int, dict[str, Any]]:
    answer = await desk.at(HANDLER, task_id, "pull-back", {"reason": "意见有误"})
    return answer.status_code, answer.json()


async def test_given_a_panel_still_at_it_then_one_of_them_takes_back_what_they_did(panel: Desk) -> None:
    mine = await panel.task("Panel")
    await panel.at(HANDLER, mine, "complete", DONE)
    may = await panel.room.have(HANDLER, f"/cases/{panel.case_no}/actions")
    assert mine in [goal["task_id"] for goal in may["pull_back"]]

    status, done = await pulled(panel, mine)
    assert status == 200
    assert sorted((step["element"], step["assignee"] or "") for step in done["steps"]) == [
        ("Panel", ""),
        ("Panel", HANDLER.code),
    ]
    clocks = await panel.clocks()
    running = {name for name, clock in clocks.items() if name.startswith("step:") and not clock["stopped_at"]}
    assert running == {f"step:{step['task_id']}" for step in done["steps"]}
    again = next(step["task_id"] for step in done["steps"] if step["assignee"] == HANDLER.code)
    other = next(step["task_id"] for step in done["steps"] if step["task_id"] != again)
    await panel.at(HANDLER, again, "complete", DONE)
    await panel.at(HANDLER2, other, "complete", DONE)
    assert await panel.open() == ["Lead"]
    status, refused = await pulled(panel, again)
    assert (status, refused["code"]) == (409, "one-of-several")


async def test_given_a_subprocess_then_its_steps_go_back_out_of_it_and_later_ones_back_into_it(panel: Desk) -> None:
    assert await goals(panel, "Panel") == {"Study", "Prepare"}
    for who in (HANDLER, HANDLER2):
        await panel.at(who, await panel.task("Panel"), "complete", DONE)
    await panel.do(LEADER, "Lead", "send-back", {"to": "Study", "reason": "请重新研究"})
    assert await panel.open() == ["Study"]
    [said] = await panel.room.heard(panel.case_no, "task.sent_back")
    assert len(said["undone"]) == 3  # the study and what both of the panel said
    assert await goals(panel, "Study") == {"Prepare"}

    await panel.do(HANDLER, "Study", "send-back", {"to": "Prepare", "reason": "缺图纸"})
    assert await panel.open() == ["Prepare"]
    for element in ("Prepare", "Study", "Panel", "Panel"):
        await panel.at(HANDLER, await panel.task(element), "complete", DONE)
    assert await panel.open() == ["Lead"]
