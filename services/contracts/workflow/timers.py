"""What the process says of time. Every deadline in the system comes from here."""

from datetime import date, datetime
from typing import ClassVar

from services.contracts.events import Said
from services.contracts.words import ClockKind, HoldGround


class TimerSaid(Said, frozen=True):
    """What all timer events share: whose clock, until when, and who answers for it.

    `clock_id` is `step:<task id>`, `promised` or `statutory`. `element`, `post` and `person` are empty for case
    clocks, where `department` is the one responsible for the case. `light_rules` names the special rules that the
    diagram asks for (e.g. `SL-16`).
    """

    case_no: str
    title: str
    item_code: str
    clock_id: str
    kind: ClockKind
    name: str
    element: str | None
    post: str | None
    department: str
    person: str | None
    light_rules: tuple[str, ...]
    limit_workdays: int
    started_on: date
    due_on: date
    due_at: datetime
    provisional: bool


class TimerStarted(TimerSaid, frozen=True):
    """A clock began to run; its light is green."""

    TYPE: ClassVar[str] = "guihua.workflow.timer.started.v1"

    started_at: datetime


class TimerWarned(TimerSaid, frozen=True):
    """The warning point of the clock is reached."""

    TYPE: ClassVar[str] = "guihua.workflow.timer.warned.v1"

    warned_at: datetime
    remaining_workdays: int


class TimerDue(TimerSaid, frozen=True):
    """The due day has begun: the last chance to be in time."""

    TYPE: ClassVar[str] = "guihua.workflow.timer.due.v1"

    said_at: datetime


class TimerOverdue(TimerSaid, frozen=True):
    """Close of business of the due date has passed.

    `overdue_workdays` is 0 from the first second after and counts up at opening of business of each working day.
    """

    TYPE: ClassVar[str] = "guihua.workflow.timer.overdue.v1"

    overdue_at: datetime
    overdue_workdays: int


class TimerHeld(TimerSaid, frozen=True):
    """The clock stands still on a legal ground (行政许可法 §45 or a configured local basis)."""

    TYPE: ClassVar[str] = "guihua.workflow.timer.held.v1"

    held_at: datetime
    ground: HoldGround
    basis: str
    notice_no: str


class TimerResumed(TimerSaid, frozen=True):
    """The clock runs again; `due_on` is the new due date."""

    TYPE: ClassVar[str] = "guihua.workflow.timer.resumed.v1"

    resumed_at: datetime
    was_due_on: date
    held_workdays: int


class TimerMoved(TimerSaid, frozen=True):
    """The due date changed without a hold: extension or a newly imported calendar."""

    TYPE: ClassVar[str] = "guihua.workflow.timer.moved.v1"

    moved_at: datetime
    was_due_on: date
    reason: str


class TimerStopped(TimerSaid, frozen=True):
    """The clock is done with; `overdue_workdays` is its final account.

    `lapsed` tells that nobody did the step in time: a timer drawn at it took it away when it was due, or later.
    """

    TYPE: ClassVar[str] = "guihua.workflow.timer.stopped.v1"

    stopped_at: datetime
    overdue_workdays: int
    lapsed: bool = False


class TimerFired(Said, frozen=True):
    """A timer event drawn in the diagram fired."""

    TYPE: ClassVar[str] = "guihua.workflow.timer.fired.v1"

    case_no: str
    element: str
    name: str
    planned_at: datetime
    fired_at: datetime
