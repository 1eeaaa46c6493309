"""A case moves on: what the engine gives becomes tasks, clocks, milestones, and is said in order."""

from dataclasses import replace
from datetime import date

import pytest

from services.contracts.registry import CalendarDay, CalendarPublished
from services.contracts.words import Attendance, ClockKind, DayKind, HoldGround, Outcome, StepKind
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    ExpectedDateMoved,
    MilestoneReached,
    TaskCancelled,
    TaskCompleted,
    TaskOpened,
    TimerFired,
    TimerHeld,
    TimerStopped,
)
from services.kernel.worktime import Calendar
from services.workflow.clocks.grounds import Policy
from services.workflow.engine.models import Ended
from services.workflow.instances.models import Act, Status, Verb
from services.workflow.instances.moving import awaited_early, keeps_early, registered, variables_of
from services.workflow.instances.schedules import NothingToExtend, extended, next_thing, recomputed, spoken
from services.workflow.instances.turns import Unworkable
from services.workflow.offices import Office
from tests.workflow.case_support import (
    OFFICE,
    Case,
    books,
    ended,
    external,
    human,
    passed,
    person,
    received,
    timer,
    waiting,
)
from tests.workflow.clock_support import TIME, at, on


def _accepted(**office: Office) -> Case:
    """A case accepted on 2026-09-17, at the handler."""
    case = Case(**office)
    case.start(at("2026-09-16", "15:30"), human("a", post="P03", limit_wd="5", warn="80%"))
    case.move(
        Verb.COMPLETE,
        "a",
        at("2026-09-17"),
        human("b", limit_wd="3"),
        actor="u.accept",
        payload={"decision": "accept"},
        passed=(passed("Task_a"), passed("Accepted", "intermediateThrowEvent", case_clock="start")),
    )
    return case


def test_given_a_start_then_the_case_is_pinned_and_its_first_step_opens_with_its_clock() -> None:
    case = Case().start(at("2026-09-16", "15:30"), human("a", post="P03", limit_wd="5", form="acceptance"))
    task = case.instance.tasks[0]
    assert (task.department, task.form, task.due_on) == ("D09", "acceptance", on("2026-09-22"))
    assert case.instance.departments == ("D06", "D09")
    assert case.instance.status is Status.RUNNING
    assert case.instance.next_due_at == at("2026-09-21", "09:00")
    assert case.heard() == ["CaseStarted", "TaskOpened", "TimerStarted"]


def test_given_acceptance_then_both_clocks_of_the_case_start_that_day() -> None:
    case = _accepted()
    accepted = case.last(CaseAccepted)
    assert (accepted.accepted_on, accepted.deemed) == (on("2026-09-17"), False)
    assert (accepted.promised_due_on, accepted.statutory_due_on) == (on("2026-09-28"), on("2026-10-21"))
    assert case.heard()[3:] == [
        "TaskCompleted",
        "TimerStopped",
        "CaseAccepted",
        "TimerStarted",
        "TimerStarted",
        "TaskOpened",
        "TimerStarted",
    ]


def test_given_silence_at_the_window_then_acceptance_is_deemed_dated_back_to_receipt() -> None:
    """SC-9: received 2026-09-24; at close of 10-09 accepted as of 09-24; the law's limit ends 10-29."""
    case = Case(instance=registered(received(received_on=date(2026, 9, 24))))
    fires_at = at("2026-10-09", "17:00")
    data = {"case": {"received_on": "2026-09-24"}}
    case.start(at("2026-09-24"), human("a", post="P03", limit_wd="5"), timers=(timer("t", fires_at),), data=data)
    case.said.clear()
    thing = next_thing(case.instance, OFFICE)
    assert thing is not None
    case.move(
        Verb.FIRE,
        "t",
        at("2026-10-09", "17:00:04"),
        human("b", limit_wd="3"),
        actor="system:calendar",
        took_effect=fires_at,
        passed=(passed("Deemed", "boundaryEvent", case_clock="start", clock_from="case.received_on"),),
        data=data,
    )
    accepted = case.last(CaseAccepted)
    assert accepted.deemed
    assert accepted.accepted_on == on("2026-09-24")
    assert accepted.statutory_due_on == on("2026-10-29")
    stopped = next(each for each in case.said if isinstance(each, TimerStopped))
    assert stopped.overdue_workdays == 0
    fired = case.last(TimerFired)
    assert (fired.planned_at, fired.fired_at) == (fires_at, at("2026-10-09", "17:00:04"))
    assert case.heard()[:3] == ["TimerFired", "TaskCancelled", "TimerStopped"]
    assert case.instance.clock("step:b").started.on == on("2026-10-09")


