"""What meetings decided of a case, kept with it: nothing is signed before it is decided and fulfilled (B-48)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

EXPERT_PANEL: Final = "expert_panel"
"""The body whose sessions are expert reviews: outside people, each of whom states to have no interest."""


class Ruled(StrEnum):
    """What a body decides of an item (F5)."""

    AGREE = "agree"
    AGREE_IN_PRINCIPLE = "agree_in_principle"
    DEFER = "defer"
    RETURN = "return"
    DISAGREE = "disagree"


class Condition(BaseModel, frozen=True):
    """What is to be done before the decision may be signed; closed by whom, when, with which evidence."""

    condition_id: str
    text: str
    closed_by: str = ""
    closed_at: datetime | None = None
    evidence: str = ""


class Resolution(BaseModel, frozen=True):
    """One decision of a meeting, as the process got it. `resolution_id` is that of the session and its item."""

    resolution_id: str
    body_id: str
    held_on: date
    minutes_no: str
    decision: Ruled
    conditions: tuple[Condition, ...] = ()
