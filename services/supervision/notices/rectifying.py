"""Putting it right (A-38): report, re-check, the clock that the workflow service turns for it."""

from datetime import datetime

from services.supervision.notices.clocks import told
from services.supervision.notices.drafts import Decided, said
from services.supervision.notices.notices import (
    ClockEntry,
    Notice,
    NoticeNotReady,
    NoticeState,
    RecheckEntry,
    Rectification,
    RectificationReport,
    SelfDecision,
)


def report(notice: Notice, entry: RectificationReport, *, by: str, now: datetime) -> Decided:
    """The department says what it did. Raises NoticeNotReady."""
    _rectifying(notice, Rectification.OPEN, Rectification.OVERDUE, verb="reported on", verb_zh="报告整改")
    facts = {"rectification": Rectification.REPORTED, "report": entry.report, "reported_by": by, "reported_at": now}
    reported = notice.model_copy(update=facts)
    calls = told(notice, "rectification_reported", now=now)
    return reported, (*calls, said(reported, "reported", by=by, now=now, note=entry.report))


def recheck(notice: Notice, entry: RecheckEntry, *, by: str, now: datetime) -> Decided:
    """The office looks at what was done. Raises NoticeNotReady, SelfDecision."""
    _rectifying(notice, Rectification.REPORTED, verb="re-checked", verb_zh="复核")
    if by == notice.reported_by:
        raise SelfDecision(act="re-check", act_zh="复核")
    outcome = Rectification.DONE if entry.accepted else Rectification.OPEN
    facts = {"rectification": outcome, "opinion": entry.opinion, "rechecked_by": by, "rechecked_at": now}
    checked = notice.model_copy(update=facts)
    calls = told(notice, "rectification_rechecked", now=now, accepted=entry.accepted)
    return checked, (*calls, said(checked, f"rectification {outcome}", by=by, now=now, note=entry.opinion))


def follow(notice: Notice, entry: ClockEntry, *, by: str, now: datetime) -> Decided:
    """The clock of the rectification runs in this case. Raises NoticeNotReady."""
    _rectifying(notice, Rectification.OPEN, verb="given a clock", verb_zh="计时")
    if notice.clock_case == entry.case_no:
        return notice, ()
    clocked = notice.model_copy(update={"clock_case": entry.case_no})
    return clocked, (said(clocked, "clocked", by=by, now=now, note=entry.case_no),)


def overdue(notice: Notice, *, now: datetime) -> Decided:
    """The workflow service says that the clock of the rectification ran out; again changes nothing."""
    if notice.rectification is not Rectification.OPEN:
        return notice, ()
    late = notice.model_copy(update={"rectification": Rectification.OVERDUE})
    return late, (said(late, "overdue", by="system:light", now=now),)


def _rectifying(notice: Notice, *steps: Rectification, verb: str, verb_zh: str) -> None:
    if notice.state is not NoticeState.ISSUED or notice.rectification not in steps:
        state = notice.rectification or notice.state
        raise NoticeNotReady(state=state, verb=verb, verb_zh=verb_zh)
