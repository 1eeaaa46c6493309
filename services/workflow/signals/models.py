"""What is stored of a broadcast: one document, which is the signal, how far it has come, and its report."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, Field

from services.kernel.store import Body


class Stage(StrEnum):
    """How far a broadcast is: it begins cases first, then goes from case to case."""

    STARTS = "starts"
    CASES = "cases"
    DONE = "done"


ANOTHER_CASE: Final = "system:case"

GOING_ON: Final = {"body.stage": {"$in": [Stage.STARTS.value, Stage.CASES.value]}}
"""The filter for broadcasts that have not been brought to everybody."""


class Tally(BaseModel, frozen=True):
    """What came of the cases it was brought to.

    `heard`: so many went on by it; `past`: had gone past it by then; `faulty`: it is in an incident of theirs;
    `lost`: not even that could be written down.
    """

    heard: int = 0
    past: int = 0
    faulty: int = 0
    lost: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            heard=self.heard + other.heard,
            past=self.past + other.past,
            faulty=self.faulty + other.faulty,
            lost=self.lost + other.lost,
        )


class Broadcast(Body, frozen=True):
    """A signal on its way to everybody who waits for it.

    `by` is the case that threw it, a person, or `system:external`. It is for whoever waited at `at`; `after` is the
    last case it was brought to, `page` are those that it is being brought to. `started` are the cases that it began.
    """

    broadcast_id: str
    signal: str
    payload: dict[str, Any] = Field(default_factory=dict)
    by: str
    case_no: str = ""
    reason: str = ""
    depth: int = 0
    at: datetime
    stage: Stage = Stage.STARTS
    after: str = ""
    page: tuple[str, ...] = ()
    tally: Tally = Tally()
    started: tuple[str, ...] = ()
    finished_at: datetime | None = None

    @property
    def sender(self) -> str:
        """Who sent it, as those may know it who hear it: that another case did, but not which."""
        return ANOTHER_CASE if self.case_no else self.by
