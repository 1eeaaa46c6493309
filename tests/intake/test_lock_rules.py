"""Locks: how many wrong passwords, and for how long; how many lookups a minute."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.attempts import (
    OF_A_NUMBER,
    OF_AN_ADDRESS,
    Limits,
    LookupLocked,
    TooManyLookups,
    Tries,
    entered,
    struck,
    untried,
)
from services.intake.gates import counted_address

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def tried(times: int, limits: Limits = OF_A_NUMBER, *, apart: timedelta = SECOND) -> Tries:
    return reduce(
        lambda tries, place: entered(tries, limits, now=START + place * apart), range(times), untried("k", START)
    )


def test_the_sixth_wrong_try_is_not_looked_at() -> None:
    with pytest.raises(LookupLocked) as caught:
        entered(tried(5), OF_A_NUMBER, now=START + 5 * SECOND)
    assert caught.value.values == {"minutes": 30, "seconds": 1799}
    assert caught.value.answer_headers()["Retry-After"] == "1799"


def test_the_lock_ends_after_half_an_hour() -> None:
    last = START + 4 * SECOND
    with pytest.raises(LookupLocked):
        entered(tried(5), OF_A_NUMBER, now=last + timedelta(minutes=30) - SECOND)
    again = entered(tried(5), OF_A_NUMBER, now=last + timedelta(minutes=30))
    assert again.locked_until is None
    assert len(again.wrong) == 1


def test_slow_tries_do_not_lock() -> None:
    assert tried(20, apart=timedelta(minutes=4)).locked_until is None


def test_a_refused_try_does_not_make_the_lock_longer() -> None:
    locked = tried(5)
    with pytest.raises(LookupLocked):
        entered(locked, OF_A_NUMBER, now=START + timedelta(minutes=10))
    assert locked.locked_until == START + 4 * SECOND + timedelta(minutes=30)


def test_an_address_is_locked_after_twenty_wrong_tries() -> None:
    slowly = timedelta(seconds=10)
    with pytest.raises(LookupLocked):
        entered(tried(20, OF_AN_ADDRESS, apart=slowly), OF_AN_ADDRESS, now=START + 20 * slowly)


def test_an_address_asks_thirty_times_a_minute_at_most() -> None:
    tries = untried("k", START)
    for place in range(30):
        tries = struck(
            entered(tries, OF_AN_ADDRESS, now=START + place * SECOND), OF_AN_ADDRESS, at=START + place * SECOND
        )
    with pytest.raises(TooManyLookups) as caught:
        entered(tries, OF_AN_ADDRESS, now=START + 30 * SECOND)
    assert caught.value.values == {"seconds": 30}
    assert entered(tries, OF_AN_ADDRESS, now=START + timedelta(minutes=1)).locked_until is None


def test_a_right_try_is_struck_out_and_the_wrong_ones_stay() -> None:
    tries = struck(tried(3, OF_AN_ADDRESS), OF_AN_ADDRESS, at=START + SECOND)
    assert tries.wrong == (START, START + 2 * SECOND)
    assert struck(tries, OF_AN_ADDRESS, at=START + SECOND) == tries


def test_the_try_that_locked_unlocks_when_it_was_right() -> None:
    tries = tried(5)
    assert tries.locked_until
    assert struck(tries, OF_A_NUMBER, at=START + 4 * SECOND).locked_until is None


def test_a_lock_by_others_stays_when_one_was_right() -> None:
    tries = tried(20, OF_AN_ADDRESS)
    more = tries.model_copy(update={"wrong": (*tries.wrong, START + 20 * SECOND)})
    assert struck(more, OF_AN_ADDRESS, at=START).locked_until == tries.locked_until


@given(gaps=st.lists(st.integers(0, 600), max_size=60))
def test_never_more_than_five_tries_are_looked_at_in_a_quarter_of_an_hour(gaps: list[int]) -> None:
    tries, now, looked_at = untried("k", START), START, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        try:
            tries = entered(tries, OF_A_NUMBER, now=now)
        except LookupLocked:
            continue
        looked_at.append(now)
    for first, sixth in zip(looked_at, looked_at[5:], strict=False):
        assert sixth - first >= timedelta(minutes=15)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "unknown"),
    ],
)
def test_an_address_counts_for_its_household(address: str, counted: str) -> None:
    assert counted_address(address) == counted
