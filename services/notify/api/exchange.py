"""The provincial platform over HTTP: its verdicts come in, signed; what it was told, and what it has, is reported."""

from datetime import date
from functools import partial
from typing import Annotated, Any, Final

import fastapi
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from services.kernel import logs
from services.kernel.problem import problems
from services.kernel.requests import CaseNo, Day, Reason, Request
from services.kernel.store import Conflict, NotFound
from services.notify.api.common import Here
from services.notify.api.receipts import ReceiptNotSigned
from services.notify.api.subscriptions import Caretaker
from services.notify.exchange import facts
from services.notify.exchange.exchange import Exchange
from services.notify.exchange.facts import Fact, NoSuchRecord, NotRefused, ToldCase
from services.notify.exchange.pushing import report_now
from services.notify.exchange.reports import DayReport, as_csv
from services.notify.signatures import is_signed

log = logs.get(__name__)
router = APIRouter()

RecordNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}-[0-9A-Za-z]{1,40}$")]
_MOST: Final = 500
CSV: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


class VerdictSaid(Request, frozen=True):
    """What the platform found of one record, after it took it."""

    record_no: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,40}-[0-9A-Za-z]{1,40}$")]
    accepted: bool
    reason: Annotated[str, Field(max_length=300)] = ""


class Verdicts(Request, frozen=True):
    """Verdicts, any number of times and in any order."""

    verdicts: Annotated[tuple[VerdictSaid, ...], Field(min_length=1, max_length=_MOST)]


class VerdictsTaken(BaseModel, frozen=True):
    """How many are of records that we told; `unknown` are of none."""

    taken: int
    unknown: tuple[str, ...]


class ToldView(BaseModel, frozen=True):
    """A case as the platform is told of it."""

    case_no: str
    item_code: str
    project_code: str
    facts: tuple[Fact, ...]


class AgainOrder(Request, frozen=True):
    """Why a refused record is right now."""

    reason: Reason


@router.post("/exchange/{platform}/answers", summary="省级平台回告", responses=problems(ReceiptNotSigned, Conflict))
async def take_verdicts(
    deps: Here,
    request: fastapi.Request,
    platform: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,39}$")],
    said: Verdicts,
) -> VerdictsTaken:
    """Note what the platform found. The same again changes nothing."""
    exchange, desk = deps.exchange, deps.exchange.desk
    keys = desk.answer_keys if desk is not None and desk.platform.name == platform else ()
    if not is_signed(await request.body(), request.headers, wall=deps.clock.wall(), keys=keys):
        log.warning("verdicts refused", platform=platform)
        raise ReceiptNotSigned
    unknown = [each.record_no for each in said.verdicts if not await _take(exchange, each)]
    exchange.bell.set()
    return VerdictsTaken(taken=len(said.verdicts) - len(unknown), unknown=tuple(unknown))


@router.get("/exchange/reports/{on}", summary="上报对账日报")
async def show_report(deps: Here, _who: Caretaker, on: Annotated[Day, Path()]) -> DayReport:
    """What was told on a day and what became of it; compared with the platform once the day is over."""
    return await report_now(deps.exchange, on)


@router.get(
    "/exchange/reports/{on}/csv",
    summary="上报对账日报（CSV）",
    response_class=Response,
    responses=CSV,
)
async def export_report(deps: Here, _who: Caretaker, on: Annotated[Day, Path()]) -> Response:
    """The same as a table for a spreadsheet."""
    text = as_csv(await report_now(deps.exchange, on))
    headers = {"Content-Disposition": f'attachment; filename="exchange-{_day(on)}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/exchange/cases/{case_no}", summary="案件上报情况", responses=problems(NotFound))
async def show_told_case(deps: Here, _who: Caretaker, case_no: CaseNo) -> ToldView:
    """Every record of a case with all that happened to it."""
    found, _ = await deps.exchange.cases.load(case_no)
    return _view(found)


@router.post(
    "/exchange/records/{record_no}/again",
    summary="重新上报",
    responses=problems(NotFound, NoSuchRecord, NotRefused, Conflict),
)
async def tell_again(deps: Here, who: Caretaker, record_no: RecordNo, order: AgainOrder) -> ToldView:
    """Tell what was refused once more, under its number; what waits behind it follows."""
    exchange = deps.exchange
    again = partial(facts.sent_again, record_no=record_no, by=who.code, because=order.reason, wall=deps.clock.wall())
    after = await exchange.cases.change(facts.case_of(record_no), lambda found: (again(found), ()))
    exchange.bell.set()
    log.info("record told again", record_no=record_no, by=who.code)
    return _view(after)


async def _take(exchange: Exchange, verdict: VerdictSaid) -> bool:
    wall, number = exchange.clock.wall(), verdict.record_no
    decide = (
        partial(facts.accepted, record_no=number, wall=wall)
        if verdict.accepted
        else partial(facts.refused, record_no=number, reason=verdict.reason, wall=wall)
    )
    try:
        await exchange.cases.change(facts.case_of(number), lambda found: (decide(found), ()), tries=20)
    except (NotFound, NoSuchRecord):
        return False
    return True


def _view(found: ToldCase) -> ToldView:
    return ToldView(**found.model_dump(include=set(ToldView.model_fields)))


def _day(on: date) -> str:
    return on.isoformat()
