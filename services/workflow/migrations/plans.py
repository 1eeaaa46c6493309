"""Foretelling a migration, and starting, pausing, resuming and taking it back: load, decide, save."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from services.kernel.identity import Person, scope_of
from services.kernel.problem import FieldError
from services.kernel.store import AlreadyExists
from services.workflow import activations
from services.workflow.definitions.differences.comparing import processes_of
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance
from services.workflow.instances.models import Status as CaseStatus
from services.workflow.migrations.carrying import Judged
from services.workflow.migrations.journeys import Journeys
from services.workflow.migrations.models import UNDER_WAY, Line, Migration, Outcome, Plan, Status
from services.workflow.migrations.refusals import (
    MappingInvalid,
    MigrationNotFound,
    MigrationUnderWay,
    NotThatStatus,
)

CHUNK: Final = 100
_PREVIEW_SECONDS: Final = 5.0
"""After so long a preview begins no further chunk: who asked reads on where it ended."""


async def foretold(
    deps: Deps, plan: Plan, *, who: Person, limit: int, after: str | None
) -> AsyncIterator[tuple[Instance, Judged]]:
    """What would become of the next cases, by case number: at most so many, fewer when they take long.

    Raises DefinitionNotFound, MappingInvalid.
    """
    journeys = await _journeys(deps, plan, by=who.code)
    seconds = asyncio.get_running_loop().time
    last, left, until = after or "", limit, seconds() + _PREVIEW_SECONDS
    while left and (left == limit or seconds() < until):
        wanted = min(CHUNK, left)
        cases = await cases_after(deps, plan, last, limit=wanted)
        for each in await journeys.judged([case for case, _ in cases]):
            yield each
        if len(cases) < wanted:
            return
        last, left = cases[-1][0].case_no, left - wanted


async def concerned(deps: Deps, plan: Plan) -> int:
    """How many running cases a plan is about."""
    return await deps.instances.count(_cases(plan))


async def foretold_page(
    deps: Deps, plan: Plan, *, who: Person, limit: int, after: str | None
) -> list[tuple[Instance, Judged]]:
    """What would become of the next cases. Raises DefinitionNotFound, MappingInvalid."""
    journeys = await _journeys(deps, plan, by=who.code)
    cases = await cases_after(deps, plan, after or "", limit=limit)
    return await journeys.judged([case for case, _ in cases])


async def start(deps: Deps, plan: Plan, *, who: Person, reason: str) -> Migration:
    """Let the cases move. Raises DefinitionNotFound, MappingInvalid, WalksFailed, MigrationUnderWay."""
    await _journeys(deps, plan, by=who.code)
    await activations.refuse_unproven(deps, plan.process_key, plan.to_version)
    now = deps.clock.now()
    migration = Migration(
        migration_id=f"M{now:%Y%m%d}-{secrets.token_hex(4)}",
        plan=plan,
        total=await concerned(deps, plan),
        reason=reason,
        by=who.code,
        at=now,
    )
    try:
        await deps.migrations.create(migration)
    except AlreadyExists:  # the database holds no two under way: of two at once one comes here
        raise await _taken(deps, plan.process_key) from None
    deps.bells.migrations.set()
    return migration


async def pause(deps: Deps, migration_id: str) -> Migration:
    """Move no further case until resumed; again changes nothing. Raises MigrationNotFound, NotThatStatus."""
    return await _turned(deps, migration_id, {Status.RUNNING: Status.PAUSED}, what="paused", what_zh="暂停")


async def resume(deps: Deps, migration_id: str) -> Migration:
    """Go on; again changes nothing. Raises MigrationNotFound, NotThatStatus."""
    return await _turned(deps, migration_id, {Status.PAUSED: Status.RUNNING}, what="resumed", what_zh="继续")


async def revert(deps: Deps, migration_id: str, *, who: Person) -> Migration:
    """Take back every case that has not moved on since. Raises as `pause`, and MigrationUnderWay."""
    turns = {Status.DONE: Status.REVERTING, Status.PAUSED: Status.REVERTING}
    try:
        return await _turned(deps, migration_id, turns, what="taken back", what_zh="撤回", by=who.code)
    except AlreadyExists:
        raise await _taken(deps, (await migration_of(deps, migration_id)).plan.process_key) from None


async def _taken(deps: Deps, process_key: str) -> MigrationUnderWay:
    where = {"body.plan.process_key": process_key, "body.status": {"$in": [status.value for status in UNDER_WAY]}}
    found = await deps.migrations.query(where, sort=[("_id", 1)], limit=1)
    return MigrationUnderWay(process_key=process_key, migration_id=found[0].migration_id if found else "…")


async def migration_of(deps: Deps, migration_id: str) -> Migration:
    """One migration. Raises MigrationNotFound."""
    found = await deps.migrations.find(migration_id)
    if found is None:
        raise MigrationNotFound(migration_id=migration_id)
    return found[0]


async def migrations(deps: Deps, *, limit: int, after: str | None) -> list[Migration]:
    """The migrations, the newest first; `after` is the id of the last one read."""
    where = {"_id": {"$lt": after}} if after else {}
    return await deps.migrations.query(where, sort=[("_id", -1)], limit=limit)


async def counts(deps: Deps, migration_id: str) -> dict[str, int]:
    """How many cases have come to which outcome."""
    where = {"body.migration_id": migration_id}
    found = {each: await deps.migration_lines.count(where | {"body.outcome": each.value}) for each in Outcome}
    return {outcome.value: number for outcome, number in found.items()}


async def visible(deps: Deps, found: Sequence[Line], who: Person) -> list[Line]:
    """Those about cases that the person may see."""
    named = {"_id": {"$in": [line.case_no for line in found]}}
    cases = await deps.instances.query(
        {"$and": [named, scope_of(who).filter()]}, sort=[("_id", 1)], limit=max(1, len(found))
    )
    seen = {case.case_no for case in cases}
    return [line for line in found if line.case_no in seen]


async def lines(deps: Deps, migration_id: str, *, outcome: Outcome | None, limit: int, after: str | None) -> list[Line]:
    """The cases of a migration, by number. Raises MigrationNotFound."""
    await migration_of(deps, migration_id)
    where: dict[str, Any] = {"body.migration_id": migration_id, "body.case_no": {"$gt": after or ""}}
    if outcome is not None:
        where["body.outcome"] = outcome.value
    return await deps.migration_lines.query(where, sort=[("body.case_no", 1)], limit=limit)


async def cases_after(deps: Deps, plan: Plan, after: str, *, limit: int) -> list[tuple[Instance, int]]:
    """The next running cases that a plan is about, by case number, with their revisions."""
    where = {**_cases(plan), "_id": {"$gt": after}}
    return await deps.instances.query_revisions(where, sort=[("_id", 1)], limit=limit)


def _cases(plan: Plan) -> dict[str, Any]:
    versions = {"$in": list(plan.from_versions)} if plan.from_versions else {"$ne": plan.to_version}
    return {
        "body.pin.process_key": plan.process_key,
        "body.pin.version": versions,
        "body.status": CaseStatus.RUNNING.value,
    }


async def _journeys(deps: Deps, plan: Plan, *, by: str) -> Journeys:
    definition, version, bundle = await activations.version_of(deps, plan.process_key, plan.to_version)
    olds = [number for number in plan.from_versions if number != plan.to_version]
    for number in olds:
        await activations.version_of(deps, plan.process_key, number)
    await _check_mapping(deps, plan, [each.sha256 for each in definition.versions], bundle.contents)
    return Journeys(deps, plan, sha256=version.sha256, migration_id="", by=by)


async def _check_mapping(deps: Deps, plan: Plan, versions: list[str], new: Mapping[str, bytes]) -> None:
    if not plan.mapping:
        return
    there = _elements(new)
    known: set[str] = set()
    for sha256 in versions:
        known |= _elements((await deps.shelf.take(sha256)).contents)
    errors = [
        FieldError(where=f"body.mapping.{was}", zh=f"没有元素 {name}", en=f"there is no element {name}")
        for was, now in plan.mapping.items()
        for name, elements in ((was, known), (now, there))
        if name not in elements
    ]
    if errors:
        raise MappingInvalid(count=len(errors), errors=errors)


def _elements(files: Mapping[str, bytes]) -> set[str]:
    return {node.id for process in processes_of(files).values() for node in process.body.all_nodes()}


async def _turned(
    deps: Deps, migration_id: str, turns: Mapping[Status, Status], *, what: str, what_zh: str, by: str | None = None
) -> Migration:
    await migration_of(deps, migration_id)

    def decide(migration: Migration) -> tuple[Migration, tuple[()]]:
        target = next(iter(turns.values()))
        if migration.status is target:
            return migration, ()
        if migration.status not in turns:
            raise NotThatStatus(migration_id=migration_id, state=migration.status.value, what=what, what_zh=what_zh)
        update: dict[str, object] = {"status": turns[migration.status]}
        if target is Status.REVERTING:
            update |= {"cursor": "", "reverted_by": by}
        return migration.model_copy(update=update), ()

    migration = await deps.migrations.change(migration_id, decide)
    deps.bells.migrations.set()
    return migration
