"""Which days are worked: the built-in notices, against two other sources and the published tables."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.registry import CalendarDay, CalendarPublished
from services.contracts.words import DayKind
from services.kernel.problem import Language
from services.kernel.worktime import Calendar, DayOutsideCalendar
from services.kernel.worktime.calendars import LocalDayNotOff, WorkdaysNegative

CALENDAR = Calendar.builtin()
DAYS = st.dates(date(2004, 1, 1), date(2040, 12, 31))


def span(first: str, last: str) -> set[date]:
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    return {begins + timedelta(days=n) for n in range((ends - begins).days + 1)}


def every_day(first_year: int, last_year: int) -> list[date]:
    return sorted(span(f"{first_year}-01-01", f"{last_year}-12-31"))


def published(year: int, *days: CalendarDay, version: int = 1) -> CalendarPublished:
    return CalendarPublished(
        year=year,
        version=version,
        source="practice notice",
        days=days,
        published_at=datetime(2026, 11, 25, tzinfo=UTC),
        published_by="u.registrar",
    )


def off(day: str) -> CalendarDay:
    return CalendarDay(day=date.fromisoformat(day), kind=DayKind.HOLIDAY, name="元旦")


def worked(day: str) -> CalendarDay:
    return CalendarDay(day=date.fromisoformat(day), kind=DayKind.SHIFTED_WORKDAY, name="元旦")


def typhoon(day: str, kind: DayKind = DayKind.LOCAL_OFF) -> CalendarDay:
    return CalendarDay(day=date.fromisoformat(day), kind=kind, name="台风停工（市防指令第3号）")


# --- the published tables (docs/domain.md §4.2) ---


def test_2026_is_as_the_notice_says_and_has_248_working_days() -> None:
    days_off = (
        span("2026-01-01", "2026-01-03")
        | span("2026-02-15", "2026-02-23")
        | span("2026-04-04", "2026-04-06")
        | span("2026-05-01", "2026-05-05")
        | span("2026-06-19", "2026-06-21")
        | span("2026-09-25", "2026-09-27")
        | span("2026-10-01", "2026-10-07")
    )
    moved = {date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20)}
    moved.add(date(2026, 10, 10))
    kinds = {day.day: day.kind for day in CALENDAR.days_of(2026)}
    assert {day for day, kind in kinds.items() if kind is DayKind.HOLIDAY} == days_off
    assert {day for day, kind in kinds.items() if kind is DayKind.SHIFTED_WORKDAY} == moved
    assert CALENDAR.workdays_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_2017_is_as_the_notice_says_and_has_249_working_days() -> None:
    days_off = (
        span("2017-01-01", "2017-01-02")
        | span("2017-01-27", "2017-02-02")
        | span("2017-04-02", "2017-04-04")
        | span("2017-04-29", "2017-05-01")
        | span("2017-05-28", "2017-05-30")
        | span("2017-10-01", "2017-10-08")
    )
    moved = {date(2017, 1, 22), date(2017, 2, 4), date(2017, 4, 1), date(2017, 5, 27), date(2017, 9, 30)}
    for day in every_day(2017, 2017):
        expected = day in moved or (day.weekday() < 5 and day not in days_off)
        assert CALENDAR.is_workday(day) is expected, day
    assert sum(CALENDAR.is_workday(day) for day in every_day(2017, 2017)) == 249


def test_every_day_of_2004_to_2026_is_as_the_package_says_that_it_comes_from() -> None:
    different = [day for day in every_day(2004, 2026) if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)]
    assert different == []


def test_every_day_of_2007_to_2026_is_as_another_package_says() -> None:
    china = holidays.country_holidays("CN", years=range(2007, 2027))
    days = every_day(2007, 2026)
    assert len(days) == 7305
    assert [day for day in days if CALENDAR.is_workday(day) != china.is_working_day(day)] == []


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2026, 9, 17), DayKind.WORKDAY, ""),
        (date(2026, 9, 19), DayKind.WEEKEND, ""),
        (date(2026, 9, 20), DayKind.SHIFTED_WORKDAY, "国庆节"),
        (date(2026, 9, 25), DayKind.HOLIDAY, "中秋节"),
        (date(2026, 9, 27), DayKind.HOLIDAY, "中秋节"),
        (date(2018, 12, 31), DayKind.HOLIDAY, "元旦"),
        (date(2018, 12, 29), DayKind.SHIFTED_WORKDAY, "元旦"),
        (date(2015, 9, 3), DayKind.HOLIDAY, "抗日战争暨世界反法西斯战争胜利70周年纪念日"),
    ],
)
def test_a_day_says_its_kind_and_the_holiday_it_belongs_to(day: date, kind: DayKind, name: str) -> None:
    assert CALENDAR.day(day) == CalendarDay(day=day, kind=kind, name=name)
    assert CALENDAR.kind(day) is kind


# --- beyond the horizon ---


def test_the_horizon_is_the_end_of_the_last_year_with_a_notice() -> None:
    assert CALENDAR.horizon == date(2026, 12, 31)
    assert not CALENDAR.is_provisional(date(2026, 12, 31))
    assert CALENDAR.is_provisional(date(2027, 1, 1))


def test_beyond_the_horizon_only_the_holidays_that_can_be_known_are_off() -> None:
    china = holidays.country_holidays("CN", years=range(2027, 2057))
    for year in range(2027, 2057):
        known = {day.day for day in CALENDAR.days_of(year) if day.kind is DayKind.HOLIDAY}
        fixed = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
        assert {(day.month, day.day) for day in known if day.month != 4} == fixed
        (qingming,) = [day for day in known if day.month == 4]
        assert china[qingming].startswith("Tomb-Sweeping Day"), qingming
        assert all(day.kind is not DayKind.SHIFTED_WORKDAY for day in CALENDAR.days_of(year))


def test_counting_goes_on_for_thirty_years_and_is_refused_after_that() -> None:
    assert CALENDAR.last == date(2056, 12, 31)
    with pytest.raises(DayOutsideCalendar) as refused:
        CALENDAR.add_workdays(date(2056, 12, 1), 30)
    assert "2004-01-01 至 2056-12-31" in refused.value.detail(Language.ZH)
    assert refused.value.status == 422


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2057, 1, 1)])
def test_a_day_outside_the_calendar_is_refused(day: date) -> None:
    for ask in (CALENDAR.is_workday, CALENDAR.kind, CALENDAR.next_workday, CALENDAR.workday_from):
        with pytest.raises(DayOutsideCalendar):
            ask(day)


def test_the_very_last_day_is_still_in_the_calendar() -> None:
    known = CALENDAR.with_years([published(2027, off("2027-01-01"))])
    last = date(2057, 12, 31)
    assert known.last == known.workday_from(last) == last
    assert known.add_workdays(date(2057, 12, 28), 1) == last
    with pytest.raises(DayOutsideCalendar):
        known.next_workday(last)


def test_a_year_is_told_from_its_first_day_to_its_last() -> None:
    days = [day.day for day in CALENDAR.days_of(2024)]
    assert (days[0], days[-1], len(days)) == (date(2024, 1, 1), date(2024, 12, 31), 366)


def test_before_the_first_working_day_there_is_none() -> None:
    with pytest.raises(DayOutsideCalendar):
        CALENDAR.workdays_before(date(2004, 1, 2), 1)


# --- imported years ---


def test_an_imported_year_moves_the_horizon_and_ends_the_guessing() -> None:
    known = CALENDAR.with_years([published(2027, off("2027-01-01"), worked("2027-01-09"))])
    assert known.horizon == date(2027, 12, 31)
    assert known.is_workday(date(2027, 1, 9))
    assert known.is_workday(date(2027, 5, 3))
    assert not known.is_provisional(date(2027, 12, 31))
    assert known.last == date(2057, 12, 31)


def test_a_notice_may_move_days_of_the_december_before_it() -> None:
    known = CALENDAR.with_years([published(2027, off("2026-12-31"), worked("2026-12-26"), off("2027-01-01"))])
    assert not known.is_workday(date(2026, 12, 31))
    assert known.is_workday(date(2026, 12, 26))


def test_a_corrected_year_leaves_the_next_notices_december_alone() -> None:
    known = CALENDAR.with_years([published(2027, off("2026-12-31"), off("2027-01-01"))])
    corrected = known.with_years([published(2026, off("2026-01-01"), off("2026-12-30"))])
    assert not corrected.is_workday(date(2026, 12, 31))
    assert not corrected.is_workday(date(2026, 12, 30))
    assert corrected.is_workday(date(2026, 10, 5)), "a published year replaces all that was known of it"


def test_the_newest_version_of_a_year_wins_in_whatever_order() -> None:
    old, new = published(2027, off("2027-03-01")), published(2027, off("2027-03-02"), version=2)
    for calendar in (CALENDAR.with_years([old, new]), CALENDAR.with_years([new]).with_years([old])):
        assert calendar.is_workday(date(2027, 3, 1))
        assert not calendar.is_workday(date(2027, 3, 2))


def test_a_gap_between_years_keeps_the_horizon_before_the_gap() -> None:
    known = CALENDAR.with_years([published(2028, off("2028-01-03"))])
    assert known.horizon == date(2026, 12, 31)
    assert not known.is_workday(date(2028, 1, 3))
    assert known.is_provisional(date(2028, 1, 3))
    assert not known.is_workday(date(2027, 5, 1))


def test_a_version_heard_again_changes_nothing() -> None:
    first, again = published(2027, off("2027-03-01")), published(2027, off("2027-03-02"))
    assert CALENDAR.with_years([first, again]).version == CALENDAR.with_years([first]).version


def test_the_first_year_may_be_imported_anew() -> None:
    assert not CALENDAR.with_years([published(2004, off("2004-01-05"))]).is_workday(date(2004, 1, 5))


def test_a_year_before_the_first_is_refused() -> None:
    with pytest.raises(DayOutsideCalendar):
        CALENDAR.with_years([published(2003, off("2003-01-01"))])


def test_a_confirmed_ordinary_day_is_an_ordinary_day() -> None:
    plain = CalendarDay(day=date(2027, 2, 8), kind=DayKind.WORKDAY, name="春节")
    assert CALENDAR.with_years([published(2027, plain)]).is_workday(date(2027, 2, 8))


# --- days off of one bureau ---


def test_a_local_day_off_is_not_worked() -> None:
    local = CALENDAR.with_local_days_off([typhoon("2026-09-22")])
    assert local.kind(date(2026, 9, 22)) is DayKind.LOCAL_OFF
    assert local.add_workdays(date(2026, 9, 21), 1) == date(2026, 9, 23)
    assert CALENDAR.is_workday(date(2026, 9, 22)), "the calendar it was made from is as it was"


def test_local_days_off_replace_those_before_and_outlive_an_import() -> None:
    first = CALENDAR.with_local_days_off([typhoon("2026-09-22")])
    second = first.with_local_days_off([typhoon("2026-09-23")])
    assert second.is_workday(date(2026, 9, 22))
    assert not second.with_years([published(2027, off("2027-01-01"))]).is_workday(date(2026, 9, 23))


def test_only_a_local_day_off_within_the_calendar_is_taken_as_one() -> None:
    with pytest.raises(LocalDayNotOff) as refused:
        CALENDAR.with_local_days_off([typhoon("2026-09-22", DayKind.HOLIDAY)])
    assert "2026-09-22" in refused.value.detail(Language.ZH)
    with pytest.raises(DayOutsideCalendar):
        CALENDAR.with_local_days_off([typhoon("1999-09-22")])


# --- one name for one content ---


def test_the_version_names_the_content_and_not_the_way_to_it() -> None:
    once = CALENDAR.with_years([published(2027, off("2027-01-01"), off("2027-03-01"))])
    again = CALENDAR.with_years([published(2027, off("2027-03-01"), version=7)]).with_years(
        [published(2027, off("2027-03-01"), off("2027-01-01"), version=8)],
    )
    assert once.version == again.version
    assert once.version.startswith("cn-2027-")
    assert repr(once) == f"Calendar({once.version!r})"


def test_any_change_of_a_working_day_or_of_the_horizon_changes_the_version() -> None:
    versions = {
        CALENDAR.version,
        CALENDAR.with_local_days_off([typhoon("2026-09-22")]).version,
        CALENDAR.with_local_days_off([typhoon("2026-09-23")]).version,
        CALENDAR.with_years([published(2027)]).version,
        CALENDAR.with_years([published(2027, off("2027-01-01"))]).version,
    }
    assert len(versions) == 5


def test_the_built_in_calendar_is_made_once() -> None:
    assert Calendar.builtin() is Calendar.builtin()
    assert CALENDAR.with_years([]) is CALENDAR


def test_a_calendar_travels_between_processes_as_what_was_imported() -> None:
    known = CALENDAR.with_years([published(2027, off("2027-01-01"))]).with_local_days_off([typhoon("2026-09-22")])
    sent = pickle.dumps(known)
    assert pickle.loads(sent).version == known.version  # noqa: S301 - our own bytes
    assert len(pickle.dumps(CALENDAR)) < 300
    assert len(sent) < 2_000


# --- counting ---


def test_a_moment_is_not_taken_for_a_day() -> None:
    moment = datetime(2026, 9, 17, 20, tzinfo=UTC)
    for ask in (CALENDAR.is_workday, CALENDAR.next_workday, CALENDAR.day):
        with pytest.raises(TypeError, match="use OfficeHours"):
            ask(moment)


@pytest.mark.parametrize("count", [CALENDAR.add_workdays, CALENDAR.workdays_before])
def test_nought_working_days_is_the_day_itself_and_fewer_are_refused(count: Callable[[date, int], date]) -> None:
    assert count(date(2026, 10, 3), 0) == date(2026, 10, 3)
    with pytest.raises(WorkdaysNegative) as refused:
        count(date(2026, 10, 3), -1)
    assert refused.value.values == {"workdays": -1}


def test_the_next_working_day_is_never_the_day_itself_and_the_first_from_it_may_be() -> None:
    assert CALENDAR.next_workday(date(2017, 4, 21)) == date(2017, 4, 24)
    assert CALENDAR.workday_from(date(2017, 4, 21)) == date(2017, 4, 21)
    assert CALENDAR.workday_from(date(2026, 10, 1)) == date(2026, 10, 8)


@given(DAYS, st.integers(1, 400))
def test_counting_between_undoes_adding(start: date, n: int) -> None:
    end = CALENDAR.add_workdays(start, n)
    assert CALENDAR.is_workday(end)
    assert CALENDAR.workdays_between(start, end) == n


@given(DAYS.filter(lambda day: day.year > 2006), st.integers(1, 400))
def test_going_back_undoes_going_on(day: date, n: int) -> None:
    back = CALENDAR.workdays_before(day, n)
    assert CALENDAR.is_workday(back)
    assert CALENDAR.add_workdays(back, n) == CALENDAR.workday_from(day)


@given(DAYS, DAYS, DAYS)
def test_stretches_of_working_days_add_up(first: date, second: date, third: date) -> None:
    between = CALENDAR.workdays_between
    assert between(first, second) + between(second, third) == between(first, third)
    assert between(first, second) == -between(second, first)


@given(DAYS, st.integers(0, 300), st.integers(0, 300))
def test_adding_twice_is_adding_the_sum(start: date, n: int, m: int) -> None:
    assert CALENDAR.add_workdays(CALENDAR.add_workdays(start, n), m) == CALENDAR.add_workdays(start, n + m)
