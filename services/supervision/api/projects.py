"""Key projects over HTTP: the board, a project's file, and what is done to it."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel

from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import After, IdempotencyKey, Limit
from services.kernel.store import Conflict, NotFound
from services.supervision import queries
from services.supervision.api.common import DocumentId, Here, Reader, scope_filter, visible
from services.supervision.lights import CaseLights
from services.supervision.projects import desk, views
from services.supervision.projects.acts import Entry
from services.supervision.projects.commands import LeadEntry, WorkEntry
from services.supervision.projects.fiveones import ProjectEntry
from services.supervision.projects.records import Project, Stage
from services.supervision.projects.refusals import (
    DayNotPast,
    NoSuchPart,
    NotProjectState,
    ProjectIncomplete,
    SecrecyApprovalMissing,
    SelfApproval,
    TaskUnassigned,
)
from services.supervision.projects.views import ProjectLine, ProjectView
from services.supervision.statistics.asking import today
from services.supervision.statistics.books import key_projects
from services.supervision.statistics.models import KeyProjects
from services.supervision.statistics.periods import Period

router = APIRouter(tags=["projects"])

Worker = Annotated[Person, Depends(allowed(Permission.PROJECT_WORK))]
Leader = Annotated[Person, Depends(allowed(Permission.PROJECT_LEAD))]


class ProjectPage(BaseModel, frozen=True):
    """Projects by key; `after` is the key of the next page, `total` how many fit in all.

    `counted` are all active projects by their stages, as of today.
    """

    projects: tuple[ProjectLine, ...]
    total: int
    counted: KeyProjects
    after: str | None


@router.get("/projects", summary="重点项目列表")
async def list_projects(
    deps: Here,
    who: Reader,
    stage: Stage | None = None,
    department: Annotated[str | None, Query(max_length=40)] = None,
    limit: Limit = 50,
    after: After = None,
) -> ProjectPage:
    """Key projects that the reader may see."""
    wanted: dict[str, Any] = {"body.stage": stage, "body.department": department}
    where = {**scope_filter(who), **{name: value for name, value in wanted.items() if value is not None}}
    found = await queries.page(deps.projects, where, limit=limit, after=after)
    clocks = await _clocks(deps, found)
    return ProjectPage(
        projects=tuple(views.line(each, clocks) for each in found),
        total=await deps.projects.count(where),
        counted=await key_projects(deps, Period.of(None, None, today=today(deps), scope=scope_filter(who))),
        after=found[-1].project_id if len(found) == limit else None,
    )


@router.post("/projects", status_code=201, summary="登记重点项目", responses=problems(DayNotPast))
async def propose_project(deps: Here, who: Worker, entry: ProjectEntry, key: IdempotencyKey = None) -> ProjectView:
    """Enter a key project; the same Idempotency-Key again gives the same one."""
    source = f"{who.code}|{key}" if key else secrets.token_hex(16)
    project = await desk.add(deps, source, entry, by=who.code, departments=(who.department,))
    return await _view(deps, project)


@router.get("/projects/{project_id}", summary="查看重点项目", responses=problems(NotFound))
async def see_project(deps: Here, who: Reader, project_id: DocumentId) -> ProjectView:
    """One project with its whole file."""
    return await _view(deps, await _visible(deps, who, project_id))


@router.post(
    "/projects/{project_id}/work",
    summary="办理重点项目",
    responses=problems(
        NotFound, NoSuchPart, NotProjectState, DayNotPast, TaskUnassigned, SecrecyApprovalMissing, Conflict
    ),
)
async def work_on_project(
    deps: Here, who: Worker, project_id: DocumentId, entry: Annotated[WorkEntry, Body()]
) -> ProjectView:
    """One act of those who work on it: plan, tasks, service log, obstacles, reports, base data; `act` says which."""
    return await _changed(deps, who, project_id, entry)


@router.post(
    "/projects/{project_id}/lead",
    summary="领导决定重点项目事项",
    responses=problems(NotFound, NoSuchPart, NotProjectState, ProjectIncomplete, SelfApproval, Conflict),
)
async def lead_project(
    deps: Here, who: Leader, project_id: DocumentId, entry: Annotated[LeadEntry, Body()]
) -> ProjectView:
    """One act of a leader: activation, hand-over, instruction, supervision, approval; `act` says which."""
    return await _changed(deps, who, project_id, entry)


async def _changed(deps: Here, who: Person, project_id: str, entry: Entry) -> ProjectView:
    await _visible(deps, who, project_id)
    return await _view(deps, await desk.change(deps, project_id, entry, by=who.code))


async def _visible(deps: Here, who: Person, project_id: str) -> Project:
    project, _ = await deps.projects.load(project_id)
    visible(who, project.departments, key=project_id)
    return project


async def _view(deps: Here, project: Project) -> ProjectView:
    return views.view(project, await _clocks(deps, [project]))


async def _clocks(deps: Here, projects: list[Project]) -> Mapping[str, CaseLights]:
    """The lights of the processes that these projects follow."""
    numbers = sorted(each.process_case for each in projects if each.process_case)
    found = await deps.cases.query({"_id": {"$in": numbers}}, sort=[("_id", 1)], limit=max(1, len(numbers)))
    return {case.case_no: case for case in found}
