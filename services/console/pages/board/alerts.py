"""The register of lights (V1): every yellow and red one, seen, explained, settled."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Response

from services.console.backends import Refused
from services.console.pages.board.lights import After, Department
from services.console.pages.board.matters import DocumentId, Filter, Reader, Supervisor, Words
from services.console.pages.board.papers import Reason, acted
from services.console.pages.routes import PageRoute
from services.console.visits import Visit
from services.contracts.words import Light
from services.kernel.requests import LARGEST_PAGE

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

STATES: Final = {
    "lit": "未签收",
    "acknowledged": "已签收",
    "explained": "已说明待认定",
    "accepted": "说明已采纳",
    "not_accepted": "说明未采纳",
}


@router.get("/board/alerts")
async def alerts(
    visit: Reader, department: Department = "", light: Light | None = None, state: Filter = "", after: After = ""
) -> Response:
    """Every light that was set, as far as one may see them."""
    chosen = {"department": department, "light": light, "state": state if state in STATES else ""}
    page = await visit.api.get("supervision", "/alerts", **chosen, limit=LARGEST_PAGE, after=after)
    page["alerts"].sort(key=lambda one: str(one["lit_at"]), reverse=True)
    names = await visit.deps.books.department_names(english=visit.english)
    return visit.page("board/alerts.html", page=page, names=names, states=STATES, chosen=chosen)


@router.get("/board/alerts/{alert_id}")
async def alert(visit: Reader, alert_id: DocumentId) -> Response:
    """One light, and what was said about it."""
    return await _page(visit, alert_id)


@router.post("/board/alerts/{alert_id}/acknowledge")
async def acknowledge(visit: Reader, alert_id: DocumentId) -> Response:
    """Say that one has seen it."""
    return await _acted(visit, alert_id, "acknowledge")


@router.post("/board/alerts/{alert_id}/explain")
async def explain(visit: Reader, alert_id: DocumentId, text: Words = "") -> Response:
    """Say how it came to this."""
    typed = text.replace("\r\n", "\n").strip()
    return await _acted(visit, alert_id, "explain", {"text": typed})


@router.post("/board/alerts/{alert_id}/settle")
async def settle(
    visit: Supervisor, alert_id: DocumentId, *, accepted: Annotated[bool, Form()] = False, opinion: Reason = ""
) -> Response:
    """Accept the explanation, or do not."""
    return await _acted(visit, alert_id, "settle", {"accepted": accepted, "opinion": opinion.strip()})


async def _acted(visit: Visit, alert_id: str, verb: str, body: dict[str, Any] | None = None) -> Response:
    typed = str((body or {}).get("text", ""))
    return await acted(
        visit,
        f"/alerts/{alert_id}",
        verb,
        body=body,
        again=lambda refused: _page(visit, alert_id, typed=typed, refused=refused),
    )


async def _page(visit: Visit, alert_id: str, *, typed: str = "", refused: Refused | None = None) -> Response:
    found = await visit.api.get("supervision", f"/alerts/{alert_id}")
    return visit.page(
        "board/alert.html",
        status=refused.status if refused else 200,
        alert=found,
        states=STATES,
        typed=typed or found["explanation"] or "",
        names=await visit.deps.books.department_names(english=visit.english),
        people=await visit.deps.books.names(),
        refusal=refused.problem if refused else None,
    )