def test_given_receipt_after_closing_then_the_first_step_counts_from_the_next_working_day() -> None:
    case = Case(instance=registered(received(received_on=date(2026, 9, 17))))
    case.start(at("2026-09-16", "18:00"), human("a", post="P03", limit_wd="5"))
    assert case.instance.tasks[0].due_on == on("2026-09-23")


def test_given_acceptance_is_passed_again_then_the_clocks_go_on_as_they_were() -> None:
    case = _accepted()
    before = case.instance.clocks
    again = passed("Accepted", "intermediateThrowEvent", case_clock="start")
    case.move(Verb.MESSAGE, "m", at("2026-09-18"), human("b", limit_wd="3"), passed=(again,))
    assert case.instance.clocks == before


def test_given_a_start_day_that_is_no_date_then_it_is_an_incident() -> None:
    case = Case().start(at("2026-09-24"), human("a", post="P03"))
    with pytest.raises(Unworkable) as fault:
        case.move(
            Verb.COMPLETE, "a", at("2026-09-25"), passed=(passed("S", case_clock="start", clock_from="nobody.knows"),)
        )
    assert fault.value.element == "S"


def test_given_expert_review_then_case_clocks_and_the_waiting_step_stand_still_until_it_ends() -> None:
    case = _accepted()
    case.said.clear()
    review = human("c", post="P08", limit_wd="10", hold="expert_review", hold_notice="expert_notice.notice_no")
    case.move(
        Verb.COMPLETE,
        "b",
        at("2026-09-21"),
        review,
        human("d", limit_wd="3"),
        data={"expert_notice": {"notice_no": "特告〔2026〕1号"}},
    )
    held = [each.clock_id for each in case.said if isinstance(each, TimerHeld)]
    assert held == ["promised", "statutory", "step:c"]
    assert case.instance.clock("step:d").is_running
    case.said.clear()
    case.move(Verb.COMPLETE, "c", at("2026-09-24"), human("d", limit_wd="3"))
    assert case.instance.clock(ClockKind.PROMISED).due_on == on("2026-10-08")
    assert case.instance.clock(ClockKind.STATUTORY).due_on == on("2026-10-26")
    moved_date = case.last(ExpectedDateMoved)
    assert (moved_date.was_due_on, moved_date.promised_due_on) == (on("2026-09-28"), on("2026-10-08"))


@pytest.mark.parametrize(
    ("basis", "held"), [(None, ["promised", "step:p"]), ("某条例 §86", ["promised", "statutory", "step:p"])]
)
def test_given_publicity_then_the_statutory_clock_stands_still_only_on_a_local_basis(
    basis: str | None, held: list[str]
) -> None:
    case = _accepted(office=replace(OFFICE, policy=Policy(publicity_basis=basis)))
    data = {"publicity": {"notice_no": "公示〔2026〕2号"}}
    step = human("p", limit_wd="7", hold="publicity", hold_notice="publicity.notice_no")
    case.move(Verb.COMPLETE, "b", at("2026-09-21"), step, data=data)
    assert [each.clock_id for each in case.said if isinstance(each, TimerHeld)] == held


def test_given_a_hold_without_a_written_notice_then_it_is_an_incident() -> None:
    case = _accepted()
    step = human("c", post="P08", hold="hearing", hold_notice="notice.no")
    with pytest.raises(Unworkable, match="notice"):
        case.move(Verb.COMPLETE, "b", at("2026-09-21"), step)


def test_given_a_decision_then_both_clocks_give_their_final_account() -> None:
    case = _accepted()
    case.move(
        Verb.COMPLETE,
        "b",
        at("2026-09-29"),
        human("c", post="P11"),
        actor="u.head",
        payload={"decision": "grant"},
        passed=(passed("Task_b", case_clock="stop"),),
    )
    decided = case.last(CaseDecided)
    assert (decided.outcome, decided.decided_by) == (Outcome.GRANTED, "u.head")
    assert (decided.promised_overdue_workdays, decided.statutory_overdue_workdays) == (1, 0)
    case.said.clear()
    case.move(Verb.COMPLETE, "c", at("2026-09-30"), passed=(passed("Task_c", case_clock="stop"),))
    assert "CaseDecided" not in case.heard()


@pytest.mark.parametrize(
    ("settings", "payload", "outcome"),
    [
        ({"outcome": "granted_conditional"}, {}, Outcome.GRANTED_CONDITIONAL),
        ({}, {"decision": "refuse"}, Outcome.REFUSED),
        ({}, {"decision": "withdrawn"}, Outcome.WITHDRAWN),
        ({}, {"decision": "whatever"}, Outcome.DONE),
    ],
)
def test_what_the_outcome_of_a_decision_is(settings: dict[str, str], payload: dict[str, str], outcome: Outcome) -> None:
    case = _accepted()
    stop = passed("Decided", "intermediateThrowEvent", case_clock="stop", **settings)
    case.move(Verb.COMPLETE, "b", at("2026-09-21"), human("c"), payload=payload, passed=(stop,))
    assert case.last(CaseDecided).outcome is outcome


