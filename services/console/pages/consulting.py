"""Consultants on duty and their log; reports of contact outside an appointment."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from services.console.backends import Refused
from services.console.pages.desk.refusals import told
from services.console.pages.publicity import kept, typed
from services.console.pages.routes import PageRoute
from services.console.rendering import day
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Receiver = Annotated[Visit, Depends(holding(Permission.CASE_RECEIVE))]
Reader = Annotated[Visit, Depends(holding(Permission.CASE_READ))]
QuestionNo = Annotated[str, Path(pattern=r"^ZX[0-9]{8,20}$")]
Fields = Mapping[str, str]

_MOST: Final = 100


@router.get("/desk/consulting")
async def log(visit: Receiver) -> Response:
    """Who is on duty today, and what was asked."""
    return await _log(visit)


@router.post("/desk/consulting/roster")
async def put_roster(visit: Receiver) -> Response:
    """Who is on duty today: one a line, `code, name, topic, counter`."""
    fields = await typed(visit)
    names = ("person", "name", "topic", "counter")
    lines = [line.replace("，", ",").split(",") for line in fields.get("roster", "").splitlines() if line.strip()]
    on_duty = [dict(zip(names, (part.strip() for part in [*line, "", "", ""]), strict=False)) for line in lines]
    try:
        await visit.api.put("intake", f"/consultants/{day(visit.now)}", {"consultants": on_duty})
    except Refused as refused:
        return await _log(visit, fields=fields, refused=kept(refused))
    return visit.see("/desk/consulting")


@router.post("/desk/consulting")
async def write_question(visit: Receiver) -> Response:
    """Write down what was asked, with the answer if there was one."""
    fields = await typed(visit)
    entry = {name: fields.get(name, "") for name in ("topic", "question", "channel", "answer")}
    try:
        await visit.api.post("intake", "/consultations", entry)
    except Refused as refused:
        return await _log(visit, fields=fields, refused=kept(refused))
    return visit.see("/desk/consulting")


@router.post("/desk/consulting/{question_no}")
async def answer(visit: Receiver, question_no: QuestionNo) -> Response:
    """Answer a question, or say where it went."""
    fields = await typed(visit)
    entry = {name: fields.get(name, "") for name in ("answer", "handed_to")}
    try:
        await visit.api.post("intake", f"/consultations/{question_no}/answer", entry)
    except Refused as refused:
        return await _log(visit, fields=fields, refused=kept(refused))
    return visit.see("/desk/consulting")


@router.get("/contacts")
async def contacts(visit: Reader) -> Response:
    """The form for reporting contact outside an appointment; for supervision the reports too."""
    return await _contacts(visit)


@router.post("/contacts")
async def report(visit: Reader) -> Response:
    """Supervision hears of it."""
    fields = await typed(visit)
    entry = {name: fields.get(name, "") for name in ("person", "happened_on", "what", "case_no")}
    try:
        kept_as = await visit.api.post("intake", "/contacts", entry)
    except Refused as refused:
        return await _contacts(visit, fields=fields, refused=kept(refused))
    return await _contacts(visit, report_no=kept_as["report_no"])


async def _log(visit: Visit, *, fields: Fields | None = None, refused: Refused | None = None) -> Response:
    return visit.page(
        "appointments/consulting.html",
        roster=await visit.api.get("intake", f"/consultants/{day(visit.now)}"),
        questions=await visit.api.get("intake", "/consultations", limit=_MOST),
        names=await visit.deps.books.names(),
        fields=fields or {},
        **told(visit, refused),
    )


async def _contacts(
    visit: Visit, *, fields: Fields | None = None, refused: Refused | None = None, report_no: str = ""
) -> Response:
    supervises = visit.may(Permission.SUPERVISION_WORK)
    return visit.page(
        "appointments/contacts.html",
        reports=await visit.api.get("intake", "/contacts", limit=_MOST) if supervises else None,
        names=await visit.deps.books.names(),
        fields=fields or {},
        report_no=report_no,
        **told(visit, refused),
    )
