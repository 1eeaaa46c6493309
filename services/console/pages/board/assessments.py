"""The yearly assessment (V5): person, department, leader; each entry with its cause; appeals."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.board.bulletins import Approver
from services.console.pages.board.matters import MENDABLE, DocumentId, Reader
from services.console.pages.board.papers import Reason
from services.console.pages.paging import whole
from services.console.pages.routes import PageRoute
from services.console.visits import Visit
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Year = Annotated[int | None, Query(ge=2000, le=2200)]
Number = Annotated[int, Path(ge=1, le=100_000)]

LEVELS: Final = {"person": "个人", "department": "科室", "leader": "分管领导"}
CAUSES: Final = {
    "yellow": "黄灯",
    "red_step": "红灯（环节）",
    "red_promised": "红灯（承诺）",
    "red_statutory": "红灯（法定）",
    "repetition": "黄灯累计",
    "notice": "督查督办通知",
    "bulletin": "督查通报（批评）",
    "praise": "督查通报（表扬）",
}
STATES: Final = {
    "open": "计分",
    "cleared": "说明已采纳，不计分",
    "frozen": "申诉中，暂不计分",
    "upheld": "申诉不成立，计分",
    "withdrawn": "申诉成立，不计分",
}
PAGES: Final = {"notice": "notices", "bulletin": "bulletins", "praise": "bulletins"}
"""Where the cause of an entry is shown; of the others it is a light."""


@router.get("/board/assessment")
async def assessment(visit: Reader, year: Year = None) -> Response:
    """The sheets of a year, its months, and what each finding counts."""
    chosen = year or visit.now.astimezone(SHANGHAI).year
    sheets = await whole(visit.api, "supervision", "/assessments", "sheets", year=chosen)
    sheets.sort(key=lambda one: (list(LEVELS).index(one["level"]), float(one["result"]), one["subject"]))
    return visit.page(
        "board/assessment.html",
        year=chosen,
        sheets=sheets,
        months=await visit.api.get("supervision", "/assessment-roll-up", year=chosen),
        scores=(await visit.api.get("supervision", "/assessment-table"))["in_force"],
        levels=LEVELS,
        causes=CAUSES,
        names=await _names(visit),
    )


@router.get("/board/assessment/workbook")
async def workbook(visit: Reader, year: Year = None) -> Response:
    """The year as XLSX, as the service makes it."""
    chosen = year or visit.now.astimezone(SHANGHAI).year
    answer = await visit.api.send("GET", "supervision", "/assessment.xlsx", query={"year": chosen})
    named = {"Content-Disposition": answer.headers["content-disposition"]}
    return Response(answer.content, media_type=answer.headers["content-type"], headers=named)


@router.get("/board/assessment/{sheet_id}")
async def sheet(visit: Reader, sheet_id: DocumentId) -> Response:
    """One sheet with all entries."""
    return await _page(visit, sheet_id)


@router.post("/board/assessment/{sheet_id}/{number}/appeal")
async def appeal(visit: Reader, sheet_id: DocumentId, number: Number, reason: Reason = "") -> Response:
    """Freeze an entry until somebody decides."""
    return await _acted(visit, sheet_id, f"{number}/appeal", {"reason": reason.strip()})


@router.post("/board/assessment/{sheet_id}/{number}/decide")
async def decide(
    visit: Approver,
    sheet_id: DocumentId,
    number: Number,
    *,
    upheld: Annotated[bool, Form()] = False,
    reason: Reason = "",
) -> Response:
    """Decide an appeal."""
    return await _acted(visit, sheet_id, f"{number}/decide", {"upheld": upheld, "opinion": reason.strip()})


async def _acted(visit: Visit, sheet_id: str, verb: str, body: dict[str, Any]) -> Response:
    try:
        await visit.api.post("supervision", f"/assessments/{sheet_id}/entries/{verb}", body)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _page(visit, sheet_id, refused=refused)
    return visit.see(f"/board/assessment/{sheet_id}")


async def _page(visit: Visit, sheet_id: str, *, refused: Refused | None = None) -> Response:
    found = await visit.api.get("supervision", f"/assessments/{sheet_id}")
    own = found["sheet"]
    is_chief = own["level"] == "department" and own["subject"] == visit.who.department
    return visit.page(
        "board/sheet.html",
        status=refused.status if refused else 200,
        view=found,
        sheet=own,
        levels=LEVELS,
        causes=CAUSES,
        states=STATES,
        pages=PAGES,
        may_appeal=own["subject"] == visit.who.code or is_chief,
        names=await _names(visit),
        people=await visit.deps.books.names(),
        refusal=refused.problem if refused else None,
    )


async def _names(visit: Visit) -> dict[str, str]:
    return await visit.deps.books.department_names(english=visit.english) | await visit.deps.books.names()
