"""Has every walk of a bundle played: in the engine's own processes, or in this one."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.workflow.clocks.grounds import Policy
from services.workflow.definitions.items import ITEM_FILE, read_item
from services.workflow.definitions.starts import starts_of_files
from services.workflow.definitions.walking import Ask, Begin, Do, Play, Stage, played
from services.workflow.definitions.walks import (
    MAX_WALKS,
    WalkFailure,
    WalkUnreadable,
    read_walk,
    walk_paths,
)
from services.workflow.engine import run
from services.workflow.engine.bundles import Bundle
from services.workflow.engine.models import EngineFault, Refused, Step
from services.workflow.lint.forms import form_path
from services.workflow.offices import Office

Engine = Callable[[Ask], Awaitable[Step]]
"""Does what a walk asks of the engine. Raises `EngineFault`, `Refused`."""


async def rehearse(
    files: Mapping[str, bytes], office: Office, engine: Engine, *, seen: set[str] | None = None
) -> list[WalkFailure]:
    """Play every walk of a bundle; gives the failures, one a walk. `seen` gathers the elements and flows passed.

    Walks are reckoned without the local basis for publicity, so that they come out alike everywhere; posts and
    calendar are the office's own.
    """
    return [failed async for failed in failures(files, office, engine, seen=seen)]


async def failures(
    files: Mapping[str, bytes], office: Office, engine: Engine, *, seen: set[str] | None = None
) -> AsyncIterator[WalkFailure]:
    """The same, walk by walk: who needs to know only whether all pass may stop at the first."""
    for found in _plays(files, office, set() if seen is None else seen):
        failed = found if isinstance(found, WalkFailure) else await _driven(found, engine)
        if failed is not None:
            yield failed


def _plays(files: Mapping[str, bytes], office: Office, seen: set[str]) -> Iterator[Play | WalkFailure]:
    paths = walk_paths(files)
    if len(paths) > MAX_WALKS:
        yield WalkFailure(walk=paths[-1], step="file", expected=f"≤ {MAX_WALKS} walks", got=str(len(paths)))
        return
    item = read_item(files[ITEM_FILE])
    starts = starts_of_files(files, item.key)
    stage = Stage(item, lambda key: _form(files, key), replace(office, policy=Policy()), seen, starts)
    for path in paths:
        try:
            walk = read_walk(path, files[path])
        except WalkUnreadable as unreadable:
            yield unreadable.failure
        else:
            yield played(path, walk, stage)


def _form(files: Mapping[str, bytes], key: str) -> Mapping[str, Any]:
    path = form_path(files, key)
    form: dict[str, Any] = json.loads(files[path]) if path else {"type": "object", "properties": {}}
    return form


async def _driven(play: Play, engine: Engine) -> WalkFailure | None:
    try:
        ask = next(play)
        while True:
            try:
                step = await engine(ask)
            except (EngineFault, Refused) as fault:
                ask = play.throw(fault)
            else:
                ask = play.send(step)
    except StopIteration as over:
        failure: WalkFailure | None = over.value
        return failure


def engine_by(start: Callable[..., Awaitable[Step]], apply: Callable[..., Awaitable[Step]], office: Office) -> Engine:
    """An engine out of what starts and what applies for one bundle, with the office's calendar and hours."""
    given = {"calendar": office.time.calendar, "hours": office.time.hours}

    async def do(ask: Ask) -> Step:
        match ask:
            case Begin(key, variables, case_no, at, by):
                return await start(key, variables, now=at, instance_id=case_no, start_event=by, **given)
            case Do(state, command, at):
                return await apply(state, command, now=at, **given)

    return do


def engine_here(bundle: Bundle, office: Office) -> Engine:
    """The engine in this very process, for a command line."""

    async def start(*asked: Any, **given: Any) -> Step:  # noqa: ANN401 - as `run.start` takes them
        return run.start(bundle, *asked, **given)

    async def apply(*asked: Any, **given: Any) -> Step:  # noqa: ANN401 - as `run.apply` takes them
        return run.apply(bundle, *asked, **given)

    return engine_by(start, apply, office)
