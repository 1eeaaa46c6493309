"""Why a clock is due when it is due, day by day and in words."""

from datetime import date

from pydantic import BaseModel

from services.contracts.words import DayKind
from services.kernel.problem import Problem
from services.kernel.worktime import DayClass, in_chinese, in_english, line_in_chinese, line_in_english
from services.workflow.clocks.dues import OfficeTime, why
from services.workflow.clocks.ledgers import Clock


class ClockNotFound(Problem):
    """The case has no such clock."""

    status = 404
    code = "clock-not-found"
    zh = "案件 {case_no} 没有计时 {clock_id}"
    en = "case {case_no} has no clock {clock_id}"
    remedy_zh = "请在案件详情中核对计时编号；受理之前没有承诺时限和法定时限"
    remedy_en = "look the clock up in the case; before acceptance there is neither promise nor statutory limit"


class WhyLine(BaseModel, frozen=True):
    """One day."""

    day: date
    day_class: DayClass
    kind: DayKind
    name: str
    counted: int | None
    held_by: list[str]
    zh: str
    en: str


class WhyView(BaseModel, frozen=True):
    """The derivation. `total = counted + held`, in working days after the start."""

    clock_id: str
    name: str
    started_on: date
    limit_workdays: int
    extension_workdays: int
    due_on: date | None
    provisional: bool
    total: int
    counted: int
    held: int
    calendar: str
    lines: list[WhyLine]
    text_zh: str
    text_en: str


def why_view(clock: Clock, *, on: date, time: OfficeTime) -> WhyView:
    """The derivation of a clock as it stands on a day."""
    explained = why(clock, min(on, clock.stopped.on) if clock.stopped else on, time)
    lines = [
        WhyLine(
            day=line.day,
            day_class=line.day_class,
            kind=line.kind,
            name=line.name,
            counted=line.counted,
            held_by=[hold.by for hold in line.held_by],
            zh=line_in_chinese(line),
            en=line_in_english(line),
        )
        for line in explained.lines
    ]
    return WhyView(
        clock_id=clock.clock_id,
        name=clock.name,
        started_on=explained.start,
        limit_workdays=explained.limit,
        extension_workdays=explained.extension,
        due_on=explained.due.on if explained.due else None,
        provisional=explained.due.provisional if explained.due else False,
        total=explained.account.total,
        counted=explained.account.counted,
        held=explained.account.held,
        calendar=explained.calendar,
        lines=lines,
        text_zh=in_chinese(explained),
        text_en=in_english(explained),
    )
