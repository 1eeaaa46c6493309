"""The life of versions over HTTP: walks, canary, rollback, retirement, history, and what differs."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.kernel.problem import problems
from services.kernel.requests import Number, Reason, Request
from services.kernel.store import Conflict
from services.workflow import activations
from services.workflow.activations import MessageStartTaken
from services.workflow.api.common import Deployer, ProcessKey, Viewer, With
from services.workflow.definitions.alarms import AlarmUnreckonable
from services.workflow.definitions.differences import Difference, differences
from services.workflow.definitions.lives import CanaryIsActive, CanaryItemDiffers, NeverActive, NoCanary, NothingActive
from services.workflow.definitions.models import Change
from services.workflow.definitions.versions import DefinitionNotFound
from services.workflow.definitions.walks import WalkFailure, WalksFailed, walk_paths
from services.workflow.views import definitions as views

router = APIRouter(tags=["definitions"])

_VersionNumber = Annotated[int, Field(ge=1, le=1_000_000)]
_Department = Annotated[str, Field(min_length=1, max_length=40)]


class RollbackEntry(Request, frozen=True):
    """To which version, and why."""

    version: _VersionNumber
    reason: Reason


class ReasonEntry(Request, frozen=True):
    """Why."""

    reason: Reason


class CanaryEntry(Request, frozen=True):
    """Which version some new cases follow: a share of them in per cent, of these departments or (empty) of all."""

    version: _VersionNumber
    share: Annotated[int, Field(ge=0, le=100)]
    departments: Annotated[tuple[_Department, ...], Field(max_length=100)] = ()
    reason: Reason


class WalksView(BaseModel, frozen=True):
    """What came of playing the walks of a version."""

    walks: list[str]
    failures: list[WalkFailure]


class DiffView(BaseModel, frozen=True):
    """What differs between two versions of a process."""

    key: str
    was: int
    now: int
    differences: list[Difference]


@router.post("/definitions/{key}/versions/{number}/walks", responses=problems(DefinitionNotFound))
async def play_walks(deps: With, who: Viewer, key: ProcessKey, number: Number) -> WalksView:
    """Play every walk of a version; nothing is stored. What activation would ask, whenever one likes to know."""
    del who
    _, _, bundle = await activations.version_of(deps, key, number)
    return WalksView(walks=walk_paths(bundle.contents), failures=await activations.failures_of(deps, key, number))


@router.post(
    "/definitions/{key}/rollback",
    responses=problems(DefinitionNotFound, NeverActive, MessageStartTaken, AlarmUnreckonable, Conflict),
)
async def roll_back(deps: With, who: Deployer, key: ProcessKey, entry: RollbackEntry) -> views.DefinitionView:
    """Let new cases follow a version again that they followed before; ends a canary. Again changes nothing."""
    done = await activations.roll_back(deps, key, entry.version, who=who, reason=entry.reason)
    return views.definition_view(done)


@router.post("/definitions/{key}/retire", responses=problems(DefinitionNotFound, Conflict))
async def retire(deps: With, who: Deployer, key: ProcessKey, entry: ReasonEntry) -> views.DefinitionView:
    """Let no new case follow the process any more; running cases go on to their end. Again changes nothing."""
    return views.definition_view(await activations.retire(deps, key, who=who, reason=entry.reason))


@router.put(
    "/definitions/{key}/canary",
    responses=problems(DefinitionNotFound, NothingActive, CanaryIsActive, CanaryItemDiffers, WalksFailed, Conflict),
)
async def set_canary(deps: With, who: Deployer, key: ProcessKey, entry: CanaryEntry) -> views.DefinitionView:
    """Let a share of new cases follow another version, or widen or narrow it. A wider share keeps every case it had."""
    done = await activations.set_canary(
        deps,
        key,
        entry.version,
        share=entry.share,
        departments=entry.departments,
        who=who,
        reason=entry.reason,
    )
    return views.definition_view(done)


@router.post("/definitions/{key}/canary/end", responses=problems(DefinitionNotFound, NoCanary, Conflict))
async def end_canary(deps: With, who: Deployer, key: ProcessKey, entry: ReasonEntry) -> views.DefinitionView:
    """Let all new cases follow the active version again; cases that began on the canary stay on it."""
    return views.definition_view(await activations.end_canary(deps, key, who=who, reason=entry.reason))


@router.get("/definitions/{key}/changes", responses=problems(DefinitionNotFound))
async def list_changes(deps: With, who: Viewer, key: ProcessKey) -> list[Change]:
    """What was done about the versions of a process, by whom, when and why; the newest first."""
    del who
    return list(reversed((await activations.definition_of(deps, key)).changes))


@router.get("/definitions/{key}/diff", responses=problems(DefinitionNotFound))
async def show_differences(
    deps: With,
    who: Viewer,
    key: ProcessKey,
    *,
    was: Annotated[int, Query(alias="from", ge=1, le=1_000_000)],
    now: Annotated[int, Query(alias="to", ge=1, le=1_000_000)],
) -> DiffView:
    """What differs between two versions, as data and as sentences in both languages, in the order of the flow."""
    del who
    _, _, old = await activations.version_of(deps, key, was)
    _, _, new = await activations.version_of(deps, key, now)
    found = await asyncio.to_thread(differences, old.contents, new.contents)
    return DiffView(key=key, was=was, now=now, differences=found)
