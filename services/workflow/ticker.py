"""What time does by itself: clocks speak, timers of diagrams fire, waiting cases start, dates follow a new calendar."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from services.contracts.events import Said
from services.kernel import logs
from services.kernel.app import Ticker
from services.kernel.store import Conflict
from services.workflow.acts import ActRefused, active_version, carried, office_for, on_todays_calendar
from services.workflow.clocks.ledgers import CALENDAR
from services.workflow.deps import Deps
from services.workflow.incidents import try_again
from services.workflow.instances.incidents import IncidentNotFound, StillFaulty
from services.workflow.instances.models import Act, Instance, Status, Timer, Verb
from services.workflow.instances.schedules import next_thing, recomputed, scheduled, spoken
from services.workflow.instances.turns import Decided
from services.workflow.meetings import keeping
from services.workflow.migrations.bulk import go_on as migrate
from services.workflow.offices import Office
from services.workflow.queries import due_by
from services.workflow.resting import rest
from services.workflow.retries.working import carry_on
from services.workflow.signals.spreading import carry_on as spread
from services.workflow.starts.alarms import ring_due

log = logs.get(__name__)

_AT_ONCE: Final = 64
_SIDE_BY_SIDE: Final = 4
_MOST_THINGS: Final = 50
"""How much may happen to one case in one write; a timer that fires without end goes on in the next."""

_BEFORE: Final = timedelta(microseconds=1)


async def fire_due(deps: Deps) -> int:
    """Let time do what has come due, the longest overdue case first. Nothing is ever early."""
    now = deps.clock.now()
    due = await deps.instances.query(due_by(now), sort=[("body.next_due_at", 1)], limit=_AT_ONCE)
    if deps.settings.workflow_workers > 1:
        random.shuffle(due)  # so that the processes rarely meet at a case; where they do, the slower one finds it done
    return await _side_by_side(due, lambda instance: _live_through(deps, instance.case_no, now))


async def start_waiting(deps: Deps) -> int:
    """Start the received cases that waited for a process or a post, now that it may be there."""
    where = {"body.status": Status.WAITING.value}
    waiting = await deps.instances.query(where, sort=[("body.incidents.tries", 1), ("_id", 1)], limit=_AT_ONCE)
    return await _side_by_side(waiting, lambda instance: _start(deps, instance))


async def follow_calendar(deps: Deps) -> int:
    """Work out the open clocks of cases that are still reckoned by an older calendar."""
    office = await deps.copies.office()
    version = office.time.calendar.version
    where = {"body.status": Status.RUNNING.value, "body.calendar": {"$ne": version}}
    old = await deps.instances.query(where, sort=[("_id", 1)], limit=_AT_ONCE)
    return await _side_by_side(old, lambda instance: _reckon_anew(deps, instance.case_no))


async def _side_by_side(instances: list[Instance], work: Callable[[Instance], Awaitable[bool]]) -> int:
    """Do the work for each, a few at a time; gives for how many something was done.

    A case that cannot be worked on must not keep time from the others: only if all fail does this raise.
    """
    places = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(instance: Instance) -> bool:
        async with places:
            with logs.bound(case_no=instance.case_no):
                return await work(instance)

    results = await asyncio.gather(*(one(instance) for instance in instances), return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    if failures and len(failures) == len(instances):
        raise failures[0]
    for instance, result in zip(instances, results, strict=True):
        if isinstance(result, BaseException):
            log.error("time could not be served", case_no=instance.case_no, exc_info=result)
    return sum(result is True for result in results)


async def _live_through(deps: Deps, case_no: str, now: datetime) -> bool:
    """Everything that is due of one case, in the order of its moments, in one write."""
    instance, revision = await deps.instances.load(case_no)
    office = await office_for(deps, instance)
    decided = on_todays_calendar(deps, instance, office)
    said = list(decided.said)
    for _ in range(_MOST_THINGS):
        thing = next_thing(decided.instance, office)
        if thing is None or thing.at > now:
            break
        decided = await _let_happen(deps, decided.instance, thing.timer, now=now, office=office)
        said += decided.said
    return await _save(deps, instance, scheduled(decided.instance, office), revision, said)


async def _let_happen(deps: Deps, instance: Instance, timer: Timer | None, *, now: datetime, office: Office) -> Decided:
    """Fire the timer, or let the clocks speak up to now: but only of what came before the next timer."""
    if timer is not None:
        act = Act(verb=Verb.FIRE, target=timer.timer_id, actor=CALENDAR, channel="timer", at=timer.at)
        try:
            return await carried(deps, instance, act, office=office)
        except ActRefused:
            log.warning("timer had gone already", case_no=instance.case_no, element=timer.element)
            rest = tuple(each for each in instance.timers if each is not timer)
            return Decided(instance.model_copy(update={"timers": rest}))
    timers = [each.at for each in instance.timers if each.at <= now and not instance.incident_about(each.timer_id)]
    return spoken(instance, until=min(timers) - _BEFORE if timers else now, office=office)


async def _start(deps: Deps, instance: Instance) -> bool:
    incident = next((each for each in instance.incidents if each.act.verb is Verb.START), None)
    if incident is None or await active_version(deps, instance.application.item_code) is None:
        return False
    try:
        await try_again(deps, instance.case_no, incident.incident_id, by=CALENDAR)
    except (StillFaulty, Conflict, IncidentNotFound):  # the last: another process has started it
        return False
    return True


async def _reckon_anew(deps: Deps, case_no: str) -> bool:
    instance, revision = await deps.instances.load(case_no)
    office = await office_for(deps, instance)
    decided = recomputed(
        instance, at=deps.clock.now(), reason=f"calendar {office.time.calendar.version}", office=office
    )
    return await _save(deps, instance, decided.instance, revision, list(decided.said))


async def _save(deps: Deps, was: Instance, now: Instance, revision: int, said: list[Said]) -> bool:
    """Save unless somebody else was faster: then there is nothing lost, the next round sees to it."""
    if was == now and not said:
        return False
    try:
        await deps.instances.save(now, revision, said)
    except Conflict:
        log.debug("somebody was faster")
    return True


TICKERS: Final = (
    Ticker[Deps]("fire-due", every=timedelta(seconds=1), run=fire_due),
    Ticker[Deps](
        "begin-by-date", every=timedelta(seconds=5), run=ring_due, wake=lambda deps: deps.bells.alarms, alone=True
    ),
    Ticker[Deps]("signals", every=timedelta(seconds=2), run=spread, wake=lambda deps: deps.bells.signals, alone=True),
    Ticker[Deps]("start-waiting", every=timedelta(seconds=30), run=start_waiting, wake=lambda deps: deps.bells.waiting),
    Ticker[Deps](
        "migrate", every=timedelta(seconds=5), run=migrate, wake=lambda deps: deps.bells.migrations, alone=True
    ),
    Ticker[Deps](
        "retry-incidents", every=timedelta(seconds=2), run=carry_on, wake=lambda deps: deps.bells.retries, alone=True
    ),
    Ticker[Deps](
        "follow-calendar", every=timedelta(seconds=30), run=follow_calendar, wake=lambda deps: deps.bells.calendar
    ),
    Ticker[Deps]("mind-meetings", every=timedelta(seconds=10), run=keeping.carry_on, alone=True),
    Ticker[Deps]("rest", every=timedelta(seconds=10), run=rest),
)
