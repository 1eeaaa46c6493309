"""Public notices (P5) and objections to them: for everybody, at the window, and for those who answer."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.desk.refusals import told
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.CASE_READ))]
Receiver = Annotated[Visit, Depends(holding(Permission.CASE_RECEIVE))]
Worker = Annotated[Visit, Depends(holding(Permission.TASK_WORK))]
PostingId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$")]
ObjectionNo = Annotated[str, Path(pattern=r"^YY[0-9]{8,20}$")]
Fields = Mapping[str, str]

_KEPT: Final = frozenset({409, 422, 423, 403, 429})
"""Refusals that are told on the page itself, where what was typed stays."""


@router.get("/publicity")
async def postings(visit: Anybody, page: Annotated[int, Query(ge=1, le=200)] = 1) -> Response:
    """What is or was posted for the public, the newest first."""
    found = await visit.api.get("intake", "/public/publicity", page=page)
    return visit.page("publicity/list.html", found=found, page=page)


@router.get("/publicity/answers")
async def ask(visit: Anybody) -> Response:
    """The form for whoever objected."""
    return visit.page("publicity/answers.html", found=None, fields={}, **told(visit, None))


@router.post("/publicity/answers")
async def look_up(visit: Anybody) -> Response:
    """What became of an objection; wrong tries are counted and locked as everywhere."""
    fields = await typed(visit)
    entry = {name: fields.get(name, "") for name in ("objection_no", "query_password")}
    try:
        found = await visit.api.post("intake", "/public/objections/lookup", entry)
    except Refused as refused:
        refusal = told(visit, kept(refused))
        return visit.page("publicity/answers.html", found=None, fields=fields, **refusal)
    return visit.page("publicity/answers.html", found=found, fields={}, **told(visit, None))


@router.get("/publicity/{posting_id}")
async def posting(visit: Anybody, posting_id: PostingId) -> Response:
    """One notice, and while it is posted the form for objecting."""
    return await _posting(visit, posting_id)


@router.post("/publicity/{posting_id}")
async def object_to(visit: Anybody, posting_id: PostingId) -> Response:
    """The receipt with number and password, once; or the form again with the reason why not."""
    fields = await typed(visit)
    entry = {name: fields.get(name, "") for name in ("name", "phone", "text")}
    hall = "" if visit.may(Permission.CASE_RECEIVE) else "/public"
    try:
        receipt = await visit.api.post(
            "intake",
            f"{hall}/publicity/{posting_id}/objections",
            entry | {"wants_hearing": "wants_hearing" in fields},
            key=fields.get("key"),
        )
    except Refused as refused:
        return await _posting(visit, posting_id, fields=fields, refused=kept(refused))
    return visit.page("publicity/receipt.html", receipt=receipt, posting_id=posting_id)


@router.get("/cases/{case_no}/objections")
async def objections(visit: Reader, case_no: CaseNo) -> Response:
    """The objections to what was posted of a case; as a part, what their number is."""
    if visit.is_partial:
        found = await visit.api.get("intake", f"/cases/{case_no}/objections")
        return visit.page("publicity/part.html", case_no=case_no, objections=found)
    return await _objections(visit, case_no)


@router.post("/cases/{case_no}/objections/{objection_no}/answer")
async def answer(visit: Worker, case_no: CaseNo, objection_no: ObjectionNo) -> Response:
    """Answer an objection; or the form again with the reason why not."""
    fields = await typed(visit)
    entry = {name: fields.get(name, "") for name in ("verdict", "text")}
    try:
        await visit.api.post("intake", f"/objections/{objection_no}/answer", entry)
    except Refused as refused:
        refusal = told(visit, kept(refused))
        return await _objections(visit, case_no, typed_for=objection_no, fields=fields, refusal=refusal)
    return visit.see(f"/cases/{case_no}/objections")


@router.post("/cases/{case_no}/objections/{objection_no}/contact")
async def contact(visit: Receiver, case_no: CaseNo, objection_no: ObjectionNo) -> Response:
    """Who objected, in full: the look is recorded."""
    shown = await visit.api.get("intake", f"/objections/{objection_no}/contact")
    return await _objections(visit, case_no, contact=shown)


async def typed(visit: Visit) -> dict[str, str]:
    """What was typed into the form."""
    form = await visit.request.form()
    return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


def kept(refused: Refused) -> Refused:
    """The refusal, if it is told on the page; else it goes on up."""
    if refused.status not in _KEPT:
        raise refused
    return refused


async def _posting(
    visit: Visit, posting_id: str, *, fields: Fields | None = None, refused: Refused | None = None
) -> Response:
    found = await visit.api.get("intake", f"/public/publicity/{posting_id}")
    return visit.page(
        "publicity/posting.html",
        posting=found,
        fields=fields or {},
        key=secrets.token_urlsafe(16),
        **told(visit, refused),
    )


async def _objections(
    visit: Visit,
    case_no: str,
    *,
    typed_for: str = "",
    fields: Fields | None = None,
    refusal: dict[str, Any] | None = None,
    contact: Mapping[str, str] | None = None,
) -> Response:
    found = await visit.api.get("intake", f"/cases/{case_no}/objections")
    return visit.page(
        "publicity/objections.html",
        case_no=case_no,
        objections=found,
        typed_for=typed_for,
        fields=fields or {},
        contact=contact,
        names=await visit.deps.books.names(),
        **(refusal or told(visit, None)),
    )
