"""What happens at the windows: load, decide, save, for receiving, a new password, printing and handing over."""

from dataclasses import replace

from services.contracts.workflow import Situation
from services.intake.applications import Application, refuse_incomplete
from services.intake.audits import Audit, Deed, record
from services.intake.cases import (
    Case,
    Delivery,
    DeliveryEntry,
    Registration,
    ReissueEntry,
    at_window,
    deliver,
    expected_collection_on,
    receive,
    refuse_reissue,
    reissue,
)
from services.intake.cases.records import Online
from services.intake.copies import Offer
from services.intake.deps import Deps
from services.intake.handouts import Handout
from services.intake.identities import tidy
from services.intake.moments import Moment, moment_of
from services.intake.numbers import case_no, serial_of
from services.intake.prints.printer import Paper
from services.intake.queries import case_of
from services.intake.receipts import Receipt, receipt_of
from services.intake.roadmaps.desk import checked
from services.intake.submissions import RequestKey
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.store import AlreadyExists
from services.kernel.worktime import Calendar


class ItemNotOffered(Problem):
    """No active process definition carries the item."""

    status = 422
    code = "item-not-offered"
    zh = "事项 {item_code} 没有启用的流程，不能收件"
    en = "item {item_code} has no active process: it cannot be received"
    remedy_zh = "请核对事项编码（GET /items 列出可办事项），或请信息中心启用流程"
    remedy_en = "check the code (GET /items lists what is on offer), or have the process activated"


class PasswordNotInForce(Problem):
    """A receipt is printed with the password in force, or not at all."""

    status = 422
    code = "password-not-in-force"
    zh = "查询密码不是案件 {case_no} 当前有效的密码，不能打印回执"
    en = "this is not the query password in force for case {case_no}: the receipt is not printed"
    remedy_zh = "请使用刚刚发放的密码；已遗失的请先补发"
    remedy_en = "use the password just handed out; if it is lost, give a new one first"


async def receive_application(deps: Deps, entry: Application, *, who: Person, key: str | None) -> Receipt:
    """The receipt of a new case, with its password; the same receipt when the request comes again.

    The password can be given again for a quarter of an hour; after that the same request gets the receipt without it.
    """
    request = _request(deps, key, who=who, action="receive", content=entry.model_dump_json())
    return await received(deps, entry, who=who, request=request)


async def received(
    deps: Deps, entry: Application, *, who: Person, request: RequestKey, online: Online | None = None
) -> Receipt:
    """The same for a request that is known already; `online` says of which draft it is, if it came that way."""
    case = await _received_before(deps, request)
    if case is None:
        case = await _receive_new(deps, at_window(entry, who), who=who, request=request, online=online)
    return await receipt_given(deps, case, request)


async def receipt_given(deps: Deps, case: Case, request: RequestKey) -> Receipt:
    """The receipt; with the password if this is the request that made the case, a moment ago."""
    is_this = case.submission.answers(request.submission)
    return await _receipt(deps, case, password=await _password_given(deps, request) if is_this else None)


async def _received_before(deps: Deps, request: RequestKey) -> Case | None:
    where = {"body.submission.digest": request.submission.digest}
    found = await deps.cases.query(where, sort=[("_id", 1)], limit=1)
    return found[0] if found and found[0].submission.answers(request.submission) else None


async def _receive_new(
    deps: Deps, entry: Application, *, who: Person, request: RequestKey, online: Online | None
) -> Case:
    offer, calendar = await deps.copies.offer(entry.item_code), await deps.copies.calendar()
    if offer is None:
        raise ItemNotOffered(item_code=entry.item_code)
    now = moment_of(deps.clock, deps.hours)
    townships = await deps.copies.townships()
    situation = refuse_incomplete(entry, offer.item, today=now.on, townships=townships)
    found = await checked(deps, entry, offer.item, now=now)
    handout = await deps.handouts.find(request) or await _draw(deps, offer, request, now=now)
    at = await _registration(
        deps,
        handout,
        request,
        township_name=townships.get(entry.township or ""),
        situation=situation,
        now=now,
        calendar=calendar,
    )
    at = replace(at, findings=found)
    case, events = receive(entry, offer.item, situation, who=who, at=at, seals=deps.seals, online=online)
    try:
        await deps.cases.create(case, events)
    except AlreadyExists:
        return await _won_by_twin(deps, request)
    return case


async def _won_by_twin(deps: Deps, request: RequestKey) -> Case:
    """The case that the same request made elsewhere at the same moment."""
    case = await _received_before(deps, request)
    if case is None:  # the number belongs to another case: the counter was set back, which a person must look into
        raise AlreadyExists(key=request.submission.digest)
    return case


