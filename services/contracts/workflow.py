"""What the process says. Time has one master: every deadline in the system comes from here."""

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel

from services.contracts.events import Said
from services.contracts.words import ClockKind, HoldGround, Outcome, StepKind


class RequiredDocument(BaseModel, frozen=True):
    """One paper that an item asks for in the situations named."""

    code: str
    name: str
    name_en: str
    situations: tuple[str, ...]
    mandatory: bool
    basis: str


class Situation(BaseModel, frozen=True):
    """A variant of an item with its own promise (e.g. 危房重建 within PT-05)."""

    code: str
    name: str
    name_en: str
    promised_workdays: int


class Item(BaseModel, frozen=True):
    """A service item (事项) as its process bundle states it."""

    code: str
    name: str
    name_en: str
    department: str
    legal_basis: tuple[str, ...]
    statutory_workdays: int
    acceptance_workdays: int
    township_first: bool
    situations: tuple[Situation, ...]
    documents: tuple[RequiredDocument, ...]


class DefinitionActivated(Said, frozen=True):
    """From now on new cases of this item follow this version of its process."""

    TYPE: ClassVar[str] = "guihua.workflow.definition.activated.v1"
    KEY: ClassVar[str] = "process_key"

    process_key: str
    version: int
    sha256: str
    activated_at: datetime
    activated_by: str
    item: Item


class CaseStarted(Said, frozen=True):
    """A process instance carries the case now."""

    TYPE: ClassVar[str] = "guihua.workflow.case.started.v1"

    case_no: str
    item_code: str
    situation: str
    title: str
    process_key: str
    version: int
    department: str
    township: str | None


class CaseAccepted(Said, frozen=True):
    """The application is accepted (受理) or deemed accepted (视为受理); the case clocks run."""

    TYPE: ClassVar[str] = "guihua.workflow.case.accepted.v1"

    case_no: str
    accepted_on: date
    deemed: bool
    promised_due_on: date
    statutory_due_on: date
    provisional: bool


class ExpectedDateMoved(Said, frozen=True):
    """A hold, an extension or a new calendar moved the promised due date."""

    TYPE: ClassVar[str] = "guihua.workflow.case.expected_date_moved.v1"

    case_no: str
    was_due_on: date
    promised_due_on: date
    reason: str


class CaseDecided(Said, frozen=True):
    """The decision is made; promised and statutory clocks stand still."""

    TYPE: ClassVar[str] = "guihua.workflow.case.decided.v1"

    case_no: str
    outcome: Outcome
    decided_on: date
    decided_by: str | None
    promised_overdue_workdays: int
    statutory_overdue_workdays: int


class MilestoneReached(Said, frozen=True):
    """The case passed a named point of its diagram (`permit:milestone`), e.g. `ready_for_delivery`."""

    TYPE: ClassVar[str] = "guihua.workflow.milestone.reached.v1"

    case_no: str
    milestone: str
    name: str
    reached_at: datetime
    facts: dict[str, Any]


class CaseEnded(Said, frozen=True):
    """The process instance came to an end."""

    TYPE: ClassVar[str] = "guihua.workflow.case.ended.v1"

    case_no: str
    outcome: Outcome
    end_element: str
    ended_at: datetime


class TaskOpened(Said, frozen=True):
    """A step of the case waits for a post (or, for a receive step, for a message)."""

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
    """The clock is done with; `overdue_workdays` is its final account."""

    TYPE: ClassVar[str] = "guihua.workflow.timer.stopped.v1"

    stopped_at: datetime
    overdue_workdays: int


class TimerFired(Said, frozen=True):
    """A timer event drawn in the diagram fired."""

    TYPE: ClassVar[str] = "guihua.workflow.timer.fired.v1"

    case_no: str
    element: str
    name: str
    planned_at: datetime
    fired_at: datetime


class ExternalRequested(Said, frozen=True):
    """A service task waits for an outside system. Answers go to `guihua.external.answer.*`."""

    TYPE: ClassVar[str] = "guihua.workflow.external.requested.v1"

    case_no: str
    task_id: str
    topic: str
    element: str
    name: str
    requested_at: datetime
    variables: dict[str, Any]


class IncidentOpened(Said, frozen=True):
    """The engine could not carry the case on; its stored state is untouched and the command is kept."""

    TYPE: ClassVar[str] = "guihua.workflow.incident.opened.v1"

    case_no: str
    incident_id: str
    element: str | None
    reason: str
    opened_at: datetime


class IncidentResolved(Said, frozen=True):
    """The kept command went through."""

    TYPE: ClassVar[str] = "guihua.workflow.incident.resolved.v1"

    case_no: str
    incident_id: str
    resolved_by: str
    resolved_at: datetime
