"""Types of FEEL: whether a value is of one, and what becomes of a value where a type is declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from services.workflow.engine.decisions.comparing import Value
from services.workflow.engine.decisions.functions import Function
from services.workflow.engine.decisions.moments import Months, read_date, read_duration, read_moment, read_time
from services.workflow.engine.decisions.ranges import Interval

_PLAIN: Final[dict[str, tuple[type, ...]]] = {
    "number": (Decimal,),
    "integer": (Decimal,),
    "long": (Decimal,),
    "double": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "date": (date,),
    "time": (time,),
    "date and time": (datetime,),
    "dateTime": (datetime,),
    "days and time duration": (timedelta,),
    "dayTimeDuration": (timedelta,),
    "years and months duration": (Months,),
    "yearMonthDuration": (Months,),
    "duration": (timedelta, Months),
    "function": (Function,),
    "context": (dict,),
    "list": (list,),
    "range": (Interval,),
}
_READERS: Final = {
    "date": read_date,
    "time": read_time,
    "date and time": read_moment,
    "dateTime": read_moment,
    "days and time duration": read_duration,
    "years and months duration": read_duration,
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A type that a file declares: of another type, or with parts; a list of such; with allowed values."""

    name: str
    base: "str | Declared | None" = None
    parts: "tuple[tuple[str, str | Declared | None], ...]" = ()
    is_list: bool = False
    allowed: Any = None


Kind = str | Declared | None


def is_of(value: Value, name: str) -> bool:  # noqa: PLR0911 - one kind a line
    """Say whether a value is of a type, as `instance of` asks."""
    bare = name.strip()
    if value is None:
        return bare == "Null"
    if bare == "Any":
        return True
    head, _, inner = bare.partition("<")
    inner = inner.rpartition(">")[0]
    if head == "list" and inner:
        return isinstance(value, list) and all(each is None or is_of(each, inner) for each in value)
    if head == "range" and inner:
        ends = [value.low, value.high] if isinstance(value, Interval) else []
        return bool(ends) and all(end is None or is_of(end, inner) for end in ends)
    if head == "context" and inner:
        pairs = [part.partition(":") for part in _split(inner)]
        return isinstance(value, Mapping) and all(
            key.strip() in value and (value[key.strip()] is None or is_of(value[key.strip()], kind))
            for key, _, kind in pairs
        )
    if head == "function":
        return isinstance(value, Function)
    wanted = _PLAIN.get(head, ())
    if head == "date" and isinstance(value, datetime):
        return False
    return isinstance(value, wanted) and not (isinstance(value, bool) and bool not in wanted)


def _split(inner: str) -> list[str]:
    """Split at the commas that stand in no brackets."""
    found, depth, begun = [], 0, 0
    for place, sign in enumerate(inner):
        depth += (sign == "<") - (sign == ">")
        if sign == "," and depth == 0:
            found.append(inner[begun:place])
            begun = place + 1
    return [*found, inner[begun:]]


def fits(value: Value, kind: Kind) -> Value:  # noqa: PLR0911 - one kind a line
    """Give a value where a type is declared: as it is, out of or into a list of one, or nothing."""
    if value is None or not kind or kind == "Any":
        return value
    if isinstance(kind, Declared):
        return _declared(value, kind)
    name = kind.rpartition(":")[2] if ":" in kind and "<" not in kind else kind
    if name.partition("<")[0] not in _PLAIN:
        return value
    if is_of(value, name):
        return value
    if isinstance(value, list) and len(value) == 1 and not name.startswith("list"):
        return fits(value[0], name)
    if name.startswith("list") and not isinstance(value, list):
        return fits([value], name)
    if name in ("date and time", "dateTime") and type(value) is date:
        return read_moment(value.isoformat() + "T00:00:00Z")
    if isinstance(value, str) and name in _READERS:
        return _READERS[name](value)
    return None


def _declared(value: Value, kind: Declared) -> Value:
    if kind.is_list:
        items = value if isinstance(value, list) else [value]
        found = [_single(item, kind) for item in items]
        lost = any(now is None and was is not None for was, now in zip(items, found, strict=True))
        return None if lost else found
    if isinstance(value, list) and len(value) == 1 and not _lists(kind):
        value = value[0]
    return _single(value, kind)


def _lists(kind: Kind) -> bool:
    if isinstance(kind, Declared):
        return kind.is_list or _lists(kind.base)
    return bool(kind) and str(kind).startswith("list")


def _single(value: Value, kind: Declared) -> Value:
    if value is None:
        return None
    if kind.parts:
        value = _with_parts(value, kind)
    elif kind.base is not None:
        value = fits(value, kind.base)
    if value is not None and kind.allowed is not None and not kind.allowed(value):
        return None
    return value


def _with_parts(value: Value, kind: Declared) -> Value:
    if not isinstance(value, Mapping):
        return None
    found = dict(value)
    for name, part in kind.parts:
        if name not in value:
            return None
        was = value[name]
        found[name] = fits(was, part)
        if was is not None and found[name] is None:
            return None
    return found
