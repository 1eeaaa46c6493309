"""A resolution comes to the process that waits for it: once, and what stands in the way is told."""

import asyncio

import pytest

from services.workflow import tasks
from services.workflow.instances.operations.meetings import (
    ConditionsOpen,
    ConditionUnknown,
    MeetingUndecided,
    check_decided,
)
from services.workflow.instances.resolutions import Ruled
from services.workflow.instances.working import NotYourTask
from services.workflow.meetings import keeping, minutes
from services.workflow.meetings.handing import close_condition
from services.workflow.meetings.minding import mind_all
from services.workflow.meetings.models import Stage
from services.workflow.operations import cases
from tests.workflow.meetings.hall import HEAD, SECRETARY, Hall, ruling
from tests.workflow.room import HANDLER, LEADER, STRANGER

IN_PRINCIPLE = {"conditions": ["屋面形式与周边协调", "邻里意见书补齐"], "opinion": "原则通过。"}


async def test_given_the_chair_signs_then_the_case_goes_on_with_the_decision_under_the_secretarys_name(
    hall: Hall,
) -> None:
    case_no = await hall.waiting_case()
    session = await hall.signed(case_no)
    case = await hall.case(case_no)
    assert [task.element for task in case.tasks] == ["Sign"]
    assert case.data["meeting"]["conclusion"] == "agreed"
    assert case.data["meeting"]["minutes_no"] == session.number
    closed = case.closed[-1]
    assert (closed.element, closed.person, closed.channel) == ("Meet", "u.secretary", "meeting")
    assert session.items[0].handing is not None
    assert session.items[0].handing.done


async def test_given_a_resolution_was_handed_over_when_it_is_sent_again_by_many_then_nothing_changes(
    hall: Hall,
) -> None:
    case_no = await hall.waiting_case()
    session = await hall.decided(case_no)
    session = await keeping.draft(hall.deps, session, None, who=SECRETARY, key=None)
    await asyncio.gather(*(keeping.sign(hall.deps, session, who=HEAD, key=None) for _ in range(4)))
    before = await hall.deps.instances.load(case_no)
    session, _ = await hall.deps.sessions.load(session.session_id)
    forgotten = session.with_item(session.items[0].model_copy(update={"handing": None}))
    after = await keeping.hand_all(hall.deps, forgotten)
    assert await hall.deps.instances.load(case_no) == before
    assert len(before[0].resolutions) == 1
    assert after.stage is Stage.SIGNED


async def test_given_the_service_stopped_between_signature_and_case_then_the_ticker_hands_it_over(hall: Hall) -> None:
    case_no = await hall.waiting_case()
    session = await hall.decided(case_no)
    session = await keeping.draft(hall.deps, session, None, who=SECRETARY, key=None)
    at = hall.clock.now()
    await hall.deps.sessions.change(
        session.session_id, lambda fresh: minutes.signed(fresh, by="u.head", for_chair=True, at=at)
    )
    await keeping.carry_on(hall.deps)
    assert [task.element for task in (await hall.case(case_no)).tasks] == ["Sign"]
    handing = (await hall.deps.sessions.load(session.session_id))[0].items[0].handing
    assert handing is not None
    assert handing.done


async def test_given_a_deferred_item_then_the_case_stays_in_the_queue_and_can_be_put_on_the_next_agenda(
    hall: Hall,
) -> None:
    case_no = await hall.waiting_case()
    await hall.signed(case_no, ruling(Ruled.DEFER, reason="邻里意见未征求完毕。", ballots=votes("against")))
    assert [task.element for task in (await hall.case(case_no)).tasks] == ["Meet"]
    assert (await hall.case(case_no)).resolutions == ()
    session, entry = await hall.with_case(case_no)
    assert (session.items[0].item_id, entry.case_no) == (entry.item_id, case_no)


async def test_given_an_item_sent_back_then_the_process_takes_it_as_its_form_says(hall: Hall) -> None:
    case_no = await hall.waiting_case()
    await hall.signed(case_no, ruling(Ruled.RETURN, reason="日照分析未完成。", ballots=votes("against")))
    case = await hall.case(case_no)
    assert case.data["meeting"]["conclusion"] == "deferred"
    assert [task.element for task in case.tasks] == ["Meet"]


async def test_given_conditions_are_open_then_the_head_cannot_grant_until_each_is_closed_with_its_evidence(
    hall: Hall,
) -> None:
    case_no = await hall.waiting_case()
    await hall.signed(case_no, ruling(Ruled.AGREE_IN_PRINCIPLE, **IN_PRINCIPLE))
    conditions = (await hall.case(case_no)).resolutions[0].conditions
    with pytest.raises(ConditionsOpen, match="屋面形式与周边协调；邻里意见书补齐"):
        await hall.sign_case(case_no)
    for condition in conditions:
        await close_condition(hall.deps, case_no, condition.condition_id, evidence="修改图", who=HANDLER, key=None)
        await close_condition(hall.deps, case_no, condition.condition_id, evidence="别的", who=SECRETARY, key=None)
    closed = (await hall.case(case_no)).resolutions[0].conditions
    assert [(each.closed_by, each.evidence) for each in closed] == [("u.handler.d06", "修改图")] * 2
    await hall.sign_case(case_no)
    assert (await hall.case(case_no)).tasks == ()


async def test_given_conditions_are_open_then_the_head_can_refuse(hall: Hall) -> None:
    case_no = await hall.waiting_case()
    await hall.signed(case_no, ruling(Ruled.AGREE_IN_PRINCIPLE, **IN_PRINCIPLE))
    await hall.sign_case(case_no, "refuse")
    assert (await hall.case(case_no)).tasks == ()


