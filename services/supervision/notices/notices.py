"""A notice as it is kept, what is entered about it, and why something may not be done with it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import Chained
from services.supervision.papers import PaperFile, Receipt, Scope


class NoticeState(StrEnum):
    """Where a notice stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    VOID = "void"


class Rectification(StrEnum):
    """How far putting it right has come."""

    OPEN = "open"
    OVERDUE = "overdue"
    REPORTED = "reported"
    DONE = "done"


class NoticeIssuedAlready(Problem):
    """An issued notice is read-only; a correction is a new document."""

    status = 409
    code = "notice-issued"
    zh = "通知 {notice} 已印发，不能再修改"
    en = "notice {notice} is issued and can no longer be changed"
    remedy_zh = "如需更正，请另行起草新的通知"
    remedy_en = "draft a new notice to correct it"


class NoticeNotReady(Problem):
    """Draft, approval and issue follow each other; what is void stays so."""

    status = 409
    code = "notice-not-ready"
    zh = "通知现为“{state}”，不能{verb_zh}"
    en = "the notice is {state}; it cannot be {verb}"
    remedy_zh = "起草 → 审签 → 印发 → 签收 → 整改 → 复核；请先完成前一步"
    remedy_en = "draft, approve, issue, receive, rectify, re-check: do the step before first"


class SelfDecision(Problem):
    """Nobody decides on their own work."""

    status = 403
    code = "self-decision"
    zh = "{act_zh}不能由本人作出"
    en = "nobody may {act} their own work"
    remedy_zh = "请由另一位有权限的人员办理"
    remedy_en = "somebody else who may do so must do it"


class NoticeEntry(Request, frozen=True):
    """The words of a notice and the day by which things must be put right."""

    text: Annotated[str, Field(min_length=10, max_length=5000)]
    rectify_by: date
    title: Annotated[str, Field(min_length=4, max_length=200)] | None = None


class NewNotice(NoticeEntry, frozen=True):
    """A notice drafted by hand: to a department, perhaps on a matter, perhaps to correct an issued one."""

    title: Annotated[str, Field(min_length=4, max_length=200)]
    department: Annotated[str, Field(pattern=r"^[A-Z][0-9A-Z]{1,9}$")]
    matter_id: Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")] | None = None
    corrects: Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")] | None = None


class RectificationReport(Request, frozen=True):
    """What the department did."""

    report: Annotated[str, Field(min_length=4, max_length=5000)]


class RecheckEntry(Request, frozen=True):
    """Whether what was done will do."""

    accepted: bool
    opinion: Annotated[str, Field(min_length=1, max_length=2000)]


class ClockEntry(Request, frozen=True):
    """The case of the workflow service whose clock runs for the rectification."""

    case_no: Annotated[str, Field(pattern=r"^[0-9A-Z]{10,40}$")]


class Notice(Chained, frozen=True):
    """One notice. `round` 2 is the second notice on the same thing, `follows` the one before it.

    `clock_case` is the case whose clocks the workflow service turns for it: its lights are those of the notice.
    """

    notice_id: str
    notice_no: str | None
    matter_id: str
    matter_no: str
    case_no: str
    title: str
    department: str
    departments: tuple[str, ...]
    text: str
    rectify_by: date | None
    state: NoticeState = NoticeState.DRAFT
    scope: Scope = Scope.INTERNAL
    round: int = 1
    follows: str | None = None
    corrects: str | None = None
    drafted_by: str = "system:light"
    drafted_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    issued_at: datetime | None = None
    issued_by: str | None = None
    recipients: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    clock_case: str | None = None
    rectification: Rectification | None = None
    report: str | None = None
    reported_by: str | None = None
    reported_at: datetime | None = None
    opinion: str | None = None
    rechecked_by: str | None = None
    rechecked_at: datetime | None = None
    voided_by: str | None = None
    reason: str | None = None
    files: dict[str, PaperFile] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_before_there_were_states(cls, value: Any) -> Any:  # noqa: ANN401 - whatever is stored
        if isinstance(value, dict) and "state" not in value and value.get("issued_at"):
            return {**value, "state": NoticeState.ISSUED, "rectification": Rectification.OPEN}
        return value
