"""What outside systems (or their adapters) answer to an external service task."""

from datetime import datetime
from typing import Any, ClassVar

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
