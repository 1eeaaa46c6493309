"""What the process says of signals: thrown by a case, brought to everybody, heard by a case."""

from datetime import datetime
from typing import Any, ClassVar

from services.contracts.events import Said


class SignalThrown(Said, frozen=True):
    """A case threw a signal. It is for every other case that waits for it, and for processes that it starts.

    `depth` counts how many cases in a row began each other by signals.
    """

    TYPE: ClassVar[str] = "guihua.workflow.signal.thrown.v1"

    case_no: str
    signal: str
    thrown_at: datetime
    depth: int = 0


class SignalBroadcast(Said, frozen=True):
    """A signal is being brought to every case that waits for it. `by` is a case, a person or an outside system."""

    TYPE: ClassVar[str] = "guihua.workflow.signal.broadcast.v1"
    KEY: ClassVar[str] = "broadcast_id"

    broadcast_id: str
    signal: str
    payload: dict[str, Any]
    by: str
    reason: str
    at: datetime


class SignalHeard(Said, frozen=True):
    """A case heard a signal that it waited for, thrown at that moment."""

    TYPE: ClassVar[str] = "guihua.workflow.signal.heard.v1"

    case_no: str
    signal: str
    broadcast_id: str
    by: str
    thrown_at: datetime
    heard_at: datetime
