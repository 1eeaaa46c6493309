"""The windows and the public lookup over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from pydantic import BaseModel, StringConstraints

from services.intake import pages, queries, views
from services.intake.applications import Application, ApplicationIncomplete, Code
from services.intake.appointments.advice import advice
from services.intake.appointments.api import appointments
from services.intake.attempts import LookupLocked, TooManyLookups
from services.intake.audits import Audit, Deed, record
from services.intake.cases import (
    AlreadyDelivered,
    DeliveryEntry,
    IdentityUnproven,
    NotEntitled,
    NotReadyForDelivery,
    ReissueEntry,
    Status,
    TooManyReissues,
    TownshipNotYours,
)
from services.intake.certificates.api import certificates
from services.intake.copies import Offer
from services.intake.corrections.api import corrections
from services.intake.deps import Deps
from services.intake.disclosures import disclosures
from services.intake.documents.api import documents
from services.intake.documents.hearing import prove_service
from services.intake.drafts.api import drafts
from services.intake.lookups import LookupEntry, LookupRefused, address_of, look_up
from services.intake.prints.printer import Paper
from services.intake.publicity.api import publicity
from services.intake.queries import CaseNotFound, ItemNotFound, Wanted
from services.intake.ratings.api import ratings
from services.intake.receipts import Receipt, receipt_of
from services.intake.roadmaps.api import roadmaps
from services.intake.roadmaps.desk import PrerequisiteMissing
from services.intake.statuses import PublicStatus
from services.intake.telephones import telephones
from services.intake.uploads.api import uploads
from services.intake.views import ApplicantInFull, CaseLine, CaseView, ProofOfService
from services.intake.windows import (
    ItemNotOffered,
    PasswordNotInForce,
    deliver_result,
    print_receipt,
    receive_application,
    reissue_password,
)
from services.intake.withdrawals import withdrawals
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import After, IdempotencyKey, KeyTaken, Limit
from services.kernel.requests import Request as Entry

With = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.CASE_READ))]
Receiver = Annotated[Person, Depends(allowed(Permission.CASE_RECEIVE))]
Deliverer = Annotated[Person, Depends(allowed(Permission.CASE_DELIVER))]
Supervisor = Annotated[Person, Depends(allowed(Permission.SUPERVISION_WORK))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$", examples=["51200020261123PT0500017"])]

Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]

Words = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]

items = APIRouter(tags=["items"])
cases = APIRouter(tags=["cases"])
public = APIRouter(tags=["public"])


class PrintEntry(Entry, frozen=True):
    """The password just handed out, to stand on the paper."""

    query_password: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    paper: Paper = Paper.A5


@items.get("/items")
async def list_items(deps: With, _: Reader) -> list[Offer]:
    """The items on offer with their papers and promises, by code."""
    return await deps.copies.offers()


@items.get("/items/{item_code}", responses=problems(ItemNotFound))
async def show_item(deps: With, _: Reader, item_code: Annotated[Code, Path()]) -> Offer:
    """One item on offer."""
    return await queries.item_of(deps, item_code)


@cases.post(
    "/cases",
    status_code=status.HTTP_201_CREATED,
    responses=problems(ApplicationIncomplete, PrerequisiteMissing, ItemNotOffered, TownshipNotYours, KeyTaken),
)
async def receive(deps: With, who: Receiver, entry: Application, key: IdempotencyKey = None) -> Receipt:
    """Receive an application at the window: the filing receipt, with the query password this once."""
    return await receive_application(deps, entry, who=who, key=key)


class Asked(BaseModel, frozen=True):
    """Which cases of the list, and which page of it."""

    status: Annotated[Status | None, Query(description="only cases that stand here")] = None
    item_code: Annotated[Code | None, Query()] = None
    township: Annotated[Code | None, Query()] = None
    received_from: Annotated[Day | None, Query(description="a day such as 2026-11-23; that day counts")] = None
    received_to: Annotated[Day | None, Query(description="a day such as 2026-11-23; that day counts")] = None
    text: Annotated[Words | None, Query(description="in the number, the title or the applicant's name")] = None
    limit: Limit = 50
    after: After = None


@cases.get("/cases")
async def list_cases(deps: With, who: Reader, asked: Annotated[Asked, Query()]) -> list[CaseLine]:
    """The cases the caller may see, the newest day first."""
    wanted = Wanted(**asked.model_dump(exclude={"limit", "after"}))
    found = await queries.cases_of(deps, who, wanted, limit=asked.limit, after=asked.after)
    return [views.line(case) for case in found]


@cases.get("/cases/{case_no}", responses=problems(CaseNotFound))
async def show_case(deps: With, who: Reader, case_no: CaseNo) -> CaseView:
    """One case, personal numbers masked."""
    return views.full(await queries.case_of(deps, case_no, who))


@cases.get("/cases/{case_no}/applicant", responses=problems(CaseNotFound))
async def show_applicant(deps: With, who: Deliverer, case_no: CaseNo, request: Request) -> ApplicantInFull:
    """Who is on file with numbers in full, for the clerk at the window. Each look is recorded."""
    case = await queries.case_of(deps, case_no, who)
    audit = Audit(
        deed=Deed.APPLICANT_SHOWN,
        case_no=case_no,
        person=who.code,
        address=address_of(request),
        at=deps.clock.wall(),
    )
    await record(deps.audits, audit)
    return views.in_full(case, seals=deps.seals)


@cases.get("/cases/{case_no}/audits", responses=problems(CaseNotFound))
async def show_audits(deps: With, who: Supervisor, case_no: CaseNo, limit: Limit = 100) -> list[Audit]:
    """Who looked at the case, its personal data or its public status: the latest first."""
    await queries.case_of(deps, case_no, who)
    return [Audit(**row.model_dump()) for row in await queries.audits_of(deps, case_no, limit=limit)]


@cases.get("/cases/{case_no}/receipt", responses=problems(CaseNotFound))
async def show_receipt(deps: With, who: Receiver, case_no: CaseNo) -> Receipt:
    """The filing receipt without the password, which nobody can show again."""
    case = await queries.case_of(deps, case_no, who)
    calendar = await deps.copies.calendar()
    return receipt_of(case, settings=deps.settings, horizon=calendar.horizon)


@cases.post(
    "/cases/{case_no}/receipt/pdf",
    responses=problems(CaseNotFound, PasswordNotInForce) | {200: {"content": {"application/pdf": {}}}},
    response_class=Response,
)
async def print_pdf(deps: With, who: Receiver, case_no: CaseNo, entry: PrintEntry, request: Request) -> Response:
    """The filing receipt as PDF, on A5 or a roll of 80 mm, with the password just handed out."""
    address = address_of(request)
    page = await print_receipt(deps, case_no, entry.query_password, who=who, address=address, paper=entry.paper)
    headers = {"Content-Disposition": f'inline; filename="{case_no}.pdf"'}
    return Response(page, media_type="application/pdf", headers=headers)


@cases.post(
    "/cases/{case_no}/receipt/reissue",
    responses=problems(CaseNotFound, TownshipNotYours, IdentityUnproven, NotEntitled, TooManyReissues, KeyTaken),
)
async def reissue(
    deps: With, who: Receiver, case_no: CaseNo, entry: ReissueEntry, request: Request, key: IdempotencyKey = None
) -> Receipt:
    """A new query password against an identity document; the old one is void."""
    return await reissue_password(deps, case_no, entry, who=who, key=key, address=address_of(request))


@cases.post(
    "/cases/{case_no}/delivery",
    responses=problems(
        CaseNotFound,
        TownshipNotYours,
        NotReadyForDelivery,
        AlreadyDelivered,
        IdentityUnproven,
        NotEntitled,
        KeyTaken,
    ),
)
async def deliver(
    deps: With, who: Deliverer, case_no: CaseNo, entry: DeliveryEntry, key: IdempotencyKey = None
) -> ProofOfService:
    """Hand the result over at the collection window against identity check and signature."""
    case, delivery = await deliver_result(deps, case_no, entry, who=who, key=key)
    await prove_service(deps, case, by=who.name)
    return views.proof(case.case_no, delivery)


@public.post("/public/lookup", responses=problems(LookupRefused, LookupLocked, TooManyLookups))
async def lookup(deps: With, entry: LookupEntry, request: Request) -> PublicStatus:
    """Where a case stands, by case number and query password: no names, no handlers."""
    return await look_up(deps, entry, address=address_of(request))


ROUTERS = (
    items,
    cases,
    public,
    disclosures,
    publicity,
    ratings,
    appointments,
    advice,
    uploads,
    drafts,
    corrections,
    withdrawals,
    telephones,
    roadmaps,
    documents,
    certificates,
    *pages.ROUTERS,
)
