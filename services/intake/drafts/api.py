"""Applying online over HTTP: no account, but a draft's number and password, and then a token in `Draft-Token`."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, status

from services.intake.applications import ApplicationIncomplete, Code
from services.intake.attempts import LookupLocked, TooManyLookups
from services.intake.crowds import TooManySent
from services.intake.deps import Deps
from services.intake.drafts import filing, opening, writing
from services.intake.drafts.filing import FilingEntry, TruthNotStated
from services.intake.drafts.opening import BeginEntry, DraftRefused, DraftShut, Opened, OpenEntry
from services.intake.drafts.records import ApplicantSection, Draft, ProjectSection
from services.intake.drafts.writing import AlreadyFiled, DraftView, ItemWithdrawn, PaperNotAsked
from services.intake.lookups import address_of
from services.intake.queries import ItemNotFound
from services.intake.receipts import Receipt
from services.intake.roadmaps.desk import PrerequisiteMissing
from services.intake.uploads.api import BODY
from services.intake.uploads.kinds import KindNotTaken
from services.intake.uploads.taking import TooManyFiles
from services.intake.windows import ItemNotOffered
from services.kernel.app import deps_of
from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey, KeyTaken
from services.kernel.store import FileTooLarge

With = Annotated[Deps, Depends(deps_of)]

drafts = APIRouter(tags=["public"], prefix="/public")


_NAME: Final = "Draft-Token"
_HEADER: Final = {
    "name": _NAME,
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "what `POST /public/drafts` or `/public/drafts/open` gave, or the newest that an answer gave since",
}
_HELD: Final[dict[str, Any]] = {"parameters": [_HEADER]}


async def _draft(deps: Deps, request: Request) -> Draft:
    """The draft that the request may work on. Asked for last: what is sent is looked at before."""
    return await opening.draft_of(deps, request.headers.get(_NAME))


@drafts.post(
    "/drafts",
    status_code=status.HTTP_201_CREATED,
    responses=problems(ItemNotFound, ItemNotOffered, TooManySent, KeyTaken),
)
async def begin_draft(deps: With, entry: BeginEntry, request: Request, key: IdempotencyKey = None) -> Opened:
    """Begin an application: the draft's number, and its password this once."""
    return await opening.begin(deps, entry, address=address_of(request), key=key)


@drafts.post("/drafts/open", responses=problems(DraftRefused, LookupLocked, TooManyLookups))
async def open_draft(deps: With, entry: OpenEntry, request: Request) -> Opened:
    """Come back to a draft with its number and password."""
    return await opening.come_back(deps, entry, address=address_of(request))


@drafts.get("/draft", responses=problems(DraftShut, ItemWithdrawn), openapi_extra=_HELD)
async def show_draft(deps: With, request: Request) -> DraftView:
    """The draft that the token opens: what was typed, its files, and everything that still lacks."""
    return await writing.shown(deps, await _draft(deps, request))


@drafts.put("/draft/applicant", responses=problems(DraftShut, AlreadyFiled, ItemWithdrawn), openapi_extra=_HELD)
async def save_applicant(deps: With, request: Request, section: ApplicantSection) -> DraftView:
    """Keep the applicant as typed, complete or not."""
    return await writing.save(deps, await _draft(deps, request), section)


@drafts.put("/draft/project", responses=problems(DraftShut, AlreadyFiled, ItemWithdrawn), openapi_extra=_HELD)
async def save_project(deps: With, request: Request, section: ProjectSection) -> DraftView:
    """Keep the project as typed, complete or not."""
    return await writing.save(deps, await _draft(deps, request), section)


@drafts.post(
    "/draft/papers/{paper}/files",
    status_code=status.HTTP_201_CREATED,
    responses=problems(DraftShut, AlreadyFiled, ItemWithdrawn, PaperNotAsked, KindNotTaken, FileTooLarge, TooManyFiles),
    openapi_extra=_HELD | BODY,
)
async def add_draft_file(
    deps: With,
    paper: Annotated[Code, Path()],
    name: Annotated[str, Query(min_length=1, max_length=255, description="the file's name, with its ending")],
    request: Request,
) -> DraftView:
    """A file for a paper; the same file again changes nothing."""
    return await writing.add_file(deps, await _draft(deps, request), paper, request.stream(), name)


@drafts.delete(
    "/draft/files/{upload_id}", responses=problems(DraftShut, AlreadyFiled, ItemWithdrawn), openapi_extra=_HELD
)
async def remove_draft_file(
    deps: With, request: Request, upload_id: Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
) -> DraftView:
    """Take a file out again."""
    return await writing.remove_file(deps, await _draft(deps, request), upload_id)


@drafts.post(
    "/draft/filing",
    responses=problems(DraftShut, TruthNotStated, ApplicationIncomplete, PrerequisiteMissing, ItemWithdrawn, KeyTaken),
    openapi_extra=_HELD,
)
async def file_draft(deps: With, request: Request, entry: FilingEntry, key: IdempotencyKey = None) -> Receipt:
    """File the draft: it becomes one case, however often this is asked; the receipt has the query password once."""
    return await filing.file(deps, await _draft(deps, request), entry, key=key)
