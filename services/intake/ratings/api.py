"""Ratings over HTTP: by number and password, by link; the window's list; public figures."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, status
from pydantic import BaseModel, StringConstraints

from services.intake.applications import Number
from services.intake.attempts import LookupLocked, TooManyLookups
from services.intake.crowds import TooManySent
from services.intake.deps import Deps
from services.intake.lookups import LookupEntry, LookupRefused, address_of, proven_case
from services.intake.queries import CaseNotFound
from services.intake.ratings import desk
from services.intake.ratings.desk import RatingNotFound
from services.intake.ratings.links import RatingLinkUnknown
from services.intake.ratings.ratings import (
    AlreadyContacted,
    AlreadyRated,
    ContactEntry,
    Level,
    NotYetRatable,
    Rating,
    RatingEntry,
    Reason,
    ReasonsUnfit,
    Way,
)
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import After, CaseNo, Limit

With = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.CASE_READ))]
Receiver = Annotated[Person, Depends(allowed(Permission.CASE_RECEIVE))]
Deliverer = Annotated[Person, Depends(allowed(Permission.CASE_DELIVER))]

ratings = APIRouter(tags=["ratings"])


class PasswordRating(RatingEntry, frozen=True):
    """A rating by what is printed on the receipt."""

    case_no: Annotated[Number, StringConstraints(min_length=1)]
    query_password: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class LinkRating(RatingEntry, frozen=True):
    """A rating by the link given at delivery."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^[A-Za-z0-9_-]+$")]


class RatingReceipt(BaseModel, frozen=True):
    """What was rated; `followed_up` says that the window will call within one working day."""

    level: int
    rated_at: datetime
    followed_up: bool


class RatingLink(BaseModel, frozen=True):
    """What the link for rating ends in."""

    token: str


class LevelFigure(BaseModel, frozen=True):
    """How many ratings of one level there are."""

    level: int
    ratings: int


class RatingFigures(BaseModel, frozen=True):
    """The public figures. `satisfied_percent` counts the levels 3 to 5; None before the first rating."""

    levels: list[LevelFigure]
    ratings: int
    satisfied_percent: float | None
    bad: int
    bad_contacted: int


class RatingView(BaseModel, frozen=True):
    """A rating as staff see it."""

    case_no: str
    item_code: str
    department: str
    level: int
    is_bad: bool
    reasons: tuple[Reason, ...]
    comment: str
    way: Way
    rated_at: datetime
    rated_on: date
    contacted_by: str | None
    contacted_at: datetime | None
    contacted_on: date | None
    note: str


@ratings.post(
    "/public/ratings",
    status_code=status.HTTP_201_CREATED,
    responses=problems(LookupRefused, LookupLocked, TooManyLookups, NotYetRatable, AlreadyRated, ReasonsUnfit),
)
async def rate_by_password(deps: With, entry: PasswordRating, request: Request) -> RatingReceipt:
    """Rate a case by its number and query password, once."""
    asked = LookupEntry(case_no=entry.case_no, query_password=entry.query_password)
    case = await proven_case(deps, asked, address=address_of(request))
    return _receipt(await desk.rate_case(deps, case, entry, way=Way.PASSWORD))


@ratings.post(
    "/public/ratings/link",
    status_code=status.HTTP_201_CREATED,
    responses=problems(RatingLinkUnknown, TooManySent, NotYetRatable, AlreadyRated, ReasonsUnfit),
)
async def rate_by_link(deps: With, entry: LinkRating, request: Request) -> RatingReceipt:
    """Rate a case by the link given at delivery, once."""
    return _receipt(await desk.rate_by_link(deps, entry.token, entry, address=address_of(request)))


@ratings.get("/public/ratings")
async def show_figures(deps: With) -> RatingFigures:
    """How many ratings of each level there are, and how many bad ones were followed by a call."""
    levels, called = await desk.figures(deps)
    total = sum(levels.values())
    bad = sum(many for level, many in levels.items() if level.is_bad)
    return RatingFigures(
        levels=[LevelFigure(level=level, ratings=many) for level, many in levels.items()],
        ratings=total,
        satisfied_percent=round(100 * (total - bad) / total, 1) if total else None,
        bad=bad,
        bad_contacted=called,
    )


@ratings.post("/cases/{case_no}/rating-link", responses=problems(CaseNotFound, NotYetRatable, AlreadyRated))
async def give_link(deps: With, who: Deliverer, case_no: CaseNo) -> RatingLink:
    """The link for rating, to be shown as a QR code to whoever took the result."""
    return RatingLink(token=await desk.link_of(deps, case_no, who))


@ratings.get("/ratings")
async def list_ratings(
    deps: With,
    who: Reader,
    is_bad: Annotated[bool | None, Query(description="only bad ones, or only others")] = None,
    is_open: Annotated[bool, Query(description="only bad ones that nobody called about yet")] = False,
    limit: Limit = 50,
    after: After = None,
) -> list[RatingView]:
    """The ratings of cases that the caller may see, by case number, the latest first."""
    found = await desk.ratings_of(deps, who, is_bad=is_bad, is_open=is_open, limit=limit, after=after)
    return [_view(deps, rating) for rating in found]


@ratings.post("/ratings/{case_no}/contact", responses=problems(RatingNotFound, AlreadyContacted))
async def note_contact(deps: With, who: Receiver, case_no: CaseNo, entry: ContactEntry) -> RatingView:
    """Record the call after a bad rating (SL-24: within one working day)."""
    return _view(deps, await desk.note_contact(deps, case_no, entry, who=who))


def _receipt(rating: Rating) -> RatingReceipt:
    return RatingReceipt(level=rating.level, rated_at=rating.rated_at, followed_up=Level(rating.level).is_bad)


def _view(deps: Deps, rating: Rating) -> RatingView:
    called = rating.contacted
    return RatingView(
        **rating.model_dump(include=set(RatingView.model_fields) & set(Rating.model_fields)),
        comment=desk.comment_of(deps, rating),
        contacted_by=called.contacted_by if called else None,
        contacted_at=called.contacted_at if called else None,
        contacted_on=called.contacted_on if called else None,
        note=called.note if called else "",
    )
