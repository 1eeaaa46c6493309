"""What must hold of every period, whatever its start, limit and holds."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.registry import CalendarDay
from services.contracts.words import DayKind
from services.kernel.worktime import (
    Calendar,
    DayClass,
    Interval,
    PercentOfLimit,
    WorkdaysBefore,
    account,
    due,
    due_if_resumed,
    explain,
    remaining_workdays,
    warn_on,
)
from services.kernel.worktime.holds import union

CALENDAR = Calendar.builtin()

Period = tuple[date, int, list[Interval]]

DAYS = st.dates(date(2005, 1, 1), date(2030, 12, 31))
LIMITS = st.integers(1, 120)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """A start, a limit and holds around it: some outside, some overlapping, some of no length."""
    start = draw(DAYS)
    holds = [
        Interval(first := start + timedelta(days=draw(st.integers(-40, 200))), first + timedelta(days=length))
        for length in draw(st.lists(st.integers(0, 60), max_size=5))
    ]
    return start, draw(LIMITS), holds


def ends(start: date, limit: int, holds: list[Interval]) -> date:
    return due(start, limit, holds=holds, calendar=CALENDAR).on


@given(periods())
def test_a_due_date_is_a_working_day_after_the_start_that_no_hold_covers(period: Period) -> None:
    start, limit, holds = period
    on = ends(start, limit, holds)
    assert on > start
    assert CALENDAR.is_workday(on)
    assert not any(hold.covers(on) for hold in holds)


@given(periods())
def test_all_working_days_are_counted_or_held(period: Period) -> None:
    start, limit, holds = period
    on = ends(start, limit, holds)
    spent = account(start, on, holds=holds, calendar=CALENDAR)
    assert spent.total == spent.counted + spent.held == CALENDAR.workdays_between(start, on)
    assert spent.counted == limit
    assert on == CALENDAR.add_workdays(start, limit + spent.held), "the formula of docs/domain.md §0.11"


@given(periods(), st.integers(1, 400))
def test_a_later_start_is_never_due_earlier(period: Period, shift: int) -> None:
    start, limit, holds = period
    assert ends(start + timedelta(days=shift), limit, holds) >= ends(start, limit, holds)


@given(periods(), st.integers(1, 60))
def test_a_longer_limit_is_due_later_and_an_extension_is_a_longer_limit(period: Period, more: int) -> None:
    start, limit, holds = period
    extended = due(start, limit, extension=more, holds=holds, calendar=CALENDAR).on
    assert extended == ends(start, limit + more, holds) > ends(start, limit, holds)


@given(periods(), st.integers(-40, 200), st.integers(0, 60))
def test_another_hold_never_makes_it_due_earlier(period: Period, offset: int, length: int) -> None:
    start, limit, holds = period
    first = start + timedelta(days=offset)
    another = Interval(first, first + timedelta(days=length))
    assert ends(start, limit, [*holds, another]) >= ends(start, limit, holds)


@given(periods(), st.randoms(use_true_random=False))
def test_the_order_of_holds_does_not_matter(period: Period, random: Random) -> None:
    start, limit, holds = period
    shuffled = random.sample(holds, len(holds))
    assert ends(start, limit, shuffled) == ends(start, limit, holds)
    assert union(shuffled) == union(holds)


@given(periods(), st.data())
def test_a_hold_is_the_same_as_any_way_of_splitting_it(period: Period, data: st.DataObject) -> None:
    start, limit, holds = period
    pieces = []
    for hold in holds:
        last = hold.end or hold.start
        edges = [hold.start, *sorted(data.draw(st.lists(st.dates(hold.start, last), max_size=3))), last]
        pieces += [Interval(begins, ends_on) for begins, ends_on in pairwise(edges)]
    assert ends(start, limit, pieces) == ends(start, limit, holds)
    assert union(pieces) == union(holds)


@given(periods())
def test_the_union_is_in_order_apart_and_covers_the_same_days(period: Period) -> None:
    _, _, holds = period
    united = union(holds)
    assert all(first.end and first.end < second.start for first, second in pairwise(united))
    edges = [edge for hold in holds for edge in (hold.start, hold.end) if edge]
    for day in {edge + timedelta(days=n) for edge in edges for n in (-1, 0, 1)}:
        assert any(hold.covers(day) for hold in united) == any(hold.covers(day) for hold in holds)


@given(periods(), st.integers(0, 300), st.integers(0, 60), st.booleans())
def test_a_hold_outside_the_period_changes_nothing(period: Period, gap: int, length: int, after: bool) -> None:
    start, limit, holds = period
    on = ends(start, limit, holds)
    first = on + timedelta(days=gap) if after else start - timedelta(days=gap + length)
    outside = Interval(first, first + timedelta(days=length))
    assert ends(start, limit, [*holds, outside]) == on


@given(periods(), DAYS)
def test_one_more_day_off_moves_a_due_date_by_one_working_day_at_most(period: Period, day: date) -> None:
    start, limit, holds = period
    closed = CALENDAR.with_local_days_off([CalendarDay(day=day, kind=DayKind.LOCAL_OFF, name="台风")])
    before, after = ends(start, limit, holds), due(start, limit, holds=holds, calendar=closed).on
    counted_off = start < day <= before and CALENDAR.is_workday(day) and not any(hold.covers(day) for hold in holds)
    assert account(before, after, holds=holds, calendar=CALENDAR).counted == int(counted_off)


@given(periods(), st.integers(1, 100), st.integers(0, 30))
def test_warning_points_lie_within_the_period(period: Period, percent: int, before: int) -> None:
    start, limit, holds = period
    on = ends(start, limit, holds)
    warned = warn_on(start, limit, PercentOfLimit(percent), holds=holds, calendar=CALENDAR)
    assert start < warned <= on
    assert warn_on(start, limit, PercentOfLimit(100), holds=holds, calendar=CALENDAR) == on
    ahead = warn_on(start, limit, WorkdaysBefore(before), holds=holds, calendar=CALENDAR)
    assert account(ahead, on, holds=holds, calendar=CALENDAR).counted == min(before, limit)


@given(periods(), st.integers(-10, 300))
def test_used_and_remaining_make_the_limit_until_it_is_overdue(period: Period, passed: int) -> None:
    start, limit, holds = period
    on = start + timedelta(days=passed)
    used = account(start, on, holds=holds, calendar=CALENDAR).counted
    left = remaining_workdays(start, limit, on=on, holds=holds, calendar=CALENDAR)
    assert left == max(0, limit - used)
    assert (left == 0) == (on >= ends(start, limit, holds))


@given(periods(), st.integers(0, 100), st.integers(0, 100))
def test_a_lasting_hold_is_as_if_resumed_on_the_day_asked(period: Period, offset: int, length: int) -> None:
    start, limit, holds = period
    first = start + timedelta(days=offset)
    resumed = first + timedelta(days=length)
    lasting = [*holds, Interval(first, None)]
    would = due_if_resumed(start, limit, on=resumed, holds=lasting, calendar=CALENDAR).on
    assert would == ends(start, limit, [*holds, Interval(first, resumed)])


@given(periods())
def test_the_derivation_comes_to_the_same_date_day_by_day(period: Period) -> None:
    start, limit, holds = period
    why = explain(start, limit, holds=holds, calendar=CALENDAR)
    assert why.due
    assert [line.day for line in why.lines] == [start + timedelta(days=n) for n in range(len(why.lines))]
    assert why.lines[0].day_class is DayClass.START
    assert why.lines[-1].day_class is DayClass.DUE
    assert why.lines[-1].day == why.due.on == ends(start, limit, holds)
    counted = [line.counted for line in why.lines if line.counted is not None]
    assert counted == list(range(1, limit + 1))
    assert sum(line.day_class is DayClass.HELD for line in why.lines) == why.account.held
