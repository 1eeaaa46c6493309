"""Supervision notices (督查督办通知, A-38): what a department must put right, and by when.

Drafted from the records or by hand, approved by a leader, numbered when issued, received, rectified, re-checked. An
issued notice is read-only: a correction, or a second notice, is a new document that refers to it.
"""

from services.supervision.notices.acts import acknowledge, approve, edit, give_back, issue, numbered, void
from services.supervision.notices.drafts import draft, draft_by_hand, notice_id, notice_no, second
from services.supervision.notices.notices import (
    ClockEntry,
    NewNotice,
    Notice,
    NoticeEntry,
    NoticeIssuedAlready,
    NoticeNotReady,
    NoticeState,
    RecheckEntry,
    Rectification,
    RectificationReport,
    SelfDecision,
)
from services.supervision.notices.rectifying import follow, overdue, recheck, report

__all__ = [
    "ClockEntry",
    "NewNotice",
    "Notice",
    "NoticeEntry",
    "NoticeIssuedAlready",
    "NoticeNotReady",
    "NoticeState",
    "RecheckEntry",
    "Rectification",
    "RectificationReport",
    "SelfDecision",
    "acknowledge",
    "approve",
    "draft",
    "draft_by_hand",
    "edit",
    "follow",
    "give_back",
    "issue",
    "notice_id",
    "notice_no",
    "numbered",
    "overdue",
    "recheck",
    "report",
    "second",
    "void",
]