async def _draw(deps: Deps, offer: Offer, request: RequestKey, *, now: Moment) -> Handout:
    """A case number and a password for this request."""
    code = offer.item.code
    serial = await deps.counter(serial_of(code, now.on))
    number = case_no(city=deps.settings.city_code, item_code=code, on=now.on, serial=serial)
    return await deps.handouts.give(request, case_no=number, wall=now.wall)


async def _registration(
    deps: Deps,
    handout: Handout,
    request: RequestKey,
    *,
    township_name: str | None,
    situation: Situation,
    now: Moment,
    calendar: Calendar,
) -> Registration:
    received_on = deps.hours.received_on(now.at, calendar)
    return Registration(
        case_no=handout.case_no,
        submission=request.submission,
        password_hash=await deps.passwords.hash(deps.handouts.password(handout, request)),
        township_name=township_name,
        received_on=received_on,
        expected_collection_on=expected_collection_on(
            received_on,
            situation.promised_workdays,
            target=deps.settings.acceptance_target_workdays,
            calendar=calendar,
        ),
        now=now,
    )


async def reissue_password(
    deps: Deps, number: str, entry: ReissueEntry, *, who: Person, key: str | None, address: str
) -> Receipt:
    """The receipt with a new password; the old one is void. The same receipt when the request comes again."""
    case = await case_of(deps, number, who)
    content = f"{number}\n{entry.model_dump_json()}"
    request = _request(deps, key, who=who, action="reissue", content=content)
    if all(not known.submission.answers(request.submission) for known in case.reissues):
        case = await _reissue_new(deps, case, entry, who=who, request=request)
        await record(deps.audits, _audit(deps, Deed.PASSWORD_REISSUED, case, who=who, address=address))
    is_newest = case.reissues[-1].submission.answers(request.submission)
    return await _receipt(deps, case, password=await _password_given(deps, request) if is_newest else None)


async def _reissue_new(deps: Deps, case: Case, entry: ReissueEntry, *, who: Person, request: RequestKey) -> Case:
    now = moment_of(deps.clock, deps.hours)
    refuse_reissue(case, entry, who=who, seals=deps.seals, today=now.on)
    handout = await deps.handouts.find(request)
    handout = handout or await deps.handouts.give(request, case_no=case.case_no, wall=now.wall)
    hashed = await deps.passwords.hash(deps.handouts.password(handout, request))

    def decide(current: Case) -> tuple[Case, tuple[()]]:
        return reissue(
            current, entry, who=who, seals=deps.seals, hashed=hashed, request=request.submission, now=now
        ), ()

    return await deps.cases.change(case.case_no, decide)


async def print_receipt(
    deps: Deps, number: str, password: str, *, who: Person, address: str, paper: Paper = Paper.A5
) -> bytes:
    """The receipt as PDF with the password just handed out; raises PasswordNotInForce for any other."""
    case = await case_of(deps, number, who)
    if not await deps.passwords.matches(password, case.password.hashed):
        raise PasswordNotInForce(case_no=number)
    await record(deps.audits, _audit(deps, Deed.RECEIPT_PRINTED, case, who=who, address=address))
    receipt = await _receipt(deps, case, password=tidy(password))
    printed_at = deps.clock.now().astimezone(deps.hours.zone)
    return await deps.printer.pdf(receipt, printed_at=printed_at, paper=paper)


async def deliver_result(
    deps: Deps, number: str, entry: DeliveryEntry, *, who: Person, key: str | None
) -> tuple[Case, Delivery]:
    """The proof of service of a result handed over; the same proof when the request comes again."""
    await case_of(deps, number, who)
    content = f"{number}\n{entry.model_dump_json()}"
    request = _request(deps, key, who=who, action="deliver", content=content).submission
    now = moment_of(deps.clock, deps.hours)
    case = await deps.cases.change(
        number, lambda case: deliver(case, entry, who=who, seals=deps.seals, request=request, now=now)
    )
    assert case.delivery is not None  # noqa: S101 - `deliver` makes it so or refuses
    return case, case.delivery


def _request(deps: Deps, key: str | None, *, who: Person, action: str, content: str) -> RequestKey:
    return RequestKey(key, who=who, action=action, content=content, seals=deps.seals)


async def _password_given(deps: Deps, request: RequestKey) -> str | None:
    """The password that this request was given, while it may be shown again."""
    handout = await deps.handouts.find(request)
    return None if handout is None else deps.handouts.password(handout, request)


async def _receipt(deps: Deps, case: Case, *, password: str | None) -> Receipt:
    calendar = await deps.copies.calendar()
    return receipt_of(case, settings=deps.settings, horizon=calendar.horizon, password=password)


def _audit(deps: Deps, deed: Deed, case: Case, *, who: Person, address: str) -> Audit:
    return Audit(deed=deed, case_no=case.case_no, person=who.code, address=address, at=deps.clock.wall())
