"""The work plan (一套工作方案): drafted, published with somebody answerable for each task, worked off (A-14)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.projects import PlannedTask, PlanPublished
from services.kernel.problem import FieldError
from services.kernel.requests import Reason, Request
from services.supervision.projects.acts import Act, Decided, Entry, No, concerned, noted, part, replaced
from services.supervision.projects.fiveones import DepartmentCode, PersonCode
from services.supervision.projects.records import PlanTask, Project, WorkPlan
from services.supervision.projects.refusals import NotProjectState, TaskUnassigned


class TaskEntry(Request, frozen=True):
    """One task; what is not settled yet may stay open until the plan is published."""

    title: Annotated[str, Field(min_length=2, max_length=200)]
    department: DepartmentCode | None = None
    person: PersonCode | None = None
    due_on: date | None = None


class PlanEntry(Entry, frozen=True):
    """A work plan as drafted."""

    act: Literal["draft_plan"]
    summary: Annotated[str, Field(min_length=2, max_length=4000)]
    tasks: Annotated[tuple[TaskEntry, ...], Field(min_length=1, max_length=60)]


class Publication(Entry, frozen=True):
    """The draft goes out to those who do it."""

    act: Literal["publish_plan"]


class TaskDone(Entry, frozen=True):
    """What came of a task, and when."""

    act: Literal["complete_task"]
    no: No
    result: Reason
    done_on: date


def draft(project: Project, entry: PlanEntry, act: Act) -> Decided:
    """Draft the next version, or change the draft that there is; a published version stays as it is."""
    kept = tuple(plan for plan in project.plans if plan.published_at is not None)
    version = len(kept) + 1
    tasks = tuple(_task(project, no, task) for no, task in enumerate(entry.tasks, 1))
    plan = WorkPlan(version=version, summary=entry.summary, tasks=tasks, drafted_by=act.by, drafted_at=act.at)
    return project.model_copy(update={"plans": (*kept, plan)}), ()


def publish(project: Project, _entry: Publication, act: Act) -> Decided:
    """Publish the draft to those who do it. Raises TaskUnassigned, NotProjectState."""
    plan = project.plans[-1] if project.plans else None
    if plan is None or plan.published_at is not None:
        raise NotProjectState(
            act_zh="下达工作方案", act_en="publishing the plan", why_zh="没有拟好的方案", why_en="there is no draft"
        )
    if errors := [error for task in plan.tasks for error in _open(task)]:
        raise TaskUnassigned(count=len(errors), errors=errors)
    out = plan.model_copy(update={"published_by": act.by, "published_at": act.at})
    published = concerned(project.model_copy(update={"plans": (*project.plans[:-1], out)}))
    tasks = tuple(PlannedTask.model_validate(task.model_dump()) for task in out.tasks if task.done_on is None)
    told = [task.person for task in tasks]
    return published, (PlanPublished(**act.about(published, told), version=out.version, tasks=tasks),)


def complete(project: Project, entry: TaskDone, act: Act) -> Decided:
    """A task of the published plan is done; no obstacle blocks it. Raises NoSuchPart, DayNotPast, NotProjectState."""
    plan = project.plan
    task = part(plan.tasks if plan else (), entry.no, what_zh="任务", what_en="task")
    if plan is None or task.done_on is not None:
        raise NotProjectState(
            act_zh="办结任务", act_en="completing the task", why_zh="任务已办结", why_en="the task is done already"
        )
    done = task.model_copy(update={"done_on": act.past(entry.done_on), "done_by": act.by, "result": entry.result})
    changed = plan.model_copy(update={"tasks": replaced(plan.tasks, done)})
    plans = tuple(changed if each.version == plan.version else each for each in project.plans)
    after = project.model_copy(update={"plans": plans})
    return after, noted(
        after, act, "task_done", number=entry.no, note=f"{task.title}：{entry.result}", on=entry.done_on
    )


def _task(project: Project, no: int, entry: TaskEntry) -> PlanTask:
    """The task; one that the version before had under the same title brings its result along."""
    plan = project.plan
    before = next((each for each in plan.tasks if each.title == entry.title), None) if plan else None
    done = before.model_dump(include={"done_on", "done_by", "result"}) if before else {}
    return PlanTask(no=no, **entry.model_dump(), **done)


def _open(task: PlanTask) -> list[FieldError]:
    lacking = (
        ("department", "没有科室", "has no department"),
        ("person", "没有责任人", "has no responsible person"),
        ("due_on", "没有期限", "has no due date"),
    )
    return [
        FieldError(f"tasks.{task.no - 1}.{name}", zh=f"第 {task.no} 项任务{zh}", en=f"task {task.no} {en}")
        for name, zh, en in lacking
        if getattr(task, name) is None
    ]
