"""Who stands in the queue of a body: cases whose process waits for it, those that still make their papers (SL-16)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.kernel.identity import Person, scope_of
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance, Status, Task
from services.workflow.instances.passing import CASE_CLOCKS
from services.workflow.instances.resolutions import Condition, Resolution
from services.workflow.meetings.models import Item, Session, Stage

MOST: Final = 200

UNDER_WAY: Final = (Stage.PLANNED, Stage.FROZEN, Stage.HELD, Stage.DRAFTED, Stage.SIGNED)
"""A session at one of these stages has the cases on its agenda."""

_KINDS: Final[Mapping[str, str]] = {
    "division": "division_meeting",
    "professional": "professional_meeting",
    "bureau": "bureau_meeting",
    "office": "office_meeting",
    "committee": "specialist_committee",
}
"""What `meeting_kind` of the shared process means."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A step that waits for a body; `sessions` have it on their agenda."""

    instance: Instance
    task: Task
    due_on: date | None
    sessions: tuple[Session, ...] = ()

    @property
    def material(self) -> Mapping[str, Any]:
        """The papers that the case has made for the meeting, as the step before says."""
        found = self.instance.data.get("collective_agenda", self.task.variables.get("collective_agenda"))
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Waiting:
    """The queue of a body: who can be put on an agenda, who makes papers yet, and what is open of past decisions."""

    steps: tuple[Queued, ...]
    materials: tuple[Queued, ...]
    conditions: tuple[tuple[Instance, Resolution, Condition], ...]


async def queue_of(deps: Deps, body_id: str, who: Person, *, limit: int = MOST) -> Waiting:
    """The queue of a body, as far as a person may see its cases, so many of each; what is due first comes first."""
    found = await _cases(deps, {"body.tasks.decision_body": body_id}, who, limit)
    making = await _cases(deps, {"body.tasks.agenda_material": True}, who, limit)
    decided = await _cases(deps, {"body.resolutions.conditions.condition_id": {"$gt": ""}}, who, limit)
    sessions = await sessions_with(deps, [case.case_no for case in found])
    steps = [
        Queued(case, task, due_of(case), listing(sessions, task))
        for case in found
        for task in case.tasks
        if task.decision_body == body_id
    ]
    materials = [
        Queued(case, task, task.due_on)
        for case in making
        for task in case.tasks
        if task.agenda_material and body_of_papers(task, case) in ("", body_id)
    ]
    conditions = [
        (case, one, condition)
        for case in decided
        for one in case.resolutions
        for condition in one.conditions
        if one.body_id == body_id and condition.closed_at is None
    ]
    return Waiting(tuple(sorted(steps, key=_urgency)), tuple(sorted(materials, key=_urgency)), tuple(conditions))


async def sessions_with(deps: Deps, case_nos: Sequence[str]) -> list[Session]:
    """The sessions under way that have one of some cases on their agenda, the next first."""
    where = {
        "body.items.case_no": {"$in": list(case_nos)},
        "body.stage": {"$in": [stage.value for stage in UNDER_WAY]},
    }
    return await deps.sessions.query(where, sort=[("body.held_on", 1), ("_id", 1)], limit=MOST) if case_nos else []


def listing(sessions: Iterable[Session], task: Task) -> tuple[Session, ...]:
    """The sessions that have a step on their agenda and have not let it go."""
    return tuple(each for each in sessions if any(has(item, task) for item in each.items))


def has(item: Item, task: Task) -> bool:
    """Whether an item still stands for a step: one that was deferred is back in the queue."""
    return item.task_id == task.task_id and (item.ruling is None or item.is_to_be_handed)


def due_of(instance: Instance) -> date | None:
    """When the first of the case's own clocks runs out. No meeting holds one."""
    running = [clock for kind in CASE_CLOCKS if (clock := instance.clock(kind)) and clock.stopped is None]
    return min((clock.due_on for clock in running), default=None)


def body_of_papers(task: Task, instance: Instance) -> str:
    """Which body a case makes papers for, as far as its variables tell."""
    kind = task.variables.get("meeting_kind", instance.data.get("meeting_kind", ""))
    return _KINDS.get(str(kind), "")


async def _cases(deps: Deps, where: Mapping[str, Any], who: Person, limit: int) -> list[Instance]:
    running = {"body.status": Status.RUNNING.value}
    return await deps.instances.query(
        {"$and": [where, running, scope_of(who).filter()]}, sort=[("body.urgent_on", 1), ("_id", 1)], limit=limit
    )


def _urgency(queued: Queued) -> tuple[bool, str, str]:
    return queued.due_on is None, str(queued.due_on), queued.instance.case_no
