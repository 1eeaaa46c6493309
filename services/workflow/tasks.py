"""Working on tasks: claim, release, complete at the desk."""

from collections.abc import Callable, Mapping
from typing import Any

from services.kernel.identity import Person, scope_of
from services.workflow import answers as forms
from services.workflow.acts import perform
from services.workflow.deps import Deps
from services.workflow.instances.models import Act, ClosedTask, Instance, Task, Verb
from services.workflow.instances.operations.checks import check_completable
from services.workflow.instances.operations.meetings import check_decided
from services.workflow.instances.operations.signing import submitted_before
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import (
    TaskInIncident,
    TaskNotFound,
    claimed,
    done_before,
    open_or_over,
    released,
    workable,
)
from services.workflow.offices import Office


class _DoneBefore(Exception):
    """The same person has completed the task with the same answers."""


async def case_of_task(deps: Deps, task_id: str, who: Person) -> Instance:
    """The case in which a task is or was open, if the person may see it. Raises TaskNotFound."""
    return (await _revision_of_task(deps, task_id, who))[0]


async def _revision_of_task(deps: Deps, task_id: str, who: Person) -> tuple[Instance, int]:
    """The same with its revision. Most who ask mean an open task: one index answers that."""
    for place in ("body.tasks.task_id", "body.closed.task_id"):
        if found := await deps.instances.first({"$and": [{place: task_id}, scope_of(who).filter()]}):
            return found
    raise TaskNotFound(task_id=task_id)


async def open_task(deps: Deps, task_id: str, who: Person) -> tuple[Instance, Task, Mapping[str, Any]]:
    """An open task with its case and form, if the person may see it. Raises TaskNotFound, TaskOver."""
    instance = await case_of_task(deps, task_id, who)
    task = open_or_over(instance, task_id)
    return instance, task, await form_of(deps, instance, task_id)


async def claim(deps: Deps, task_id: str, who: Person) -> tuple[Instance, Task]:
    """Take a task on. Raises what `workable` raises."""
    now = deps.clock.now()
    return await _assign(deps, task_id, who, lambda case, task: claimed(case, task, person=who.code, at=now))


async def release(deps: Deps, task_id: str, who: Person) -> tuple[Instance, Task]:
    """Give a task back to its post. Raises what `workable` raises."""
    now = deps.clock.now()
    return await _assign(deps, task_id, who, lambda case, task: released(case, task, person=who.code, at=now))


async def complete(deps: Deps, task_id: str, answers: Mapping[str, Any], who: Person) -> ClosedTask | Task:
    """Complete a task at the desk; sent again by the same person with the same answers it changes nothing.

    Gives the task, still open, when its signers have yet to sign. Raises what `workable`, `check_completable` and
    `check_decided` raise, AnswersInvalid, and TaskInIncident if the process could not go on.
    """
    found = await _revision_of_task(deps, task_id, who)
    form = await form_of(deps, found[0], task_id)
    act = Act(verb=Verb.COMPLETE, target=task_id, payload=dict(answers), actor=who.code, at=deps.clock.now())

    def check(instance: Instance, office: Office) -> None:
        if done_before(instance, task_id, person=who.code, answers=answers):
            raise _DoneBefore
        task = workable(instance, task_id, person=who.code, posts=who.posts, books=office.books)
        if submitted_before(task, person=who.code, answers=answers):
            raise _DoneBefore
        check_completable(task)
        check_decided(instance, task, answers)
        forms.check(answers, form, task=task.name, two_officers=task.two_officers)

    try:
        instance = await perform(deps, found[0].case_no, act, check=check, found=found)
    except _DoneBefore:
        instance = await case_of_task(deps, task_id, who)
    return _closed(instance, task_id)


async def _assign(
    deps: Deps, task_id: str, who: Person, decide: Callable[[Instance, Task], Decided]
) -> tuple[Instance, Task]:
    found = await case_of_task(deps, task_id, who)
    books = (await deps.copies.office()).books

    def change(instance: Instance) -> Decided:
        return decide(instance, workable(instance, task_id, person=who.code, posts=who.posts, books=books))

    instance = await deps.instances.change(found.case_no, change)
    task = instance.task(task_id)
    if task is None:
        raise TaskNotFound(task_id=task_id)
    return instance, task


async def form_of(deps: Deps, instance: Instance, task_id: str) -> Mapping[str, Any]:
    """The form of an open task, of the version that its case follows; a closed task needs none."""
    task = instance.task(task_id)
    if task is None or instance.pin is None:
        return {}
    return await deps.shelf.form(instance.pin.sha256, task.form or "")


def _closed(instance: Instance, task_id: str) -> ClosedTask | Task:
    closed, task = instance.closed_task(task_id), instance.task(task_id)
    if closed is not None:
        return closed
    incident = instance.incident_about(task_id)
    if incident is None and task is not None and task.desk.submitted is not None:
        return task
    if incident is None or task is None:
        raise TaskNotFound(task_id=task_id)
    raise TaskInIncident(task=task.name, incident_id=incident.incident_id)
