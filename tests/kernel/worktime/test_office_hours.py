"""Office hours: moments become days, days become moments, always in the office's own zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.kernel.problem import Language
from services.kernel.worktime import SHANGHAI, Calendar, OfficeHours, OfficeHoursImpossible

CALENDAR = Calendar.builtin()
HOURS = OfficeHours()


def in_shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_day_opens_and_closes_in_shanghai_and_is_said_in_utc() -> None:
    assert HOURS.open_of(date(2026, 9, 17)) == datetime(2026, 9, 17, 1, tzinfo=UTC)
    assert HOURS.close_of(date(2026, 9, 17)) == datetime(2026, 9, 17, 9, tzinfo=UTC)
    assert HOURS.close_of(date(2026, 9, 17)).tzinfo is UTC


def test_the_office_date_is_that_of_its_own_zone() -> None:
    assert HOURS.day_of(datetime(2026, 9, 17, 15, 59, tzinfo=UTC)) == date(2026, 9, 17)
    assert HOURS.day_of(datetime(2026, 9, 17, 16, 0, tzinfo=UTC)) == date(2026, 9, 18)


def test_red_begins_the_first_second_after_close_of_business() -> None:
    closes = in_shanghai("2017-04-01T17:00:00")
    assert HOURS.red_from(date(2017, 4, 1)) == closes + timedelta(seconds=1)
    assert not HOURS.is_late(closes, date(2017, 4, 1))
    assert HOURS.is_late(closes + timedelta(seconds=1), date(2017, 4, 1))


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("2026-09-17T08:59:59", "2026-09-17"),  # before opening
        ("2026-09-17T12:30:00", "2026-09-17"),  # at lunch
        ("2026-09-17T17:00:00", "2026-09-17"),  # on the stroke of closing
        ("2026-09-17T17:00:01", "2026-09-18"),
        ("2026-09-18T18:00:00", "2026-09-20"),  # Friday evening, the Sunday is worked
        ("2026-09-20T10:00:00", "2026-09-20"),
        ("2026-09-30T23:59:59", "2026-10-08"),
        ("2026-10-03T10:00:00", "2026-10-08"),
        ("2026-10-07T20:00:00", "2026-10-08"),  # after closing of a day off
    ],
)
def test_what_is_sent_after_closing_or_on_a_day_off_is_received_next_working_day(sent: str, received: str) -> None:
    assert HOURS.received_on(in_shanghai(sent), CALENDAR) == date.fromisoformat(received)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-09-17T08:59:59", False),
        ("2026-09-17T09:00:00", True),
        ("2026-09-17T12:00:00", False),
        ("2026-09-17T13:30:00", True),
        ("2026-09-17T17:00:00", False),
        ("2026-09-19T10:00:00", False),
        ("2026-09-20T10:00:00", True),
    ],
)
def test_somebody_is_at_the_desk_within_hours_of_working_days(at: str, is_open: bool) -> None:
    assert HOURS.is_open(in_shanghai(at), CALENDAR) is is_open


def test_another_bureau_may_keep_other_hours() -> None:
    summer = OfficeHours(opens=time(8), lunch_from=time(12), lunch_until=time(15), closes=time(18, 30))
    assert summer.close_of(date(2026, 7, 1)) == datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
    assert summer.received_on(in_shanghai("2026-07-01T18:00:00"), CALENDAR) == date(2026, 7, 1)


@pytest.mark.parametrize(
    "hours",
    [
        (time(17), time(12), time(13), time(9)),
        (time(9), time(8), time(13), time(17)),
        (time(9), time(9), time(13), time(17)),
        (time(9), time(12), time(11), time(17)),
        (time(9), time(12), time(17), time(17)),
    ],
)
def test_hours_out_of_order_are_refused(hours: tuple[time, time, time, time]) -> None:
    with pytest.raises(OfficeHoursImpossible) as refused:
        OfficeHours(*hours)
    assert "午休" in refused.value.detail(Language.ZH)


def test_an_office_may_work_through_lunch() -> None:
    through = OfficeHours(lunch_from=time(12), lunch_until=time(12))
    assert through.is_open(in_shanghai("2026-09-17T12:00:00"), CALENDAR)


def test_a_moment_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        HOURS.day_of(datetime(2026, 9, 17, 10))  # noqa: DTZ001 - the mistake


def test_a_moment_is_not_taken_for_a_day() -> None:
    with pytest.raises(TypeError, match="use OfficeHours"):
        HOURS.close_of(datetime(2026, 9, 17, 20, tzinfo=UTC))


def test_the_zone_is_that_of_the_whole_country() -> None:
    assert HOURS.zone == ZoneInfo("Asia/Shanghai")