def test_given_a_milestone_then_it_is_said_with_the_facts_that_the_diagram_names() -> None:
    case = _accepted()
    reached = passed(
        "Ready", "intermediateThrowEvent", milestone="ready_for_delivery", facts="certificate.no, case.township"
    )
    case.move(
        Verb.COMPLETE, "b", at("2026-09-21"), human("c"), passed=(reached,), data={"certificate": {"no": "5120X"}}
    )
    milestone = case.last(MilestoneReached)
    assert milestone.milestone == "ready_for_delivery"
    assert milestone.facts == {"no": "5120X", "township": None}


def test_given_the_end_then_all_that_runs_stops_and_the_outcome_is_said() -> None:
    case = _accepted()
    case.move(Verb.COMPLETE, "b", at("2026-09-22"), ended=ended("withdrawn"))
    assert case.last(CaseEnded).outcome is Outcome.WITHDRAWN
    assert case.instance.status is Status.ENDED
    assert case.instance.next_due_at is None
    assert all(clock.stopped for clock in case.instance.clocks)


def test_given_a_message_then_the_step_that_waited_for_it_is_completed_without_a_person() -> None:
    case = _accepted()
    case.move(Verb.COMPLETE, "b", at("2026-09-22"), waiting("w", "case_delivered", post="P04", limit_wd="10"))
    assert case.instance.tasks[0].kind is StepKind.RECEIVE
    case.move(
        Verb.MESSAGE,
        "case_delivered",
        at("2026-09-23"),
        passed=(passed("Task_w", "receiveTask"),),
        actor="u.collect",
        channel="message",
        ended=ended(),
    )
    done = case.last(TaskCompleted)
    assert (done.channel, done.person) == ("message", None)


def test_given_a_step_that_the_process_left_then_it_is_cancelled_not_completed() -> None:
    case = _accepted()
    case.said.clear()
    case.move(Verb.MESSAGE, "withdrawn", at("2026-09-22"), human("z"), passed=(passed("Boundary", "boundaryEvent"),))
    assert case.last(TaskCancelled).task_id == "b"
    assert case.instance.closed_task("b").completed is False


def test_given_outside_requests_then_each_is_asked_once() -> None:
    case = _accepted()
    case.said.clear()
    case.move(Verb.COMPLETE, "b", at("2026-09-22"), human("c"), external=(external("x", "certificate-number"),))
    assert case.heard().count("ExternalRequested") == 1
    case.move(Verb.COMPLETE, "c", at("2026-09-22"), external=(external("x", "certificate-number"),))
    assert case.heard().count("ExternalRequested") == 0
    assert [each.topic for each in case.instance.external] == ["certificate-number"]


@pytest.mark.parametrize(
    ("post", "township", "department"),
    [("P03", None, "D09"), ("P04", None, "D06"), ("P22", "T02", "T02")],
)
def test_where_a_step_goes(post: str, township: str | None, department: str) -> None:
    case = Case(instance=registered(received(township=township)))
    case.start(at("2026-09-16"), human("a", post=post))
    assert case.last(TaskOpened).department == department


@pytest.mark.parametrize(
    ("post", "case_department", "township"), [("P99", "D06", None), ("P22", "D06", None), ("P04", "D07", None)]
)
def test_given_a_post_that_nobody_has_for_this_case_then_it_is_an_incident(
    post: str, case_department: str, township: str | None
) -> None:
    case = Case(instance=registered(received(department=case_department, township=township)))
    with pytest.raises(Unworkable, match=post):
        case.start(at("2026-09-16"), human("a", post=post))


def test_given_a_leader_away_who_decides_by_link_then_a_working_day_is_saved() -> None:
    """SC-2: Friday 2017-04-21 by phone instead of Monday 04-24."""
    away = person("u.leader", "P09@D06", attendance=Attendance.OUT_OF_OFFICE)
    case = Case(office=replace(OFFICE, books=books(away)))
    case.start(at("2017-04-21", "15:30"), human("l", post="P09", limit_wd="1"))
    case.move(
        Verb.COMPLETE,
        "l",
        at("2017-04-21", "16:10"),
        actor="u.leader",
        channel="link",
        payload={"decision": "agree", "opinion": "同意"},
        ended=ended(),
    )
    done = case.last(TaskCompleted)
    assert (done.saved_workdays, done.alternative_on, done.channel) == (1, on("2017-04-24"), "link")


