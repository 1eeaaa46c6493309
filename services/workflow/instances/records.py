"""What a case keeps of what is over, to be counted and shown: mended incidents, edits, passes; and who stopped it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field


class EditState(StrEnum):
    """Where a proposed edit stands."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REJECTED = "rejected"


class Edit(BaseModel, frozen=True):
    """Values of a case that one person proposes to change in an incident and another approves.

    `variables` are the process's, by dotted path; `answers` those of the act that failed, by name. `before` is what
    stood there when it was proposed, under the same names, variables first by their path, answers as `answers.<name>`.
    """

    edit_id: str
    incident_id: str
    reason: str
    variables: dict[str, Any] = Field(default_factory=dict)
    answers: dict[str, Any] = Field(default_factory=dict)
    before: dict[str, Any] = Field(default_factory=dict)
    proposed_by: str
    proposed_at: datetime
    state: EditState = EditState.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None
    remark: str = ""


class Ending(StrEnum):
    """How an incident ended: its act was done, the process had gone past it, or it was given up."""

    DONE = "done"
    OVERTAKEN = "overtaken"
    GIVEN_UP = "given-up"


class Mended(BaseModel, frozen=True):
    """An incident that is over."""

    incident_id: str
    element: str
    cause: str
    target: str
    opened_at: datetime
    resolved_at: datetime
    resolved_by: str
    tries: int
    how: Ending


class Passes(BaseModel, frozen=True):
    """How often the process passed an element of its diagram."""

    element: str
    times: int


class Suspension(BaseModel, frozen=True):
    """Nobody works on the case until it is resumed."""

    person: str
    reason: str
    at: datetime
