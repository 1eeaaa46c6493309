"""Moving the cases of a migration, a few at a time, and taking them back. Each case is one write with its revision.

What is to happen to a case is written down before it happens. Whatever breaks off, the next round finds the cases that
still stand under the old version, and `_settle` what was written down and not crossed off.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeVar

from services.kernel import logs
from services.kernel.store import Conflict
from services.workflow import activations
from services.workflow.definitions.models import Version
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance
from services.workflow.instances.turns import Decided
from services.workflow.migrations.carrying import Judged, Target, line_of, taken_back
from services.workflow.migrations.journeys import Journeys
from services.workflow.migrations.models import Line, Migration, Outcome, Status, Why, before, line_id
from services.workflow.migrations.plans import CHUNK, cases_after
from services.workflow.offices import Office

log = logs.get(__name__)
T = TypeVar("T")
R = TypeVar("R")

_SIDE_BY_SIDE: Final = CHUNK
"""What is saved side by side goes in few commands: the store gathers what comes while one is under way."""
_TRIES: Final = 6
_BUSY: Final = Why(
    element="", code="busy", zh="案件正在被办理，未能迁移", en="the case was worked on again and again meanwhile"
)


class _MovedOn(Exception):
    """Somebody did something to the case since it moved."""


async def go_on(deps: Deps) -> int:
    """Move the next cases of the oldest migration under way; gives how many were looked at (a ticker)."""
    where = {"body.status": {"$in": [Status.RUNNING.value, Status.REVERTING.value]}}
    found = await deps.migrations.query(where, sort=[("body.at", 1)], limit=1)
    if not found:
        return 0
    migration = found[0]
    return await (_move_on(deps, migration) if migration.status is Status.RUNNING else _take_back(deps, migration))


async def _move_on(deps: Deps, migration: Migration) -> int:
    sha256 = (await _version(deps, migration)).sha256
    journeys = Journeys(deps, migration.plan, sha256, migration.migration_id, migration.by)
    cases = await cases_after(deps, migration.plan, migration.cursor, limit=CHUNK)
    await _move(deps, journeys, cases)
    if len(cases) == CHUNK:
        await _seen(deps, migration, cases[-1][0].case_no)
        return len(cases)
    await _settle(deps, journeys)
    await _ended(deps, migration, Status.DONE)
    return max(1, len(cases))


async def _move(deps: Deps, journeys: Journeys, cases: Sequence[tuple[Instance, int]]) -> None:
    found = await journeys.judged([case for case, _ in cases])
    of_lines = await _write_down(deps, journeys, found)
    of_cases = {case.case_no: revision for case, revision in cases}
    moving = [(case, of_cases[case.case_no], each) for case, each in found if each.decided is not None]
    lines = await _side_by_side(moving, lambda each: _move_one(deps, journeys, *each))
    done = [(line, of_lines[line.case_no]) for line in lines if line is not None]
    if done:
        await deps.migration_lines.save_together(done)


async def _write_down(deps: Deps, journeys: Journeys, found: Sequence[tuple[Instance, Judged]]) -> dict[str, int]:
    """Write a line for each case, over the one of a round that broke off; gives the revision of each."""
    lines = [line_of(case, each, journeys.migration_id, before(case)) for case, each in found]
    keys = [line.line_id for line in lines]
    old = await deps.migration_lines.query({"_id": {"$in": keys}}, sort=[("_id", 1)], limit=len(keys) or 1)
    known = {line.line_id for line in old}
    fresh = [line for line in lines if line.line_id not in known]
    if fresh:
        await deps.migration_lines.create_in_turn(fresh)
    revisions = {line.case_no: 1 for line in fresh}
    for line in lines:
        if line.line_id in known:
            _, revision = await deps.migration_lines.load(line.line_id)
            revisions[line.case_no] = await deps.migration_lines.save(line, revision)
    return revisions


async def _move_one(deps: Deps, journeys: Journeys, case: Instance, revision: int, found: Judged) -> Line | None:
    """Move one case in one write; gives its line to be crossed off, or None when that is done already."""
    line = line_of(case, found, journeys.migration_id, before(case))
    if not await _is_saved(deps, found, revision):
        await _move_anew(deps, journeys, case.case_no)
        return None
    return line.model_copy(update={"outcome": Outcome.MOVED})


async def _move_anew(deps: Deps, journeys: Journeys, case_no: str) -> None:
    """Look at a case again and move it, as often as somebody is faster. What becomes of it is written down."""
    for _ in range(_TRIES):
        case, revision = await deps.instances.load(case_no)
        if case.pin is not None and case.pin.version == journeys.plan.to_version:
            return await _rewrite(deps, journeys, case_no, {"outcome": Outcome.MOVED})
        [(case, found)] = await journeys.judged([case])
        line = line_of(case, found, journeys.migration_id, before(case))
        await _rewrite(deps, journeys, case_no, dict(line))
        if found.decided is None:
            return None
        if await _is_saved(deps, found, revision):
            return await _rewrite(deps, journeys, case_no, {"outcome": Outcome.MOVED})
    return await _rewrite(deps, journeys, case_no, {"outcome": Outcome.BLOCKED, "reasons": (_BUSY,), "before": None})


async def _is_saved(deps: Deps, found: Judged, revision: int) -> bool:
    """Save a case as it is to be; False when somebody has done something to it since it was looked at."""
    if found.decided is None:
        return False
    try:
        await deps.instances.save(found.decided.instance, revision, found.decided.said)
    except Conflict:
        return False
    return True


async def _rewrite(deps: Deps, journeys: Journeys, case_no: str, update: Mapping[str, object]) -> None:
    key = line_id(journeys.migration_id, case_no)
    await deps.migration_lines.change(key, lambda line: (line.model_copy(update=update), ()))


async def _settle(deps: Deps, journeys: Journeys) -> None:
    """Finish what was written down in a round that broke off and is not crossed off."""
    where = {"body.migration_id": journeys.migration_id, "body.outcome": Outcome.PLANNED.value}
    while left := await deps.migration_lines.query(where, sort=[("_id", 1)], limit=CHUNK):
        for line in left:
            await _move_anew(deps, journeys, line.case_no)


async def _take_back(deps: Deps, migration: Migration) -> int:
    version, office = await _version(deps, migration), await deps.copies.office()
    by = migration.reverted_by or migration.by
    target = Target(migration.migration_id, version.version, version.sha256, by, deps.clock.now())
    where = {
        "body.migration_id": migration.migration_id,
        "body.outcome": Outcome.MOVED.value,
        "body.case_no": {"$gt": migration.cursor},
    }
    lines = await deps.migration_lines.query(where, sort=[("body.case_no", 1)], limit=CHUNK)
    await _side_by_side(lines, lambda line: _take_one_back(deps, line, target, office))
    if len(lines) < CHUNK:
        await _ended(deps, migration, Status.REVERTED)
    else:
        await _seen(deps, migration, lines[-1].case_no)
    return max(1, len(lines))


async def _take_one_back(deps: Deps, line: Line, target: Target, office: Office) -> None:
    def decide(instance: Instance) -> Decided:
        was = line.before
        if was is not None and instance.pin == was.pin and instance.state == was.state:
            return Decided(instance)  # a round that broke off has done it
        back = taken_back(instance, line, target, office)
        if back is None:
            raise _MovedOn
        return back

    outcome = Outcome.REVERTED
    try:
        await deps.instances.change(line.case_no, decide)
    except _MovedOn:
        outcome = Outcome.MOVED_ON
    await deps.migration_lines.change(line.line_id, lambda each: (each.model_copy(update={"outcome": outcome}), ()))


async def _version(deps: Deps, migration: Migration) -> Version:
    _, version, _ = await activations.version_of(deps, migration.plan.process_key, migration.plan.to_version)
    return version


async def _seen(deps: Deps, migration: Migration, case_no: str) -> None:
    """Go on behind a case; one who paused meanwhile stays paused."""

    def decide(each: Migration) -> tuple[Migration, tuple[()]]:
        same = each.status is migration.status
        return (each.model_copy(update={"cursor": case_no}) if same or each.status is Status.PAUSED else each), ()

    await deps.migrations.change(migration.migration_id, decide)


async def _ended(deps: Deps, migration: Migration, status: Status) -> None:
    now = deps.clock.now()

    def decide(each: Migration) -> tuple[Migration, tuple[()]]:
        same = each.status is migration.status
        return (each.model_copy(update={"status": status, "ended_at": now}) if same else each), ()

    await deps.migrations.change(migration.migration_id, decide)
    log.info("migration ended", migration_id=migration.migration_id, status=status.value)


async def _side_by_side(many: Sequence[T], work: Callable[[T], Awaitable[R]]) -> list[R]:
    """Do the work for each, some at a time; every one is done even when another fails, then that is raised."""
    places = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(each: T) -> R:
        async with places:
            return await work(each)

    results = await asyncio.gather(*(one(each) for each in many), return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    if failures:
        raise failures[0]
    return [result for result in results if not isinstance(result, BaseException)]
