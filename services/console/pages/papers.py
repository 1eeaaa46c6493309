"""Papers of a case as files: the window hands scans in, whoever may see the case takes them away."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.settings import ConsoleSettings
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.settings import Settings

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.CASE_READ))]
Clerk = Annotated[Visit, Depends(holding(Permission.CASE_RECEIVE))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$")]

_TAKES_FILES: Final = re.compile(r"/cases/[0-9A-Z]+/papers|/apply/(draft/papers|corrections/items)/[^/]+")
_PIECE: Final = 256 * 1024
_ROOM: Final = 2
"""So many files of the largest size may come at once: a refusal then names the one that is too large."""
_PASSED_ON: Final = frozenset(
    {"content-disposition", "content-length", "content-security-policy", "x-content-type-options", "cache-control"}
)
_KEPT: Final = frozenset({403, 404, 409, 413, 415, 422})


def files_at(settings: Settings, path: str) -> int | None:
    """The largest body at a page that takes files."""
    assert isinstance(settings, ConsoleSettings)  # noqa: S101 - it is our own
    return _ROOM * settings.upload_limit if _TAKES_FILES.fullmatch(path) else None


@router.get("/cases/{case_no}/papers")
async def papers_page(visit: Clerk, case_no: CaseNo) -> Response:
    """The papers of a case with their files, and where more are handed in."""
    return await _page(visit, case_no)


@router.post("/cases/{case_no}/papers")
async def add_files(visit: Clerk, case_no: CaseNo) -> Response:
    """Hand in the files that were chosen for a paper; or the page again with the reason why not."""
    typed = await visit.request.form()
    paper, chosen = str(typed.get("paper", "")), chosen_files(typed.getlist("file"))
    for file in chosen:
        try:
            await visit.api.upload(
                "intake", f"/cases/{case_no}/papers/{_code(paper)}/files", parts(file), name=named(file)
            )
        except Refused as refused:
            if refused.status not in _KEPT:
                raise
            return await _page(visit, case_no, refused=refused, paper=paper)
    return visit.see(f"/cases/{case_no}/papers?{'added' if chosen else 'none'}={paper}#paper-{paper}")


@router.get("/cases/{case_no}/papers/{upload_id}")
async def paper(visit: Reader, case_no: CaseNo, upload_id: Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]) -> Response:
    """A file to take away."""
    found = await visit.api.open("intake", f"/cases/{case_no}/files/{upload_id}")
    headers = {name: value for name, value in found.headers.items() if name in _PASSED_ON}
    media_type = found.headers["content-type"]
    close = BackgroundTask(found.aclose)
    return StreamingResponse(found.aiter_bytes(), media_type=media_type, headers=headers, background=close)


def chosen_files(values: list[UploadFile | str]) -> list[UploadFile]:
    """The files that were chosen; a browser sends a nameless one when there is none."""
    return [value for value in values if isinstance(value, UploadFile) and value.filename]


def named(file: UploadFile) -> str:
    """The name of a file as far as an address takes it, its ending kept."""
    return (file.filename or "")[-200:]


async def parts(file: UploadFile) -> AsyncIterator[bytes]:
    """The bytes of a file, a piece at a time."""
    while piece := await file.read(_PIECE):
        yield piece


def _code(paper: str) -> str:
    return paper if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", paper) else "-"


async def _page(visit: Visit, case_no: str, *, refused: Refused | None = None, paper: str = "") -> Response:
    case = await visit.api.get("intake", f"/cases/{case_no}")
    guide = await _asked(visit, case)
    return visit.page(
        "desk/papers.html",
        status=refused.status if refused else 200,
        case=case,
        papers=guide,
        files=await visit.api.get("intake", f"/cases/{case_no}/files"),
        refusal=refused.problem if refused else None,
        refused_paper=paper,
        added=visit.request.query_params.get("added", ""),
        none=visit.request.query_params.get("none", ""),
    )


async def _asked(visit: Visit, case: dict[str, object]) -> dict[str, str]:
    """The names of the papers by code: those received, and those that the item asks for."""
    documents = case["documents"]
    assert isinstance(documents, list)  # noqa: S101 - intake says so
    received = {one["code"]: one["name"] for one in documents}
    try:
        item = (await visit.api.get("intake", f"/items/{case['item_code']}"))["item"]
    except Refused:  # the item is not on offer any more
        return received
    fitting = (one for one in item["documents"] if not one["situations"] or case["situation"] in one["situations"])
    return received | {one["code"]: one["name"] for one in fitting}
