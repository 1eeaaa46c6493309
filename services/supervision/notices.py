"""Supervision notices (督查督办通知, A-38): what a department must put right, and by when."""

import hashlib
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.contracts.events import Said
from services.contracts.supervision import NoticeIssued
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import Chained
from services.supervision.matters import Matter


class NoticeIssuedAlready(Problem):
    """An issued notice is read-only; a correction is a new document."""

    status = 409
    code = "notice-issued"
    zh = "通知 {notice} 已印发，不能再修改"
    en = "notice {notice} is issued and can no longer be changed"
    remedy_zh = "如需更正，请另行起草新的通知"
    remedy_en = "draft a new notice to correct it"


class NoticeEntry(Request, frozen=True):
    """The words of a notice and the day by which things must be put right."""

    text: Annotated[str, Field(min_length=10, max_length=5000)]
    rectify_by: date


class Notice(Chained, frozen=True):
    """One notice: drafted from a matter, then issued under a number."""

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
    drafted_at: datetime
    issued_at: datetime | None = None
    issued_by: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None


def notice_id(matter_id: str) -> str:
    """The natural key: the notice that a matter's light asks for."""
    return hashlib.sha256(f"notice|{matter_id}".encode()).hexdigest()[:24]


def notice_no(year: int, number: int) -> str:
    """A notice's number, such as `资规督办〔2017〕1号`."""
    return f"资规督办〔{year}〕{number}号"


def draft(matter: Matter, *, department_name: str, reason: str, now: datetime) -> Notice:
    """A draft in the words of the records; the office edits it before it is issued."""
    day = f"{matter.due_on.year}年{matter.due_on.month}月{matter.due_on.day}日"
    text = (
        f"{department_name}：\n"
        f"　　你单位承办的“{matter.matter}”（案件{matter.case_no}）应于{day}前办理，至今未完成。{reason}。\n"
        f"　　请立即办理，并书面反馈办理情况和原因。\n"
        f"　　局党委督查室"
    )
    return Notice(
        notice_id=notice_id(matter.matter_id),
        notice_no=None,
        matter_id=matter.matter_id,
        matter_no=matter.matter_no,
        case_no=matter.case_no,
        title=f"关于{matter.title}的督查督办通知",
        department=matter.department,
        departments=(matter.department,),
        text=text,
        rectify_by=None,
        drafted_at=now,
    )


def issue(
    notice: Notice, entry: NoticeEntry, *, no: str, by: str, recipients: tuple[str, ...], now: datetime
) -> tuple[Notice, tuple[Said, ...]]:
    """Put the number and the words on it and send it. Raises NoticeIssuedAlready."""
    if notice.issued_at is not None:
        raise NoticeIssuedAlready(notice=notice.notice_no)
    issued = notice.model_copy(update={**entry.model_dump(), "notice_no": no, "issued_at": now, "issued_by": by})
    said = NoticeIssued(
        case_no=notice.case_no,
        notice_no=no,
        matter_no=notice.matter_no,
        department=notice.department,
        title=notice.title,
        text=entry.text,
        issued_at=now,
        rectify_by=entry.rectify_by,
        recipients=recipients,
    )
    return issued, (said,)


def acknowledge(notice: Notice, *, by: str, now: datetime) -> tuple[Notice, tuple[Said, ...]]:
    """The department has read it; reading it again changes nothing."""
    if notice.acknowledged_at is not None:
        return notice, ()
    return notice.model_copy(update={"acknowledged_by": by, "acknowledged_at": now}), ()
