"""A case moves on: what the engine gives becomes tasks, clocks, milestones, and is said in order."""

from dataclasses import replace
from datetime import date

import pytest

from services.contracts.words import Attendance, Outcome, StepKind
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    MilestoneReached,
    TaskCancelled,
    TaskCompleted,
    TaskOpened,
    TimerFired,
    TimerStopped,
)
from services.workflow.engine.models import Ended
from services.workflow.instances.models import Act, Status, Terms, Verb
from services.workflow.instances.moving import awaited_early, keeps_early, registered, variables_of
from services.workflow.instances.schedules import next_thing
from services.workflow.instances.turns import Unworkable
from tests.workflow.case_support import (
    OFFICE,
    PIN,
    Case,
    accepted,
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
from tests.workflow.clock_support import at, on


def test_given_a_start_then_the_case_is_pinned_and_its_first_step_opens_with_its_clock() -> None:
    case = Case().start(at("2026-09-16", "15:30"), human("a", post="P03", limit_wd="5", form="acceptance"))
    task = case.instance.tasks[0]
    assert (task.department, task.form, task.due_on) == ("D09", "acceptance", on("2026-09-22"))
    assert case.instance.departments == ("D06", "D09")
    assert case.instance.status is Status.RUNNING
    assert case.instance.next_due_at == at("2026-09-21", "09:00")
    assert case.heard() == ["CaseStarted", "TaskOpened", "TimerStarted"]


def test_given_acceptance_then_both_clocks_of_the_case_start_that_day() -> None:
    case = accepted()
    said = case.last(CaseAccepted)
    assert (said.accepted_on, said.deemed) == (on("2026-09-17"), False)
    assert (said.promised_due_on, said.statutory_due_on) == (on("2026-09-28"), on("2026-10-21"))
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
    said = case.last(CaseAccepted)
    assert said.deemed
    assert said.accepted_on == on("2026-09-24")
    assert said.statutory_due_on == on("2026-10-29")
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
    case = accepted()
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


def test_given_what_is_no_licence_then_only_the_promise_runs_and_gives_its_account() -> None:
    """A-05: a consultation has no statutory clock; `statutory_workdays = 0` says so."""
    case = Case().start(at("2026-09-16"), human("a", post="P03", limit_wd="5"))
    terms = Terms(statutory_workdays=0, promised_workdays=7, warn="90%")
    case.instance = case.instance.model_copy(update={"pin": PIN.model_copy(update={"terms": terms})})
    began = passed("Accepted", "intermediateThrowEvent", case_clock="start")
    case.move(Verb.COMPLETE, "a", at("2026-09-17"), human("b", limit_wd="3"), passed=(began,))
    said = case.last(CaseAccepted)
    assert (said.promised_due_on, said.statutory_due_on, said.provisional) == (on("2026-09-28"), None, False)
    case.move(Verb.COMPLETE, "b", at("2026-09-29"), passed=(passed("Task_b", case_clock="stop"),))
    decided = case.last(CaseDecided)
    assert (decided.promised_overdue_workdays, decided.statutory_overdue_workdays) == (1, 0)


def test_given_a_decision_then_both_clocks_give_their_final_account() -> None:
    case = accepted()
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
    case = accepted()
    stop = passed("Decided", "intermediateThrowEvent", case_clock="stop", **settings)
    case.move(Verb.COMPLETE, "b", at("2026-09-21"), human("c"), payload=payload, passed=(stop,))
    assert case.last(CaseDecided).outcome is outcome


def test_given_a_milestone_then_it_is_said_with_the_facts_that_the_diagram_names() -> None:
    case = accepted()
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
    case = accepted()
    case.move(Verb.COMPLETE, "b", at("2026-09-22"), ended=ended("withdrawn"))
    assert case.last(CaseEnded).outcome is Outcome.WITHDRAWN
    assert case.instance.status is Status.ENDED
    assert case.instance.next_due_at is None
    assert all(clock.stopped for clock in case.instance.clocks)


def test_given_a_message_then_the_step_that_waited_for_it_is_completed_without_a_person() -> None:
    case = accepted()
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
    case = accepted()
    case.said.clear()
    case.move(Verb.MESSAGE, "withdrawn", at("2026-09-22"), human("z"), passed=(passed("Boundary", "boundaryEvent"),))
    assert case.last(TaskCancelled).task_id == "b"
    assert case.instance.closed_task("b").completed is False


def test_given_outside_requests_then_each_is_asked_once() -> None:
    case = accepted()
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
    case = accepted()
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
