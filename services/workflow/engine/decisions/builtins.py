"""The functions of FEEL (DMN 1.5 §10.3.4). All bounded; wrong kinds give nothing (null), as DMN says."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Final

from services.workflow.engine.decisions.comparing import Value, compare, weighed
from services.workflow.engine.decisions.functions import Builtin, Function
from services.workflow.engine.decisions.lists import LISTS
from services.workflow.engine.decisions.moments import (
    Months,
    at_literal,
    read_date,
    read_duration,
    read_moment,
    read_time,
    written,
)
from services.workflow.engine.decisions.numbers import NUMBERS
from services.workflow.engine.decisions.ranges import RELATIONS, Interval, related
from services.workflow.engine.decisions.texts import TEXTS
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.values import moment

__all__ = ["FUNCTIONS", "Function", "Value"]

_MOST_TEXT: Final = 100_000
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_RANGE: Final = re.compile(r"([\[(\]])(.*)\.\.(.*)([\])\[])", re.DOTALL)


# ── dates and times ──


def _date(office: Office, *values: Value) -> Value:
    if len(values) == 3:  # noqa: PLR2004 - year, month, day
        return _date_of(*values)
    value = values[0]
    if isinstance(value, str):
        value = read_date(value) or moment(value)
    if isinstance(value, datetime):
        return office.day(value) if value.tzinfo is not None and not _said(values[0]) else value.date()
    return value if isinstance(value, date) else None


def _said(value: Value) -> bool:
    """Say whether a moment was handed over as such, and not read from a text: then its own day counts."""
    return isinstance(value, datetime)


def _date_of(*parts: Value) -> Value:
    if not all(isinstance(part, Decimal) and part == part.to_integral_value() for part in parts):
        return None
    try:
        return date(*map(int, parts))
    except (ValueError, OverflowError):
        return None


def _date_and_time(_: Office, first: Value, second: Value = None) -> Value:
    if second is None:
        found = read_moment(first) if isinstance(first, str) else first
        return (
            datetime.combine(found, time()) if type(found) is date else found if isinstance(found, datetime) else None
        )
    if isinstance(first, date) and isinstance(second, time):
        return datetime.combine(first, second)
    return None


def _time(_: Office, *values: Value) -> Value:
    if len(values) >= 3:  # noqa: PLR2004 - hour, minute, second
        return _time_of(*values)
    match values[0]:
        case str() as text:
            found = read_time(text)
            return found if found is not None else _time(_, read_moment(text))
        case datetime() as value:
            return value.timetz()
        case date():
            return read_time("00:00:00Z")
        case time() as value:
            return value
        case _:
            return None


def _time_of(hour: Value, minute: Value, second: Value, offset: Value = None) -> Value:
    if not all(isinstance(part, Decimal) for part in (hour, minute, second)):
        return None
    zone = ""
    if isinstance(offset, timedelta):
        minutes = int(offset.total_seconds()) // 60 if offset >= timedelta() else -(int(-offset.total_seconds()) // 60)
        zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    elif offset is not None:
        return None
    whole = int(second)
    fraction = f"{second - whole:f}"[1:] if second != whole else ""
    return read_time(f"{int(hour):02d}:{int(minute):02d}:{whole:02d}{fraction}{zone}")


def _duration(_: Office, text: Value) -> Value:
    if isinstance(text, timedelta | Months):
        return text
    return read_duration(text) if isinstance(text, str) else None


def _months_between(_: Office, first: Value, last: Value) -> Value:
    """Give the whole years and months between two days."""
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return Months(months)


def _of_day(_: Office, value: Value, *, what: str) -> Value:
    if not isinstance(value, date):
        return None
    match what:
        case "day of year":
            return Decimal(value.timetuple().tm_yday)
        case "day of week":
            return _WEEKDAYS[value.weekday()]
        case "month of year":
            return _MONTHS[value.month - 1]
        case _:
            return Decimal(value.isocalendar().week)


# ── the rest ──


def text_of(value: Value) -> str:
    """Write any value as FEEL writes it inside lists and contexts."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return '"' + value.replace('"', '\\"') + '"'
    return _written(value)


