"""What began a case that no window received, and since when a case waits for a signal."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel


class StartKind(StrEnum):
    """What can begin a case besides the window."""

    MESSAGE = "message"
    TIMER = "timer"
    SIGNAL = "signal"


class Origin(BaseModel, frozen=True):
    """What began a case: the start event, and the arrival that is on record for it.

    `depth` counts how many cases in a row began each other by signals. Messages that bear the `business_key` of a
    message that began the case are for the case. `department` is that of the person who began it, if a person did.
    """

    arrival_id: str
    kind: StartKind
    element: str
    name: str = ""
    business_key: str = ""
    depth: int = 0
    department: str = ""


class AwaitedSignal(BaseModel, frozen=True):
    """A signal that the case waits for. One thrown before `since` is not for it."""

    name: str
    since: datetime


DEEPEST: Final = 8
"""How many cases in a row may begin each other by signals; beyond that it is a loop, and begins nothing."""
