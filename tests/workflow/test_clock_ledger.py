"""A clock is a ledger: when it is due follows from its entries and the calendar (F1; docs/domain.md §3.3, §4.5)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.words import ClockKind, HoldGround
from services.contracts.workflow import TimerHeld, TimerMoved, TimerResumed, TimerStarted, TimerStopped
from services.workflow.clocks import deeds
from services.workflow.clocks.dues import due_if_resumed_on, why
from services.workflow.clocks.grounds import CLOSED_LIST, GroundUnknown, Policy, ground_of, holds
from services.workflow.clocks.ledgers import (
    AlreadyExtended,
    Clock,
    ClockStopped,
    ExtensionTooLate,
    NoticeMissing,
    ReasonMissing,
)
from services.workflow.clocks.rooms import ClockRoom
from tests.workflow.clock_support import ROOM, TIME, at, held, on, started


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-02-09", 20, "2026-03-13"),
        ("2026-09-14", 20, "2026-10-16"),
        ("2026-09-17", 10, "2026-10-08"),
        ("2026-09-17", 20, "2026-10-21"),
        ("2026-09-24", 20, "2026-10-29"),
        ("2017-03-20", 10, "2017-04-01"),
    ],
)
def test_given_a_started_clock_then_it_is_due_at_close_of_its_last_working_day(
    start: str, limit: int, due: str
) -> None:
    clock = started(start, limit)
    assert clock.due_on == on(due)
    assert clock.due_at == at(due, "17:00")
    assert not clock.provisional


def test_given_a_hold_then_the_working_days_after_its_first_day_do_not_count() -> None:
    clock = held(started("2026-09-14", 20), "2026-09-18", "2026-09-28")
    assert clock.due_on == on("2026-10-26")


def test_given_two_holds_that_overlap_then_their_days_count_once() -> None:
    clock = started("2026-09-14", 20)
    clock = held(clock, "2026-09-18", None, hold_id="review")
    clock = held(clock, "2026-09-22", None, hold_id="hearing", ground=HoldGround.HEARING)
    clock, said = deeds.resume(clock, hold_id="review", at=at("2026-09-28"), actor="a", room=ROOM)
    assert clock.is_held
    assert said == ()
    clock, said = deeds.resume(clock, hold_id="hearing", at=at("2026-10-09"), actor="a", room=ROOM)
    assert clock.due_on == on("2026-10-30")
    [resumed] = said
    assert isinstance(resumed, TimerResumed)
    assert resumed.held_workdays == 10


def test_given_a_hold_that_lasts_then_the_due_date_stays_and_the_date_after_resuming_can_be_asked() -> None:
    clock = held(started("2026-09-17", 20), "2026-09-21", None)
    assert clock.is_held
    assert clock.due_on == on("2026-10-21")
    assert due_if_resumed_on(clock, on("2026-09-24"), TIME).on == on("2026-10-26")


@pytest.mark.parametrize("notice", ["", "   "])
def test_given_no_written_notice_then_the_hold_is_refused(notice: str) -> None:
    with pytest.raises(NoticeMissing):
        held(started("2026-09-17", 20), "2026-09-21", None, notice_no=notice)


def test_given_a_meeting_as_ground_then_it_is_refused_with_article_45() -> None:
    with pytest.raises(GroundUnknown) as refused:
        ground_of("bureau_meeting")
    assert "第四十五条" in refused.value.remedy_zh
    assert "expert_review" in str(refused.value.values["allowed"])


_LOCAL = Policy(publicity_basis="《某市城乡规划条例》第八十六条")


@pytest.mark.parametrize("ground", HoldGround)
@pytest.mark.parametrize("kind", ClockKind)
@pytest.mark.parametrize("policy", [Policy(), _LOCAL])
def test_which_ground_holds_which_clock(ground: HoldGround, kind: ClockKind, policy: Policy) -> None:
    expected = (
        kind is not ClockKind.STATUTORY
        or ground in CLOSED_LIST
        or (ground is HoldGround.PUBLICITY and policy.publicity_basis is not None)
    )
    assert holds(ground, kind, policy) is expected


def test_given_publicity_then_the_statutory_clock_runs_on_unless_a_local_basis_is_configured() -> None:
    clock = started("2026-09-17", 20)
    assert held(clock, "2026-09-21", None, ground=HoldGround.PUBLICITY) == clock
    local = ClockRoom(TIME, _LOCAL, ROOM.heading)
    stands = held(clock, "2026-09-21", None, ground=HoldGround.PUBLICITY, room=local)
    assert stands.is_held
    assert stands.open_holds[0].basis == _LOCAL.publicity_basis


def test_given_an_extension_then_ten_working_days_once_with_reasons_and_in_time() -> None:
    clock = started("2026-02-09", 20)
    with pytest.raises(ReasonMissing):
        deeds.extend(clock, at=at("2026-03-12"), actor="u.head", reason=" ", room=ROOM)
    with pytest.raises(ExtensionTooLate):
        deeds.extend(clock, at=at("2026-03-13", "17:01"), actor="u.head", reason="案情复杂", room=ROOM)
    longer, [said] = deeds.extend(clock, at=at("2026-03-12"), actor="u.head", reason="案情复杂", room=ROOM)
    assert longer.due_on == on("2026-03-27")
    assert isinstance(said, TimerMoved)
    assert (said.was_due_on, said.due_on) == (on("2026-03-13"), on("2026-03-27"))
    with pytest.raises(AlreadyExtended):
        deeds.extend(longer, at=at("2026-03-20"), actor="u.head", reason="再延", room=ROOM)


def test_given_a_stopped_clock_then_nothing_more_is_entered_and_stopping_again_is_harmless() -> None:
    clock, [said] = deeds.stop(started("2026-09-17", 7), at=at("2026-10-09"), actor="u.head", basis="决定", room=ROOM)
    assert isinstance(said, TimerStopped)
    assert said.overdue_workdays == 4  # due on 09-28; 09-29, 09-30, 10-08 and 10-09 follow
    assert deeds.stop(clock, at=at("2026-10-10"), actor="u.head", basis="决定", room=ROOM) == (clock, ())
    assert deeds.resume(clock, hold_id="none", at=at("2026-10-10"), actor="a", room=ROOM) == (clock, ())
    with pytest.raises(ClockStopped):
        held(clock, "2026-10-10", None)


def test_given_the_present_day_run_then_both_clocks_end_as_in_the_books() -> None:
    """SC-8: expert review 09-21 to 09-24 moves the promise to 10-08 and the law's limit to 10-26."""
    promised = held(started("2026-09-17", 7, kind=ClockKind.PROMISED), "2026-09-21", "2026-09-24")
    statutory = held(started("2026-09-17", 20), "2026-09-21", "2026-09-24")
    assert promised.due_on == on("2026-10-08")
    assert statutory.due_on == on("2026-10-26")
    _, [stopped] = deeds.stop(promised, at=at("2026-10-09"), actor="u.head", basis="决定", room=ROOM)
    assert isinstance(stopped, TimerStopped)
    assert stopped.overdue_workdays == 1