def _written(value: Value) -> str:  # noqa: PLR0911 - one kind a line
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case date() | time() | timedelta() | Months():
            return written(value)
        case list():
            return "[" + ", ".join(map(text_of, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{key}: {text_of(part)}" for key, part in value.items()) + "}"
        case Interval(low, high, with_low, with_high):
            ends = f"{'' if low is None else text_of(low)}..{'' if high is None else text_of(high)}"
            return f"{'[' if with_low else '('}{ends}{']' if with_high else ')'}"
        case _:
            return "function"


def _string(_: Office, value: Value) -> Value:
    if value is None or isinstance(value, str):
        return value
    return _written(weighed(value))[:_MOST_TEXT]


def _number(_: Office, text: Value, grouping: Value = None, point: Value = None) -> Value:
    if isinstance(text, Decimal) and grouping is None and point is None:
        return text
    if not isinstance(text, str) or len(text) > 400:  # noqa: PLR2004
        return None
    signs = grouping in (None, " ", ".", ",") and point in (None, ".", ",") and (grouping is None or grouping != point)
    if not signs:
        return None
    plain = text.strip().replace(grouping or "\x00", "").replace(point or ".", ".")
    if not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?", plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _not(_: Office, value: Value) -> Value:
    return not value if isinstance(value, bool) else None


def _abs(_: Office, value: Value) -> Value:
    if isinstance(value, Months):
        return Months(abs(value.count))
    return abs(value) if isinstance(value, Decimal | timedelta) else None


def _is(_: Office, first: Value, second: Value) -> Value:
    """Say whether two values are the same, zone and all."""
    if type(first) is not type(second):
        return False
    if isinstance(first, date | time):
        return written(first) == written(second)
    return compare("=", first, second) is True


def _range(_: Office, text: Value) -> Value:
    found = _RANGE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        return None
    opening, low, high, closing = found.groups()
    first, last = _end(low.strip()), _end(high.strip())
    lost = (low.strip() and first is None) or (high.strip() and last is None) or (first is None and last is None)
    if lost or (first is None and opening == "[") or (last is None and closing == "]"):
        return None
    if first is not None and last is not None and compare("<=", first, last) is not True:
        return None
    return Interval(first, last, with_low=opening == "[", with_high=closing == "]")


def _end(text: str) -> Value:
    if re.fullmatch(r'"[^"]*"', text):
        return text[1:-1]
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return Decimal(text)
    quoted = re.fullmatch(r'(?:@|date\(|time\(|duration\(|date and time\()\s*"([^"]*)"\)?', text)
    return at_literal(quoted.group(1)) if quoted else None


def _related(_: Office, first: Value, second: Value, *, word: str) -> Value:
    return related(word, first, second)


_RELATED: Final = {
    word: Builtin(
        partial(_related, word=word),
        ("range1", "range2"),
        2,
        2,
        (("point1", "point2"), ("point", "range"), ("range", "point")),
    )
    for word in RELATIONS
}
_DAYS: Final = {
    what: Builtin(partial(_of_day, what=what), ("date",), 1, 1)
    for what in ("day of year", "day of week", "month of year", "week of year")
}

FUNCTIONS: Final[dict[str, Builtin]] = {
    "date": Builtin(_date, ("from",), 1, 3, (("year", "month", "day"),)),
    "date and time": Builtin(_date_and_time, ("from",), 1, 2, (("date", "time"),)),
    "time": Builtin(_time, ("from",), 1, 4, (("hour", "minute", "second", "offset"),)),
    "duration": Builtin(_duration, ("from",), 1, 1),
    "years and months duration": Builtin(_months_between, ("from", "to"), 2, 2),
    "today": Builtin(lambda office: office.hours.day_of(office.now)),
    "now": Builtin(lambda office: office.now),
    "string": Builtin(_string, ("from",), 1, 1),
    "number": Builtin(_number, ("from", "grouping separator", "decimal separator"), 1, 3),
    "not": Builtin(_not, ("negand",), 1, 1),
    "abs": Builtin(_abs, ("n",), 1, 1, (("number",),)),
    "is": Builtin(_is, ("value1", "value2"), 2, 2),
    "range": Builtin(_range, ("from",), 1, 1),
    **NUMBERS,
    **TEXTS,
    **LISTS,
    **_DAYS,
    **_RELATED,
}
"""Name → the function (the office comes first), the names of its arguments, the least and most of them."""
