"""Incidents by cause, and retries of many: canary first, with progress and report."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, StringConstraints

from services.kernel.problem import problems
from services.kernel.requests import Limit, Request
from services.kernel.store import Conflict
from services.workflow.api.common import Operator, With
from services.workflow.instances.incidents import IncidentNotFound
from services.workflow.retries import working
from services.workflow.retries.groups import Group, GroupNotFound, group_of, groups, members
from services.workflow.retries.models import Item, Outcome, Retry, Stage
from services.workflow.retries.stages import RetryOver
from services.workflow.retries.working import RetryNotFound, RetryRunning

router = APIRouter(tags=["incidents"])

GroupName = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
RetryId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
IncidentName = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{20}$")]


class GroupDetail(Group, frozen=True):
    """A group with its incidents, the oldest first."""

    incidents: list[str]


class SomeEntry(Request, frozen=True):
    """Which incidents to retry; the first is the canary."""

    incidents: Annotated[list[IncidentName], Field(min_length=1, max_length=working.MOST)]


class RetryLine(BaseModel, frozen=True):
    """How far a retry is. `done` counts those alone whose act has really been carried out."""

    retry_id: str
    group: str | None
    stage: Stage
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    stopped_by: str | None
    total: int
    waiting: int
    done: int
    failed: int
    overtaken: int
    gone: int
    left_over: int


class RetryReport(RetryLine, frozen=True):
    """A retry with what came of each incident; the first is the canary."""

    items: list[Item]


@router.get("/incidents/groups")
async def list_groups(deps: With, who: Operator) -> list[Group]:
    """The open incidents by cause: process, version, element and reason; the largest group first."""
    return await groups(deps, who)


@router.get("/incidents/groups/{group}", responses=problems(GroupNotFound))
async def show_group(deps: With, who: Operator, group: GroupName, *, limit: Limit = 50) -> GroupDetail:
    """One group and its oldest incidents."""
    found = await group_of(deps, group, who)
    names = [each.incident_id for each in await members(deps, found, who, limit=limit)]
    return GroupDetail(**found.model_dump(), incidents=names)


@router.post("/incidents/groups/{group}/retry", status_code=202, responses=problems(GroupNotFound, RetryRunning))
async def retry_group(deps: With, who: Operator, group: GroupName) -> RetryReport:
    """Retry a group: the oldest first as a canary, the rest only once that one has really been carried out."""
    return _report(await working.retry_group(deps, await group_of(deps, group, who), who))


@router.post("/incidents/retries", status_code=202, responses=problems(IncidentNotFound))
async def retry_some(deps: With, who: Operator, entry: SomeEntry) -> RetryReport:
    """Retry some incidents, the first as a canary."""
    return _report(await working.retry_some(deps, entry.incidents, who))


@router.get("/incidents/retries")
async def list_retries(deps: With, who: Operator, *, limit: Limit = 50) -> list[RetryLine]:
    """The newest retries and how far they are."""
    return [RetryLine(**_counts(each)) for each in await working.retries_for(deps, who, limit=limit)]


@router.get("/incidents/retries/{retry_id}", responses=problems(RetryNotFound))
async def show_retry(deps: With, who: Operator, retry_id: RetryId) -> RetryReport:
    """One retry: its progress, and at its end its report."""
    return _report(await working.retry_of(deps, retry_id, who))


@router.post("/incidents/retries/{retry_id}/stop", responses=problems(RetryNotFound, RetryOver, Conflict))
async def stop_retry(deps: With, who: Operator, retry_id: RetryId) -> RetryReport:
    """Call a retry off; what is done stays done."""
    return _report(await working.stop(deps, retry_id, who))


def _report(retry: Retry) -> RetryReport:
    return RetryReport(**_counts(retry), items=list(retry.items))


def _counts(retry: Retry) -> dict[str, object]:
    shown = retry.model_dump(include=set(RetryLine.model_fields))
    return {**shown, "total": len(retry.items), **{each.value: retry.count(each) for each in Outcome}}
