"""A decision by link that comes when its step is over: who decided is told, once, and nothing is a dead letter."""

from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import HANDLER, IT, LEADER, REVIEW, Room, at_review

DECIDED_AT = at("2026-09-18", "10:00")


async def test_given_a_decision_by_link_after_the_step_was_over_then_it_is_dropped_once_however_often_it_comes(
    room: Room,
) -> None:
    case_no = room.new_case_no()
    await at_review(room, case_no)
    await room.complete(case_no, "Review", HANDLER, **REVIEW)
    task_id = (await room.step(case_no, "Lead"))["task_id"]
    await room.complete(case_no, "Lead", LEADER, decision="agree", opinion="同意，予以许可")
    decided = room.signer.decided(case_no, task_id, LEADER.code, DECIDED_AT)
    unknown = room.signer.decided(case_no, "T-nobody-knows", LEADER.code, DECIDED_AT)
    await room.notify.say(decided)
    await wait_until(lambda: room.heard(case_no, "decision.dropped"))
    await room.notify.say(decided, unknown)
    await wait_until(lambda: _are(room, case_no, 2))
    first, second = await room.heard(case_no, "decision.dropped")
    assert "closed by u.leader" in first["reason"]
    assert (second["task_id"], second["element"]) == ("T-nobody-knows", "")
    await room.settled()
    assert await _are(room, case_no, 2)
    letters = await room.have(IT, "/dead-letters?limit=200")
    assert [letter for letter in letters if letter["subject"].endswith(case_no)] == []


async def _are(room: Room, case_no: str, count: int) -> bool:
    return len(await room.heard(case_no, "decision.dropped")) == count
