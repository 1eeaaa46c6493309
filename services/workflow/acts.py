"""Doing something to a case: load, ask the engine, decide, save in one write. The one place where all four meet."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from services.contracts.events import Said
from services.kernel import logs
from services.kernel.problem import Problem
from services.kernel.store import AlreadyApplied, Conflict
from services.workflow.definitions.models import Definition, Version
from services.workflow.deps import Deps
from services.workflow.engine.diagrams.results import STARTER
from services.workflow.engine.models import WHOLE, EngineFault, Refusal, Refused, Step
from services.workflow.engines import Beginning
from services.workflow.instances import incidents
from services.workflow.instances.assigning import candidates
from services.workflow.instances.models import Act, Instance, Pin, Verb
from services.workflow.instances.moving import awaited_early, keeps_early, moved, pinned
from services.workflow.instances.operations import signing
from services.workflow.instances.schedules import recomputed, scheduled
from services.workflow.instances.turns import Decided, Unworkable
from services.workflow.loads import loads_of
from services.workflow.offices import Office

log = logs.get(__name__)

Check = Callable[[Instance, Office], None]
"""Looks at a freshly loaded case before anything is done to it; raises a `Problem` to forbid it."""

TRIES: Final = 8
_MOST_EARLY: Final = 20
_NEW_CALENDAR: Final = "calendar"


class ActRefused(Problem):
    """The process is no longer where this would fit, or cannot take these data."""

    status = 409
    code = "act-refused"
    zh = "操作未生效：{reason_zh}"
    en = "it had no effect: {reason}"
    remedy_zh = "请刷新案件后再试"
    remedy_en = "load the case again and try anew"


def nothing_to_check(instance: Instance, office: Office) -> None:
    """Forbids nothing: the act is an outside fact."""
    del instance, office


async def perform(
    deps: Deps,
    case_no: str,
    act: Act,
    *,
    check: Check = nothing_to_check,
    cause: str | None = None,
    found: tuple[Instance, int] | None = None,
) -> Instance:
    """Do something to a case and give it as it then is; if the engine fails, the act is kept in an incident.

    Who has just `found` the case at a revision gives it along; if it has moved on since, it is loaded anew.

    An event that comes again is known before the engine is asked: by then the process may be past it, or over.
    Raises what `check` raises, NotFound, ActRefused, AlreadyApplied, and Conflict after `TRIES`.
    """
    for attempt in range(TRIES):
        instance, revision = found or await deps.instances.load(case_no, cause=cause)
        found = None
        office = await office_for(deps, instance)
        check(instance, office)
        decided = await carried(deps, instance, act, office=office)
        if decided.instance == instance and not decided.said:
            return instance
        try:
            await deps.instances.save(decided.instance, revision, decided.said, cause=cause)
        except Conflict:
            await pause(attempt)
            continue
        return decided.instance
    raise Conflict(key=case_no)


async def decide_on(
    deps: Deps, case_no: str, decide: Callable[[Instance, Office], Awaitable[Decided]], *, cause: str | None
) -> Instance:
    """Decide about a freshly loaded case and save it with what is said, once for each cause.

    If somebody was faster it is decided again on what is there then. Raises what `decide` raises, and Conflict after
    `TRIES`.
    """
    for attempt in range(TRIES):
        try:
            instance, revision = await deps.instances.load(case_no, cause=cause)
        except AlreadyApplied:
            return (await deps.instances.load(case_no))[0]
        decided = await decide(instance, await office_for(deps, instance))
        if decided.instance == instance and not decided.said:
            return instance
        try:
            await deps.instances.save(decided.instance, revision, decided.said, cause=cause)
        except (Conflict, AlreadyApplied):
            await pause(attempt)
            continue
        return decided.instance
    raise Conflict(key=case_no)


async def carried(deps: Deps, instance: Instance, act: Act, *, office: Office) -> Decided:
    """What becomes of a case by an act; a failure becomes an incident that keeps the act. Raises ActRefused."""
    now = deps.clock.now()
    try:
        return await went_through(deps, instance, act, office=office)
    except (EngineFault, Unworkable) as fault:
        log.error(  # noqa: TRY400 - the incident keeps the reason; a traceback adds nothing
            "case met an incident", case_no=instance.case_no, element=fault.element, verb=act.verb
        )
        opened = incidents.opened(instance, act, element=fault.element, zh=fault.zh, en=fault.en, at=now)
        return Decided(scheduled(opened.instance, office), opened.said)


async def went_through(deps: Deps, instance: Instance, act: Act, *, office: Office) -> Decided:
    """As `carried`, but raises `EngineFault` and `Unworkable` instead of opening an incident."""
    now = deps.clock.now()
    fresh = on_todays_calendar(deps, instance, office)
    if act.verb is Verb.START:
        taken = await _taken_up(deps, fresh.instance, act, office=office)
        return Decided(taken.instance, (*fresh.said, *taken.said))
    if instance.pin is None:
        raise ActRefused(reason="the case has not started", reason_zh="案件流程尚未启动")
    held_up, act = signing.countersigned(fresh.instance, act)
    if held_up is not None:
        return Decided(held_up.instance, (*fresh.said, *held_up.said))
    try:
        step = await deps.engines.apply(fresh.instance, instance.pin, act, now=now, time=office.time)
    except Refused as refused:
        if act.verb is Verb.MESSAGE and refused.code is Refusal.NOT_WAITING:
            return Decided(keeps_early(fresh.instance, act).instance, fresh.said)
        raise ActRefused(reason=refused.en, reason_zh=refused.zh) from None
    office = await _staffed(deps, instance, step, office)
    decided = moved(fresh.instance, act, step, now=now, office=office)
    rest = await _deliver_early(deps, decided.instance, step, office=office)
    return Decided(rest.instance, (*fresh.said, *decided.said, *rest.said))


async def office_for(deps: Deps, instance: Instance) -> Office:
    """The office as it is now for a case: never by a calendar older than the one its dates are reckoned by already."""
    office = await deps.copies.office()
    if instance.calendar in ("", office.time.calendar.version):
        return office
    deps.copies.forget()
    return await deps.copies.office()


def on_todays_calendar(deps: Deps, instance: Instance, office: Office) -> Decided:
    """The case with its dates reckoned by the calendar in force, before anything else is said of them."""
    if instance.calendar in ("", office.time.calendar.version):
        return Decided(instance)
    return recomputed(instance, at=deps.clock.now(), reason=_NEW_CALENDAR, office=office)


async def active_version(deps: Deps, item_code: str) -> tuple[Definition, Version] | None:
    """The process that new cases of an item follow, and its active version; None while there is none."""
    where = {"body.item_code": item_code, "body.active": {"$gte": 1}}
    found = await deps.definitions.query(where, sort=[("_id", 1)], limit=1)
    version = found[0].active_version if found else None
    return (found[0], version) if version else None


async def pause(attempt: int) -> None:
    """Let a rival finish: a few milliseconds, more each time."""
    await asyncio.sleep(random.uniform(0, 0.01) * 2**attempt)  # noqa: S311 - spreads the rivals in time


async def _taken_up(deps: Deps, instance: Instance, act: Act, *, office: Office) -> Decided:
    """Start the process of a received case by the version active now."""
    item_code = instance.application.item_code
    found = await active_version(deps, item_code)
    if found is None:
        raise Unworkable(WHOLE, f"事项 {item_code} 没有启用的流程", f"the item {item_code} has no active process")
    definition = found[0]
    version, beginning = _way_in(definition, found[1], instance, act)
    terms = (await deps.shelf.take(version.sha256)).item.terms(instance.application.situation)
    pin = Pin(process_key=definition.process_key, version=version.version, sha256=version.sha256, terms=terms)
    now = deps.clock.now()
    try:
        step = await deps.engines.start(instance, pin, beginning, now=now, time=office.time)
    except Refused as refused:
        raise Unworkable(WHOLE, refused.zh, refused.en) from None
    running = pinned(instance, pin, now=now)
    office = await _staffed(deps, instance, step, office)
    decided = moved(running.instance, act, step, now=now, office=office)
    rest = await _deliver_early(deps, decided.instance, step, office=office)
    return Decided(rest.instance, (*running.said, *decided.said, *rest.said))


def _way_in(definition: Definition, active: Version, instance: Instance, act: Act) -> tuple[Version, Beginning]:
    """The version that a case follows and where it begins: plainly, or at the start event that the act names.

    Only the active version begins cases by itself. Raises `Unworkable`.
    """
    if not act.target:
        version = definition.followed_by(instance.case_no, instance.departments) or active
        if version.starts.at_window:
            return version, Beginning()
        raise Unworkable(WHOLE, "该流程不由窗口收件开始", "no case of this process begins at a window")
    event = active.starts.event(act.target)
    if event is None:
        zh = f"启用的第 {active.version} 版没有开始事件“{act.target}”"
        raise Unworkable(act.target, zh, f"version {active.version}, which is active, has no start event {act.target}")
    origin = instance.application.origin
    starter = {"person": act.actor, "department": origin.department if origin else ""}
    return active, Beginning(event.element, {STARTER: starter, **({event.result: act.payload} if event.result else {})})


async def _staffed(deps: Deps, instance: Instance, step: Step, office: Office) -> Office:
    """The office with the loads of those who may get a step by load; nothing is asked where no diagram wants it."""
    opening = [task for task in step.tasks if instance.task(task.id) is None]
    people = candidates(opening, office.books)
    return replace(office, loads=await loads_of(deps.instances, people)) if people else office


async def _deliver_early(deps: Deps, instance: Instance, step: Step, *, office: Office) -> Decided:
    """Deliver the messages that came before anybody waited for them, as far as somebody waits now."""
    said: list[Said] = []
    for _ in range(_MOST_EARLY):
        instance, act = awaited_early(instance, step)
        if act is None or instance.pin is None:
            break
        now = deps.clock.now()
        try:
            step = await deps.engines.apply(instance, instance.pin, act, now=now, time=office.time)
        except Refused as refused:
            log.warning("early message dropped", case_no=instance.case_no, message=act.target, reason=refused.code)
            continue
        office = await _staffed(deps, instance, step, office)
        instance, more = moved(instance, act, step, now=now, office=office)
        said += more
    return Decided(instance, tuple(said))
