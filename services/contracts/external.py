"""What outside systems (or their adapters) say: answers to external service tasks, messages, signals."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field

from services.contracts.events import Said


class AnswerCompleted(Said, frozen=True):
    """The outside system did what was asked; `result` joins the case's data under the element's result name."""

    TYPE: ClassVar[str] = "guihua.external.answer.completed.v1"

    case_no: str
    task_id: str
    result: dict[str, Any]
    answered_at: datetime


class AnswerFailed(Said, frozen=True):
    """The outside system refused; `error_code` is caught by an error boundary event or opens an incident."""

    TYPE: ClassVar[str] = "guihua.external.answer.failed.v1"

    case_no: str
    task_id: str
    error_code: str
    message: str
    answered_at: datetime


Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
"""A number or key that the sender gives."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
"""The name of a message or signal, as the diagrams bear it."""


class MessageSent(Said, frozen=True):
    """A message for one case: that of `case_no`, else the one begun under `business_key` that waits, else a new one.

    The same `message_id` again is the same message. Messages of one business key are taken in their order.
    """

    TYPE: ClassVar[str] = "guihua.external.message.sent.v1"
    KEY: ClassVar[str] = "about"

    message_id: Id
    name: Name
    payload: dict[str, Any] = Field(default_factory=dict)
    case_no: str | None = None
    business_key: Id | None = None
    sent_at: datetime

    @property
    def about(self) -> str:
        """Whose message this is: the case's, the business key's, or its own."""
        return self.case_no or self.business_key or self.message_id


class SignalSent(Said, frozen=True):
    """A signal for every case that waits for it. The same `signal_id` again is the same signal."""

    TYPE: ClassVar[str] = "guihua.external.signal.sent.v1"
    KEY: ClassVar[str] = "signal_id"

    signal_id: Id
    name: Name
    payload: dict[str, Any] = Field(default_factory=dict)
    sent_at: datetime
