"""Handing results over at the window (C4): what is ready, who takes it, and the proof of service."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from services.console.backends import Refused
from services.console.pages.desk.refusals import mendable, told
from services.console.pages.desk.work import MOST, Typed, number_in
from services.console.pages.documents import papers_of
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Deliverer = Annotated[Visit, Depends(holding(Permission.CASE_DELIVER))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$")]

_KEPT: Final = ("receiver_name", "receiver_id_no", "signature", "authorisation")
_ASKED: Final = {"receiver_name": "", "receiver_id_no": "", "signature": ""}


@router.get("/desk/deliver")
async def ready(visit: Deliverer, no: Typed = "") -> Response:
    """The results that can be collected; a number that was scanned leads to its case."""
    number = number_in(no)
    if number is not None:
        return visit.see(f"/desk/deliver/{number}")
    cases = await visit.api.get("intake", "/cases", status="ready", limit=MOST)
    return visit.page("desk/ready.html", cases=cases, typed=no)


@router.get("/desk/deliver/{case_no}")
async def deliver_page(visit: Deliverer, case_no: CaseNo) -> Response:
    """The form for handing over; the proof of service afterwards; or why there is nothing to hand over yet."""
    return await _page(visit, case_no)


@router.post("/desk/deliver/{case_no}")
async def deliver(visit: Deliverer, case_no: CaseNo) -> Response:
    """Hand the result over and show the proof of service; or the form again with the reason why not."""
    typed = await visit.request.form()
    fields = {name: value.strip() for name, value in typed.items() if isinstance(value, str)}
    entry = _ASKED | {name: fields[name] for name in _KEPT if fields.get(name)}
    try:
        await visit.api.post("intake", f"/cases/{case_no}/delivery", entry, key=fields.get("key"))
    except Refused as refused:
        return await _page(visit, case_no, fields=fields, refused=mendable(refused))
    return visit.see(f"/desk/deliver/{case_no}")


async def _page(
    visit: Visit, case_no: str, *, fields: Mapping[str, str] | None = None, refused: Refused | None = None
) -> Response:
    case = await visit.api.get("intake", f"/cases/{case_no}")
    names = await visit.deps.books.names() if case["delivery"] else {}
    return visit.page(
        "desk/deliver.html",
        case=case,
        names=names,
        fields=fields or {},
        papers=await papers_of(visit, case_no) if case["delivery"] else {},
        key=secrets.token_urlsafe(16),
        **told(visit, refused),
    )
