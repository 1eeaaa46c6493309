"""Load, decide, save, for ratings; and the figures that everybody may read."""

from typing import Any, Final

from services.intake.cases import Case
from services.intake.crowds import admit
from services.intake.deps import Deps
from services.intake.moments import moment_of
from services.intake.queries import case_of
from services.intake.ratings.links import RatingLinkUnknown, case_no_of, token_of
from services.intake.ratings.ratings import (
    AlreadyRated,
    ContactEntry,
    Level,
    Rating,
    RatingEntry,
    Way,
    contact,
    rate,
    refuse_unratable,
)
from services.kernel.identity import Person, scope_of
from services.kernel.problem import Problem
from services.kernel.store import AlreadyExists

_WORDS: Final = "rating"


class RatingNotFound(Problem):
    """Not rated, or not the person's to see."""

    status = 404
    code = "rating-not-found"
    zh = "案件 {case_no} 没有评价，或您无权查看"
    en = "case {case_no} was not rated, or is not yours to see"
    remedy_zh = "请核对案件编号"
    remedy_en = "check the case number"


async def rate_case(deps: Deps, case: Case, entry: RatingEntry, *, way: Way) -> Rating:
    """The rating of the case, the same for the same again; raises NotYetRatable, ReasonsUnfit, AlreadyRated."""
    rating, said = rate(case, entry, way=way, seals=deps.seals, now=moment_of(deps.clock, deps.hours))
    try:
        await deps.ratings.create(rating, said)
    except AlreadyExists:
        known, _ = await deps.ratings.load(case.case_no)
        if not _is_same(deps, known, entry):
            raise AlreadyRated from None
        return known
    return rating


async def rate_by_link(deps: Deps, token: str, entry: RatingEntry, *, address: str) -> Rating:
    """The rating by the link that was given at delivery; raises RatingLinkUnknown, TooManySent besides."""
    await admit(deps, "rating", address)
    found = await deps.cases.find(case_no_of(token, seals=deps.seals))
    if found is None:
        raise RatingLinkUnknown
    return await rate_case(deps, found[0], entry, way=Way.LINK)


async def link_of(deps: Deps, case_no: str, who: Person) -> str:
    """The end of the link for a case that can be rated; raises CaseNotFound, NotYetRatable, AlreadyRated."""
    case = await case_of(deps, case_no, who)
    refuse_unratable(case)
    if await deps.ratings.find(case_no) is not None:
        raise AlreadyRated
    return token_of(case_no, seals=deps.seals)


async def ratings_of(
    deps: Deps, who: Person, *, is_bad: bool | None, is_open: bool, limit: int, after: str | None
) -> list[Rating]:
    """The ratings of the cases that the person may see, the latest case number first."""
    where: dict[str, Any] = scope_of(who).filter()
    if is_bad is not None:
        where["body.is_bad"] = is_bad
    if is_open:
        where |= {"body.is_bad": True, "body.contacted": None}
    if after is not None:
        where["_id"] = {"$lt": after}
    return await deps.ratings.query(where, sort=[("_id", -1)], limit=limit)


async def note_contact(deps: Deps, case_no: str, entry: ContactEntry, *, who: Person) -> Rating:
    """The rating with the call that followed it; raises RatingNotFound, AlreadyContacted."""
    where = {"_id": case_no} | scope_of(who).filter()
    if not await deps.ratings.query(where, sort=[("_id", 1)], limit=1):
        raise RatingNotFound(case_no=case_no)
    now = moment_of(deps.clock, deps.hours)
    return await deps.ratings.change(case_no, lambda known: contact(known, entry, who=who, now=now))


async def figures(deps: Deps) -> tuple[dict[Level, int], int]:
    """How many ratings of each level, and how many bad ones were followed by a call."""
    rows = await deps.ratings.tally({}, {"$group": {"_id": "$body.level", "many": {"$sum": 1}}})
    many = {Level(row["_id"]): int(row["many"]) for row in rows}
    called = await deps.ratings.count({"body.is_bad": True, "body.contacted": {"$ne": None}})
    return {level: many.get(level, 0) for level in reversed(Level)}, called


def comment_of(deps: Deps, rating: Rating) -> str:
    """What was written, opened."""
    return deps.seals.open(rating.comment_sealed, place=f"{rating.case_no}/{_WORDS}")


def _is_same(deps: Deps, known: Rating, entry: RatingEntry) -> bool:
    same = (known.level, known.reasons) == (entry.level, tuple(sorted(set(entry.reasons))))
    return same and comment_of(deps, known) == entry.comment
