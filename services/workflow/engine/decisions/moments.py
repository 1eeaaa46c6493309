"""Dates, times and durations of FEEL: read, written, added and taken apart. What cannot be done gives nothing."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_YEAR: Final = 12
_MOST_MONTHS: Final = 12 * 10_000
_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_TIME: Final = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z_]+(?:/[A-Za-z_+-]+)*)?"
)
_MONTHS: Final = re.compile(r"(-)?P(?=\d)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?")
_SPAN: Final = re.compile(
    r"(-)?P(?=\d|T\d)(?:(\d{1,8})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,10})M)?(?:(\d{1,12})(?:\.(\d{1,9}))?S)?)?"
)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A duration of years and months."""

    count: int

    def __neg__(self) -> "Months":
        return Months(-self.count)


Moment = date | datetime | time | timedelta | Months


def read_date(text: str) -> date | None:
    """Read `2026-01-31`."""
    found = _DATE.fullmatch(text)
    try:
        return None if found is None else date(*map(int, found.groups()))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Read `09:30:00`, with an offset or a zone."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, fraction, zone = found.groups()
    try:
        micro = int((fraction or "0")[:6].ljust(6, "0"))
        return time(int(hour), int(minute), int(second), micro, _zone(zone))
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    if text.startswith("@"):
        return ZoneInfo(text[1:])
    hours, minutes, *seconds = map(int, text[1:].split(":"))
    if hours > 14 or minutes > 59:  # noqa: PLR2004 - as ISO 8601 has them
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return timezone(-offset if text.startswith("-") else offset)


def read_moment(text: str) -> datetime | None:
    """Read `2026-01-31T09:30:00`; a date alone is its midnight."""
    day, sign, rest = text.partition("T")
    found, clock = read_date(day), read_time(rest) if sign else time()
    return None if found is None or clock is None else datetime.combine(found, clock)


def read_duration(text: str) -> Moment | None:
    """Read `P1Y2M` or `P3DT4H`."""
    if found := _MONTHS.fullmatch(text):
        count = int(found.group(2) or 0) * _YEAR + int(found.group(3) or 0)
        return Months(-count if found.group(1) else count)
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    sign, days, hours, minutes, seconds, fraction = found.groups()
    try:
        span = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=int((fraction or "0")[:6].ljust(6, "0")),
        )
    except OverflowError:
        return None
    return -span if sign else span


def at_literal(text: str) -> Moment | None:
    """Read what stands behind `@`: a date, a moment, a time or a duration."""
    return read_date(text) or (read_moment(text) if "T" in text and text[:1].isdigit() else None) or _rest(text)


def _rest(text: str) -> Moment | None:
    clock = read_time(text)
    return read_duration(text) if clock is None else clock


# ── written ──


def written(value: Moment) -> str:
    """Write a moment as FEEL reads it."""
    match value:
        case datetime():
            return f"{value.date().isoformat()}T{_clock(value.timetz())}"
        case date():
            return value.isoformat()
        case time():
            return _clock(value)
        case Months(count):
            years, months = divmod(abs(count), _YEAR)
            text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
            return ("-" if count < 0 else "") + "P" + (text or "0M")
        case _:
            return _span(value)


def _clock(value: time) -> str:
    text = value.replace(tzinfo=None, microsecond=0).isoformat()
    if value.microsecond:
        text += f".{value.microsecond:06d}".rstrip("0")
    zone = value.tzinfo
    if zone is None:
        return text
    if isinstance(zone, ZoneInfo):
        return f"{text}@{zone.key}"
    offset = zone.utcoffset(None) or timedelta()
    if not offset:
        return text + "Z"
    seconds = int(abs(offset).total_seconds())
    rest = f":{seconds % 60:02d}" if seconds % 60 else ""
    return f"{text}{'-' if offset < timedelta() else '+'}{seconds // 3600:02d}:{seconds // 60 % 60:02d}{rest}"


