"""Office time: real, frozen for tests, or set for a demonstration and then the same everywhere."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.kernel.clock import Anchor, DemoClock, FrozenClock, RealClock, clock_of

MORNING = datetime(2026, 9, 16, 1, tzinfo=UTC)
NOON = datetime(2026, 9, 16, 4, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def anchor(*, speed: float = 0, revision: int = 1, as_of: datetime = MORNING) -> Anchor:
    return Anchor(as_of=as_of, set_at=NOON, speed=speed, revision=revision)


@given(elapsed=st.timedeltas(timedelta(0), timedelta(days=365)), speed=st.floats(0, 5_000))
def test_office_time_is_the_anchor_plus_elapsed_time_at_its_speed(elapsed: timedelta, speed: float) -> None:
    shown = anchor(speed=speed).at(NOON + elapsed)
    assert abs(shown - (MORNING + elapsed * speed)) < timedelta(milliseconds=1)


@given(first=MOMENTS, second=MOMENTS, speed=st.floats(0, 1_000_000))
def test_office_time_never_runs_backwards_nor_breaks(first: datetime, second: datetime, speed: float) -> None:
    earlier, later = sorted([first, second])
    assert anchor(speed=speed).at(earlier) <= anchor(speed=speed).at(later)


def test_given_a_process_whose_own_clock_lags_then_it_shows_the_anchor() -> None:
    assert anchor(speed=60).at(NOON - timedelta(minutes=5)) == MORNING


def test_speed_nought_stands_still() -> None:
    assert anchor(speed=0).at(NOON + timedelta(days=9)) == MORNING


@pytest.mark.parametrize("speed", [-1, float("nan"), float("inf"), 1e9])
def test_a_speed_that_makes_no_sense_is_refused(speed: float) -> None:
    with pytest.raises(ValidationError):
        anchor(speed=speed)


def test_given_no_anchor_then_a_demo_clock_is_real() -> None:
    clock = DemoClock()
    before = clock.wall()
    assert before <= clock.now() <= clock.wall()
    assert clock.revision == 0


def test_given_a_late_older_anchor_then_it_is_ignored() -> None:
    clock = DemoClock()
    clock.set(anchor(revision=2, as_of=NOON))
    clock.set(anchor(revision=1, as_of=MORNING))
    assert (clock.now(), clock.revision) == (NOON, 2)


async def test_following_anchors_wakes_those_who_wait() -> None:
    clock = DemoClock()
    waiting = [asyncio.create_task(clock.changed(timeout=60)) for _ in range(3)]

    async def anchors() -> AsyncIterator[Anchor]:
        await RealClock().changed(timeout=0)  # lets those who wait begin
        yield anchor()

    await clock.follow(anchors())
    await asyncio.wait_for(asyncio.gather(*waiting), timeout=5)
    assert clock.now() == MORNING


@pytest.mark.parametrize("clock", [RealClock(), FrozenClock(MORNING), DemoClock()])
async def test_given_nothing_changes_then_waiting_ends_with_the_timeout(
    clock: RealClock | FrozenClock | DemoClock,
) -> None:
    await asyncio.wait_for(clock.changed(timeout=0.01), timeout=5)


async def test_a_frozen_clock_moves_only_when_set_and_wakes_its_waiters() -> None:
    clock = FrozenClock(MORNING)
    waiting = asyncio.create_task(clock.changed(timeout=60))
    await RealClock().changed(timeout=0)  # lets the waiter begin
    assert clock.now() == clock.now() == MORNING
    clock.set(NOON)
    await asyncio.wait_for(waiting, timeout=5)
    assert (clock.now(), clock.revision) == (NOON, 1)


def test_the_setting_names_the_clock() -> None:
    assert isinstance(clock_of("real"), RealClock)
    assert isinstance(clock_of("demo"), DemoClock)
    assert clock_of("frozen:2026-09-16T09:00:00+08:00").now() == MORNING


@pytest.mark.parametrize("setting", ["", "Real", "demo:", "frozen", "frozen:2026-09-16T09:00:00", "frozen:noon"])
def test_a_setting_that_names_no_clock_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        clock_of(setting)
