"""Alarms: the timer start events of the active version, as durable moments kept with the definition.

They are set in the write that activates the version, and moved on in one write after a case has been begun. A moment
that has passed when an alarm is set begins nothing. After downtime only the newest missed moment does.
"""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel

from services.kernel.problem import Problem
from services.workflow.clocks.dues import OfficeTime
from services.workflow.definitions.starts import StartEvent
from services.workflow.engine.diagrams.model import TimerForm, TimerText
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.office import Office
from services.workflow.engine.timers import Due, next_due, read_timer
from services.workflow.instances.origins import StartKind


class AlarmUnreckonable(Problem):
    """The moment of a timer start event cannot be told."""

    status = 422
    code = "alarm-unreckonable"
    zh = "定时开始事件“{element}”的时刻无法计算：{reason_zh}"
    en = "the moment of the timer start event {element!r} cannot be told: {reason}"
    remedy_zh = "请更正定时器，或先导入相应年份的工作日历"
    remedy_en = "correct the timer, or import the calendar of that year first"


class Alarm(BaseModel, frozen=True):
    """One timer start event and when it is due next; None when it is over. `left` and `every` as in a cycle."""

    element: str
    form: str
    text: str
    at: datetime | None = None
    left: int = 0
    every: str = ""

    def is_of(self, event: StartEvent) -> bool:
        """Whether it was set for this very event, with the timer as it is written there."""
        return (self.element, self.form, self.text) == (event.element, event.timer_form, event.timer_text)


def set_alarms(
    before: Iterable[Alarm], events: Iterable[StartEvent], *, now: datetime, time: OfficeTime, running: bool
) -> tuple[Alarm, ...]:
    """The alarms of a version that is activated now. Raises `AlarmUnreckonable`.

    A timer that stands unchanged goes on as it was, so that a new version begins no case twice and forgets none;
    what fell into a time in which nothing was active (not `running`) is skipped.
    """
    known, alarms = tuple(before), []
    for event in events:
        if event.kind is StartKind.TIMER:
            old = next((alarm for alarm in known if alarm.is_of(event)), None)
            if old is None:
                alarms.append(_skipped(_new(event, now=now, time=time), now))
            else:
                alarms.append(old if running else _skipped(old, now))
    return tuple(alarms)


def next_at(alarms: Iterable[Alarm]) -> datetime | None:
    """The moment at which the first of them is due."""
    return min((alarm.at for alarm in alarms if alarm.at is not None), default=None)


def rung(alarm: Alarm, now: datetime) -> tuple[datetime | None, Alarm]:
    """The newest moment of an alarm up to now, None if it is not due, and the alarm as it goes on from there.

    Older moments that were missed are left out.
    """
    newest, at = None, alarm.at
    while at is not None and at <= now:
        newest, alarm = at, _with(alarm, next_due(at, alarm.left, alarm.every))
        at = alarm.at
    return newest, alarm


def _new(event: StartEvent, *, now: datetime, time: OfficeTime) -> Alarm:
    try:
        timer = read_timer(TimerText(TimerForm(event.timer_form), event.timer_text))
        due = timer.due((), Office(now, time.calendar, time.hours))
    except (Miscalculated, Unwritable) as error:
        raise AlarmUnreckonable(element=event.element, reason=error.en, reason_zh=error.zh) from None
    return _with(Alarm(element=event.element, form=event.timer_form, text=event.timer_text), due)


def _skipped(alarm: Alarm, now: datetime) -> Alarm:
    """The alarm without the moments that have passed."""
    while alarm.at is not None and alarm.at < now:
        alarm = _with(alarm, next_due(alarm.at, alarm.left, alarm.every))
    return alarm


def _with(alarm: Alarm, due: Due | None) -> Alarm:
    if due is None:
        return alarm.model_copy(update={"at": None, "left": 0})
    return alarm.model_copy(update={"at": due.at, "left": due.left, "every": due.every})
