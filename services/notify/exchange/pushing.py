"""Tells the platform what is due, case by case, and compares each day once it is over."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import Final

from services.kernel import logs
from services.kernel.store import AlreadyExists, Conflict
from services.notify.deps import Deps
from services.notify.exchange import facts
from services.notify.exchange.exchange import SET, Desk, Exchange, record_of
from services.notify.exchange.facts import CHINA, FactState, ToldCase
from services.notify.exchange.platforms import Platform, PlatformAway, RecordRefused
from services.notify.exchange.reports import DayReport, report_of

log = logs.get(__name__)

Outcome = Callable[[ToldCase], ToldCase]

AT_ONCE: Final = 4
"""Cases that are told side by side; the records of one go one after the other."""

MOST: Final = 20_000
_COMPARED_FROM: Final = 1
"""O'clock in the morning at which the day before is compared."""

_DAYS_BACK: Final = 7
_LATE: Final = timedelta(hours=2)
_NO_CODES: Final = "事项 {item} 没有对应的实施编码，请在上报配置中补充后重报 / the item has no national code here"


async def push_due(deps: Deps) -> int:
    """Tell the next fact of each case for which one is due; gives how many were tried."""
    exchange = deps.exchange
    if exchange.desk is None or exchange.stopping.is_set():
        return 0
    due = await exchange.cases.query_revisions(
        {"body.due_at": SET | {"$lte": exchange.clock.wall()}}, sort=[("body.due_at", 1)], limit=AT_ONCE
    )
    await asyncio.gather(*(_push(exchange, exchange.desk, case, revision) for case, revision in due))
    return len(due)


async def _push(exchange: Exchange, desk: Desk, case: ToldCase, revision: int) -> None:
    """One fact: taken under a lease, told, and what came of it written down."""
    taken = facts.begun(case, wall=exchange.clock.wall(), lease=exchange.lease)
    fact = taken.next
    if fact is None:
        return
    try:
        await exchange.cases.save(taken, revision)
    except Conflict:  # somebody else has it, or its verdict came: it is looked at anew
        return
    outcome = await _told(exchange, desk, taken, fact)
    with suppress(Conflict):
        await exchange.cases.change(case.case_no, partial(_silently, outcome), tries=20)


async def _told(exchange: Exchange, desk: Desk, case: ToldCase, fact: facts.Fact) -> Outcome:
    record, number = record_of(desk, case, fact), fact.record_no
    if record is None:
        reason = _NO_CODES.format(item=case.item_code)
        return partial(facts.refused, record_no=number, reason=reason, wall=exchange.clock.wall())
    try:
        reference = await desk.platform.push(record)
    except RecordRefused as refusal:
        return partial(facts.refused, record_no=number, reason=str(refusal)[:300], wall=exchange.clock.wall())
    except PlatformAway as away:
        wall, pauses = exchange.clock.wall(), exchange.pauses
        return partial(facts.failed, record_no=number, reason=str(away)[:300], wall=wall, pauses=pauses)
    return partial(facts.taken, record_no=number, reference=reference, wall=exchange.clock.wall())


async def compare_days(deps: Deps) -> int:
    """Compare each of the last days that was not compared yet; gives how many could be."""
    exchange = deps.exchange
    if exchange.desk is None:
        return 0
    here, done = exchange.clock.wall().astimezone(CHINA), 0
    newest = here.date() - timedelta(days=1 if here.hour >= _COMPARED_FROM else 2)
    for back in range(_DAYS_BACK):
        done += await _compare(exchange, exchange.desk.platform, newest - timedelta(days=back))
    return done


async def _compare(exchange: Exchange, platform: Platform, on: date) -> bool:
    if await exchange.reports.find(on.isoformat()) is not None:
        return False
    try:
        report = await compared(exchange, platform, on)
    except PlatformAway as away:
        log.warning("the platform could not be asked what it has", day=on.isoformat(), reason=str(away))
        return False
    with suppress(AlreadyExists):
        await exchange.reports.create(report)
    return True


async def compared(exchange: Exchange, platform: Platform, on: date) -> DayReport:
    """The report of a day, compared with the platform; what is missing there is told again. Raises PlatformAway.

    What one of the two clocks counts to the day after, or before, is not missing.
    """
    here = await platform.held(on)
    besides = [await platform.held(on + timedelta(days=days)) for days in (-1, 1)]
    strange = [number for number in here if not await _is_ours(exchange, number)]
    cases, wall = await _cases_of(exchange, on), exchange.clock.wall()
    report = report_of(on, cases, held=here.union(*besides), strange=strange, made_at=wall)
    for line in report.lines:
        if line.missing:
            again = partial(facts.missed, record_no=line.record_no, wall=wall)
            await exchange.cases.change(line.case_no, partial(_silently, again))
    exchange.bell.set()
    return report


async def _is_ours(exchange: Exchange, record_no: str) -> bool:
    found = await exchange.cases.find(facts.case_of(record_no))
    return found is not None and any(fact.record_no == record_no for fact in found[0].facts)


def _silently(decide: Outcome, found: ToldCase) -> tuple[ToldCase, tuple[()]]:
    """As a decision that says nothing."""
    return decide(found), ()


async def report_now(exchange: Exchange, on: date) -> DayReport:
    """The report of a day: as it was compared, or else as it stands, without the platform."""
    if (found := await exchange.reports.find(on.isoformat())) is not None:
        return found[0]
    return report_of(on, await _cases_of(exchange, on), held=None, made_at=exchange.clock.wall())


async def count_refused(deps: Deps) -> int:
    """Cases of which the platform refused something: they wait for a person."""
    return await deps.exchange.cases.count({"body.facts.state": FactState.REFUSED.value})


async def count_late(deps: Deps) -> int:
    """Cases of which something should have been told two hours ago."""
    late = deps.exchange.clock.wall() - _LATE
    return await deps.exchange.cases.count({"body.waits_since": SET | {"$lte": late}})


async def _cases_of(exchange: Exchange, on: date) -> list[ToldCase]:
    where = {"$or": [{"body.facts.sent_on": on.isoformat()}, {"body.due_at": SET}]}
    return await exchange.cases.query(where, sort=[("_id", 1)], limit=MOST)
