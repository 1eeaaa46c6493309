"""Tasks as people read them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from services.contracts.words import StepKind
from services.workflow.instances.models import ClosedTask, Instance, Task


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


class TaskPage(BaseModel, frozen=True):
    """A page of tasks; give `next` as `after` to read on."""

    tasks: list[TaskLine]
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


class CompletedView(BaseModel, frozen=True):
    """A task that is done."""

    task_id: str
    element: str
    name: str
    person: str | None
    channel: str
    completed_at: datetime


def task_line(instance: Instance, task: Task) -> TaskLine:
    """An open task as a line of a list."""
    return TaskLine(**_line(instance, task))


def task_view(instance: Instance, task: Task, form: Mapping[str, Any]) -> TaskView:
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
    )


def completed(closed: ClosedTask) -> CompletedView:
    """A completed task; the same whenever it is asked for."""
    return CompletedView(
        task_id=closed.task_id,
        element=closed.element,
        name=closed.name,
        person=closed.person,
        channel=closed.channel,
        completed_at=closed.closed_at,
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
    }
