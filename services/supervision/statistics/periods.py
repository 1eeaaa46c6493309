"""The period that is counted: from a day to a day, both included, in the office's days; and whose records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from services.kernel.problem import Problem
from services.kernel.worktime import SHANGHAI

_FIRST: Final = date(1970, 1, 1)
_LAST: Final = date(9000, 1, 1)
"""Before and after these nothing ever happened; the calendar of a computer has an end."""


class PeriodReversed(Problem):
    """The first day lies behind the last."""

    status = 422
    code = "period-reversed"
    zh = "起日 {since} 晚于止日 {as_of}"
    en = "the first day {since} is after the last day {as_of}"
    remedy_zh = "请调换两个日期"
    remedy_en = "exchange the two days"


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` to `as_of`, for the departments that `scope` lets through."""

    since: date
    as_of: date
    scope: Mapping[str, Any]

    @classmethod
    def of(cls, since: date | None, as_of: date | None, *, today: date, scope: Mapping[str, Any]) -> "Period":
        """The period asked for; by default the year so far. Raises PeriodReversed."""
        last = as_of or today
        first = since or last.replace(month=1, day=1)
        if first > last:
            raise PeriodReversed(since=first.isoformat(), as_of=last.isoformat())
        return cls(max(first, _FIRST), min(last, _LAST), scope)

    def days(self, field: str) -> dict[str, Any]:
        """A filter: the field's day lies in the period."""
        return {field: {"$gte": self.since.isoformat(), "$lte": self.as_of.isoformat()}}

    def moments(self, field: str) -> dict[str, Any]:
        """A filter: the field's moment lies on a day of the period."""
        return {field: {"$gte": _midnight(self.since), "$lt": _midnight(self.as_of + timedelta(days=1))}}

    @property
    def begin(self) -> datetime:
        """The first moment that counts."""
        return _midnight(self.since)

    @property
    def end(self) -> datetime:
        """The first moment that does not count any more."""
        return _midnight(self.as_of + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
