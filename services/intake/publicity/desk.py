"""Load, decide, save, for objections: of the public, at the window, and the officer's answer."""

from typing import Any, Final

from services.intake.cases import Case
from services.intake.crowds import admit
from services.intake.deps import Deps
from services.intake.moments import moment_of
from services.intake.publicity.objections import (
    AnswerEntry,
    Filing,
    Objection,
    ObjectionEntry,
    answer,
    object_to,
    refuse_unreachable,
)
from services.intake.publicity.postings import PostingNotFound, PublicPosting, postings_of, refuse_over
from services.intake.queries import POSTED, RESULTS, CaseNotFound, case_of
from services.intake.submissions import RequestKey
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.store import AlreadyExists

MOST: Final = 200
"""Objections of one case that are shown."""

_ANYBODY: Final = Person(code="-", name="", roles=frozenset(), department="")
"""Under whose name the requests of the public are told apart: nobody signs in as this."""


class ObjectionNotFound(Problem):
    """No such objection, or to a case that is not the person's to see."""

    status = 404
    code = "objection-not-found"
    zh = "没有异议 {objection_no}，或您无权查看"
    en = "no objection {objection_no}, or not yours to see"
    remedy_zh = "请核对异议编号"
    remedy_en = "check the number of the objection"


async def postings(deps: Deps, *, page: int) -> tuple[list[PublicPosting], bool]:
    """A page of the public notices, the newest first, and whether there may be more."""
    latest = [("body.posted_at", -1), ("_id", -1)]
    found = await deps.cases.query({"body.posted_at": POSTED}, sort=latest, limit=RESULTS, skip=RESULTS * (page - 1))
    return [one for case in found for one in await _public(deps, case)], len(found) == RESULTS


async def posting(deps: Deps, posting_id: str) -> tuple[Case, PublicPosting]:
    """One notice and its case; raises PostingNotFound."""
    where = {"body.posted_at": POSTED, "body.progress.steps.posting.posting_id": posting_id}
    found = await deps.cases.query(where, sort=[("_id", 1)], limit=1)
    for case in found:
        for one in await _public(deps, case):
            if one.posting_id == posting_id:
                return case, one
    raise PostingNotFound


async def object_publicly(
    deps: Deps, posting_id: str, entry: ObjectionEntry, *, key: str | None, address: str
) -> tuple[Objection, str | None]:
    """The objection of somebody who did not sign in, and its password; raises TooManySent besides."""
    await posting(deps, posting_id)
    await admit(deps, "objection", address)
    return await take_objection(deps, posting_id, entry, who=None, key=key)


async def take_objection(
    deps: Deps, posting_id: str, entry: ObjectionEntry, *, who: Person | None, key: str | None
) -> tuple[Objection, str | None]:
    """The objection and its password, the same for the same request; raises PostingNotFound, PostingOver."""
    request = RequestKey(
        key,
        who=who or _ANYBODY,
        action="object",
        content=f"{posting_id}\n{entry.model_dump_json()}",
        seals=deps.seals,
    )
    objection = await _taken_before(deps, request)
    if objection is None:
        objection = await _take(deps, posting_id, entry, who=who, request=request)
    handout = await deps.handouts.find(request)
    return objection, deps.handouts.password(handout, request) if handout else None


async def objections_of(deps: Deps, case_no: str, who: Person) -> list[Objection]:
    """The objections to a case that the person may see, the oldest first; raises CaseNotFound."""
    await case_of(deps, case_no, who)
    return await deps.objections.query({"body.case_no": case_no}, sort=[("_id", 1)], limit=MOST)


async def objection_of(deps: Deps, objection_no: str, who: Person) -> Objection:
    """One objection, if its case is the person's to see; raises ObjectionNotFound, which does not name the case."""
    found = await deps.objections.find(objection_no)
    if found is None:
        raise ObjectionNotFound(objection_no=objection_no)
    try:
        await case_of(deps, found[0].case_no, who)
    except CaseNotFound:
        raise ObjectionNotFound(objection_no=objection_no) from None
    return found[0]


async def answer_objection(deps: Deps, objection_no: str, entry: AnswerEntry, *, who: Person) -> Objection:
    """The objection with its answer; raises ObjectionNotFound, AlreadyAnswered."""
    await objection_of(deps, objection_no, who)
    now = moment_of(deps.clock, deps.hours)
    return await deps.objections.change(objection_no, lambda known: answer(known, entry, who=who, now=now))


async def _public(deps: Deps, case: Case) -> tuple[PublicPosting, ...]:
    calendar = await deps.copies.calendar()
    return postings_of(case, office=deps.settings, hours=deps.hours, calendar=calendar)


async def _taken_before(deps: Deps, request: RequestKey) -> Objection | None:
    where: dict[str, Any] = {"body.submission.digest": request.submission.digest}
    found = await deps.objections.query(where, sort=[("_id", 1)], limit=1)
    return found[0] if found and found[0].submission.answers(request.submission) else None


async def _take(
    deps: Deps, posting_id: str, entry: ObjectionEntry, *, who: Person | None, request: RequestKey
) -> Objection:
    case, posted = await posting(deps, posting_id)
    refuse_over(posted)
    refuse_unreachable(entry)
    now = moment_of(deps.clock, deps.hours)
    handout = await deps.handouts.find(request)
    if handout is None:
        number = f"YY{now.on:%Y%m%d}{await deps.counter(f'objection.{now.on.year}'):05d}"
        handout = await deps.handouts.give(request, case_no=number, wall=now.wall)
    filing = Filing(
        objection_no=handout.case_no,
        case_no=case.case_no,
        password_hash=await deps.passwords.hash(deps.handouts.password(handout, request)),
        submission=request.submission,
        who=who,
        now=now,
    )
    objection, said = object_to(posted, entry, filing, seals=deps.seals)
    try:
        await deps.objections.create(objection, said)
    except AlreadyExists:
        return await _taken_before(deps, request) or objection
    return objection
