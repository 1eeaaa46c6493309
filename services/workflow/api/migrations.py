"""Migrations over HTTP: foretell, start, watch, pause, resume, take back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status
from pydantic import Field

from services.kernel.identity import Person, scope_of
from services.kernel.problem import problems
from services.kernel.requests import After, Limit, Reason, Request
from services.kernel.store import Conflict
from services.workflow.api.common import Deployer, ProcessKey, Viewer, With
from services.workflow.definitions.versions import DefinitionNotFound
from services.workflow.definitions.walks import WalksFailed
from services.workflow.migrations import plans
from services.workflow.migrations.models import Migration, Outcome, Plan
from services.workflow.migrations.refusals import (
    BureauWideOnly,
    MappingInvalid,
    MigrationNotFound,
    MigrationUnderWay,
    NotThatStatus,
)
from services.workflow.views import migrations as views

router = APIRouter(tags=["migrations"])

MigrationId = Annotated[str, Path(pattern=r"^M[0-9]{8}-[0-9a-f]{8}$", examples=["M20261001-0a1b2c3d"])]


def bureau_wide(who: Deployer) -> Person:
    """The caller, if they see every case that a migration is about. Raises BureauWideOnly."""
    if not scope_of(who).everything:
        raise BureauWideOnly
    return who


_Migrator = Annotated[Person, Depends(bureau_wide)]
_VersionNumber = Annotated[int, Field(ge=1, le=1_000_000)]
_Element = Annotated[str, Field(min_length=1, max_length=200)]


class PlanEntry(Request, frozen=True):
    """To which version; from which (none named: all others); old elements that are called otherwise there."""

    to_version: _VersionNumber
    from_versions: Annotated[tuple[_VersionNumber, ...], Field(max_length=200)] = ()
    mapping: Annotated[dict[_Element, _Element], Field(max_length=500)] = Field(default_factory=dict)

    def plan(self, key: str) -> Plan:
        """The plan for a process."""
        return Plan(
            process_key=key,
            to_version=self.to_version,
            from_versions=self.from_versions,
            mapping=self.mapping,
        )


class StartEntry(PlanEntry, frozen=True):
    """The same, and why."""

    reason: Reason


@router.post(
    "/definitions/{key}/migrations/preview", responses=problems(DefinitionNotFound, MappingInvalid, BureauWideOnly)
)
async def preview(
    deps: With,
    who: _Migrator,
    key: ProcessKey,
    entry: PlanEntry,
    *,
    limit: Annotated[int, Query(ge=1, le=10_000, description="how many cases to look at, at most")] = 2_000,
    after: After = None,
) -> views.PreviewView:
    """What would become of the running cases: unaffected, moves, needs a mapping, blocked. Nothing is changed.

    An answer takes seconds, not minutes: of very many cases it tells the first, and where to read on.
    """
    plan, groups = entry.plan(key), views.Groups()
    async for case, found in plans.foretold(deps, plan, who=who, limit=limit, after=after):
        groups.add(case, found)
    more = bool(groups.last and await plans.cases_after(deps, plan, groups.last, limit=1))
    return groups.view(running=await plans.concerned(deps, plan), more=more)


@router.post("/definitions/{key}/migrations/preview/cases", responses=problems(DefinitionNotFound, MappingInvalid))
async def preview_cases(
    deps: With, who: Deployer, key: ProcessKey, entry: PlanEntry, *, limit: Limit = 100, after: After = None
) -> views.ForetoldPage:
    """The same case by case, by number."""
    found = await plans.foretold_page(deps, entry.plan(key), who=who, limit=limit, after=after)
    following = found[-1][0].case_no if len(found) == limit else None
    shown = [views.foretold_view(*each) for each in found if scope_of(who).sees(each[0].departments)]
    return views.ForetoldPage(cases=shown, next=following)


@router.post(
    "/definitions/{key}/migrations",
    status_code=status.HTTP_201_CREATED,
    responses=problems(DefinitionNotFound, MappingInvalid, MigrationUnderWay, WalksFailed, BureauWideOnly),
)
async def start(deps: With, who: _Migrator, key: ProcessKey, entry: StartEntry) -> views.MigrationView:
    """Let running cases move to a version, each by itself; those that cannot stay where they are, with the reason."""
    return await _view(deps, await plans.start(deps, entry.plan(key), who=who, reason=entry.reason))


@router.get("/migrations")
async def list_migrations(
    deps: With, who: Viewer, *, limit: Limit = 50, after: After = None
) -> list[views.MigrationView]:
    """The migrations, the newest first."""
    del who
    return [await _view(deps, each) for each in await plans.migrations(deps, limit=limit, after=after)]


@router.get("/migrations/{migration_id}", responses=problems(MigrationNotFound))
async def show(deps: With, who: Viewer, migration_id: MigrationId) -> views.MigrationView:
    """One migration and how far it is."""
    del who
    return await _view(deps, await plans.migration_of(deps, migration_id))


@router.get("/migrations/{migration_id}/cases", responses=problems(MigrationNotFound))
async def list_cases(
    deps: With,
    who: Deployer,
    migration_id: MigrationId,
    *,
    outcome: Annotated[Outcome | None, Query(description="only those that came to this")] = None,
    limit: Limit = 100,
    after: After = None,
) -> views.LinePage:
    """The report: what became of each case and why, by case number."""
    lines = await plans.lines(deps, migration_id, outcome=outcome, limit=limit, after=after)
    seen = await plans.visible(deps, lines, who)
    return views.LinePage(cases=views.line_views(seen), next=lines[-1].case_no if len(lines) == limit else None)


@router.post(
    "/migrations/{migration_id}/pause", responses=problems(MigrationNotFound, NotThatStatus, Conflict, BureauWideOnly)
)
async def pause(deps: With, who: _Migrator, migration_id: MigrationId) -> views.MigrationView:
    """Move no further case until resumed."""
    del who
    return await _view(deps, await plans.pause(deps, migration_id))


@router.post(
    "/migrations/{migration_id}/resume", responses=problems(MigrationNotFound, NotThatStatus, Conflict, BureauWideOnly)
)
async def resume(deps: With, who: _Migrator, migration_id: MigrationId) -> views.MigrationView:
    """Go on moving cases."""
    del who
    return await _view(deps, await plans.resume(deps, migration_id))


@router.post(
    "/migrations/{migration_id}/revert",
    responses=problems(MigrationNotFound, NotThatStatus, Conflict, MigrationUnderWay, BureauWideOnly),
)
async def revert(deps: With, who: _Migrator, migration_id: MigrationId) -> views.MigrationView:
    """Take back every case that has not moved on since; the others stay under the new version."""
    return await _view(deps, await plans.revert(deps, migration_id, who=who))


async def _view(deps: With, migration: Migration) -> views.MigrationView:
    return views.migration_view(migration, await plans.counts(deps, migration.migration_id))
