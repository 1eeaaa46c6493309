"""A decision by link that comes while nobody works on the case: kept, carried out on resuming, or dropped and said."""

import pytest

from services.contracts.notify import LinkDecided
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import HANDLER, HEAD, IT, LEADER, REVIEW, Room, at_review, person_said, staff

DECIDED_AT = at("2026-09-21", "10:00")
RESUMED_AT = at("2026-09-22", "09:00")


@pytest.fixture
async def kept(room: Room) -> LinkDecided:
    """A case suspended at its leader, who then decided by link."""
    case_no = room.new_case_no()
    await at_review(room, case_no)
    await room.complete(case_no, "Review", HANDLER, **REVIEW)
    step = await room.step(case_no, "Lead")
    assert (await room.ask(HEAD, "POST", f"/cases/{case_no}/suspend", {"reason": "等待批复"})).is_success
    await room.set_clock(DECIDED_AT)
    decided = room.signer.decided(case_no, step["task_id"], LEADER.code, DECIDED_AT)
    await room.notify.say(decided, decided)
    await wait_until(lambda: room.heard(case_no, "decision.kept"))
    return decided


async def test_given_a_suspended_case_then_a_decision_by_link_waits_and_is_carried_out_once_it_is_resumed(
    room: Room, kept: LinkDecided
) -> None:
    case_no = kept.case_no
    [waits] = await room.heard(case_no, "decision.kept")
    assert (waits["person"], waits["suspended_by"], waits["recipients"]) == (LEADER.code, HEAD.code, [LEADER.code])
    assert (await room.step(case_no, "Lead"))["task_id"] == kept.task_id

    await room.set_clock(RESUMED_AT)
    await _resume(room, case_no)
    [done] = [each for each in await room.heard(case_no, "task.completed") if each["element"] == "Lead"]
    assert (done["channel"], done["signature"], done["person"]) == ("link", kept.signature, LEADER.code)
    assert done["completed_on"] == RESUMED_AT.date().isoformat()
    assert len(await room.heard(case_no, "case.decided")) == 1
    assert await room.heard(case_no, "decision.dropped") == []

    await room.notify.say(kept)
    await room.settled()
    assert len(await room.heard(case_no, "decision.kept")) == 1
    assert await _letters(room, case_no) == []


async def test_given_the_leader_has_left_the_post_when_the_case_is_resumed_then_the_decision_is_dropped_and_said(
    room: Room, kept: LinkDecided
) -> None:
    case_no = kept.case_no
    elsewhere = staff(LEADER.code, *LEADER.roles, department="D00")
    await room.registry.say(person_said(elsewhere))
    await room.settled()
    await _resume(room, case_no)
    await room.registry.say(person_said(LEADER))

    [dropped] = await room.heard(case_no, "decision.dropped")
    assert (dropped["task_id"], dropped["recipients"]) == (kept.task_id, [LEADER.code])
    assert "您不在该岗位" in dropped["reason"]
    assert "neither hold it" in dropped["reason"]
    assert (await room.step(case_no, "Lead"))["task_id"] == kept.task_id
    assert await _letters(room, case_no) == []
    await room.complete(case_no, "Lead", LEADER, decision="agree", opinion="同意")
    assert len(await room.heard(case_no, "case.decided")) == 1


async def _resume(room: Room, case_no: str) -> None:
    answer = await room.ask(HEAD, "POST", f"/cases/{case_no}/resume", {"reason": "批复已到"})
    assert answer.is_success, answer.text


async def _letters(room: Room, case_no: str) -> list[str]:
    return [each["id"] for each in await room.have(IT, "/dead-letters?limit=200") if each["subject"].endswith(case_no)]
