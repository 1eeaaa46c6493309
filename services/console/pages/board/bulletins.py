"""Supervision bulletins (V4): drafted from the matters of a period, approved by a leader, published as an issue."""

import secrets
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Response

from services.console.backends import Refused
from services.console.pages.board.matters import MENDABLE, STEPS, DocumentId, Reader, Supervisor, Words, matters_at
from services.console.pages.board.papers import FileFormat, Reason, acted, paper
from services.console.pages.paging import whole
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Approver = Annotated[Visit, Depends(holding(Permission.BULLETIN_APPROVE))]

STATES: Final = {"draft": "草稿", "approved": "已审签待发布", "published": "已发布", "void": "已作废"}


@router.get("/board/bulletins")
async def bulletins(visit: Reader) -> Response:
    """Bulletins, the newest first."""
    found = await whole(visit.api, "supervision", "/bulletins", "bulletins")
    found.sort(key=lambda one: str(one["published_at"] or one["drafted_at"]), reverse=True)
    people = await visit.deps.books.names()
    return visit.page("board/bulletins.html", bulletins=found, states=STATES, people=people)


@router.get("/board/bulletins/new")
async def new(
    visit: Supervisor,
    since: Annotated[date | None, Query()] = None,
    until: Annotated[date | None, Query()] = None,
    matter: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    """The matters of a period, of which some go into the bulletin."""
    today = visit.now.astimezone(SHANGHAI).date()
    return await _new_page(visit, since=since or today.replace(day=1), until=until or today, chosen={matter} - {""})


@router.post("/board/bulletins")
async def draft(
    visit: Supervisor,
    since: Annotated[date, Form()],
    until: Annotated[date, Form()],
    key: Annotated[str, Form(max_length=64)],
    matter: Annotated[list[str] | None, Form()] = None,
    lights: Annotated[str, Form(max_length=10)] = "",
    tone: Annotated[str, Form(max_length=20)] = "criticism",
) -> Response:
    """Draft a bulletin from the matters that were chosen, and the red lights of the period if wanted."""
    body: dict[str, Any] = {"matter_ids": matter or [], "tone": tone}
    if lights:
        body |= {"since": since.isoformat(), "until": until.isoformat()}
    try:
        made = await visit.api.post("supervision", "/bulletins", body, key=key)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _new_page(visit, since=since, until=until, chosen=set(matter or []), refused=refused)
    return visit.see(f"/board/bulletins/{made['bulletin_id']}")


@router.get("/board/bulletins/{bulletin_id}")
async def bulletin(visit: Reader, bulletin_id: DocumentId) -> Response:
    """One bulletin, as it is printed; a draft can be edited."""
    return await _page(visit, bulletin_id)


@router.post("/board/bulletins/{bulletin_id}")
async def edit(
    visit: Supervisor, bulletin_id: DocumentId, heading: Annotated[str, Form(max_length=1000)] = "", text: Words = ""
) -> Response:
    """Change the words of a draft."""
    typed = {"heading": heading.strip(), "text": text.replace("\r\n", "\n").strip()}
    try:
        await visit.api.put("supervision", f"/bulletins/{bulletin_id}", typed)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _page(visit, bulletin_id, typed=typed, refused=refused)
    return visit.see(f"/board/bulletins/{bulletin_id}")


@router.get("/board/bulletins/{bulletin_id}/{file_format}")
async def bulletin_file(visit: Reader, bulletin_id: DocumentId, file_format: FileFormat) -> Response:
    """The paper as PDF or DOCX; of a draft a proof."""
    return await paper(visit, f"/bulletins/{bulletin_id}/files/{file_format}")


@router.post("/board/bulletins/{bulletin_id}/return")
async def give_back(visit: Approver, bulletin_id: DocumentId, reason: Reason = "") -> Response:
    """Back to the drafter."""
    return await _done(visit, bulletin_id, "return", {"reason": reason.strip()})


@router.post("/board/bulletins/{bulletin_id}/void")
async def void(visit: Supervisor, bulletin_id: DocumentId, reason: Reason = "") -> Response:
    """It holds no more; its issue stays with it."""
    return await _done(visit, bulletin_id, "void", {"reason": reason.strip()})


@router.post("/board/bulletins/{bulletin_id}/acknowledge")
async def acknowledge(visit: Reader, bulletin_id: DocumentId) -> Response:
    """Say that one has read it."""
    return await _done(visit, bulletin_id, "acknowledge")


@router.post("/board/bulletins/{bulletin_id}/approve")
async def approve(visit: Approver, bulletin_id: DocumentId) -> Response:
    """A leader signs."""
    return await _done(visit, bulletin_id, "approve")


@router.post("/board/bulletins/{bulletin_id}/publish")
async def publish(visit: Supervisor, bulletin_id: DocumentId) -> Response:
    """Publish it inside the bureau."""
    return await _done(visit, bulletin_id, "publish")


async def _done(visit: Visit, bulletin_id: str, verb: str, body: dict[str, Any] | None = None) -> Response:
    address = f"/bulletins/{bulletin_id}"
    return await acted(
        visit, address, verb, body=body, again=lambda refused: _page(visit, bulletin_id, refused=refused)
    )


async def _new_page(
    visit: Visit, *, since: date, until: date, chosen: set[str], refused: Refused | None = None
) -> Response:
    found, _ = await matters_at(visit.api, STEPS)
    fitting = [one for one in found if one["matter_id"] in chosen or since <= _day(one["registered_at"]) <= until]
    fitting.sort(key=lambda one: (one["registered_at"], len(one["matter_no"]), one["matter_no"]))
    red = await visit.api.get("supervision", "/alerts", since=since, until=until, light="red", limit=1)
    return visit.page(
        "board/bulletin_new.html",
        status=refused.status if refused else 200,
        matters=fitting,
        red=red["total"],
        since=since,
        until=until,
        chosen=chosen,
        key=secrets.token_urlsafe(16),
        names=await visit.deps.books.department_names(english=visit.english),
        refusal=refused.problem if refused else None,
    )


async def _page(
    visit: Visit, bulletin_id: str, *, typed: dict[str, str] | None = None, refused: Refused | None = None
) -> Response:
    found: dict[str, Any] = await visit.api.get("supervision", f"/bulletins/{bulletin_id}")
    return visit.page(
        "board/bulletin.html",
        status=refused.status if refused else 200,
        bulletin=found,
        states=STATES,
        typed=typed or found,
        names=await visit.deps.books.department_names(english=visit.english),
        people=await visit.deps.books.names(),
        refusal=refused.problem if refused else None,
    )


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).date()
