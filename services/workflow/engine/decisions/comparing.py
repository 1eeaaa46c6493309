"""Comparing FEEL values: three-valued, and only within one kind."""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from services.workflow.engine.decisions.moments import Months
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.values import moment

MAX_PARTS: Final = 100_000
MAX_LETTERS: Final = 1_000_000

Value = Any
"""What FEEL reckons with: Decimal, text, yes/no, nothing, moments, durations, lists, contexts, ranges, functions."""

_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(word: str, left: Value, right: Value) -> bool | None:
    """Compare two values of one kind; an ISO text meets a date as a date."""
    if isinstance(left, date) and isinstance(right, str):
        right = moment(right)
    elif isinstance(right, date) and isinstance(left, str):
        left = moment(left)
    if word in ("=", "!="):
        equal = same(left, right)
        return equal if equal is None or word == "=" else not equal
    comparable = type(left) is type(right) and isinstance(left, Decimal | str | date | time | timedelta | Months)
    if not comparable or _offsets_differ(left, right):
        return None
    return _ORDER[word](left, right)


def same(left: Value, right: Value) -> bool | None:
    """Say whether two values are equal; nothing when they are of different kinds."""
    if left is None or right is None:
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        weighed([left, right])
        return len(left) == len(right) and all(same(a, b) is True for a, b in zip(left, right, strict=True))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        weighed([left, right])
        return left.keys() == right.keys() and all(same(left[key], right[key]) is True for key in left)
    if type(left) is not type(right):
        return None
    return bool(left == right)


def weighed(value: Value) -> Value:
    """Give a value back. Raises `Miscalculated` for one that would be too large written out.

    Lists and contexts may hold one another many times over: what takes little room can be beyond all bounds.
    """
    parts, letters, ahead = 0, 0, [value]
    while ahead:
        part = ahead.pop()
        parts += 1
        if isinstance(part, str):
            letters += len(part)
        elif isinstance(part, list):
            ahead += part
        elif isinstance(part, Mapping):
            ahead += part.values()
        if parts > MAX_PARTS or letters > MAX_LETTERS or len(ahead) > MAX_PARTS:
            raise Miscalculated(zh="结果太大", en="the result is too large")
    return value


def _offsets_differ(left: Value, right: Value) -> bool:
    return isinstance(left, datetime | time) and (left.tzinfo is None) != (right.tzinfo is None)
