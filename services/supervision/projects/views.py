"""A key project as people look at it: the line of a list, and the whole with what is computed from it."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from services.contracts.words import Light
from services.supervision.lights import CaseLights, worst
from services.supervision.projects.fiveones import missing
from services.supervision.projects.records import Project, Stage


class ProjectLine(BaseModel, frozen=True):
    """One project in a list. `light` is amber while an obstacle is open, or what the clocks of its process show."""

    project_id: str
    name: str
    owner: str
    stage: Stage
    stage_since: date
    active: bool
    leader: str | None
    department: str | None
    follower: str | None
    guide: str | None
    light: Light
    open_obstacles: int
    tasks: int
    tasks_done: int
    next_due_on: date | None
    last_service_on: date | None
    last_report_on: date | None
    next_report_on: date | None


class ProjectView(Project, frozen=True):
    """One project with its file; `missing` names which of the five ones, and the guide, are not there yet."""

    light: Light
    missing: tuple[str, ...]


def light_of(project: Project, clocks: Mapping[str, CaseLights]) -> Light:
    """What the project shows: its clocks' light, amber at least while an obstacle is open."""
    case = clocks.get(project.process_case or "")
    shown = case.light if case is not None and case.open else Light.GREEN
    return worst((shown, Light.YELLOW)) if project.is_hindered else shown


def line(project: Project, clocks: Mapping[str, CaseLights]) -> ProjectLine:
    """The project as a line."""
    plan = project.plan
    tasks = plan.tasks if plan else ()
    due = [task.due_on for task in tasks if task.done_on is None and task.due_on is not None]
    return ProjectLine(
        project_id=project.project_id,
        name=project.name,
        owner=project.owner,
        stage=project.stage,
        stage_since=project.stages[-1].on,
        active=project.activated_at is not None,
        leader=project.leader,
        department=project.department,
        follower=project.follower,
        guide=project.guide,
        light=light_of(project, clocks),
        open_obstacles=sum(each.settled_on is None for each in project.obstacles),
        tasks=len(tasks),
        tasks_done=sum(task.done_on is not None for task in tasks),
        next_due_on=min(due, default=None),
        last_service_on=max((each.on for each in project.log), default=None),
        last_report_on=project.reports[-1].on if project.reports else None,
        next_report_on=project.next_report_on,
    )


def view(project: Project, clocks: Mapping[str, CaseLights]) -> ProjectView:
    """The project whole."""
    return ProjectView(**project.model_dump(), light=light_of(project, clocks), missing=tuple(missing(project)))
