"""From draft to issue: edit, approve, return, number, receive, make void."""

from datetime import datetime

from services.contracts.supervision import NoticeIssued
from services.supervision.notices.clocks import started, told
from services.supervision.notices.drafts import Decided, said
from services.supervision.notices.notices import (
    Notice,
    NoticeEntry,
    NoticeIssuedAlready,
    NoticeNotReady,
    NoticeState,
    Rectification,
    SelfDecision,
)
from services.supervision.papers import PaperFile, PaperNotFilledIn, received
from services.supervision.records.chains import digest


def edit(notice: Notice, entry: NoticeEntry, *, by: str, now: datetime) -> Decided:
    """Change the words of a draft. Raises NoticeIssuedAlready, NoticeNotReady."""
    _only(notice, NoticeState.DRAFT, verb="edited", verb_zh="修改")
    facts = {"text": entry.text, "rectify_by": entry.rectify_by, "title": entry.title or notice.title}
    edited = notice.model_copy(update={**facts, "drafted_by": by})
    return edited, (said(edited, "edited", by=by, now=now),)


def approve(notice: Notice, *, by: str, now: datetime) -> Decided:
    """A leader signs. Raises NoticeIssuedAlready, NoticeNotReady, PaperNotFilledIn, SelfDecision."""
    _only(notice, NoticeState.DRAFT, verb="approved", verb_zh="审签")
    if notice.rectify_by is None:
        raise PaperNotFilledIn(missing="the day by which it must be put right", missing_zh="整改期限")
    if by == notice.drafted_by:
        raise SelfDecision(act="approve", act_zh="审签")
    approved = notice.model_copy(update={"state": NoticeState.APPROVED, "approved_by": by, "approved_at": now})
    return approved, (said(approved, "approved", by=by, now=now),)


def give_back(notice: Notice, *, reason: str, by: str, now: datetime) -> Decided:
    """Back to the drafter. Raises NoticeIssuedAlready, NoticeNotReady."""
    _only(notice, NoticeState.APPROVED, NoticeState.DRAFT, verb="returned", verb_zh="退回")
    cleared = {"state": NoticeState.DRAFT, "approved_by": None, "approved_at": None, "reason": reason}
    returned = notice.model_copy(update=cleared)
    return returned, (said(returned, "returned", by=by, now=now, note=reason),)


def issue(
    notice: Notice, *, no: str, by: str, recipients: tuple[str, ...], files: dict[str, PaperFile], now: datetime
) -> Decided:
    """Put the number on it and send it. Raises NoticeIssuedAlready, NoticeNotReady."""
    _only(notice, NoticeState.APPROVED, verb="issued", verb_zh="印发")
    issued = numbered(notice, no=no, by=by, now=now).model_copy(update={"recipients": recipients, "files": files})
    event = NoticeIssued(
        case_no=notice.case_no,
        notice_no=no,
        matter_no=notice.matter_no,
        department=notice.department,
        title=notice.title,
        text=notice.text,
        issued_at=now,
        rectify_by=notice.rectify_by or now.date(),
        recipients=recipients,
        state=digest(issued),
    )
    return issued, (*started(issued, now=now), event)


def numbered(notice: Notice, *, no: str, by: str, now: datetime) -> Notice:
    """The notice as it is printed when it is issued."""
    facts = {"state": NoticeState.ISSUED, "notice_no": no, "issued_at": now, "issued_by": by}
    return notice.model_copy(update={**facts, "rectification": Rectification.OPEN})


def acknowledge(notice: Notice, *, by: str, now: datetime) -> Decided:
    """Somebody has read it; reading it again changes nothing. Raises NoticeNotReady."""
    _only(notice, NoticeState.ISSUED, verb="received", verb_zh="签收")
    receipts = received(notice.receipts, by=by, now=now)
    if receipts == notice.receipts:
        return notice, ()
    first = {"acknowledged_by": by, "acknowledged_at": now} if notice.acknowledged_at is None else {}
    read = notice.model_copy(update={**first, "receipts": receipts})
    calls = told(notice, "notice_received", now=now) if first else ()
    return read, (*calls, said(read, "received", by=by, now=now))


def void(notice: Notice, *, reason: str, by: str, now: datetime) -> Decided:
    """It holds no more; a number once given stays with it. Raises NoticeNotReady."""
    if notice.state is NoticeState.VOID:
        raise NoticeNotReady(state=notice.state, verb="made void", verb_zh="作废")
    facts = {"state": NoticeState.VOID, "voided_by": by, "reason": reason, "rectification": None}
    voided = notice.model_copy(update=facts)
    return voided, (*told(notice, "notice_void", now=now), said(voided, "void", by=by, now=now, note=reason))


def _only(notice: Notice, *states: NoticeState, verb: str, verb_zh: str) -> None:
    if notice.state in states:
        return
    if notice.state is NoticeState.ISSUED:
        raise NoticeIssuedAlready(notice=notice.notice_no)
    raise NoticeNotReady(state=notice.state, verb=verb, verb_zh=verb_zh)
