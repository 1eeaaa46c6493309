"""Public notices and objections over HTTP."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, status
from pydantic import BaseModel

from services.intake.attempts import LookupLocked, TooManyLookups
from services.intake.audits import Audit, Deed, record
from services.intake.crowds import TooManySent
from services.intake.deps import Deps
from services.intake.lookups import LookupEntry, LookupRefused, address_of, proven
from services.intake.publicity import desk, views
from services.intake.publicity.desk import ObjectionNotFound
from services.intake.publicity.objections import (
    AlreadyAnswered,
    AnswerEntry,
    Objection,
    ObjectionEntry,
    PhoneImpossible,
)
from services.intake.publicity.postings import PostingNotFound, PostingOver, PublicPosting
from services.intake.publicity.views import Contact, ObjectionLookup, ObjectionReceipt, ObjectionStatus, ObjectionView
from services.intake.queries import CaseNotFound
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import CaseNo, IdempotencyKey, KeyTaken

MOST_PAGES: Final = 200

With = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.CASE_READ))]
Receiver = Annotated[Person, Depends(allowed(Permission.CASE_RECEIVE))]
Worker = Annotated[Person, Depends(allowed(Permission.TASK_WORK))]
PostingId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", examples=["0123456789abcdef"])]
ObjectionNo = Annotated[str, Path(pattern=r"^YY[0-9]{8,20}$", examples=["YY2026112300001"])]

publicity = APIRouter(tags=["publicity"])


class PostingPage(BaseModel, frozen=True):
    """Public notices, the newest first, and whether there may be more on the next page."""

    postings: list[PublicPosting]
    more: bool


@publicity.get("/public/publicity")
async def list_postings(deps: With, page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1) -> PostingPage:
    """What is or was posted for the public, the newest first."""
    found, more = await desk.postings(deps, page=page)
    return PostingPage(postings=found, more=more and page < MOST_PAGES)


@publicity.get("/public/publicity/{posting_id}", responses=problems(PostingNotFound))
async def show_posting(deps: With, posting_id: PostingId) -> PublicPosting:
    """One public notice."""
    return (await desk.posting(deps, posting_id))[1]


@publicity.post(
    "/public/publicity/{posting_id}/objections",
    status_code=status.HTTP_201_CREATED,
    responses=problems(PostingNotFound, PostingOver, PhoneImpossible, TooManySent, KeyTaken),
)
async def object_publicly(
    deps: With, posting_id: PostingId, entry: ObjectionEntry, request: Request, key: IdempotencyKey = None
) -> ObjectionReceipt:
    """Object to what is posted; the receipt has a number and a password to ask for the answer with."""
    taken = await desk.object_publicly(deps, posting_id, entry, key=key, address=address_of(request))
    return views.receipt(*taken)


@publicity.post("/public/objections/lookup", responses=problems(LookupRefused, LookupLocked, TooManyLookups))
async def look_objection_up(deps: With, entry: ObjectionLookup, request: Request) -> ObjectionStatus:
    """What became of an objection, by number and password."""
    asked = LookupEntry(case_no=entry.objection_no, query_password=entry.query_password)
    return views.status(await proven(deps, asked, address=address_of(request), find=_objection))


@publicity.post(
    "/publicity/{posting_id}/objections",
    status_code=status.HTTP_201_CREATED,
    responses=problems(PostingNotFound, PostingOver, PhoneImpossible, KeyTaken),
)
async def take_objection(
    deps: With, who: Receiver, posting_id: PostingId, entry: ObjectionEntry, key: IdempotencyKey = None
) -> ObjectionReceipt:
    """Write down at the window what somebody objects."""
    return views.receipt(*await desk.take_objection(deps, posting_id, entry, who=who, key=key))


@publicity.get("/cases/{case_no}/objections", responses=problems(CaseNotFound))
async def list_objections(deps: With, who: Reader, case_no: CaseNo) -> list[ObjectionView]:
    """The objections to what was posted of a case, the oldest first; who objected is masked."""
    found = await desk.objections_of(deps, case_no, who)
    return [views.view(objection, seals=deps.seals) for objection in found]


@publicity.get("/objections/{objection_no}/contact", responses=problems(ObjectionNotFound))
async def show_contact(deps: With, who: Receiver, objection_no: ObjectionNo, request: Request) -> Contact:
    """Who objected, in full, for the window that hands the answer over. Each look is recorded."""
    objection = await desk.objection_of(deps, objection_no, who)
    audit = Audit(
        deed=Deed.OBJECTOR_SHOWN,
        case_no=objection.case_no,
        person=who.code,
        address=address_of(request),
        at=deps.clock.wall(),
    )
    await record(deps.audits, audit)
    return views.contact(objection, seals=deps.seals)


@publicity.post("/objections/{objection_no}/answer", responses=problems(ObjectionNotFound, AlreadyAnswered))
async def answer(deps: With, who: Worker, objection_no: ObjectionNo, entry: AnswerEntry) -> ObjectionView:
    """Answer an objection, with reasons; whoever objected reads it with number and password."""
    return views.view(await desk.answer_objection(deps, objection_no, entry, who=who), seals=deps.seals)


async def _objection(deps: Deps, number: str) -> tuple[Objection, str] | None:
    found = await deps.objections.find(number)
    return (found[0], found[0].password_hash) if found else None
