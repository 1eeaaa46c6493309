"""Answering a correction notice over HTTP: with case number and query password, then with `Correction-Token`."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, status

from services.intake.attempts import LookupLocked, TooManyLookups
from services.intake.corrections import desk
from services.intake.corrections.desk import CorrectionShut, CorrectionView, NoSuchDefect, NothingToCorrect
from services.intake.deps import Deps
from services.intake.lookups import LookupEntry, LookupRefused, address_of
from services.intake.uploads.api import BODY
from services.intake.uploads.kinds import KindNotTaken
from services.intake.uploads.taking import TooManyFiles
from services.kernel.app import deps_of
from services.kernel.problem import problems
from services.kernel.store import FileTooLarge

With = Annotated[Deps, Depends(deps_of)]

corrections = APIRouter(tags=["public"], prefix="/public")

_NAME: Final = "Correction-Token"
_HEADER: Final = {
    "name": _NAME,
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "what `POST /public/corrections` gave, or the newest that an answer gave since",
}
_HELD: Final[dict[str, Any]] = {"parameters": [_HEADER]}


@corrections.post("/corrections", responses=problems(LookupRefused, LookupLocked, TooManyLookups, NothingToCorrect))
async def open_correction(deps: With, entry: LookupEntry, request: Request) -> CorrectionView:
    """The correction notice of a case, to be answered item by item."""
    return await desk.open_correction(deps, entry, address=address_of(request))


@corrections.get("/correction", responses=problems(CorrectionShut, NothingToCorrect), openapi_extra=_HELD)
async def show_correction(deps: With, request: Request) -> CorrectionView:
    """The notice that the token opens, with what was handed in."""
    return await desk.shown(deps, request.headers.get(_NAME))


@corrections.post(
    "/correction/papers/{number}/files",
    status_code=status.HTTP_201_CREATED,
    responses=problems(CorrectionShut, NothingToCorrect, NoSuchDefect, KindNotTaken, FileTooLarge, TooManyFiles),
    openapi_extra=_HELD | BODY,
)
async def hand_in(
    deps: With,
    number: Annotated[int, Path(ge=1, le=200)],
    name: Annotated[str, Query(min_length=1, max_length=255, description="the file's name, with its ending")],
    request: Request,
) -> CorrectionView:
    """A file for one item of the notice; the same file again changes nothing."""
    return await desk.hand_in(deps, request.headers.get(_NAME), number, request.stream(), name)
