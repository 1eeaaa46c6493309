"""Drafting: in the words of the records, by hand, as a correction, or a second time."""

import hashlib
from datetime import datetime

from services.contracts.events import Said
from services.supervision.matters import Matter
from services.supervision.notices.notices import NewNotice, Notice, NoticeNotReady, NoticeState
from services.supervision.papers import PaperKind, moved, spelled

Decided = tuple[Notice, tuple[Said, ...]]


def notice_id(matter_id: str) -> str:
    """The natural key: the notice that a matter's light asks for."""
    return hashlib.sha256(f"notice|{matter_id}".encode()).hexdigest()[:24]


def notice_no(year: int, number: int) -> str:
    """A notice's number, such as `资规督办〔2017〕1号`."""
    return f"资规督办〔{year}〕{number}号"


def draft(matter: Matter, *, department_name: str, reason: str, now: datetime) -> Decided:
    """A draft in the words of the records; the office edits it before it is issued."""
    text = (
        f"你单位承办的“{matter.matter}”（{matter.case_no}）应于{spelled(matter.due_on)}前办理，至今未完成。{reason}。\n"
        f"请立即办理，并书面反馈办理情况和原因。"
    )
    notice = Notice(
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
    return notice, (said(notice, "drafted", by=notice.drafted_by, now=now, note=department_name),)


def draft_by_hand(
    key: str, entry: NewNotice, *, matter: Matter | None, corrected: Notice | None, by: str, now: datetime
) -> Decided:
    """A draft that somebody writes. Raises NoticeNotReady when what it corrects is not issued."""
    if corrected is not None and corrected.state is not NoticeState.ISSUED:
        raise NoticeNotReady(state=corrected.state, verb="corrected", verb_zh="更正")
    lead = f"现对《{corrected.title}》（{corrected.notice_no}）作如下更正。\n" if corrected else ""
    about = matter or corrected
    notice = Notice(
        notice_id=key,
        notice_no=None,
        matter_id=about.matter_id if about else "",
        matter_no=about.matter_no if about else "",
        case_no=about.case_no if about else f"DB{key.upper()}",
        title=entry.title,
        department=entry.department,
        departments=(entry.department,),
        text=lead + entry.text,
        rectify_by=entry.rectify_by,
        corrects=entry.corrects,
        drafted_by=by,
        drafted_at=now,
    )
    return notice, (said(notice, "drafted", by=by, now=now),)


def second(notice: Notice, *, now: datetime) -> Decided:
    """The draft of the notice that follows one whose rectification is overdue."""
    key = hashlib.sha256(f"second|{notice.notice_id}".encode()).hexdigest()[:24]
    day = spelled(notice.rectify_by) if notice.rectify_by else ""
    lines = (
        f"{notice.notice_no}要求你单位于{day}前完成整改，期限届满仍未办完。",
        "请立即整改到位，书面说明逾期原因和责任人。",
    )
    again = Notice(
        notice_id=key,
        notice_no=None,
        matter_id=notice.matter_id,
        matter_no=notice.matter_no,
        case_no=notice.case_no,
        title=f"再次{notice.title}",
        department=notice.department,
        departments=notice.departments,
        text="\n".join(lines),
        rectify_by=None,
        round=notice.round + 1,
        follows=notice.notice_id,
        drafted_at=now,
    )
    return again, (said(again, "drafted", by=again.drafted_by, now=now, note=notice.notice_no or ""),)


def said(notice: Notice, verb: str, *, by: str, now: datetime, note: str = "") -> Said:
    """The record of one act on a notice."""
    return moved(notice, PaperKind.NOTICE, notice.notice_id, verb, by=by, now=now, note=note)
