"""What is stored of a retry of many incidents: one document, which is its progress and its report."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from services.kernel.store import Body


class Outcome(StrEnum):
    """What came of one incident. `DONE` is said only of one whose act has really been carried out."""

    WAITING = "waiting"
    DONE = "done"
    OVERTAKEN = "overtaken"
    FAILED = "failed"
    GONE = "gone"


class Stage(StrEnum):
    """How far the retry is."""

    CANARY = "canary"
    REST = "rest"
    DONE = "done"
    STOPPED = "stopped"


class Item(BaseModel, frozen=True):
    """One incident of the retry, what came of it, and why it failed."""

    case_no: str
    incident_id: str
    outcome: Outcome = Outcome.WAITING
    reason_zh: str = ""
    reason_en: str = ""
    finished_at: datetime | None = None


class Retry(Body, frozen=True):
    """A retry of many incidents. The first item is the canary; `left_over` are those that did not fit in it."""

    retry_id: str
    group: str | None
    started_by: str
    started_at: datetime
    stage: Stage = Stage.CANARY
    items: tuple[Item, ...]
    left_over: int = 0
    finished_at: datetime | None = None
    stopped_by: str | None = None

    @property
    def waiting(self) -> tuple[Item, ...]:
        """Those not tried yet."""
        return tuple(item for item in self.items if item.outcome is Outcome.WAITING)

    def count(self, outcome: Outcome) -> int:
        """How many have come to this."""
        return sum(item.outcome is outcome for item in self.items)
