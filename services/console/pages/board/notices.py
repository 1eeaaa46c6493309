"""Supervision notices (V3): drafted by the rules, issued by the office, acknowledged by the department."""

from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Response

from services.console.backends import Refused
from services.console.pages.board.matters import MENDABLE, DocumentId, Reader, Supervisor, Words
from services.console.pages.paging import MOST, whole
from services.console.pages.routes import PageRoute
from services.console.visits import Visit
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

STATES: Final = {"draft": "待印发", "issued": "已印发待签收", "acknowledged": "已签收"}
_USUAL: Final = timedelta(days=7)
"""What the form offers for putting things right, until somebody chooses another day."""


@router.get("/board/notices")
async def notices(visit: Reader, state: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Notices, the newest first."""
    found = await whole(visit.api, "supervision", "/notices", "notices")
    rows = [one | {"state": state_of(one)} for one in found]
    rows.sort(key=lambda one: str(one["issued_at"] or one["drafted_at"]), reverse=True)
    counts = {key: sum(row["state"] == key for row in rows) for key in STATES}
    return visit.page(
        "board/notices.html",
        notices=[row for row in rows if state in {"", row["state"]}],
        counts=counts,
        cut=MOST if len(rows) >= MOST else 0,
        total=len(rows),
        states=STATES,
        state=state,
        names=await visit.deps.books.department_names(english=visit.english),
    )


@router.get("/board/notices/{notice_id}")
async def notice(visit: Reader, notice_id: DocumentId) -> Response:
    """One notice: to be issued, to be acknowledged, or to be read."""
    return await _page(visit, notice_id)


@router.post("/board/notices/{notice_id}/issue")
async def issue(
    visit: Supervisor, notice_id: DocumentId, text: Words = "", rectify_by: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Number it and send it."""
    text = text.replace("\r\n", "\n").strip()
    try:
        await visit.api.post(
            "supervision", f"/notices/{notice_id}/issue", {"text": text, "rectify_by": rectify_by or None}
        )
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _page(visit, notice_id, typed={"text": text, "rectify_by": rectify_by}, refused=refused)
    return visit.see(f"/board/notices/{notice_id}")


@router.post("/board/notices/{notice_id}/acknowledge")
async def acknowledge(visit: Reader, notice_id: DocumentId) -> Response:
    """Say that the department has read it."""
    await visit.api.post("supervision", f"/notices/{notice_id}/acknowledge")
    return visit.see(f"/board/notices/{notice_id}")


def state_of(notice: dict[str, Any]) -> str:
    """Where a notice stands."""
    if notice["issued_at"] is None:
        return "draft"
    return "issued" if notice["acknowledged_at"] is None else "acknowledged"


async def _page(
    visit: Visit, notice_id: str, *, typed: dict[str, str] | None = None, refused: Refused | None = None
) -> Response:
    found = await visit.api.get("supervision", f"/notices/{notice_id}")
    today = visit.now.astimezone(SHANGHAI).date()
    offered = {"text": found["text"], "rectify_by": (today + _USUAL).isoformat()}
    return visit.page(
        "board/notice.html",
        status=refused.status if refused else 200,
        notice=found,
        state=state_of(found),
        typed=typed or offered,
        today=today,
        is_late=_is_late(found, today),
        people=await visit.deps.books.names(),
        names=await visit.deps.books.department_names(english=visit.english),
        refusal=refused.problem if refused else None,
    )


def _is_late(notice: dict[str, Any], today: date) -> bool:
    """Whether nobody acknowledged it although the day for putting things right has passed."""
    rectify_by = notice["rectify_by"]
    return state_of(notice) == "issued" and rectify_by is not None and date.fromisoformat(rectify_by) < today
