"""Time and a case: holds, extension, new calendars, what clocks say by themselves."""

from dataclasses import replace
from datetime import date

import pytest

from services.contracts.registry import CalendarDay, CalendarPublished
from services.contracts.words import ClockKind, DayKind, HoldGround
from services.contracts.workflow import (
    ExpectedDateMoved,
    TaskOpened,
    TimerHeld,
)
from services.kernel.worktime import Calendar
from services.workflow.clocks.grounds import Policy
from services.workflow.instances.models import Verb
from services.workflow.instances.moving import registered
from services.workflow.instances.schedules import NothingToExtend, extended, next_thing, recomputed, spoken
from services.workflow.instances.turns import Unworkable
from tests.workflow.case_support import (
    OFFICE,
    Case,
    accepted,
    human,
    passed,
    received,
    timer,
)
from tests.workflow.clock_support import TIME, at, on


def test_given_expert_review_then_case_clocks_and_the_waiting_step_stand_still_until_it_ends() -> None:
    case = accepted()
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
    case = accepted(office=replace(OFFICE, policy=Policy(publicity_basis=basis)))
    data = {"publicity": {"notice_no": "公示〔2026〕2号"}}
    step = human("p", limit_wd="7", hold="publicity", hold_notice="publicity.notice_no")
    case.move(Verb.COMPLETE, "b", at("2026-09-21"), step, data=data)
    assert [each.clock_id for each in case.said if isinstance(each, TimerHeld)] == held


def test_given_a_step_that_holds_and_has_a_timer_then_its_opening_says_both() -> None:
    """Who tells the public that a notice is posted must know from the process until when."""
    case = accepted()
    step = human("p", limit_wd="7", hold="publicity", hold_notice="publicity.notice_no")
    over = replace(timer("over", at("2026-09-29", "17:00")), attached_to=step.element)
    other = timer("other", at("2026-09-22"))
    data = {"publicity": {"notice_no": "公示〔2026〕2号"}}
    case.move(Verb.COMPLETE, "b", at("2026-09-21"), step, data=data, timers=(over, other))
    opened = case.last(TaskOpened)
    assert (opened.hold, opened.timer_at) == (HoldGround.PUBLICITY, at("2026-09-29", "17:00"))


def test_given_a_hold_without_a_written_notice_then_it_is_an_incident() -> None:
    case = accepted()
    step = human("c", post="P08", hold="hearing", hold_notice="notice.no")
    with pytest.raises(Unworkable, match="notice"):
        case.move(Verb.COMPLETE, "b", at("2026-09-21"), step)


def test_given_time_then_clocks_speak_and_the_next_moment_is_known() -> None:
    case = accepted()
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
    case = accepted()
    after, said = extended(case.instance, at=at("2026-09-25"), actor="u.head", reason="需补充论证", office=OFFICE)
    assert after.clock("statutory").due_on == on("2026-11-04")
    assert after.clock("promised").due_on == on("2026-10-16")
    assert any(isinstance(each, ExpectedDateMoved) for each in said)


def test_given_a_late_promise_then_only_the_statutory_clock_is_extended() -> None:
    case = accepted()
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


@pytest.mark.parametrize("ground", HoldGround)
def test_every_ground_of_the_list_can_be_drawn_into_a_diagram(ground: HoldGround) -> None:
    case = accepted()
    step = human("c", post="P08", hold=ground.value, hold_notice="n.no")
    case.move(Verb.COMPLETE, "b", at("2026-09-21"), step, data={"n": {"no": "1"}})
    assert case.instance.clock("promised").is_held


def test_given_a_ground_that_holds_nothing_then_it_is_an_incident() -> None:
    case = accepted()
    with pytest.raises(Unworkable):
        case.move(Verb.COMPLETE, "b", at("2026-09-21"), human("c", post="P08", hold="bureau_meeting", hold_notice="n"))
