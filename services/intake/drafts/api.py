"""Applying online over HTTP: no account, but a draft's number and password, and then a token in `Draft-Token`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, status

from services.intake.applications import ApplicationIncomplete, Code
from services.intake.attempts import LookupLocked, TooManyLookups
from services.intake.crowds import TooManySent
from services.intake.deps import Deps
from services.intake.drafts import filing, opening, writing
from services.intake.drafts.filing import FilingEntry, TruthNotStated
from services.intake.drafts.opening import BeginEntry, DraftRefused, DraftShut, Opened, OpenEntry
from services.intake.drafts.records import ApplicantSection, Draft, ProjectSection
from services.intake.drafts.writing import AlreadyFiled, DraftView, PaperNotAsked
from services.intake.lookups import address_of
from services.intake.queries import ItemNotFound
from services.intake.receipts import Receipt
from services.intake.uploads.api import BODY
from services.intake.uploads.kinds import KindNotTaken
from services.intake.uploads.taking import TooManyFiles, UploadNotFound
from services.intake.windows import ItemNotOffered
from services.kernel.app import deps_of
from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey
from services.kernel.store import FileTooLarge

With = Annotated[Deps, Depends(deps_of)]

drafts = APIRouter(tags=["public"], prefix="/public")


async def _open(deps: With, token: Annotated[str | None, Header(alias="Draft-Token", max_length=500)] = None) -> Draft:
    return await opening.draft_of(deps, token)


Held = Annotated[Draft, Depends(_open)]


@drafts.post(
    "/drafts",
    status_code=status.HTTP_201_CREATED,
    responses=problems(ItemNotFound, ItemNotOffered, TooManySent),
)
async def begin_draft(deps: With, entry: BeginEntry, request: Request) -> Opened:
    """Begin an application: the draft's number, and its password this once."""
    return await opening.begin(deps, entry, address=address_of(request))


@drafts.post("/drafts/open", responses=problems(DraftRefused, LookupLocked, TooManyLookups))
async def open_draft(deps: With, entry: OpenEntry, request: Request) -> Opened:
    """Come back to a draft with its number and password."""
    return await opening.come_back(deps, entry, address=address_of(request))


@drafts.get("/draft", responses=problems(DraftShut, ItemNotFound))
async def show_draft(deps: With, draft: Held) -> DraftView:
    """The draft that the token opens: what was typed, its files, and everything that still lacks."""
    return await writing.shown(deps, draft)


@drafts.put("/draft/applicant", responses=problems(DraftShut, AlreadyFiled, ItemNotFound))
async def save_applicant(deps: With, draft: Held, section: ApplicantSection) -> DraftView:
    """Keep the applicant as typed, complete or not."""
    return await writing.save(deps, draft, section)


@drafts.put("/draft/project", responses=problems(DraftShut, AlreadyFiled, ItemNotFound))
async def save_project(deps: With, draft: Held, section: ProjectSection) -> DraftView:
    """Keep the project as typed, complete or not."""
    return await writing.save(deps, draft, section)


@drafts.post(
    "/draft/papers/{paper}/files",
    status_code=status.HTTP_201_CREATED,
    responses=problems(DraftShut, AlreadyFiled, ItemNotFound, PaperNotAsked, KindNotTaken, FileTooLarge, TooManyFiles),
    openapi_extra=BODY,
)
async def add_draft_file(
    deps: With,
    draft: Held,
    paper: Annotated[Code, Path()],
    name: Annotated[str, Query(min_length=1, max_length=255, description="the file's name, with its ending")],
    request: Request,
) -> DraftView:
    """A file for a paper; the same file again changes nothing."""
    return await writing.add_file(deps, draft, paper, request.stream(), name)


@drafts.delete("/draft/files/{upload_id}", responses=problems(DraftShut, AlreadyFiled, ItemNotFound, UploadNotFound))
async def remove_draft_file(
    deps: With, draft: Held, upload_id: Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
) -> DraftView:
    """Take a file out again."""
    return await writing.remove_file(deps, draft, upload_id)


@drafts.post("/draft/filing", responses=problems(DraftShut, TruthNotStated, ApplicationIncomplete, ItemNotFound))
async def file_draft(deps: With, draft: Held, entry: FilingEntry, key: IdempotencyKey = None) -> Receipt:
    """File the draft: it becomes one case, however often this is asked; the receipt has the query password once."""
    return await filing.file(deps, draft, entry, key=key)
