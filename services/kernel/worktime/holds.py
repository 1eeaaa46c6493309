"""Holds: stretches of days in which a clock stands still (行政许可法 §45; docs/domain.md §0.11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.kernel.problem import Problem


class HoldEndsBeforeItStarts(Problem):
    """A hold was given whose last day lies before the day it began."""

    status = 422
    code = "hold-ends-before-it-starts"
    zh = "中止计时的结束日 {end} 早于开始日 {start}"
    en = "the hold ends on {end}, before it starts on {start}"
    remedy_zh = "请核对恢复日期"
    remedy_en = "check the day on which the clock was resumed"


@dataclass(frozen=True, slots=True)
class Interval:
    """A hold that takes out the working days after `start` up to and with `end`.

    `end` is None while the hold lasts. `by` says what holds the clock, in words for the reader.
    """

    start: date
    end: date | None
    by: str = ""

    def __post_init__(self) -> None:
        """Refuse a hold that runs backwards."""
        if self.end is not None and self.end < self.start:
            raise HoldEndsBeforeItStarts(start=self.start.isoformat(), end=self.end.isoformat())

    def covers(self, day: date) -> bool:
        """Whether the clock stands still on the day by this hold."""
        return self.start < day and (self.end is None or day <= self.end)

    def until(self, on: date) -> "Interval":
        """The hold as if it were resumed on the given day, if it still lasts."""
        return self if self.end is not None else Interval(self.start, max(self.start, on), self.by)


def union(holds: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same held days in as few holds as possible, in order: what overlaps or touches counts once."""
    united: list[Interval] = []
    for hold in sorted(holds, key=lambda each: each.start):
        before = united[-1] if united else None
        if before is None or (before.end is not None and before.end < hold.start):
            united.append(Interval(hold.start, hold.end))
        elif before.end is not None:
            united[-1] = Interval(before.start, None if hold.end is None else max(before.end, hold.end))
    return tuple(united)