async def test_given_a_condition_then_nobody_of_another_department_closes_it(hall: Hall) -> None:
    case_no = await hall.waiting_case()
    await hall.signed(case_no, ruling(Ruled.AGREE_IN_PRINCIPLE, **IN_PRINCIPLE))
    condition = (await hall.case(case_no)).resolutions[0].conditions[0]
    with pytest.raises(NotYourTask):
        await close_condition(hall.deps, case_no, condition.condition_id, evidence="x", who=LEADER, key=None)
    with pytest.raises(ConditionUnknown):
        await close_condition(hall.deps, case_no, "0" * 16 + ".00000000.1", evidence="x", who=HANDLER, key=None)
    assert STRANGER.code not in str(await hall.case(case_no))


async def test_given_a_suspended_case_then_it_is_told_and_handed_over_once_it_is_resumed(hall: Hall) -> None:
    case_no = await hall.waiting_case()
    await cases.suspend(hall.deps, case_no, reason="核实情况", who=LEADER, key=None)
    session = await hall.signed(case_no)
    handing = session.items[0].handing
    assert handing is not None
    assert (handing.done, handing.code) == (False, "case-suspended")
    assert "核实情况" in handing.zh
    await cases.resume(hall.deps, case_no, reason="核实完毕", who=LEADER, key=None)
    session = await keeping.hand_all(hall.deps, session)
    assert session.items[0].handing is not None
    assert session.items[0].handing.done
    assert [task.element for task in (await hall.case(case_no)).tasks] == ["Sign"]


async def test_given_somebody_completed_the_step_by_hand_then_it_is_told_who(hall: Hall) -> None:
    case_no = await hall.waiting_case()
    session = await hall.decided(case_no)
    task = await hall.step(case_no)
    by_hand = {"held_on": "2026-10-13", "minutes_no": "手工", "conclusion": "agreed", "opinion": "同意。"}
    await tasks.complete(hall.deps, task.task_id, by_hand, SECRETARY)
    session = await keeping.draft(hall.deps, session, None, who=SECRETARY, key=None)
    session = await keeping.sign(hall.deps, session, who=HEAD, key=None)
    handing = session.items[0].handing
    assert handing is not None
    assert (handing.done, handing.code) == (False, "task-over")
    assert "u.secretary" in handing.zh
    assert (await hall.case(case_no)).resolutions == ()


async def test_given_a_case_that_is_over_then_it_is_told_and_the_session_is_closed_with_a_reason(hall: Hall) -> None:
    case_no = await hall.waiting_case()
    session = await hall.decided(case_no)
    task = await hall.step(case_no)
    by_hand = {"held_on": "2026-10-13", "minutes_no": "手工", "conclusion": "agreed", "opinion": "同意。"}
    await tasks.complete(hall.deps, task.task_id, by_hand, SECRETARY)
    await hall.sign_case(case_no)
    session = await keeping.draft(hall.deps, session, None, who=SECRETARY, key=None)
    session = await keeping.sign(hall.deps, session, who=HEAD, key=None)
    assert session.items[0].handing is not None
    assert session.items[0].handing.code == "case-not-running"


async def test_given_a_session_is_held_then_the_meetings_own_case_has_the_clock_of_the_minutes(hall: Hall) -> None:
    """SL-17: the clock is that of bpmn/bureau-meeting; supervision hears nothing new."""
    hall.clock.set(hall.clock.now())
    session = await hall.decided(await hall.waiting_case())
    session, _ = await hall.deps.sessions.load(session.session_id)
    own = await hall.case(session.case_no)
    task = next(each for each in own.tasks if each.element == "Task_Minutes")
    clock = own.clock(f"step:{task.task_id}")
    assert clock is not None
    assert (clock.light_rules, clock.limit_workdays) == (("SL-17",), 3)
    session = await keeping.draft(hall.deps, session, None, who=SECRETARY, key=None)
    assert [each.element for each in (await hall.case(session.case_no)).tasks] == ["Task_MinutesSign"]
    await keeping.sign(hall.deps, session, who=HEAD, key=None)
    assert [each.element for each in (await hall.case(session.case_no)).tasks] == ["Task_ArchiveFile"]


async def test_given_the_service_stopped_before_the_meetings_case_went_on_then_the_ticker_makes_it_good(
    hall: Hall,
) -> None:
    session, _ = await hall.with_case(await hall.waiting_case())
    now = {"stage": Stage.HELD, "present": session.members, "number": "局务会纪要〔2026〕0号"}
    held = session.model_copy(update=now)
    await hall.deps.sessions.change(session.session_id, lambda _: (held, ()))
    await mind_all(hall.deps)
    await mind_all(hall.deps)
    session, _ = await hall.deps.sessions.load(session.session_id)
    assert [each.element for each in (await hall.case(session.case_no)).tasks] == ["Task_Minutes"]


async def test_given_a_meeting_still_to_decide_then_nobody_signs_beside_it(hall: Hall) -> None:
    """No drawing that the gate takes comes to this; a case of an older version may."""
    case_no = await hall.waiting_case()
    case = await hall.case(case_no)
    sign = case.tasks[0].model_copy(update={"task_id": "x", "element": "Sign", "decision_body": "bureau_head"})
    both = case.model_copy(update={"tasks": (*case.tasks, sign)})
    with pytest.raises(MeetingUndecided, match="局务会审议"):
        check_decided(both, sign, {"decision": "grant"})
    check_decided(case.model_copy(update={"tasks": (sign,)}), sign, {"decision": "grant"})


def votes(vote: str) -> list[dict[str, str]]:
    return [{"person": each, "vote": vote} for each in ("u.head", "u.leader", "u.chief.d06", "u.chief.d08")]
