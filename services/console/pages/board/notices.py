"""Supervision notices (V3): drafted by the rules, issued by the office, acknowledged by the department."""

from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Response

from services.console.backends import Refused
from services.console.pages.board.bulletins import Approver
from services.console.pages.board.matters import MENDABLE, DocumentId, Reader, Supervisor, Words
from services.console.pages.board.papers import FileFormat, Reason, acted, paper
from services.console.pages.paging import MOST, whole
from services.console.pages.routes import PageRoute
from services.console.visits import Visit
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

STATES: Final = {
    "draft": "待审签",
    "approved": "待印发",
    "issued": "已印发待签收",
    "acknowledged": "已签收整改中",
    "overdue": "整改逾期",
    "reported": "待复核",
    "done": "整改完成",
    "void": "已作废",
}
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


@router.get("/board/notices/{notice_id}/{file_format}")
async def notice_file(visit: Reader, notice_id: DocumentId, file_format: FileFormat) -> Response:
    """The paper as PDF or DOCX; of a draft a proof."""
    return await paper(visit, f"/notices/{notice_id}/files/{file_format}")


@router.post("/board/notices/{notice_id}")
async def edit(
    visit: Supervisor, notice_id: DocumentId, text: Words = "", rectify_by: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Change the words of a draft."""
    typed = {"text": text.replace("\r\n", "\n").strip(), "rectify_by": rectify_by}
    try:
        await visit.api.put("supervision", f"/notices/{notice_id}", {**typed, "rectify_by": rectify_by or None})
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _page(visit, notice_id, typed=typed, refused=refused)
    return visit.see(f"/board/notices/{notice_id}")


@router.post("/board/notices/{notice_id}/approve")
async def approve(visit: Approver, notice_id: DocumentId) -> Response:
    """A leader signs."""
    return await _acted(visit, notice_id, "approve")


@router.post("/board/notices/{notice_id}/return")
async def give_back(visit: Approver, notice_id: DocumentId, reason: Reason = "") -> Response:
    """Back to the drafter."""
    return await _acted(visit, notice_id, "return", {"reason": reason.strip()})


@router.post("/board/notices/{notice_id}/issue")
async def issue(visit: Supervisor, notice_id: DocumentId) -> Response:
    """Number it and send it."""
    return await _acted(visit, notice_id, "issue")


@router.post("/board/notices/{notice_id}/void")
async def void(visit: Supervisor, notice_id: DocumentId, reason: Reason = "") -> Response:
    """It holds no more; its number stays with it."""
    return await _acted(visit, notice_id, "void", {"reason": reason.strip()})


@router.post("/board/notices/{notice_id}/acknowledge")
async def acknowledge(visit: Reader, notice_id: DocumentId) -> Response:
    """Say that one has read it."""
    return await _acted(visit, notice_id, "acknowledge")


@router.post("/board/notices/{notice_id}/report")
async def report(visit: Reader, notice_id: DocumentId, report: Words = "") -> Response:
    """The department says what it did."""
    return await _acted(visit, notice_id, "report", {"report": report.replace("\r\n", "\n").strip()})


@router.post("/board/notices/{notice_id}/recheck")
async def recheck(
    visit: Supervisor, notice_id: DocumentId, *, accepted: Annotated[bool, Form()] = False, opinion: Reason = ""
) -> Response:
    """The office looks at what was done."""
    return await _acted(visit, notice_id, "recheck", {"accepted": accepted, "opinion": opinion.strip()})


def state_of(notice: dict[str, Any]) -> str:
    """Where a notice stands."""
    if notice["state"] != "issued":
        return str(notice["state"])
    if notice["rectification"] in {"reported", "done", "overdue"}:
        return str(notice["rectification"])
    return "issued" if notice["acknowledged_at"] is None else "acknowledged"


async def _acted(visit: Visit, notice_id: str, verb: str, body: dict[str, Any] | None = None) -> Response:
    return await acted(
        visit, f"/notices/{notice_id}", verb, body=body, again=lambda refused: _page(visit, notice_id, refused=refused)
    )


async def _page(
    visit: Visit, notice_id: str, *, typed: dict[str, str] | None = None, refused: Refused | None = None
) -> Response:
    found = await visit.api.get("supervision", f"/notices/{notice_id}")
    today = visit.now.astimezone(SHANGHAI).date()
    offered = {"text": found["text"], "rectify_by": found["rectify_by"] or (today + _USUAL).isoformat()}
    return visit.page(
        "board/notice.html",
        status=refused.status if refused else 200,
        notice=found,
        state=state_of(found),
        states=STATES,
        corrections=await whole(visit.api, "supervision", "/notices", "notices", corrects=notice_id),
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
