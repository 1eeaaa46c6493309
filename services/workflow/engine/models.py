"""What goes into the engine and what comes out of it. Plain values; imports nothing of the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from services.contracts.words import StepKind

# ── commands ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Complete:
    """A person finished an open human task with these answers."""

    task_id: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """An outside system answered an external task."""

    task_id: str
    result: Any


@dataclass(frozen=True, slots=True)
class Fail:
    """An outside system answered an external task with a BPMN error, caught by an error boundary event or a fault."""

    task_id: str
    error_code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Fire:
    """An armed timer has come due. The engine does not look at the clock: it fires when it is told."""

    timer_id: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message arrived for this case. `correlation` narrows it to one waiting task id; by default the name decides."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    correlation: str | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """The whole instance is called off; everything open is closed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Undo:
    """What a person did is undone: the step opens again, and whatever followed from it is gone.

    `passing` is the id of the completed step (see `OpenTask.path`). `by` is the open task that sends the case back;
    empty for whoever pulls back what they did themselves.
    """

    passing: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Jump:
    """Everything open beside a task is called off, and the process goes on at another step of the same diagram."""

    task_id: str
    element: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal was thrown elsewhere; everything here that waits for it hears it. `payload` is what it brings."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Amend:
    """Variables of the process are given other values, by dotted path; nothing moves on."""

    values: Mapping[str, Any]


Command = Complete | Answer | Fail | Fire | Message | Signal | Cancel | Undo | Jump | Amend

# ── a step: everything the caller has to know after a command ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A step that waits for a person (human) or for a message (receive).

    `id` is a UUID that stays the same until the task closes. `settings` are the element's `permit:*` properties
    without the prefix, and `post` and `form`. `item` and `index` say which instance of a multi-instance activity
    it is; `variables` are those it sees besides the data of the step: of that instance, and of a called process.
    `activity` is the id under which the step can be undone once it is done: its own, or that of the several; `path`
    are those of the steps it can be sent back to, oldest first.
    """

    id: str
    element: str
    name: str
    kind: StepKind
    settings: Mapping[str, str]
    lane: str | None = None
    message: str | None = None
    item: Any = None
    index: int | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    activity: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExternalTask:
    """A service task that waits for an outside system. `variables` is what its expressions could see."""

    id: str
    element: str
    name: str
    topic: str
    settings: Mapping[str, str]
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ArmedTimer:
    """A timer of the diagram that waits. `at` is aware; `attached_to` is the activity of a boundary timer.

    `variables` are those it sees besides the data of the step, as for a task.
    """

    id: str
    element: str
    name: str
    at: datetime
    settings: Mapping[str, str]
    attached_to: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenActivity:
    """A subprocess or called process that is going on; a hold may last as long as it does."""

    id: str
    element: str
    name: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Passed:
    """An element that completed in this step. `kind` is its BPMN tag, such as `userTask` or `endEvent`."""

    element: str
    kind: str
    name: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ThrownMessage:
    """A message the diagram sent (send task, message throw or end event)."""

    element: str
    name: str
    payload: Mapping[str, Any]
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """The instance is over. `element` is the end event reached last; empty, with a reason, when it was called off."""

    element: str
    settings: Mapping[str, str]
    cancelled: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The instance after a command: its new state and all that is open now.

    `tasks`, `external`, `timers`, `awaits` (message names) and `activities` list everything open; `passed`, `thrown`
    and `flows` (sequence flows taken) only what happened in this step, in order. `data` holds the variables of the
    process itself.
    """

    state: bytes
    tasks: tuple[OpenTask, ...]
    external: tuple[ExternalTask, ...]
    timers: tuple[ArmedTimer, ...]
    awaits: tuple[str, ...]
    passed: tuple[Passed, ...]
    thrown: tuple[ThrownMessage, ...]
    ended: Ended | None
    data: Mapping[str, Any]
    activities: tuple[OpenActivity, ...] = ()
    signals: tuple[str, ...] = ()
    awaits_signals: tuple[str, ...] = ()
    awaits_conditions: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()


# ── what the deploy gate says ───────────────────────────────────────────────────────────────────────────────────────


class Severity(StrEnum):
    """How grave a finding is: an error forbids deployment."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with the files of a definition: where, which rule (`GH-E012`), what, and what to do."""

    file: str
    element: str
    rule: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


# ── what can go wrong ───────────────────────────────────────────────────────────────────────────────────────────────


class Refusal(StrEnum):
    """Why a command was refused."""

    UNKNOWN_PROCESS = "unknown-process"
    UNKNOWN_TASK = "unknown-task"
    NOT_OPEN = "not-open"
    NOT_WAITING = "not-waiting"
    ALREADY_ENDED = "already-ended"
    BAD_ANSWERS = "bad-answers"
    NOT_ON_PATH = "not-on-path"
    DONE_AGAIN = "done-again"
    PATH_LOST = "path-lost"
    NO_SUCH_STEP = "no-such-step"
    WOULD_STICK = "would-stick"


class Refused(Exception):
    """The command does not fit the state of the instance. Nothing changed; repeating it will not help."""

    def __init__(self, code: Refusal, zh: str, en: str) -> None:
        super().__init__(code, zh, en)
        self.code, self.zh, self.en = code, zh, en

    def __str__(self) -> str:
        return f"{self.code}: {self.zh} ({self.en})"


WHOLE: Final = ""
"""In place of an element: the instance as a whole."""


class EngineFault(Exception):
    """The diagram could not be carried on. Nothing changed; the command is worth repeating once the cause is gone.

    `element` is the id of the element that failed, empty when it was the instance as a whole.
    """

    def __init__(self, element: str, zh: str, en: str) -> None:
        super().__init__(element, zh, en)
        self.element, self.zh, self.en = element, zh, en

    @property
    def reason(self) -> str:
        """What went wrong, in both languages, for the incident."""
        return f"{self.zh} ({self.en})"

    def __str__(self) -> str:
        return f"{self.element or '-'}: {self.reason}"


class StandsStill(EngineFault):
    """Nothing can ever happen again in the instance, and it is not over: a join waits for ever."""
