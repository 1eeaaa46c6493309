"""Activating, trying out, rolling back and retiring versions: load, play the walks, decide, save."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.workflow.clocks.dues import OfficeTime
from services.workflow.definitions import lives
from services.workflow.definitions.alarms import next_at, set_alarms
from services.workflow.definitions.lives import By, Lived
from services.workflow.definitions.models import Bundle, Canary, Definition, Version
from services.workflow.definitions.rehearsals import engine_by, rehearse
from services.workflow.definitions.versions import DefinitionNotFound
from services.workflow.definitions.walks import WalkFailure, WalksFailed
from services.workflow.deps import Deps
from services.workflow.engine.pool import Source
from services.workflow.instances.origins import StartKind

_MOST: Final = 1_000


class MessageStartTaken(Problem):
    """A message begins one case: two active processes cannot both begin by it."""

    status = 409
    code = "message-start-taken"
    zh = "消息“{message}”已启动流程 {process_key}"
    en = "the message {message!r} begins cases of {process_key} already"
    remedy_zh = "请为本流程的开始事件使用另一个消息，或先停用该流程"
    remedy_en = "let this process begin by another message, or retire that one first"


async def activate(deps: Deps, key: str, number: int, *, who: Person, reason: str = "") -> Definition:
    """Let new cases follow a version, once its walks have ended as they say. Raises DefinitionNotFound, WalksFailed."""
    definition, version, _ = await version_of(deps, key, number)
    if definition.active != number:
        await _refuse_failures(deps, key, version)
    await _refuse_taken_messages(deps, key, version)
    by = By(who.code, deps.clock.now(), reason)
    return await _lived(deps, key, lambda definition: lives.activated(definition, number, by))


async def roll_back(deps: Deps, key: str, number: int, *, who: Person, reason: str) -> Definition:
    """Let new cases follow a version again that they followed before. Raises DefinitionNotFound, NeverActive.

    Its walks are not played again: they ended well when it was activated, and a way back must not depend on anything.
    """
    await _refuse_taken_messages(deps, key, lives.version_of(await definition_of(deps, key), number))
    by = By(who.code, deps.clock.now(), reason)
    return await _lived(deps, key, lambda definition: lives.rolled_back(definition, number, by))


async def retire(deps: Deps, key: str, *, who: Person, reason: str) -> Definition:
    """Let no new case follow the process any more. Raises DefinitionNotFound."""
    await definition_of(deps, key)
    by = By(who.code, deps.clock.now(), reason)
    return await _lived(deps, key, lambda definition: lives.retired(definition, by))


async def set_canary(
    deps: Deps, key: str, number: int, *, share: int, departments: Collection[str], who: Person, reason: str
) -> Definition:
    """Let some new cases follow another version, or change how many. Raises what `canary_set` raises, WalksFailed."""
    definition, version, _ = await version_of(deps, key, number)
    if definition.canary is None or definition.canary.version != number:
        lives.canary_set(definition, _canary(deps, number, share, departments, who), By(who.code, deps.clock.now()))
        await _refuse_failures(deps, key, version)
    canary, by = _canary(deps, number, share, departments, who), By(who.code, deps.clock.now(), reason)
    return await _lived(deps, key, lambda definition: lives.canary_set(definition, canary, by))


async def end_canary(deps: Deps, key: str, *, who: Person, reason: str) -> Definition:
    """Let all new cases follow the active version again. Raises DefinitionNotFound, NoCanary."""
    await definition_of(deps, key)
    by = By(who.code, deps.clock.now(), reason)
    return await _lived(deps, key, lambda definition: lives.canary_ended(definition, by))


async def failures_of(deps: Deps, key: str, number: int) -> list[WalkFailure]:
    """Play the walks of a version; gives those that do not end as they say. Raises DefinitionNotFound."""
    _, _, bundle = await version_of(deps, key, number)
    return await _failures(deps, bundle.contents)


async def refuse_unproven(deps: Deps, key: str, number: int) -> None:
    """Raise WalksFailed if no case has ever followed a version and its walks do not end as they say."""
    definition, version, _ = await version_of(deps, key, number)
    if not definition.was_active(number):
        await _refuse_failures(deps, key, version)


async def all_definitions(deps: Deps) -> Collection[Definition]:
    """Every process, by key."""
    return await deps.definitions.query({"body.versions.0": {"$exists": True}}, sort=[("_id", 1)], limit=_MOST)


async def definition_of(deps: Deps, key: str) -> Definition:
    """One process. Raises DefinitionNotFound."""
    found = await deps.definitions.find(key)
    if found is None or not found[0].versions:
        raise DefinitionNotFound(what=key)
    return found[0]


async def version_of(deps: Deps, key: str, number: int) -> tuple[Definition, Version, Bundle]:
    """One version with its files. Raises DefinitionNotFound."""
    definition = await definition_of(deps, key)
    version = lives.version_of(definition, number)
    return definition, version, await deps.shelf.take(version.sha256)


async def _refuse_failures(deps: Deps, key: str, version: Version) -> None:
    bundle = await deps.shelf.take(version.sha256)
    failures = await _failures(deps, bundle.contents)
    if failures:
        errors = [failure.error for failure in failures]
        raise WalksFailed(count=len(errors), version=version.version, process_key=key, errors=errors)


async def _failures(deps: Deps, files: Mapping[str, bytes]) -> list[WalkFailure]:
    """Play the walks in the engine's own processes, with a bundle that perhaps no case follows yet."""
    office, source, pool = await deps.copies.office(), Source(files), deps.engines.pool
    return await rehearse(files, office, engine_by(partial(pool.start, source), partial(pool.apply, source), office))


def _canary(deps: Deps, number: int, share: int, departments: Collection[str], who: Person) -> Canary:
    return Canary(
        version=number,
        share=share,
        departments=tuple(sorted(set(departments))),
        since=deps.clock.now(),
        by=who.code,
    )


async def _refuse_taken_messages(deps: Deps, key: str, version: Version) -> None:
    """Raise MessageStartTaken if another active process begins by a message that begins this one too."""
    names = {event.name for event in version.starts.events if event.kind is StartKind.MESSAGE}
    where = {"body.versions.starts.events.name": {"$in": sorted(names)}, "_id": {"$ne": key}}
    others = await deps.definitions.query(where, sort=[("_id", 1)], limit=_MOST) if names else []
    for other in others:
        active = other.active_version
        for event in active.starts.events if active else ():
            if event.kind is StartKind.MESSAGE and event.name in names:
                raise MessageStartTaken(message=event.name, process_key=other.process_key)


async def _lived(deps: Deps, key: str, decide: Callable[[Definition], Lived]) -> Definition:
    """Save what is decided about the life of a version, with the alarms that follow from it, in one write."""
    time, now = (await deps.copies.office()).time, deps.clock.now()

    def alarmed(before: Definition) -> Lived:
        definition, said = decide(before)
        if definition.active == before.active:
            return Lived(definition, said)
        return Lived(_with_alarms(definition, now=now, time=time, running=before.active is not None), said)

    definition = await deps.definitions.change(key, alarmed)
    deps.bells.waiting.set()
    deps.bells.alarms.set()
    return definition


def _with_alarms(definition: Definition, *, now: datetime, time: OfficeTime, running: bool) -> Definition:
    """Alarms of the version that is active; while none is, they are kept, and none rings."""
    version = definition.active_version
    if version is None:
        return definition.model_copy(update={"next_alarm_at": None})
    alarms = set_alarms(definition.alarms, version.starts.events, now=now, time=time, running=running)
    return definition.model_copy(update={"alarms": alarms, "next_alarm_at": next_at(alarms)})