def _span(value: timedelta) -> str:
    days, rest = divmod(abs(value), _DAY)
    seconds, micro = rest.seconds, rest.microseconds
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    fraction = f".{micro:06d}".rstrip("0") if micro else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{fraction}S" if seconds or micro else ""
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if value < timedelta() else "") + "P" + (text or "T0S")


# ── reckoned ──


def add(left: Any, right: Any) -> Any:  # noqa: ANN401, PLR0911 - any FEEL value, one kind a line
    """Add a duration to a moment, or two durations."""
    if isinstance(left, timedelta | Months) and not isinstance(right, timedelta | Months):
        left, right = right, left
    try:
        match left, right:
            case (Months(), Months()):
                return Months(left.count + right.count)
            case (timedelta(), timedelta()):
                return left + right
            case (date(), Months(count)):
                return _later(left, count)
            case (datetime(), timedelta()):
                return left + right
            case (date(), timedelta()):
                return (datetime.combine(left, time()) + right).date()
            case (time(), timedelta()):
                moment = datetime.combine(date(2000, 1, 1), left) + right
                return moment.timetz()
            case _:
                return None
    except (OverflowError, ValueError):
        return None


def subtract(left: Any, right: Any) -> Any:  # noqa: ANN401 - any FEEL value
    """Take a duration from a moment or a duration, or one moment from another."""
    if isinstance(right, timedelta | Months):
        return add(left, -right) if isinstance(left, date | time) or type(left) is type(right) else None
    if isinstance(left, time) and isinstance(right, time):
        return _between(datetime.combine(date(2000, 1, 1), left), datetime.combine(date(2000, 1, 1), right))
    if isinstance(left, date) and isinstance(right, date):
        return _between(_whole(left, right), _whole(right, left))
    return None


def _whole(value: date, other: date) -> datetime:
    """Make a date its midnight, in UTC when the other moment has a zone."""
    if isinstance(value, datetime):
        return value
    zoned = isinstance(other, datetime) and other.tzinfo is not None
    return datetime.combine(value, time(tzinfo=UTC if zoned else None))


def _between(left: datetime, right: datetime) -> timedelta | None:
    return None if (left.tzinfo is None) != (right.tzinfo is None) else left - right


def _later(day: date, count: int) -> date | None:
    if abs(count) > _MOST_MONTHS:
        return None
    years, month = divmod(day.year * _YEAR + day.month - 1 + count, _YEAR)
    for last in range(day.day, 27, -1) if day.day > 28 else (day.day,):  # noqa: PLR2004 - every month has them
        try:
            return day.replace(year=years, month=month + 1, day=last)
        except ValueError:
            continue
    return None


def member(value: Moment, key: str) -> Any:  # noqa: ANN401 - a number, a text or a duration
    """Give a part of a moment, such as `year`, `hour` or `time offset`."""
    match value:
        case Months(count):
            parts: dict[str, Any] = {"years": _towards_zero(count, _YEAR), "months": _rest_of(count, _YEAR)}
        case timedelta():
            seconds = int(value / timedelta(seconds=1))
            parts = {
                "days": _towards_zero(seconds, 86400),
                "hours": _rest_of(_towards_zero(seconds, 3600), 24),
                "minutes": _rest_of(_towards_zero(seconds, 60), 60),
                "seconds": _rest_of(seconds, 60),
            }
        case _:
            parts = _parts(value)
    found = parts.get(key)
    return Decimal(found) if isinstance(found, int) else found


def _parts(value: date | time) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(value, date):
        found |= {"year": value.year, "month": value.month, "day": value.day, "weekday": value.isoweekday()}
    if isinstance(value, datetime | time):
        zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
        found |= {"hour": value.hour, "minute": value.minute, "second": value.second}
        found |= {"time offset": value.utcoffset(), "timezone": zone}
    return found


def _towards_zero(number: int, by: int) -> int:
    return number // by if number >= 0 else -(-number // by)


def _rest_of(number: int, by: int) -> int:
    return number - _towards_zero(number, by) * by
