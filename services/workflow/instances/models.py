"""What is stored of a case's process: one document, one aggregate."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, Field, computed_field

from services.contracts.words import HoldGround, Outcome, StepKind
from services.kernel.store import Chained
from services.workflow.clocks.ledgers import Clock
from services.workflow.instances.desks import Desk
from services.workflow.instances.origins import AwaitedSignal, Origin
from services.workflow.instances.records import Edit, Mended, Passes, Suspension
from services.workflow.instances.resolutions import Resolution

NO_DESK: Final = Desk()
_NEVER: Final = "9999-12-31"


class Status(StrEnum):
    """Where the process of a case stands."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"


class Verb(StrEnum):
    """What can be done to a process."""

    START = "start"
    COMPLETE = "complete"
    ANSWER = "answer"
    FAIL = "fail"
    FIRE = "fire"
    MESSAGE = "message"
    SIGNAL = "signal"
    UNDO = "undo"
    JUMP = "jump"
    AMEND = "amend"
    MIGRATE = "migrate"


class Act(BaseModel, frozen=True):
    """One thing done to a case: what, to which task, timer or message, by whom, and when it took effect.

    `at` is the moment that counts in law: for a timer the moment it was planned for, however late it fired. `origin`
    is the broadcast or arrival that brought it; a START names the start event as its target, if not the plain one.
    """

    verb: Verb
    target: str = ""
    payload: dict[str, Any] = Field(default_factory=dict)
    actor: str
    channel: str = "desk"
    signature: str | None = None
    device: str | None = None
    origin: str = ""
    at: datetime


class Task(BaseModel, frozen=True):
    """An open step: a person of the post works on it, or (receive) a message is waited for.

    `activity` is what can be undone once the step is done, if that is not the task itself; `after` are the places in
    `Instance.closed` of the tasks that led here and can be undone, oldest first. `decision_body` is who decides it:
    a collective body, or a leader; `agenda_material` marks the step that makes the papers for such a body.
    """

    task_id: str
    element: str
    name: str
    name_en: str
    kind: StepKind
    post: str
    department: str
    assignee: str | None = None
    form: str | None = None
    message: str | None = None
    two_officers: bool = False
    quick_approval: bool = False
    hold: HoldGround | None = None
    variables: dict[str, Any] = Field(default_factory=dict)
    opened_at: datetime
    due_on: date | None = None
    may_send_back: bool = True
    activity: str | None = None
    after: tuple[int, ...] = ()
    desk: Desk = NO_DESK
    decision_body: str = ""
    agenda_material: bool = False

    @property
    def is_one_of_several(self) -> bool:
        """Whether the diagram asks several people side by side or one after another."""
        return self.activity is not None


class ClosedTask(BaseModel, frozen=True):
    """A step that is over. `person` is None when nobody completed it; `digest` tells equal answers from others.

    `undone` says that it was done, but the case went back behind it: it stays in the history and counts no more.
    `notice` marks the one-time correction notice, which is not given again.
    `workdays` is how long it was open; None for those closed before it was recorded.
    """

    task_id: str
    element: str
    name: str
    post: str
    department: str
    completed: bool
    person: str | None
    channel: str
    digest: str
    closed_at: datetime
    activity: str | None = None
    after: tuple[int, ...] = ()
    undone: bool = False
    notice: bool = False
    opened_at: datetime | None = None
    due_on: date | None = None
    workdays: int | None = None
    overdue_workdays: int = 0


class External(BaseModel, frozen=True):
    """A request to an outside system that is not answered yet."""

    task_id: str
    element: str
    name: str
    topic: str
    requested_at: datetime


class Timer(BaseModel, frozen=True):
    """A timer event of the diagram that waits for its moment."""

    timer_id: str
    element: str
    name: str
    at: datetime


class Incident(BaseModel, frozen=True):
    """An act that the process could not carry out. The state is as before; the act waits to be tried again.

    `cause` is the same for incidents of the same kind, whatever numbers and names their reasons bear.
    """

    incident_id: str
    element: str
    zh: str
    en: str
    act: Act
    opened_at: datetime
    tries: int = 1
    cause: str = ""

    @property
    def reason(self) -> str:
        """What went wrong, in both languages."""
        return f"{self.zh} / {self.en}"


class Proposal(BaseModel, frozen=True):
    """A jump that somebody proposes and another decides; `open` are the tasks it was proposed for."""

    proposal_id: str
    task_id: str
    element: str
    person: str
    reason: str
    at: datetime
    open: tuple[str, ...]


