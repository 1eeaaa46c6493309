"""A derivation from plain text, for the command line: `guihua due START --workdays N --hold A..B`."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from services.kernel.problem import Problem
from services.kernel.worktime.calendars import Calendar
from services.kernel.worktime.explanations import explain
from services.kernel.worktime.holds import Interval
from services.kernel.worktime.sentences import in_chinese, in_english

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HOLD: Final = re.compile(r"(?P<start>[^.=]+)\.\.(?P<end>[^.=]*)(=(?P<by>.+))?")


class DayUnreadable(Problem):
    """A date was not written as year-month-day, or there is no such day."""

    status = 422
    code = "day-unreadable"
    zh = "看不懂日期“{text}”"
    en = "the date {text!r} cannot be read"
    remedy_zh = "请按 年-月-日 填写实际存在的日期，如 2026-09-17"
    remedy_en = "write an existing day as year-month-day, such as 2026-09-17"


class HoldUnreadable(Problem):
    """A hold was not written as two dates."""

    status = 422
    code = "hold-unreadable"
    zh = "看不懂停止计时的区间“{text}”"
    en = "the hold {text!r} cannot be read"
    remedy_zh = (
        "请写 开始日..结束日，如 2026-09-21..2026-09-24；尚未恢复的写 2026-09-21..；"
        "可在等号后加说明，如 2026-09-21..2026-09-24=专家评审"
    )
    remedy_en = (
        "write start..end such as 2026-09-21..2026-09-24, start.. if it still lasts, and if you like a reason after =, "
        "such as 2026-09-21..2026-09-24=expert review"
    )


def derivation(
    start: str,
    *,
    workdays: int,
    extension: int = 0,
    holds: Sequence[str] = (),
    calendar: Calendar | None = None,
) -> str:
    """The derivation of a due date as text to print, in Chinese and then in English.

    Uses the built-in calendar if none is given. Raises `DayUnreadable`, `HoldUnreadable`, `HoldEndsBeforeItStarts`,
    `LimitOutOfRange` and `DayOutsideCalendar`.
    """
    why = explain(
        read_day(start),
        workdays,
        extension=extension,
        holds=[read_hold(hold) for hold in holds],
        calendar=calendar or Calendar.builtin(),
    )
    return f"{in_chinese(why)}\n\n{in_english(why)}\n"


def read_day(text: str) -> date:
    """Read `2026-09-17`, and only that form; raises `DayUnreadable`."""
    if not _DAY.fullmatch(text):
        raise DayUnreadable(text=text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DayUnreadable(text=text) from None


def read_hold(text: str) -> Interval:
    """Read `A..B`, `A..` (still lasting) or `A..B=reason`; raises `HoldUnreadable` and what `read_day` raises."""
    found = _HOLD.fullmatch(text)
    if not found:
        raise HoldUnreadable(text=text)
    end = read_day(found["end"]) if found["end"] else None
    return Interval(read_day(found["start"]), end, found["by"] or "")
