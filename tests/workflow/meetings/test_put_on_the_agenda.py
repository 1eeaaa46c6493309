"""Who stands in the queue, and how a case comes from there onto an agenda."""

from datetime import date, time

import pytest

from services.kernel.requests import KeyTaken
from services.workflow.meetings import keeping, planning
from services.workflow.meetings.minding import mind_all
from services.workflow.meetings.models import Stage
from services.workflow.meetings.planning import Plan
from services.workflow.meetings.queues import due_of, queue_of
from services.workflow.meetings.refusals import BodyUnknown, NotInQueue, NotYourSession, SessionNotFound
from services.workflow.views.meetings import session_view
from tests.workflow.clock_support import at
from tests.workflow.meetings.hall import CHIEF8, HEAD, MEMBERS, SECRETARY, Hall
from tests.workflow.room import HANDLER, STRANGER


async def test_given_a_case_at_a_collective_decision_then_it_stands_in_the_queue_of_that_body_alone(hall: Hall) -> None:
    case_no = await hall.waiting_case()
    waiting = await queue_of(hall.deps, "bureau_meeting", SECRETARY)
    assert case_no in [each.instance.case_no for each in waiting.steps]
    other = await queue_of(hall.deps, "specialist_committee", SECRETARY)
    assert case_no not in [each.instance.case_no for each in other.steps]


async def test_given_the_queue_then_nobody_sees_cases_that_are_not_theirs(hall: Hall) -> None:
    case_no = await hall.waiting_case()
    for who, sees in ((HANDLER, True), (STRANGER, False)):
        waiting = await queue_of(hall.deps, "bureau_meeting", who)
        assert (case_no in [each.instance.case_no for each in waiting.steps]) is sees


async def test_given_a_session_behind_the_cases_due_date_then_the_conflict_is_shown(hall: Hall) -> None:
    """Accepted on 2026-09-28, promised in seven working days: no meeting holds the clock."""
    case_no = await hall.waiting_case()
    due_on, task = due_of(await hall.case(case_no)), await hall.step(case_no)
    assert due_on == date(2026, 10, 13)
    for held_on, late in ((date(2026, 10, 13), False), (date(2026, 10, 14), True)):
        session = await hall.plan(held_on)
        session = await keeping.set_agenda(hall.deps, session, [task.task_id], who=SECRETARY, key=None)
        assert planning.is_late(session.items[0].due_on, session.held_on) is late
        await keeping.set_agenda(hall.deps, session, [], who=SECRETARY, key=None)
    assert all(clock.is_running for clock in (await hall.case(case_no)).clocks)


async def test_given_a_case_on_one_agenda_then_another_session_cannot_take_it_until_the_first_is_cancelled(
    hall: Hall,
) -> None:
    case_no = await hall.waiting_case()
    first, _ = await hall.with_case(case_no)
    second, task = await hall.plan(), await hall.step(case_no)
    with pytest.raises(NotInQueue):
        await keeping.set_agenda(hall.deps, second, [task.task_id], who=SECRETARY, key=None)
    await hall.deps.sessions.change(
        first.session_id, lambda fresh: planning.cancelled(fresh, reason="局长出差", at=hall.clock.now())
    )
    taken = await keeping.set_agenda(hall.deps, second, [task.task_id], who=SECRETARY, key=None)
    assert [item.case_no for item in taken.items] == [case_no]


async def test_given_the_same_plan_under_the_same_key_then_it_is_one_session_and_another_plan_is_refused(
    hall: Hall,
) -> None:
    once, again = [await hall.plan(key="the-same-key") for _ in range(2)]
    assert once == again
    with pytest.raises(KeyTaken):
        await hall.plan(date(2026, 10, 14), key="the-same-key")


async def test_given_a_plan_that_names_nobody_then_the_holders_of_the_bodys_posts_sit_in_it(hall: Hall) -> None:
    wish = Plan(date(2026, 10, 13), time(9, 30), "三楼会议室", "", ())
    session = await keeping.plan(hall.deps, "bureau_meeting", wish, who=SECRETARY, key="named-nobody")
    assert (session.chair, set(session.members)) == ("u.head", set(MEMBERS))


async def test_given_somebody_who_does_not_hold_the_bodys_post_then_they_plan_nothing(hall: Hall) -> None:
    with pytest.raises(NotYourSession, match="P10"):
        await hall.plan(who=HANDLER)
    with pytest.raises(BodyUnknown):
        await keeping.body_named(hall.deps, "no_such_body")


async def test_given_a_session_then_members_see_all_of_it_and_other_departments_only_their_own_items(
    hall: Hall,
) -> None:
    session, _ = await hall.with_case(await hall.waiting_case())
    body, books = await keeping.body_named(hall.deps, session.body_id), (await hall.deps.copies.office()).books
    shown = {
        who.code: session_view(session, body, who, books=books, now=hall.clock.now(), choices={}).items
        for who in (HEAD, CHIEF8, HANDLER, STRANGER)
    }
    counts = {code: len(items) for code, items in shown.items()}
    assert counts == {"u.head": 1, "u.chief.d08": 1, "u.handler.d06": 1, "u.handler.d08": 0}
    with pytest.raises(SessionNotFound):
        await keeping.session_of(hall.deps, "f" * 16, HEAD)


async def test_given_the_set_time_then_the_ticker_freezes_the_papers_and_says_which_cases_have_none(
    hall: Hall,
) -> None:
    case_no = await hall.waiting_case()
    session, _ = await hall.with_case(case_no)
    before = hall.clock.now()
    hall.clock.set(at("2026-10-09", "16:59"))
    await mind_all(hall.deps)
    assert (await hall.deps.sessions.load(session.session_id))[0].stage is Stage.PLANNED
    hall.clock.set(at("2026-10-09", "17:00"))
    await mind_all(hall.deps)
    assert (await hall.deps.sessions.load(session.session_id))[0].stage is Stage.FROZEN
    hall.clock.set(before)
