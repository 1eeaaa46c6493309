"""The desk (C1): today's work at the window, and finding a case by what a scanner or a hand typed."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response

from services.console.pages.routes import PageRoute
from services.console.rendering import day
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

MOST: Final = 200
"""What a list shows at most; the API gives no more at once."""

_CASE_NO: Final = re.compile(r"[0-9A-Z]{10,40}")
_IN_ADDRESS: Final = re.compile(r"[?&]case_no=([0-9A-Za-z]+)")

Typed = Annotated[str, Query(max_length=500)]


@router.get("/desk")
async def desk(visit: Annotated[Visit, Depends(holding(Permission.CASE_RECEIVE))]) -> Response:
    """What came in today, what the window has to do, and what can be handed over; the lists alone when they moved."""
    template = "desk/work_lists.html" if visit.is_partial else "desk/work.html"
    return visit.page(template, **await _work(visit))


@router.get("/cases/find")
async def find(visit: Annotated[Visit, Depends(holding(Permission.CASE_READ))], no: Typed = "") -> Response:
    """The case of a number, as it was scanned or typed."""
    number = number_in(no)
    if number is None:
        return visit.page("desk/not_found.html", status=404 if no else 200, typed=no)
    return visit.see(f"/cases/{number}")


def number_in(typed: str) -> str | None:
    """The case number in what was typed: itself, or the address in a receipt's QR code; None when there is none."""
    found = _IN_ADDRESS.search(typed)
    number = re.sub(r"[\s-]", "", found[1] if found else typed).upper()
    return number if _CASE_NO.fullmatch(number) else None


async def _work(visit: Visit) -> dict[str, Any]:
    newest = await visit.api.get("intake", "/cases", limit=MOST)
    waiting = await visit.api.get("intake", "/cases", status="received", limit=MOST)
    today = day(visit.now)
    return {
        "today": today,
        "received": [case for case in newest if case["received_on"] >= today],
        "lacking": {case["case_no"]: case["corrections"] for case in waiting},
        "tasks": (await visit.api.get("workflow", "/tasks", limit=MOST))["tasks"],
        "ready": await visit.api.get("intake", "/cases", status="ready", limit=MOST),
    }