def test_given_a_clock_that_crosses_the_horizon_then_it_is_provisional() -> None:
    assert started("2026-12-04", 20).provisional
    assert not started("2026-12-03", 20).provisional


def test_given_what_is_done_to_a_clock_then_it_is_said_with_ground_basis_and_notice() -> None:
    clock = started("2026-09-17", 20)
    _, [began] = deeds.start(_plan_of(clock), on=on("2026-09-17"), at=at("2026-09-17"), actor="u.accept", room=ROOM)
    assert isinstance(began, TimerStarted)
    assert began.due_on == on("2026-10-21")
    _, [stands] = deeds.hold(
        clock,
        HoldGround.HEARING,
        hold_id="h",
        notice_no="听告〔2026〕3号",
        at=at("2026-09-21"),
        actor="u.handler.d06",
        room=ROOM,
    )
    assert isinstance(stands, TimerHeld)
    assert (stands.ground, stands.basis, stands.notice_no) == (HoldGround.HEARING, "行政许可法 §45", "听告〔2026〕3号")


def _plan_of(clock: Clock) -> deeds.ClockPlan:
    return deeds.ClockPlan(
        clock_id=clock.clock_id,
        kind=clock.kind,
        name=clock.name,
        department=clock.department,
        limit_workdays=clock.limit_workdays,
        warn=clock.warn,
        basis="行政许可法 §42",
    )


def test_given_a_due_date_then_every_day_up_to_it_is_explained() -> None:
    explained = why(held(started("2026-09-17", 20), "2026-09-21", "2026-09-24"), on("2026-10-01"), TIME)
    assert explained.due is not None
    assert explained.due.on == on("2026-10-26")
    assert explained.account.held == 3
    assert [line.day for line in explained.lines if line.held_by] == [on(f"2026-09-{day}") for day in (22, 23, 24)]


_DAYS = st.dates(date(2026, 1, 5), date(2026, 6, 30))


@given(_DAYS, st.integers(1, 30), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15)), max_size=4))
def test_a_hold_never_makes_a_date_earlier_and_the_order_of_entries_does_not_matter(
    start: date, limit: int, spells: list[tuple[int, int]]
) -> None:
    plain = started(start.isoformat(), limit)
    clock = plain
    for number, (offset, length) in enumerate(spells):
        since, until = start + timedelta(days=offset), start + timedelta(days=offset + length)
        before = clock.due_on
        clock = held(clock, since.isoformat(), until.isoformat(), hold_id=str(number))
        assert clock.due_on >= before
    backwards = plain
    for number, (offset, length) in reversed(list(enumerate(spells))):
        since, until = start + timedelta(days=offset), start + timedelta(days=offset + length)
        backwards = held(backwards, since.isoformat(), until.isoformat(), hold_id=str(number))
    assert backwards.due_on == clock.due_on