class Terms(BaseModel, frozen=True):
    """The limits of the case's own clocks, as the pinned version of the item states them."""

    statutory_workdays: int
    promised_workdays: int
    warn: str


class Application(BaseModel, frozen=True):
    """What the window received, as far as the process needs it; `origin` is there if it was no window."""

    item_code: str
    situation: str
    title: str
    department: str
    township: str | None
    facts: dict[str, Any]
    received_on: date
    received_at: datetime
    received_by: str
    origin: Origin | None = None


class Pin(BaseModel, frozen=True):
    """The version of the process that a case follows to its end."""

    process_key: str
    version: int
    sha256: str
    terms: Terms


class Instance(Chained, frozen=True):
    """A case on its way through its process.

    `departments` are all that ever had a step of the case, the responsible one first: who may see it. `early` keeps
    messages for which nobody waited yet. `next_due_at` is the next moment at which time itself does something. `state`
    is the engine's alone; `data` shows the variables in it. `calendar` is the version that its dates are reckoned by.
    `called` are people and posts at departments who are to work on it besides the posts of its steps.
    `signals` and `messages` are those that it waits for. `kept` are decisions by link that came while it was
    suspended. `sent_back` counts how often it went back to an earlier step. `edits` and `mended` keep what was done
    about its incidents, `passes` how often it passed each element, `resolutions` what meetings decided of it.
    """

    case_no: str
    application: Application
    departments: tuple[str, ...]
    status: Status = Status.WAITING
    pin: Pin | None = None
    state: bytes = b""
    data: dict[str, Any] = Field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    closed: tuple[ClosedTask, ...] = ()
    external: tuple[External, ...] = ()
    timers: tuple[Timer, ...] = ()
    clocks: tuple[Clock, ...] = ()
    early: tuple[Act, ...] = ()
    incidents: tuple[Incident, ...] = ()
    edits: tuple[Edit, ...] = ()
    mended: tuple[Mended, ...] = ()
    passes: tuple[Passes, ...] = ()
    next_due_at: datetime | None = None
    calendar: str = ""
    suspended: Suspension | None = None
    proposals: tuple[Proposal, ...] = ()
    called: tuple[str, ...] = ()
    signals: tuple[AwaitedSignal, ...] = ()
    messages: tuple[str, ...] = ()
    kept: tuple[Act, ...] = ()
    sent_back: int = 0
    resolutions: tuple[Resolution, ...] = ()
    outcome: Outcome | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @computed_field  # type: ignore[prop-decorator]  # stored with the rest, so that lists are read off an index
    @property
    def desks(self) -> tuple[str, ...]:
        """On whose list the case is: the posts of its open tasks (`P04@D06`), and those whom a task calls besides."""
        posts = (f"{task.post}@{task.department}" for task in self.tasks)
        return tuple(dict.fromkeys((*posts, *self.called)))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def urgent_on(self) -> str | None:
        """The day on which the first of its open tasks is due, the last of days if none ever is; None without tasks."""
        return min((str(task.due_on or _NEVER) for task in self.tasks), default=None)

    def task(self, task_id: str) -> Task | None:
        """The open task of this id."""
        return next((task for task in self.tasks if task.task_id == task_id), None)

    def closed_task(self, task_id: str) -> ClosedTask | None:
        """The task of this id that is over."""
        return next((task for task in self.closed if task.task_id == task_id), None)

    def seen_by(self, department: str) -> "Instance":
        """The instance with one more department that takes part in it."""
        if not department or department in self.departments:
            return self
        return self.model_copy(update={"departments": (*self.departments, department)})

    def with_task(self, task: Task) -> "Instance":
        """The instance with one open task put in place of the one of the same id."""
        tasks = tuple(task if each.task_id == task.task_id else each for each in self.tasks)
        return self.model_copy(update={"tasks": tasks})

    def clock(self, clock_id: str) -> Clock | None:
        """The clock of this id, running or stopped."""
        return next((clock for clock in self.clocks if clock.clock_id == clock_id), None)

    def incident_about(self, target: str) -> Incident | None:
        """The incident that blocks a task, timer or message."""
        return next((incident for incident in self.incidents if incident.act.target == target), None)

    def with_clock(self, clock: Clock) -> "Instance":
        """The instance with one clock put in place of the one of the same id, or added."""
        known = any(each.clock_id == clock.clock_id for each in self.clocks)
        clocks = tuple(clock if each.clock_id == clock.clock_id else each for each in self.clocks)
        return self.model_copy(update={"clocks": clocks if known else (*clocks, clock)})
