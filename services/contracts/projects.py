"""What the supervision office's books of key projects say (重点项目, A-10 to A-16, A-24 to A-26)."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel

from services.contracts.events import Said


class ProjectSaid(Said, frozen=True):
    """What all events of a key project share. `page` is its address on the screens; `recipients` are told."""

    KEY: ClassVar[str] = "project_id"

    project_id: str
    name: str
    at: datetime
    by: str
    page: str
    recipients: tuple[str, ...]


class ProjectProposed(ProjectSaid, frozen=True):
    """A key project is in the books, not yet activated."""

    TYPE: ClassVar[str] = "guihua.supervision.project.proposed.v1"

    stage: str


class ProjectActivated(ProjectSaid, frozen=True):
    """The five ones are complete, a planning guide is named, and a leader activated the project."""

    TYPE: ClassVar[str] = "guihua.supervision.project.activated.v1"

    leader: str
    department: str
    follower: str
    guide: str
    plan_version: int


class GuideAssigned(ProjectSaid, frozen=True):
    """A planning guide (规划引导员) was named for the project. Said to the guide."""

    TYPE: ClassVar[str] = "guihua.supervision.guide.assigned.v1"

    guide: str


class GuideIntroduced(Said, frozen=True):
    """The applicant of a case of the project has a planning guide now. Said once for each case of the project."""

    TYPE: ClassVar[str] = "guihua.supervision.guide.introduced.v1"

    case_no: str
    project_id: str
    at: datetime


class PlannedTask(BaseModel, frozen=True):
    """One task of a published plan: a department's, a person's, with the day that people set for it."""

    no: int
    title: str
    department: str
    person: str
    due_on: date


class PlanPublished(ProjectSaid, frozen=True):
    """A version of the work plan was published: each task has its department, person and day."""

    TYPE: ClassVar[str] = "guihua.supervision.plan.published.v1"

    version: int
    tasks: tuple[PlannedTask, ...]


class ProjectMoved(ProjectSaid, frozen=True):
    """The project is in another of the four stages since a day."""

    TYPE: ClassVar[str] = "guihua.supervision.project.moved.v1"

    stage: str
    was: str
    on: date


class ProjectHandedOver(ProjectSaid, frozen=True):
    """A responsibility for the project went to somebody else, on record."""

    TYPE: ClassVar[str] = "guihua.supervision.project.handed_over.v1"

    duty: str
    to: str
    was: str | None
    reason: str


class ProjectReported(ProjectSaid, frozen=True):
    """A progress report for the leaders, whom a message with a link reaches. `next_on` is when the next one is due."""

    TYPE: ClassVar[str] = "guihua.supervision.project.reported.v1"

    report_no: int
    text: str
    next_on: date


class InstructionGiven(ProjectSaid, frozen=True):
    """A leader's instruction became somebody's task."""

    TYPE: ClassVar[str] = "guihua.supervision.instruction.given.v1"

    instruction_no: int
    text: str
    department: str
    person: str
    due_on: date


class ProjectNoted(ProjectSaid, frozen=True):
    """Something was entered in the project's books: service, an obstacle, base data, a task that is done.

    `kind` says what: `service`, `obstacle_opened`, `obstacle_contacted`, `obstacle_settled`, `data_requested`,
    `data_approved`, `data_handed_over`, `task_done`, `instruction_done`, `instruction_supervised`,
    `case_linked`, `process_followed`.
    """

    TYPE: ClassVar[str] = "guihua.supervision.project.noted.v1"

    kind: str
    number: int
    note: str
    on: date
