"""What the process says of tasks."""

from datetime import date, datetime
from typing import Any, ClassVar

from services.contracts.events import Said
from services.contracts.words import HoldGround, StepKind


class TaskOpened(Said, frozen=True):
    """A step of the case waits for a post (or, for a receive step, for a message).

    `hold` is the ground on which clocks stand still while it waits; `timer_at` when the first timer drawn at it comes.
    The first events of this type said neither.
    """

    TYPE: ClassVar[str] = "guihua.workflow.task.opened.v1"

    case_no: str
    task_id: str
    element: str
    name: str
    name_en: str
    kind: StepKind
    post: str
    department: str
    assignee: str | None
    title: str
    opened_at: datetime
    due_on: date | None
    quick_approval: bool
    hold: HoldGround | None = None
    timer_at: datetime | None = None


class TaskClaimed(Said, frozen=True):
    """A person took the task on."""

    TYPE: ClassVar[str] = "guihua.workflow.task.claimed.v1"

    case_no: str
    task_id: str
    element: str
    person: str
    claimed_at: datetime


class TaskReleased(Said, frozen=True):
    """A person gave the task back to its post."""

    TYPE: ClassVar[str] = "guihua.workflow.task.released.v1"

    case_no: str
    task_id: str
    element: str
    person: str
    released_at: datetime


class TaskCompleted(Said, frozen=True):
    """A step is done. `channel` is `desk`, `link` (remote approval) or `message`."""

    TYPE: ClassVar[str] = "guihua.workflow.task.completed.v1"

    case_no: str
    task_id: str
    element: str
    name: str
    post: str
    department: str
    person: str | None
    completed_at: datetime
    completed_on: date
    due_on: date | None
    overdue_workdays: int
    channel: str
    signature: str | None
    saved_workdays: int
    alternative_on: date | None
    answers: dict[str, Any]


class TaskCancelled(Said, frozen=True):
    """The process left the step without its being done (boundary event, termination)."""

    TYPE: ClassVar[str] = "guihua.workflow.task.cancelled.v1"

    case_no: str
    task_id: str
    element: str
    cancelled_at: datetime
