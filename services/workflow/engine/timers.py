"""Timers of the diagram: read at deploy, told their moment when they are armed.

A date timer is an ISO moment with its offset or an expression giving one; a duration is ISO 8601 (`P3D`, `PT2H`) or
an expression giving one, counted in calendar time from now; a cycle is `R<n>/<duration>`, with or without a start.
"""

import calendar as months
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from services.workflow.engine.diagrams.model import TimerForm, TimerText
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.texts import Expression, expression
from services.workflow.engine.language.values import moment

_DURATION: Final = re.compile(
    r"P(?=\d|T\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?"
)
_CYCLE: Final = re.compile(r"R(\d{0,6})/(?:([^/P][^/]*)/)?(P[^/]+)")
_LITERAL: Final = re.compile(r"(?:[-+]?P(?=[\dT])|R\d*/|\d{4}-)")
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Length:
    """A length of calendar time; years and months follow the calendar, the rest is exact."""

    months: int
    exact: timedelta

    def after(self, start: datetime) -> datetime:
        """Give the moment this long after another; the 31st of a shorter month is its last day."""
        total = start.month - 1 + self.months
        year, month = start.year + total // _MONTHS, total % _MONTHS + 1
        day = min(start.day, months.monthrange(year, month)[1])
        return start.replace(year=year, month=month, day=day) + self.exact


@dataclass(frozen=True, slots=True)
class Due:
    """When a timer is due, and how it goes on: `left` more times (-1: for ever), every `every`."""

    at: datetime
    left: int = 0
    every: str = ""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that can be armed. Either the literal text or the expression is set."""

    form: TimerForm
    literal: str = ""
    reckoned: Expression | None = None

    def due(self, layers: Sequence[Mapping[str, Any]], office: Office) -> Due:
        """Give the moment a timer armed now is due. Raises `Miscalculated`."""
        value = self.literal if self.reckoned is None else self.reckoned.value(layers, office)
        try:
            return _due(self.form, value, office.now)
        except (OverflowError, ValueError):
            raise Miscalculated(zh=f"定时器时间超出范围：{value}", en=f"the timer is out of range: {value}") from None


def read_timer(written: TimerText) -> Timer:
    """Read a timer at deploy. Raises `Unwritable`."""
    text = written.text
    if not text:
        raise Unwritable(zh="定时器没有内容", en="the timer is empty")
    if not _LITERAL.match(text):
        return Timer(written.form, reckoned=expression(text))
    timer = Timer(written.form, literal=text)
    try:
        _due(written.form, text, datetime(2026, 1, 1, tzinfo=UTC))
    except Miscalculated as error:
        raise Unwritable(zh=error.zh, en=error.en) from None
    except (OverflowError, ValueError):
        raise Unwritable(zh=f"看不懂的定时器：{text}", en=f"the timer is not understood: {text}") from None
    return timer


def next_due(due_at: datetime, left: int, every: str) -> Due | None:
    """Give the next occurrence of a cycle after one has fired; None when there is none left."""
    if left == 0:
        return None
    return Due(_length(every).after(due_at), left - 1 if left > 0 else left, every)


def _due(form: TimerForm, value: object, now: datetime) -> Due:
    if form is TimerForm.DATE:
        return Due(moment_of(value))
    if not isinstance(value, str):
        raise Miscalculated(zh="定时器需要 ISO 8601 文本", en="the timer needs an ISO 8601 text")
    if form is TimerForm.DURATION:
        return Due(_length(value).after(now))
    return _cycle(value, now)


def _cycle(text: str, now: datetime) -> Due:
    found = _CYCLE.fullmatch(text.strip())
    if found is None:
        raise Miscalculated(zh=f"看不懂的循环定时器：{text:.60}", en=f"the cycle is not understood: {text:.60}")
    count, start, every = found.groups()
    left = int(count) - 1 if count else -1
    if count and left < 0:
        raise Miscalculated(zh="循环定时器的次数须至少为 1", en="a cycle happens at least once")
    length = _length(every)
    if length.after(now) <= now:
        raise Miscalculated(zh="循环定时器的间隔为零", en="the cycle has no length")
    return Due(moment_of(start) if start else length.after(now), left, every)


def moment_of(value: object) -> datetime:
    """Give the moment a timer means: aware, in UTC. Raises `Miscalculated` for a bare date or a missing offset."""
    given = moment(value) if isinstance(value, str) else value
    if not isinstance(given, datetime):
        kind = "日期" if isinstance(given, date) else "其他"
        raise Miscalculated(
            zh=f"定时器需要带时区的时刻，得到的是{kind}（可用 close_of_business(日期)）",
            en="a date timer needs a moment with its offset; a date becomes one with close_of_business(date)",
        )
    if given.tzinfo is None:
        raise Miscalculated(zh=f"定时器的时刻没有时区：{value}", en=f"the timer's moment has no offset: {value}")
    return given.astimezone(UTC)


def _length(text: str) -> Length:
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise Miscalculated(zh=f"看不懂的时长：{text:.60}", en=f"the duration is not understood: {text:.60}")
    years, month, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    exact = timedelta(days=weeks * 7 + days, hours=hours, minutes=minutes, seconds=seconds)
    return Length(years * _MONTHS + month, exact)
