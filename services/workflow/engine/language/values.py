"""The arithmetic of the language: every operation bounded in size, no operation that surprises.

Numbers are never mixed with texts, `*` repeats nothing, and a date meets an ISO text as a date. Errors raised:
`Miscalculated`.
"""

import operator
from collections.abc import Callable
from datetime import date, datetime
from math import isfinite
from typing import Any, Final

from services.workflow.engine.language.errors import Miscalculated

MAX_TEXT: Final = 100_000
MAX_ITEMS: Final = 10_000
MAX_NUMBER: Final = 2**63 - 1
"""The largest whole number; what is kept of an instance holds none larger."""

MAX_DIGITS: Final = 40

_DATE_LENGTH: Final = len("2026-01-01")

Value = Any
"""What the language reckons with: JSON, and dates and moments."""

Operation = Callable[[Value, Value], Value]


_KINDS: Final[tuple[tuple[type, tuple[str, str]], ...]] = (
    (type(None), ("空值", "nothing")),
    (bool, ("是/否", "a yes/no")),
    (int, ("数字", "a number")),
    (float, ("数字", "a number")),
    (str, ("文本", "a text")),
    (datetime, ("时刻", "a moment")),
    (date, ("日期", "a date")),
    (dict, ("对象", "an object")),
    (list, ("列表", "a list")),
    (object, ("未知类型", "something else")),
)


def kind_of(value: object) -> tuple[str, str]:
    """Name the kind of a value in Chinese and English, for messages."""
    return next(words for kind, words in _KINDS if isinstance(value, kind))


def mismatch(*values: object, by: str) -> Miscalculated:
    """Say that an operation does not fit the kinds of its values."""
    zh, en = zip(*(kind_of(v) for v in values), strict=True)
    return Miscalculated(zh=f"“{by}”不能用于{'与'.join(zh)}", en=f"'{by}' does not work with {' and '.join(en)}")


def is_number(value: object) -> bool:
    """Say whether a value counts as a number; true and false do not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def bounded(value: Value) -> Value:
    """Give the value back, or refuse one that has grown too large."""
    if isinstance(value, str | list | dict) and len(value) > (MAX_TEXT if isinstance(value, str) else MAX_ITEMS):
        raise Miscalculated(zh="结果太大", en="the result is too large")
    if isinstance(value, float) and not isfinite(value):
        raise Miscalculated(zh="结果不是数字", en="the result is not a number")
    if isinstance(value, int) and not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise Miscalculated(zh="数字太大", en="the number is too large")
    return value


def moment(text: str) -> datetime | date | None:
    """Read an ISO date or moment; None when the text is neither."""
    if not _DATE_LENGTH <= len(text) <= MAX_DIGITS or not text[:4].isdigit():
        return None
    try:
        return date.fromisoformat(text) if len(text) == _DATE_LENGTH else datetime.fromisoformat(text)
    except ValueError:
        return None


def _aligned(left: Value, right: Value) -> tuple[Value, Value]:
    """Bring two values to one kind where a date meets an ISO text, or a day meets a moment."""
    if isinstance(left, date) and isinstance(right, str):
        right = moment(right) or right
    elif isinstance(right, date) and isinstance(left, str):
        left = moment(left) or left
    if isinstance(left, datetime) != isinstance(right, datetime) and isinstance(left, date) and isinstance(right, date):
        raise mismatch(left, right, by="比较/compare")
    return left, right


def equal(left: Value, right: Value) -> bool:
    """`==`: never fails; true and 1 are different things."""
    if isinstance(left, date) or isinstance(right, date):
        left, right = _aligned(left, right)
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def _ordered(word: str, compare: Operation) -> Operation:
    def run(left: Value, right: Value) -> bool:
        left, right = _aligned(left, right)
        numbers = is_number(left) and is_number(right)
        same = isinstance(left, str | date) and isinstance(right, str | date) and type(left) is type(right)
        if not (numbers or same):
            raise mismatch(left, right, by=word)
        try:
            return bool(compare(left, right))
        except TypeError:  # a moment with an offset against one without
            raise mismatch(left, right, by=word) from None

    return run


def contains(left: Value, right: Value) -> bool:
    """`in`: an item of a list, a key of an object, a part of a text."""
    if isinstance(right, str):
        if not isinstance(left, str):
            raise mismatch(left, right, by="in")
        return left in right
    if isinstance(right, dict):
        return isinstance(left, str) and left in right
    if isinstance(right, list):
        return any(equal(left, item) for item in right)
    raise mismatch(left, right, by="in")


def add(left: Value, right: Value) -> Value:
    """`+`: numbers, texts, lists; never a mixture."""
    if is_number(left) and is_number(right):
        return bounded(left + right)
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return bounded(left + right)
    raise mismatch(left, right, by="+")


def _numeric(word: str, compute: Operation) -> Operation:
    def run(left: Value, right: Value) -> Value:
        if not (is_number(left) and is_number(right)):
            raise mismatch(left, right, by=word)
        try:
            return bounded(compute(left, right))
        except ZeroDivisionError:
            raise Miscalculated(zh="除数为零", en="division by zero") from None
        except OverflowError:
            raise Miscalculated(zh="数字太大", en="the number is too large") from None

    return run


def negative(value: Value) -> Value:
    """`-x` of a number."""
    if not is_number(value):
        raise mismatch(value, by="-")
    return -value


def item(holder: Value, key: Value) -> Value:
    """`holder[key]`: None for a key or place that is not there."""
    if holder is None:
        return None
    if isinstance(holder, dict):
        return holder.get(key) if isinstance(key, str) else None
    if isinstance(holder, list | str) and isinstance(key, int) and not isinstance(key, bool):
        return holder[key] if -len(holder) <= key < len(holder) else None
    raise mismatch(holder, key, by="[]")


def field(holder: Value, name: str) -> Value:
    """`holder.name`: the key of an object; None for a missing key and for nothing's."""
    if isinstance(holder, dict):
        return holder.get(name)
    if holder is None:
        return None
    raise mismatch(holder, by=f".{name}")


def text(value: Value) -> str:
    """Write a value as a person would: dates in ISO, whole numbers without a point."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case int() | float():
            return str(value)
        case _:
            raise mismatch(value, by="str")


BINARY: Final[dict[str, Operation]] = {
    "Add": add,
    "Sub": _numeric("-", operator.sub),
    "Mult": _numeric("*", operator.mul),
    "Div": _numeric("/", operator.truediv),
    "FloorDiv": _numeric("//", operator.floordiv),
    "Mod": _numeric("%", operator.mod),
}

COMPARE: Final[dict[str, Operation]] = {
    "Eq": equal,
    "NotEq": lambda left, right: not equal(left, right),
    "Lt": _ordered("<", operator.lt),
    "LtE": _ordered("<=", operator.le),
    "Gt": _ordered(">", operator.gt),
    "GtE": _ordered(">=", operator.ge),
    "In": contains,
    "NotIn": lambda left, right: not contains(left, right),
    "Is": equal,
    "IsNot": lambda left, right: not equal(left, right),
}
