"""Papers of a case as files, over HTTP: clerks hand them in, everybody who may see the case reads them."""

import re
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from fastapi.responses import StreamingResponse

from services.intake.applications import Code, papers_asked
from services.intake.audits import Audit, Deed, record
from services.intake.cases import Case, TownshipNotYours, refuse_foreign_township
from services.intake.deps import Deps
from services.intake.drafts.settling import owners_of
from services.intake.drafts.writing import PaperNotAsked
from services.intake.lookups import address_of
from services.intake.queries import CaseNotFound, case_of
from services.intake.settings import IntakeSettings
from services.intake.uploads import taking
from services.intake.uploads.kinds import KindNotTaken
from services.intake.uploads.records import Upload, UploadView, of_case, view
from services.intake.uploads.taking import FileInfected, FileNotChecked, TooManyFiles, UploadNotFound
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import Problem, problems
from services.kernel.requests import CaseNo
from services.kernel.settings import Settings
from services.kernel.store import FileTooLarge

With = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.CASE_READ))]
Receiver = Annotated[Person, Depends(allowed(Permission.CASE_RECEIVE))]
UploadId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
FileName = Annotated[str, Query(min_length=1, max_length=255, description="the file's name, with its ending")]

uploads = APIRouter(tags=["files"])

_TAKES_FILES: Final = re.compile(r"/(cases/[0-9A-Z]+|public/draft|public/correction)/papers/[^/]+/files")
_ROOM: Final = 1_000_000
"""So much more comes through to us, so that our refusal names the limit."""

CONTENT: Final = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
BODY: Final = {"requestBody": {"required": True, "content": CONTENT}}
"""For the interface document: the body is the file itself."""


class CaseEnded(Problem):
    """The case is archived: nothing is added to it."""

    status = 409
    code = "case-ended"
    zh = "案件 {case_no} 已办结，不能再添加材料"
    en = "case {case_no} is closed: nothing can be added to it"
    remedy_zh = "请按档案管理规定办理补充归档"
    remedy_en = "let the archive add it"


def files_at(settings: Settings, path: str) -> int | None:
    """The largest body at a path that takes files."""
    assert isinstance(settings, IntakeSettings)  # noqa: S101 - it is our own
    return settings.upload_limit + _ROOM if _TAKES_FILES.fullmatch(path) else None


@uploads.get("/cases/{case_no}/files", responses=problems(CaseNotFound))
async def list_files(deps: With, who: Reader, case_no: CaseNo) -> list[UploadView]:
    """The files of a case, in the order in which they came."""
    case = await case_of(deps, case_no, who)
    return [view(upload) for upload in await taking.of_owners(deps, owners_of(case))]


@uploads.post(
    "/cases/{case_no}/papers/{paper}/files",
    status_code=status.HTTP_201_CREATED,
    responses=problems(
        CaseNotFound, TownshipNotYours, CaseEnded, PaperNotAsked, KindNotTaken, FileTooLarge, TooManyFiles
    ),
    openapi_extra=BODY,
)
async def add_file(
    deps: With, who: Receiver, case_no: CaseNo, paper: Annotated[Code, Path()], name: FileName, request: Request
) -> UploadView:
    """A scan or file for a paper of the case; the same file again changes nothing."""
    case = await case_of(deps, case_no, who)
    refuse_foreign_township(case.township, who)
    if case.progress.ended_at is not None:
        raise CaseEnded(case_no=case_no)
    known = (await _papers(deps, case)).get(paper)
    if known is None:
        raise PaperNotAsked(paper=paper)
    place = taking.Place(owner=of_case(case_no), paper=paper, paper_name=known, by=who.code, by_name=who.name)
    upload = await taking.take(deps, request.stream(), name, place)
    await _note(deps, Deed.FILE_ADDED, upload, case_no=case_no, who=who, request=request)
    return view(upload)


@uploads.get(
    "/cases/{case_no}/files/{upload_id}",
    responses=problems(CaseNotFound, UploadNotFound, FileInfected, FileNotChecked) | {200: {"content": CONTENT}},
    response_class=Response,
)
async def show_file(deps: With, who: Reader, case_no: CaseNo, upload_id: UploadId, request: Request) -> Response:
    """The file to take away; never shown in place, never one with malware. Each look is recorded."""
    case = await case_of(deps, case_no, who)
    upload = await taking.find(deps, upload_id, owners_of(case))
    content = taking.content(deps, upload)
    await _note(deps, Deed.FILE_SHOWN, upload, case_no=case_no, who=who, request=request)
    return StreamingResponse(content, media_type="application/octet-stream", headers=headers_of(upload))


def headers_of(upload: Upload) -> dict[str, str]:
    """Whatever the content is: a browser saves it, and runs nothing of it."""
    plain = f"{upload.upload_id}.{upload.name.rpartition('.')[2]}"
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(upload.name, safe='')}",
        "Content-Length": str(upload.size),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


async def _papers(deps: Deps, case: Case) -> dict[str, str]:
    """The names of the papers by code: those handed in, and those on the list as it is now."""
    offer = await deps.copies.offer(case.item_code)
    asked = papers_asked(offer.item, case.situation).values() if offer else ()
    return {each.code: each.name for each in asked} | {each.code: each.name for each in case.documents}


async def _note(deps: Deps, deed: Deed, upload: Upload, *, case_no: str, who: Person, request: Request) -> None:
    at, address = deps.clock.wall(), address_of(request)
    audit = Audit(deed=deed, case_no=case_no, person=who.code, address=address, at=at, what=upload.upload_id)
    await record(deps.audits, audit)
