"""What is stored of a migration: one document for the whole, one for each case it looked at."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, Field

from services.kernel.store import Body
from services.workflow.engine.verdicts import Verdict
from services.workflow.instances.models import External, Instance, Pin, Task, Timer
from services.workflow.instances.origins import AwaitedSignal


class Status(StrEnum):
    """Where a migration stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    REVERTING = "reverting"
    REVERTED = "reverted"


UNDER_WAY: Final = (Status.RUNNING, Status.PAUSED, Status.REVERTING)
"""Cases are being moved, there or back, or wait to be: no other migration of the process may be."""


class Outcome(StrEnum):
    """What became of a case. `PLANNED` is written before the case itself; `MOVED_ON` could not be taken back."""

    PLANNED = "planned"
    MOVED = "moved"
    UNAFFECTED = Verdict.UNAFFECTED.value
    NEEDS_MAPPING = Verdict.NEEDS_MAPPING.value
    BLOCKED = Verdict.BLOCKED.value
    REVERTED = "reverted"
    MOVED_ON = "moved-on"


class Why(BaseModel, frozen=True):
    """Why a case does not move, at which element of its diagram."""

    element: str
    code: str
    zh: str
    en: str


class Before(BaseModel, frozen=True):
    """How a case stood before it moved: what the way back restores."""

    pin: Pin
    state: bytes
    tasks: tuple[Task, ...]
    external: tuple[External, ...]
    timers: tuple[Timer, ...]
    signals: tuple[AwaitedSignal, ...] = ()
    messages: tuple[str, ...] = ()


class Line(Body, frozen=True):
    """One case of a migration. `after` tells the state that it moved to; `before` is there for a case that moved."""

    line_id: str
    migration_id: str
    case_no: str
    from_version: int
    outcome: Outcome
    standing: tuple[str, ...] = ()
    reasons: tuple[Why, ...] = ()
    before: Before | None = None
    after: str = ""
    reversible: bool = False


class Plan(BaseModel, frozen=True):
    """What is to be done: cases of these versions (none named: all others) go to a version, with a mapping."""

    process_key: str
    to_version: int
    from_versions: tuple[int, ...] = ()
    mapping: dict[str, str] = Field(default_factory=dict)


class Migration(Body, frozen=True):
    """One migration of the running cases of a process. Cases are looked at by number; `cursor` is the last one seen."""

    migration_id: str
    plan: Plan
    status: Status = Status.RUNNING
    cursor: str = ""
    total: int = 0
    reason: str
    by: str
    at: datetime
    ended_at: datetime | None = None
    reverted_by: str | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether cases are being moved, there or back, or wait to be."""
        return self.status in UNDER_WAY


def line_id(migration_id: str, case_no: str) -> str:
    """The key of a line."""
    return f"{migration_id}.{case_no}"


def before(instance: Instance) -> Before | None:
    """How a case stands; None for one that has not started."""
    if instance.pin is None:
        return None
    return Before(
        pin=instance.pin,
        state=instance.state,
        tasks=instance.tasks,
        external=instance.external,
        timers=instance.timers,
        signals=instance.signals,
        messages=instance.messages,
    )
