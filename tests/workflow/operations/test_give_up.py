"""撤回申请, 终止办理: an application is given up before its decision; clocks stop, steps end, nothing goes on."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.intake import WithdrawalRequested
from services.contracts.words import Attendance, Channel, HoldGround, Outcome, TerminationGround
from services.contracts.workflow import (
    CaseEnded,
    CaseTerminated,
    CaseWithdrawn,
    DecisionDropped,
    ExternalClosed,
    TaskCancelled,
    TimerStopped,
)
from services.kernel.problem import Problem
from services.workflow.clocks import deeds
from services.workflow.instances import incidents
from services.workflow.instances.models import Act, Instance, Status, Verb
from services.workflow.instances.operations import closures
from services.workflow.instances.operations.closures import CaseIsDecided, CaseIsOver, NobodyApplied, Ruling
from services.workflow.instances.origins import Origin, StartKind
from services.workflow.instances.schedules import next_thing
from services.workflow.instances.turns import room_of
from services.workflow.instances.working import TaskOver, claimed, open_or_over
from tests.workflow.case_support import (
    CASE_NO,
    OFFICE,
    Case,
    accepted,
    books,
    ended,
    external,
    human,
    passed,
    person,
    timer,
)
from tests.workflow.clock_support import at

ASKED = WithdrawalRequested(
    case_no=CASE_NO, channel=Channel.ONLINE, registered_by="applicant", requested_at=at("2026-09-18", "10:00")
)
RULING = Ruling(
    ground=TerminationGround.APPLICANT_DISSOLVED,
    basis="《某省行政许可实施办法》第三十条",
    evidence="注销登记通知书",
    reason="申请单位已经注销",
)
NOON = at("2026-09-18", "12:00")


def under_way() -> Case:
    """An accepted case at two steps, with a timer, a request outside, and people at the desks."""
    staffed = replace(OFFICE, books=books(person("u.one", "P04@D06"), person("u.two", "P04@D06")))
    case = accepted(office=staffed)
    case.move(
        Verb.COMPLETE,
        "b",
        at("2026-09-17", "15:00"),
        human("c", limit_wd="2"),
        human("d", limit_wd="1"),
        external=(external("x", "spatial-check"),),
        timers=(timer("t", at("2026-09-21")),),
    )
    case.said.clear()
    return case


def withdrawn(case: Case) -> closures.Decided:
    return closures.withdrawn(case.instance, ASKED, at=NOON, office=case.office)


def test_given_an_undecided_case_when_the_applicant_withdraws_then_everything_that_is_open_ends() -> None:
    case = under_way()
    after, said = withdrawn(case)
    assert (after.status, after.outcome, after.ended_at) == (Status.ENDED, Outcome.WITHDRAWN, NOON)
    assert (after.tasks, after.timers, after.external, after.signals, after.messages) == ((), (), (), (), ())
    assert all(clock.stopped for clock in after.clocks)
    assert {clock.stopped.basis for clock in after.clocks if clock.stopped and clock.stopped.at == NOON} == {
        "申请人撤回申请"
    }
    assert next_thing(after, case.office) is None
    assert after.next_due_at is None
    assert [type(each) for each in said if not isinstance(each, TimerStopped)] == [
        CaseWithdrawn,
        TaskCancelled,
        TaskCancelled,
        ExternalClosed,
        CaseEnded,
    ]
    assert {each.clock_id for each in said if isinstance(each, TimerStopped)} == {
        "promised",
        "statutory",
        "step:c",
        "step:d",
    }


def test_given_open_steps_when_the_applicant_withdraws_then_it_names_whom_to_tell_and_what_they_leave() -> None:
    case = under_way()
    taken = claimed(case.instance, case.instance.tasks[0], person="u.two", at=NOON).instance
    said = closures.withdrawn(taken, ASKED, at=NOON, office=case.office).said[0]
    assert isinstance(said, CaseWithdrawn)
    assert said.left == ("环节c", "环节d")
    assert said.recipients == ("u.two", "u.one")


def test_given_a_withdrawn_case_when_somebody_works_on_a_step_then_they_read_that_the_applicant_withdrew() -> None:
    after = withdrawn(under_way()).instance
    with pytest.raises(TaskOver, match="申请人"):
        open_or_over(after, "c")


def test_given_a_case_withdrawn_before_then_withdrawing_again_changes_nothing() -> None:
    case = under_way()
    once = withdrawn(case).instance
    assert closures.withdrawn(once, ASKED, at=at("2026-09-21"), office=case.office) == (once, ())


def test_given_a_case_that_never_started_then_it_can_be_withdrawn_and_never_starts() -> None:
    """The item has no process yet: the case waits as an incident."""
    act = Act(verb=Verb.START, actor="u.window", at=NOON)
    waiting = incidents.opened(Case().instance, act, element="", zh="无流程", en="no process", at=NOON).instance
    after = closures.withdrawn(waiting, ASKED, at=NOON, office=OFFICE).instance
    assert (after.status, after.incidents) == (Status.ENDED, ())


def decided() -> Instance:
    case = under_way()
    case.move(Verb.COMPLETE, "c", at("2026-09-18", "09:00"), human("e"), passed=(passed("Decided", case_clock="stop"),))
    return case.instance


def over() -> Instance:
    case = under_way()
    case.move(Verb.COMPLETE, "c", at("2026-09-18", "09:00"), passed=(passed("End_1"),), ended=ended("not_accepted"))
    return case.instance


def internal() -> Instance:
    origin = Origin(arrival_id="a", kind=StartKind.MESSAGE, element="Start_1")
    instance = under_way().instance
    return instance.model_copy(update={"application": instance.application.model_copy(update={"origin": origin})})


@pytest.mark.parametrize(
    ("instance", "refusal"), [(decided(), CaseIsDecided), (over(), CaseIsOver), (internal(), NobodyApplied)]
)
def test_given_nothing_left_to_give_up_then_withdrawal_and_termination_are_refused_with_the_reason(
    instance: Instance, refusal: type[Problem]
) -> None:
    with pytest.raises(refusal):
        closures.withdrawn(instance, ASKED, at=NOON, office=OFFICE)
    with pytest.raises(refusal):
        closures.terminated(instance, RULING, person="u.leader", at=NOON, office=OFFICE)


def test_given_a_withdrawal_that_came_too_late_then_it_is_said_why_and_the_case_stays() -> None:
    instance = decided()
    after, (said,) = closures.refused(instance, ASKED, CaseIsDecided(case_no=CASE_NO), at=NOON)
    assert after == instance
    assert said.model_dump()["code"] == "case-decided"
    assert "注销" not in said.model_dump()["reason_zh"]


def test_given_a_dissolved_applicant_when_a_leader_terminates_then_ground_basis_and_proof_are_said() -> None:
    case = under_way()
    after, (said, *_) = closures.terminated(case.instance, RULING, person="u.leader", at=NOON, office=case.office)
    assert isinstance(said, CaseTerminated)
    assert (said.ground, said.basis, said.evidence) == (RULING.ground, RULING.basis, RULING.evidence)
    assert (after.outcome, {clock.stopped.actor for clock in after.clocks if clock.stopped.at == NOON}) == (
        Outcome.TERMINATED,
        {"u.leader"},
    )
    assert closures.terminated(after, RULING, person="u.leader", at=NOON, office=case.office) == (after, ())


def test_given_a_decision_by_link_that_waits_when_the_case_is_given_up_then_who_decided_is_told() -> None:
    case = under_way()
    kept = Act(verb=Verb.COMPLETE, target="c", actor="u.leader", channel="link", at=NOON)
    suspended = case.instance.model_copy(update={"kept": (kept,)})
    after, said = closures.withdrawn(suspended, ASKED, at=NOON, office=case.office)
    assert after.kept == ()
    assert [each.recipients for each in said if isinstance(each, DecisionDropped)] == [("u.leader",)]


def test_given_nobody_has_claimed_a_step_and_its_holder_is_out_then_the_holder_is_told_all_the_same() -> None:
    away = person("u.one", "P04@D06", attendance=Attendance.OUT_OF_OFFICE)
    assert closures.concerned(under_way().instance, books(away)) == ("u.one",)


@settings(max_examples=40, deadline=None)
@given(held=st.sets(st.sampled_from(["one", "two", "three"])), again=st.booleans())
def test_given_holds_in_any_number_when_the_case_is_given_up_then_each_ledger_ends_with_its_stop(
    held: set[str], again: bool
) -> None:
    case = under_way()
    room = room_of(case.instance, case.office)
    instance = case.instance
    for clock in instance.clocks:
        for each in sorted(held):
            if not clock.stopped:
                clock, _ = deeds.hold(  # noqa: PLW2901
                    clock,
                    HoldGround.HEARING,
                    hold_id=each,
                    notice_no="1号",
                    at=at("2026-09-18", "09:00"),
                    actor="u.one",
                    room=room,
                )
        instance = instance.with_clock(clock)
    after = closures.withdrawn(instance, ASKED, at=NOON, office=case.office).instance
    if again:
        after = closures.withdrawn(after, ASKED, at=NOON, office=case.office).instance
    for clock in after.clocks:
        assert [entry.kind for entry in clock.entries].count("stop") == 1
        assert clock.entries[-1].kind == "stop"
        assert (clock.is_running, clock.is_held) == (False, False)
