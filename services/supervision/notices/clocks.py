"""The clocks of a notice (A-38): its process (notice-rectification) begins at its issue and hears how it goes on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.contracts.supervision import ProcessCalled
from services.supervision.calls import NOTICE, call
from services.supervision.notices.notices import Notice, NoticeState


def started(notice: Notice, *, now: datetime) -> tuple[ProcessCalled, ...]:
    """The clocks start: one working day to receive it, and until the day by which things must be put right."""
    facts = {
        "notice_no": notice.notice_no,
        "title": notice.title,
        "unit": notice.department,
        "rectify_by": notice.rectify_by.isoformat() if notice.rectify_by else None,
        "round": notice.round,
    }
    return (_call(notice, "notice_issued", facts, now=now),)


def told(notice: Notice, name: str, *, now: datetime, **facts: object) -> tuple[ProcessCalled, ...]:
    """How an issued notice goes on; of one that was never issued no clock runs."""
    if notice.state is not NoticeState.ISSUED:
        return ()
    return (_call(notice, name, facts, now=now, turn=now.isoformat()),)


def _call(notice: Notice, name: str, facts: Mapping[str, Any], *, now: datetime, turn: str = "") -> ProcessCalled:
    return call(f"{NOTICE}{notice.notice_id}", name, facts, now=now, turn=turn)
