"""A clock speaks up when its moment comes: never early, never twice, never while it is held."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.events import Said
from services.contracts.workflow import TimerOverdue, TimerWarned
from services.workflow.clocks import deeds
from services.workflow.clocks.ledgers import Clock
from services.workflow.clocks.moments import next_moment, speak
from tests.workflow.clock_support import ROOM, TIME, at, held, on, started


def _speak(clock: Clock, moment: tuple[str, str]) -> tuple[Clock, tuple[Said, ...]]:
    return speak(clock, until=at(*moment), time=TIME, heading=ROOM.heading)


def _life(clock: Clock, rounds: int) -> list[tuple[str, str]]:
    """What a clock says at each of its next moments, when asked exactly then."""
    lived = []
    for _ in range(rounds):
        moment = next_moment(clock, TIME)
        assert moment is not None
        clock, said = speak(clock, until=moment, time=TIME, heading=ROOM.heading)
        assert said, "a moment at which nothing is said"
        local = moment.astimezone(TIME.hours.zone).strftime("%m-%d %H:%M:%S")
        lived += [(local, _short(each)) for each in said]
    return lived


def _short(said: Said) -> str:
    match said:
        case TimerOverdue():
            return f"overdue {said.overdue_workdays}"
        case TimerWarned():
            return f"warned, {said.remaining_workdays} left"
        case _:
            return "due"


def test_given_the_agenda_material_of_the_bulletin_then_yellow_due_and_red_come_on_the_days_of_the_books() -> None:
    """SC-3: ten working days from 2017-03-20; 04-01 is a worked Saturday, 04-02 to 04-04 are holidays."""
    assert _life(started("2017-03-20", 10, warn="2wd"), 5) == [
        ("03-30 09:00:00", "warned, 2 left"),
        ("04-01 09:00:00", "due"),
        ("04-01 17:00:01", "overdue 0"),
        ("04-05 09:00:00", "overdue 1"),
        ("04-06 09:00:00", "overdue 2"),
    ]


def test_given_a_limit_of_one_day_then_warning_and_due_day_come_together() -> None:
    assert _life(started("2026-11-16", 1, warn="80%"), 2) == [
        ("11-17 09:00:00", "warned, 0 left"),
        ("11-17 09:00:00", "due"),
        ("11-17 17:00:01", "overdue 0"),
    ]


def test_given_ninety_percent_of_ten_then_the_ninth_working_day_warns() -> None:
    clock = started("2026-09-17", 10)
    assert next_moment(clock, TIME) == at("2026-09-30", "09:00")


def test_given_the_last_second_of_the_due_day_then_nothing_is_late_yet() -> None:
    clock = started("2026-11-16", 1)
    clock, _ = _speak(clock, ("2026-11-17", "09:00"))
    assert _speak(clock, ("2026-11-17", "17:00")) == (clock, ())
    clock, [late] = _speak(clock, ("2026-11-17", "17:00:01"))
    assert isinstance(late, TimerOverdue)
    assert late.overdue_workdays == 0
    assert _speak(clock, ("2026-11-18", "08:59:59")) == (clock, ())


def test_given_a_week_of_downtime_then_only_the_newest_count_is_said() -> None:
    clock = started("2026-11-09", 2)
    clock, said = _speak(clock, ("2026-11-20", "12:00"))
    [late] = said
    assert isinstance(late, TimerOverdue)
    assert late.overdue_workdays == 7
    assert late.overdue_at == at("2026-11-20", "09:00")
    assert _speak(clock, ("2026-11-20", "12:00")) == (clock, ())


def test_given_a_held_clock_then_it_has_no_moment_and_says_nothing() -> None:
    clock = held(started("2026-09-17", 2), "2026-09-18", None)
    assert next_moment(clock, TIME) is None
    assert _speak(clock, ("2026-10-20", "12:00")) == (clock, ())


def test_given_a_warned_clock_that_was_held_then_it_goes_on_from_there_without_a_second_warning() -> None:
    clock = started("2026-09-14", 10)
    clock, [warned] = _speak(clock, ("2026-09-24", "09:00"))
    assert isinstance(warned, TimerWarned)
    clock = held(clock, "2026-09-24", "2026-09-29")
    assert clock.due_on == on("2026-09-30")
    assert _life(clock, 2) == [("09-30 09:00:00", "due"), ("09-30 17:00:01", "overdue 0")]


def test_given_an_extension_after_the_warning_then_the_clock_warns_again() -> None:
    clock = started("2026-11-02", 10)
    clock, [warned] = _speak(clock, ("2026-11-13", "09:00"))
    assert isinstance(warned, TimerWarned)
    clock, _ = deeds.extend(clock, at=at("2026-11-13"), actor="u.head", reason="案情复杂", room=ROOM)
    assert clock.due_on == on("2026-11-30")
    clock, [again] = _speak(clock, ("2026-11-26", "09:00"))
    assert isinstance(again, TimerWarned)


def test_given_a_late_clock_then_days_on_which_it_is_held_are_not_counted() -> None:
    clock = started("2026-11-09", 2)
    clock, _ = _speak(clock, ("2026-11-12", "09:00"))
    clock = held(clock, "2026-11-12", "2026-11-17")
    clock, [late] = _speak(clock, ("2026-11-18", "09:00"))
    assert isinstance(late, TimerOverdue)
    assert late.overdue_workdays == 2


def test_given_a_stopped_clock_then_it_says_nothing_more() -> None:
    clock, _ = deeds.stop(started("2026-11-09", 2), at=at("2026-11-10"), actor="a", basis="决定", room=ROOM)
    assert next_moment(clock, TIME) is None
    assert _speak(clock, ("2026-11-20", "09:00")) == (clock, ())


@settings(max_examples=60)
@given(
    start=st.dates(on("2026-01-05"), on("2026-09-30")),
    limit=st.integers(1, 25),
    warn=st.sampled_from(["80%", "90%", "100%", "1wd", "2wd"]),
    pauses=st.lists(st.integers(1, 200), min_size=1, max_size=25),
)
def test_however_often_the_clock_is_asked_nothing_is_early_doubled_or_out_of_order(
    start: object, limit: int, warn: str, pauses: list[int]
) -> None:
    clock = started(str(start), limit, warn=warn)
    now = at(str(start))
    heard: list[str] = []
    for pause in pauses:
        now += timedelta(hours=pause)
        expected = next_moment(clock, TIME)
        assert expected is not None
        clock, said = speak(clock, until=now, time=TIME, heading=ROOM.heading)
        assert bool(said) == (expected <= now)
        heard += [_short(each) for each in said]
        assert speak(clock, until=now, time=TIME, heading=ROOM.heading) == (clock, ())
    counts = [int(each.split()[1]) for each in heard if each.startswith("overdue")]
    assert counts == sorted(set(counts))
    assert sum(each.startswith("warned") for each in heard) <= 1
    assert heard.count("due") <= 1
    if counts:
        assert all(each.startswith("overdue") for each in heard[heard.index(f"overdue {counts[0]}") :])


@pytest.mark.parametrize("kind", ["warned", "due"])
def test_given_a_start_dated_back_past_the_warning_then_it_is_said_at_once(kind: str) -> None:
    clock = started("2026-09-24", 8)
    clock, said = _speak(clock, ("2026-10-13", "09:00"))
    assert kind in {_short(each).split(",")[0] for each in said}
