"""What the process says of cases: started, accepted, decided, ended; outside systems; incidents."""

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel

from services.contracts.events import Said
from services.contracts.words import Outcome, StepKind


class CaseStarted(Said, frozen=True):
    """A process instance carries the case now.

    A case that no window received names what began it: `start_kind` is `message`, `timer` or `signal`, and
    `business_key` is what whoever sent the message knows it by.
    """

    TYPE: ClassVar[str] = "guihua.workflow.case.started.v1"

    case_no: str
    item_code: str
    situation: str
    title: str
    process_key: str
    version: int
    department: str
    township: str | None
    start_kind: str = ""
    start_event: str = ""
    business_key: str = ""


class CaseAccepted(Said, frozen=True):
    """The application is accepted (受理) or deemed accepted (视为受理); the case clocks run."""

    TYPE: ClassVar[str] = "guihua.workflow.case.accepted.v1"

    case_no: str
    accepted_on: date
    deemed: bool
    promised_due_on: date
    statutory_due_on: date | None
    """None for what is no licence: no statutory clock runs."""
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


class MigratedStep(BaseModel, frozen=True):
    """An open step after its case was carried to another version: the same task under the new drawing.

    `desk_moved` says that it is for another post now. The first events of this type did not say that and what follows:
    `kind` is None then.
    """

    task_id: str
    was_element: str
    element: str
    name: str
    post: str
    department: str
    assignee: str | None
    desk_moved: bool = False
    name_en: str = ""
    kind: StepKind | None = None
    opened_at: datetime | None = None
    due_on: date | None = None
    quick_approval: bool = False


class CaseMigrated(Said, frozen=True):
    """The running case follows another version of its process now. `reverted` says that it was taken back there."""

    TYPE: ClassVar[str] = "guihua.workflow.case.migrated.v1"

    case_no: str
    migration_id: str
    process_key: str
    from_version: int
    to_version: int
    reverted: bool
    migrated_at: datetime
    migrated_by: str
    steps: tuple[MigratedStep, ...]
    title: str = ""


class CaseEnded(Said, frozen=True):
    """The process instance came to an end."""

    TYPE: ClassVar[str] = "guihua.workflow.case.ended.v1"

    case_no: str
    outcome: Outcome
    end_element: str
    ended_at: datetime


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


class ExternalClosed(Said, frozen=True):
    """Nobody waits for the outside system any more: it answered, it failed, or the process went on without it.

    `how` is `answered`, `failed` or `left`; `result` is what the answer said.
    """

    TYPE: ClassVar[str] = "guihua.workflow.external.closed.v1"

    case_no: str
    task_id: str
    topic: str
    element: str
    name: str
    how: str
    result: dict[str, Any]
    closed_at: datetime


class IncidentOpened(Said, frozen=True):
    """The engine could not carry the case on; its stored state is untouched and the command is kept."""

    TYPE: ClassVar[str] = "guihua.workflow.incident.opened.v1"

    case_no: str
    incident_id: str
    element: str | None
    reason: str
    opened_at: datetime
    cause: str = ""


class IncidentResolved(Said, frozen=True):
    """The incident is over: `how` says whether the kept command went through, was given up, or was overtaken."""

    TYPE: ClassVar[str] = "guihua.workflow.incident.resolved.v1"

    case_no: str
    incident_id: str
    resolved_by: str
    resolved_at: datetime
    how: str = ""
