"""Ranges as values: what is inside, and how two of them lie to each other (DMN 1.5 §10.3.4.9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from services.workflow.engine.decisions.comparing import compare
from services.workflow.engine.language.errors import Miscalculated

MAX_ITEMS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """From a value to a value; None where it has no end. `with_low`, `with_high`: the ends belong to it."""

    low: Any
    high: Any
    with_low: bool
    with_high: bool

    def holds(self, value: Any) -> bool | None:  # noqa: ANN401 - any FEEL value
        """Say whether a value is inside; nothing when it cannot be compared."""
        low = True if self.low is None else compare(">=" if self.with_low else ">", value, self.low)
        high = True if self.high is None else compare("<=" if self.with_high else "<", value, self.high)
        if low is False or high is False:
            return False
        return None if low is None or high is None else True

    def member(self, key: str) -> Any:  # noqa: ANN401 - an end, or yes or no
        """Give a part: `start`, `end`, `start included`, `end included`."""
        return {
            "start": self.low,
            "end": self.high,
            "start included": self.with_low,
            "end included": self.with_high,
        }.get(key)


def _made(value: Any) -> Interval:  # noqa: ANN401 - any FEEL value
    return value if isinstance(value, Interval) else Interval(value, value, with_low=True, with_high=True)


def _less(a: Any, b: Any) -> bool:  # noqa: ANN401
    return compare("<", a, b) is True


def _same(a: Any, b: Any) -> bool:  # noqa: ANN401
    return a is not None and compare("=", a, b) is True


def _ends_before(a: Interval, b: Interval) -> bool:
    return _less(a.high, b.low) or (_same(a.high, b.low) and not (a.with_high and b.with_low))


def _starts_first(a: Interval, b: Interval) -> bool:
    return _less(a.low, b.low) or (_same(a.low, b.low) and (a.with_low or not b.with_low))


def _ends_last(a: Interval, b: Interval) -> bool:
    return _less(b.high, a.high) or (_same(a.high, b.high) and (a.with_high or not b.with_high))


def _touches(a: Interval, b: Interval) -> bool:
    return not _ends_before(a, b) and not _ends_before(b, a)


def _includes(a: Interval, b: Interval) -> bool:
    return _starts_first(a, b) and _ends_last(a, b)


def _meets(a: Interval, b: Interval) -> bool:
    return a.with_high and b.with_low and _same(a.high, b.low)


def _overlaps_before(a: Interval, b: Interval) -> bool:
    begins = _less(a.low, b.low) or (_same(a.low, b.low) and a.with_low and not b.with_low)
    ends = _less(a.high, b.high) or (_same(a.high, b.high) and (not a.with_high or b.with_high))
    return begins and ends and _touches(a, b)


def _finishes(a: Interval, b: Interval) -> bool:
    return _same(a.high, b.high) and a.with_high == b.with_high and _starts_first(b, a)


def _starts(a: Interval, b: Interval) -> bool:
    return _same(a.low, b.low) and a.with_low == b.with_low and _ends_last(b, a)


def _coincides(a: Interval, b: Interval) -> bool:
    return _same(a.low, b.low) and _same(a.high, b.high) and (a.with_low, a.with_high) == (b.with_low, b.with_high)


_RELATIONS: Final[dict[str, Callable[[Interval, Interval], bool]]] = {
    "before": _ends_before,
    "after": lambda a, b: _ends_before(b, a),
    "meets": _meets,
    "met by": lambda a, b: _meets(b, a),
    "overlaps": _touches,
    "overlaps before": _overlaps_before,
    "overlaps after": lambda a, b: _overlaps_before(b, a),
    "finishes": _finishes,
    "finished by": lambda a, b: _finishes(b, a),
    "includes": _includes,
    "during": lambda a, b: _includes(b, a),
    "starts": _starts,
    "started by": lambda a, b: _starts(b, a),
    "coincides": _coincides,
}
RELATIONS: Final = tuple(_RELATIONS)
"""The names of the relations."""


def related(word: str, first: Any, second: Any) -> bool | None:  # noqa: ANN401 - any FEEL value
    """Say whether two ranges, or a value and a range, lie to each other as a relation says."""
    if first is None or second is None:
        return None
    a, b = _made(first), _made(second)
    ends = [end for end in (a.low, a.high, b.low, b.high) if end is not None]
    if any(compare("=", ends[0], end) is None for end in ends[1:]):
        return None
    return _RELATIONS[word](a, b)


def gone_through(value: Any) -> Sequence[Any]:  # noqa: ANN401 - any FEEL value
    """Give the items a loop goes through: of a list, of a range of whole numbers or days. Raises `Miscalculated`."""
    if isinstance(value, Interval):
        low, high = value.low, value.high
        if isinstance(low, Decimal) and isinstance(high, Decimal) and abs(high - low) < MAX_ITEMS:
            step = 1 if low <= high else -1
            return [Decimal(n) for n in range(int(low), int(high) + step, step)]
        if type(low) is date and type(high) is date and abs((high - low).days) < MAX_ITEMS:
            step = 1 if low <= high else -1
            return [low + timedelta(days=n) for n in range(0, (high - low).days + step, step)]
        raise Miscalculated(zh="不能遍历该区间", en="this range cannot be gone through")
    if value is None:
        raise Miscalculated(zh="不能遍历空值", en="nothing cannot be gone through")
    return value if isinstance(value, list) else [value]
