"""What is kept of a key project: one document with everything that happened to it."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel

from services.kernel.store import Body


class Stage(StrEnum):
    """The four stages there are (A-26); a fifth cannot be stored."""

    COMPLETED = "completed"
    IN_PROGRESS = "in_progress"
    COMPLETED_FOLLOWUP = "completed_followup"
    EARLY_INTERVENTION = "early_intervention"


class Service(StrEnum):
    """What a planning guide does for the owner (A-12)."""

    VISIT = "visit"
    CALL = "call"
    PRE_CHECK = "pre_check"
    CONTACT = "contact"


class Duty(StrEnum):
    """What can be handed over, on record only."""

    LEADER = "leader"
    DEPARTMENT = "department"
    FOLLOWER = "follower"
    GUIDE = "guide"


class StageEntry(BaseModel, frozen=True):
    """Since which day the project is in a stage, and when that was entered."""

    stage: Stage
    on: date
    note: str
    by: str
    at: datetime


class PlanTask(BaseModel, frozen=True):
    """One task of the plan. The due date is a day that people set; nothing here computes one."""

    no: int
    title: str
    department: str | None
    person: str | None
    due_on: date | None
    done_on: date | None = None
    done_by: str | None = None
    result: str | None = None


class WorkPlan(BaseModel, frozen=True):
    """A version of the work plan (一套工作方案)."""

    version: int
    summary: str
    tasks: tuple[PlanTask, ...]
    drafted_by: str
    drafted_at: datetime
    published_by: str | None = None
    published_at: datetime | None = None


class LogEntry(BaseModel, frozen=True):
    """A line of the service log (服务日志)."""

    no: int
    kind: Service
    on: date
    note: str
    by: str
    at: datetime


class Contact(BaseModel, frozen=True):
    """A talk with whoever owns what stands in the way."""

    on: date
    note: str
    by: str
    at: datetime


class Obstacle(BaseModel, frozen=True):
    """What stands in the way (障碍): whose it is, who was talked to, what was agreed. It blocks no task."""

    no: int
    name: str
    owner: str
    opened_on: date
    opened_by: str
    contacts: tuple[Contact, ...] = ()
    agreement: str | None = None
    agreement_file: str | None = None
    linked_case: str | None = None
    settled_on: date | None = None
    settled_by: str | None = None


class Report(BaseModel, frozen=True):
    """A progress report to the leaders (进展汇报)."""

    no: int
    on: date
    text: str
    next_on: date
    by: str
    at: datetime
    recipients: tuple[str, ...]


class Instruction(BaseModel, frozen=True):
    """A leader's instruction (领导批示), which is a task from then on."""

    no: int
    report_no: int | None
    text: str
    department: str
    person: str
    due_on: date
    by: str
    at: datetime
    done_on: date | None = None
    done_by: str | None = None
    result: str | None = None
    matter_id: str | None = None


class DataSet(BaseModel, frozen=True):
    """A set of base data (地形、地下管线…); a classified one leaves only with a secrecy approval."""

    name: str
    classified: bool


class Provision(BaseModel, frozen=True):
    """Base data for the designer (基础资料提供, A-24): request, approval, secrecy check, receipt."""

    no: int
    designer: str
    data_sets: tuple[DataSet, ...]
    requested_on: date
    requested_by: str
    approved_by: str | None = None
    approved_on: date | None = None
    secrecy_approval_no: str | None = None
    handed_on: date | None = None
    handed_by: str | None = None
    receipt_no: str | None = None


class HandOver(BaseModel, frozen=True):
    """Who had a duty before and who has it since."""

    duty: Duty
    was: str | None
    to: str
    reason: str
    by: str
    at: datetime


class Project(Body, frozen=True):
    """One key project. `process_case` is the internal case whose clocks light its tasks and its guide's log."""

    project_id: str
    name: str
    owner: str
    leader: str | None
    department: str | None
    follower: str | None
    guide: str | None
    departments: tuple[str, ...]
    stages: tuple[StageEntry, ...]
    stage: Stage
    cases: tuple[str, ...] = ()
    process_case: str | None = None
    plans: tuple[WorkPlan, ...] = ()
    log: tuple[LogEntry, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    reports: tuple[Report, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    provisions: tuple[Provision, ...] = ()
    hand_overs: tuple[HandOver, ...] = ()
    proposed_by: str
    proposed_at: datetime
    activated_by: str | None = None
    activated_at: datetime | None = None
    activated_on: date | None = None

    @property
    def plan(self) -> WorkPlan | None:
        """The version of the plan that is published, the newest of them."""
        return next((plan for plan in reversed(self.plans) if plan.published_at is not None), None)

    @property
    def is_hindered(self) -> bool:
        """Whether an obstacle is open: the project shows amber, and nothing is blocked."""
        return any(each.settled_on is None for each in self.obstacles)

    @property
    def next_report_on(self) -> date | None:
        """The day that the last report named for the next one."""
        return self.reports[-1].next_on if self.reports else None