def test_given_a_message_nobody_waits_for_then_it_is_kept_and_found_again_when_awaited() -> None:
    case = _accepted()
    early = _message("case_delivered")
    kept, _ = keeps_early(case.instance, early)
    case.instance = kept
    case.move(Verb.COMPLETE, "b", at("2026-09-22"), waiting("w", "case_delivered"))
    rest, found = awaited_early(case.instance, case.step)
    assert found == early
    assert rest.early == ()
    assert awaited_early(rest, case.step) == (rest, None)
    case.move(Verb.MESSAGE, "case_delivered", at("2026-09-23"), ended=Ended("End", {}))
    assert case.instance.outcome is Outcome.DONE
    assert keeps_early(case.instance, early).instance == case.instance


def _message(name: str) -> Act:
    return Act(verb=Verb.MESSAGE, target=name, actor="u.collect", at=at("2026-09-21"))


def test_given_time_then_clocks_speak_and_the_next_moment_is_known() -> None:
    case = _accepted()
    case.said.clear()
    thing = next_thing(case.instance, OFFICE)
    assert thing is not None
    assert thing.at == at("2026-09-21", "09:00")
    told, said = spoken(case.instance, until=at("2026-09-28", "17:00:01"), office=OFFICE)
    assert {each.clock_id: type(each).__name__ for each in said} == {
        "promised": "TimerOverdue",
        "step:b": "TimerOverdue",
    }
    assert told.clock("statutory").spoken.warned is False


def test_given_the_head_extends_then_both_clocks_and_the_expected_date_move() -> None:
    """SC-11."""
    case = _accepted()
    after, said = extended(case.instance, at=at("2026-09-25"), actor="u.head", reason="需补充论证", office=OFFICE)
    assert after.clock("statutory").due_on == on("2026-11-04")
    assert after.clock("promised").due_on == on("2026-10-16")
    assert any(isinstance(each, ExpectedDateMoved) for each in said)


def test_given_a_late_promise_then_only_the_statutory_clock_is_extended() -> None:
    case = _accepted()
    after, _ = extended(case.instance, at=at("2026-10-12"), actor="u.head", reason="需补充论证", office=OFFICE)
    assert after.clock("promised").due_on == on("2026-09-28")
    assert after.clock("statutory").extension_workdays == 10


def test_given_no_acceptance_then_there_is_nothing_to_extend() -> None:
    case = Case().start(at("2026-09-16"), human("a", post="P03"))
    with pytest.raises(NothingToExtend):
        extended(case.instance, at=at("2026-09-17"), actor="u.head", reason="x", office=OFFICE)


def test_given_a_newly_published_year_then_provisional_dates_move_and_are_said() -> None:
    case = Case(instance=registered(received(received_on=date(2026, 12, 10))))
    case.start(at("2026-12-10"), human("a", post="P03", limit_wd="5"))
    case.move(
        Verb.COMPLETE, "a", at("2026-12-10"), human("b", limit_wd="20"), passed=(passed("A", case_clock="start"),)
    )
    assert case.instance.clock("statutory").provisional
    before = case.instance.clock("statutory").due_on
    newer = replace(OFFICE, time=replace(TIME, calendar=_with_2027()))
    after, said = recomputed(case.instance, at=at("2026-12-15"), reason="calendar 2027", office=newer)
    assert not after.clock("statutory").provisional
    assert after.clock("statutory").due_on > before
    assert {each.clock_id for each in said if hasattr(each, "clock_id")} == {"statutory", "step:b"}
    assert after.clock("step:a") == case.instance.clock("step:a")
    assert after.task("b").due_on == after.clock("step:b").due_on


def _with_2027() -> Calendar:
    days = tuple(CalendarDay(day=date(2027, 1, day), kind=DayKind.HOLIDAY, name="元旦") for day in (1, 2, 3, 4, 5))
    return TIME.calendar.with_years(
        [
            CalendarPublished(
                year=2027,
                version=1,
                source="国办发明电",
                days=days,
                published_at=at("2026-12-15"),
                published_by="u.registrar",
            )
        ]
    )


def test_given_a_case_then_the_diagram_knows_it_by_these_variables() -> None:
    assert variables_of(registered(received()))["case"] == {
        "case_no": "51200020260917PT0500001",
        "item_code": "PT-05",
        "situation": "ordinary",
        "received_on": "2026-09-16",
        "department": "D06",
        "township": None,
        "facts": {"area": 1200},
    }


@pytest.mark.parametrize("ground", HoldGround)
def test_every_ground_of_the_list_can_be_drawn_into_a_diagram(ground: HoldGround) -> None:
    case = _accepted()
    step = human("c", post="P08", hold=ground.value, hold_notice="n.no")
    case.move(Verb.COMPLETE, "b", at("2026-09-21"), step, data={"n": {"no": "1"}})
    assert case.instance.clock("promised").is_held


def test_given_a_ground_that_holds_nothing_then_it_is_an_incident() -> None:
    case = _accepted()
    with pytest.raises(Unworkable):
        case.move(Verb.COMPLETE, "b", at("2026-09-21"), human("c", post="P08", hold="bureau_meeting", hold_notice="n"))
