"""Tasks as people read them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from services.contracts.words import StepKind
from services.workflow.instances.models import ClosedTask, Instance, Task
from services.workflow.instances.operations.actions import Action
from services.workflow.instances.operations.returns import goals
from services.workflow.views.operations import ActionView, GoalView, SignerView, action_view, goal_view, signer_view


class TaskLine(BaseModel, frozen=True):
    """One open task in a list."""

    task_id: str
    case_no: str
    title: str
    item_code: str
    element: str
    name: str
    name_en: str
    kind: StepKind
    post: str
    department: str
    assignee: str | None
    opened_at: datetime
    due_on: date | None
    quick_approval: bool
    held: bool
    incident_id: str | None
    delegated_by: str | None = None
    waiting_for: list[str] = []
    suspended: bool = False


class TaskPage(BaseModel, frozen=True):
    """A page of tasks; give `next` as `after` to read on."""

    tasks: list[TaskLine]
    next: str | None


class DoneLine(BaseModel, frozen=True):
    """One task that is done; `undone` if the case went back behind it since."""

    task_id: str
    case_no: str
    title: str
    item_code: str
    element: str
    name: str
    closed_at: datetime
    due_on: date | None
    overdue_workdays: int
    undone: bool


class DonePage(BaseModel, frozen=True):
    """A page of what was done; give `next` as `after` to read on."""

    tasks: list[DoneLine]
    next: str | None


class TaskView(TaskLine, frozen=True):
    """One open task with its form and what the case knows so far."""

    form_key: str | None
    form: dict[str, Any]
    two_officers: bool
    process_key: str
    version: int
    data: dict[str, Any]
    variables: dict[str, Any]
    signers: list[SignerView] = []
    submitted: bool = False
    send_back_to: list[GoalView] = []
    actions: list[ActionView] = []


class CompletedView(BaseModel, frozen=True):
    """A task that is done, or (`waiting_for`) that its holder has submitted and others have yet to sign."""

    task_id: str
    element: str
    name: str
    person: str | None
    channel: str
    completed_at: datetime
    waiting_for: list[str] = []


def task_line(instance: Instance, task: Task) -> TaskLine:
    """An open task as a line of a list."""
    return TaskLine(**_line(instance, task))


def done_line(instance: Instance, closed: ClosedTask) -> DoneLine:
    """A task that is done as a line of a list."""
    fields = closed.model_dump(include=set(DoneLine.model_fields))
    application = instance.application
    return DoneLine(**fields, case_no=instance.case_no, title=application.title, item_code=application.item_code)


def task_view(instance: Instance, task: Task, form: Mapping[str, Any], actions: Iterable[Action]) -> TaskView:
    """An open task with all that is needed to work on it."""
    pin = instance.pin
    return TaskView(
        **_line(instance, task),
        form_key=task.form,
        form=dict(form),
        two_officers=task.two_officers,
        process_key=pin.process_key if pin else "",
        version=pin.version if pin else 0,
        data=instance.data,
        variables=task.variables,
        signers=[signer_view(task.desk, seat) for seat in task.desk.seats],
        submitted=task.desk.submitted is not None,
        send_back_to=[goal_view(goal.closed) for goal in goals(instance, task)],
        actions=[action_view(action) for action in actions],
    )


def completed(closed: ClosedTask | Task) -> CompletedView:
    """A completed or submitted task; the same whenever it is asked for."""
    if isinstance(closed, Task):
        return _submitted(closed)
    return CompletedView(
        task_id=closed.task_id,
        element=closed.element,
        name=closed.name,
        person=closed.person,
        channel=closed.channel,
        completed_at=closed.closed_at,
    )


def _submitted(task: Task) -> CompletedView:
    kept = task.desk.submitted
    return CompletedView(
        task_id=task.task_id,
        element=task.element,
        name=task.name,
        person=kept.person if kept else None,
        channel=kept.channel if kept else "desk",
        completed_at=kept.at if kept else task.opened_at,
        waiting_for=[seat.signer for seat in task.desk.seats if seat.is_open],
    )


def _line(instance: Instance, task: Task) -> dict[str, Any]:
    clock = instance.clock(f"step:{task.task_id}")
    incident = instance.incident_about(task.task_id)
    return {
        "task_id": task.task_id,
        "case_no": instance.case_no,
        "title": instance.application.title,
        "item_code": instance.application.item_code,
        "element": task.element,
        "name": task.name,
        "name_en": task.name_en,
        "kind": task.kind,
        "post": task.post,
        "department": task.department,
        "assignee": task.assignee,
        "opened_at": task.opened_at,
        "due_on": task.due_on,
        "quick_approval": task.quick_approval,
        "held": clock.is_held if clock else False,
        "incident_id": incident.incident_id if incident else None,
        "delegated_by": task.desk.owner,
        "waiting_for": [seat.signer for seat in task.desk.seats if seat.is_open],
        "suspended": instance.suspended is not None,
    }
