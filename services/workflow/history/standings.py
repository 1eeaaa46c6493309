"""The case as it stood at a moment, told by nothing but what had been said of it until then."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from services.workflow.history.lines import Line


class StepThen(BaseModel, frozen=True):
    """A step that was open, or over."""

    task_id: str
    element: str
    name: str
    post: str
    department: str
    assignee: str | None
    opened_at: datetime
    due_on: str | None
    state: str = "open"
    person: str | None = None
    closed_at: datetime | None = None
    answers: dict[str, Any] | None = None


class ClockThen(BaseModel, frozen=True):
    """A clock with what it said last."""

    clock_id: str
    name: str
    due_on: str
    state: str
    overdue_workdays: int | None = None


class CaseThen(BaseModel, frozen=True):
    """A case as it stood. `lines` is how many lines of its history that is; `last` when the last of them was said."""

    case_no: str
    lines: int
    last: datetime | None
    status: str
    process_key: str | None
    version: int | None
    title: str | None
    outcome: str | None
    suspended: bool
    steps: list[StepThen]
    closed: list[StepThen]
    clocks: list[ClockThen]
    milestones: list[str]
    waiting_for: list[str]
    incidents: list[str]


@dataclass(slots=True)
class _Case:
    """The case while its history is read."""

    status: str = "waiting"
    facts: dict[str, Any] = field(default_factory=dict)
    open: dict[str, StepThen] = field(default_factory=dict)
    closed: dict[str, StepThen] = field(default_factory=dict)
    clocks: dict[str, ClockThen] = field(default_factory=dict)
    milestones: list[str] = field(default_factory=list)
    external: dict[str, str] = field(default_factory=dict)
    incidents: list[str] = field(default_factory=list)
    suspended: bool = False


def standing(case_no: str, lines: Iterable[Line], *, until: datetime | None = None) -> CaseThen:
    """The case after all lines said up to a moment, that moment included."""
    counted = [line for line in lines if until is None or line.time <= until]
    then = _shown(case_no, _Case(), 0, None)
    for then in standings(case_no, counted):  # noqa: B007 - the last is wanted
        pass
    return then


def standings(case_no: str, lines: Iterable[Line]) -> Iterator[CaseThen]:
    """The case after each line."""
    case = _Case()
    for count, line in enumerate(lines, start=1):
        _READERS.get(line.verb, _nothing)(case, line.shown)
        if line.verb.startswith("timer.") and "clock_id" in line.shown:
            _clock(case, line)
        yield _shown(case_no, case, count, line.time)


def _shown(case_no: str, case: _Case, count: int, last: datetime | None) -> CaseThen:
    return CaseThen(
        case_no=case_no,
        lines=count,
        last=last,
        status=case.status,
        process_key=case.facts.get("process_key"),
        version=case.facts.get("version"),
        title=case.facts.get("title"),
        outcome=case.facts.get("outcome"),
        suspended=case.suspended,
        steps=list(case.open.values()),
        closed=list(case.closed.values()),
        clocks=list(case.clocks.values()),
        milestones=list(case.milestones),
        waiting_for=list(case.external.values()),
        incidents=list(case.incidents),
    )


Data = Mapping[str, Any]


def _nothing(case: _Case, data: Data) -> None:
    del case, data


def _started(case: _Case, data: Data) -> None:
    case.status = "running"
    case.facts |= {name: data.get(name) for name in ("process_key", "version", "title")}


def _ended(case: _Case, data: Data) -> None:
    case.status, case.facts["outcome"] = "ended", data.get("outcome")


def _opened(case: _Case, data: Data) -> None:
    case.closed.pop(data["task_id"], None)  # a step that was taken back opens again under its own id
    case.open[data["task_id"]] = StepThen.model_validate({**data, "due_on": data.get("due_on")})


def _assigned(case: _Case, data: Data) -> None:
    _change(case, data, assignee=data["person"])


def _released(case: _Case, data: Data) -> None:
    _change(case, data, assignee=None)


def _handed(case: _Case, data: Data) -> None:
    _change(case, data, assignee=data["to"])


def _resolved(case: _Case, data: Data) -> None:
    _change(case, data, assignee=data["owner"])


def _change(case: _Case, data: Data, **changes: object) -> None:
    step = case.open.get(data["task_id"])
    if step is not None:
        case.open[step.task_id] = step.model_copy(update=changes)


def _completed(case: _Case, data: Data) -> None:
    _close(case, data["task_id"], "completed", data["completed_at"], data)


def _cancelled(case: _Case, data: Data) -> None:
    _close(case, data["task_id"], "cancelled", data["cancelled_at"], data)


def _close(case: _Case, task_id: str, state: str, at: str, data: Data) -> None:
    step = case.open.pop(task_id, None)
    if step is not None:
        changes = {"state": state, "closed_at": at, "person": data.get("person"), "answers": data.get("answers")}
        case.closed[task_id] = StepThen.model_validate({**step.model_dump(), **changes})


def _undone(case: _Case, data: Data) -> None:
    for task_id in data.get("undone", ()):
        if task_id in case.closed:
            case.closed[task_id] = case.closed[task_id].model_copy(update={"state": "undone"})


def _pulled_back(case: _Case, data: Data) -> None:
    _undone(case, {"undone": [data["task_id"]]})


def _migrated(case: _Case, data: Data) -> None:
    case.facts["version"] = data["to_version"]
    for step in data.get("steps", ()):
        _change(case, step, **{name: step[name] for name in ("element", "name", "post", "department", "assignee")})


def _answered(case: _Case, data: Data) -> None:
    case.external.pop(data["task_id"], None)


def _milestone(case: _Case, data: Data) -> None:
    case.milestones.append(data["milestone"])


def _requested(case: _Case, data: Data) -> None:
    case.external[data["task_id"]] = data["topic"]


def _incident(case: _Case, data: Data) -> None:
    case.incidents.append(data["incident_id"])


def _mended(case: _Case, data: Data) -> None:
    case.incidents = [each for each in case.incidents if each != data["incident_id"]]


def _suspended(case: _Case, data: Data) -> None:
    del data
    case.suspended = True


def _resumed(case: _Case, data: Data) -> None:
    del data
    case.suspended = False


def _clock(case: _Case, line: Line) -> None:
    data, word = line.shown, line.verb.partition(".")[2]
    before = case.clocks.get(data["clock_id"])
    told = {"started": "running", "resumed": "running", "held": "held", "stopped": "stopped"}.get(word)
    late = {"overdue", "stopped"}
    case.clocks[data["clock_id"]] = ClockThen(
        clock_id=data["clock_id"],
        name=data["name"],
        due_on=data["due_on"],
        state=told or (before.state if before else "running"),
        overdue_workdays=data.get("overdue_workdays")
        if word in late
        else (before.overdue_workdays if before else None),
    )


_READERS: Final[Mapping[str, Callable[[_Case, Data], None]]] = {
    "case.started": _started,
    "case.ended": _ended,
    "case.migrated": _migrated,
    "case.suspended": _suspended,
    "case.resumed": _resumed,
    "task.opened": _opened,
    "task.claimed": _assigned,
    "task.released": _released,
    "task.delegated": _handed,
    "task.handed_over": _handed,
    "task.resolved": _resolved,
    "task.completed": _completed,
    "task.cancelled": _cancelled,
    "task.sent_back": _undone,
    "task.pulled_back": _pulled_back,
    "external.closed": _answered,
    "milestone.reached": _milestone,
    "external.requested": _requested,
    "incident.opened": _incident,
    "incident.resolved": _mended,
}
