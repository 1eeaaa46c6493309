"""Who may do what with a task: claim it, give it back, complete it (docs/domain.md §2.5, AB岗)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.contracts.words import Outcome, StepKind
from services.contracts.workflow import TaskClaimed, TaskReleased
from services.kernel.problem import Problem
from services.workflow.books import Books
from services.workflow.instances.closing import digest_of
from services.workflow.instances.models import ClosedTask, Instance, Task
from services.workflow.instances.operations.checks import (
    check_not_delegated,
    check_not_submitted,
    check_not_suspended,
)
from services.workflow.instances.turns import Decided

_GAVE_UP: Final = {
    Outcome.WITHDRAWN: "申请人（已撤回申请） / the applicant (application withdrawn)",
    Outcome.TERMINATED: "终止办理决定 / the termination of the case",
}


class TaskNotFound(Problem):
    """No such task, or not one the reader may see."""

    status = 404
    code = "task-not-found"
    zh = "没有任务 {task_id}，或您无权查看"
    en = "there is no task {task_id}, or it is not yours to see"
    remedy_zh = "请刷新待办列表"
    remedy_en = "load your list of tasks again"


class TaskOver(Problem):
    """Somebody else did the task, or the process left it."""

    status = 409
    code = "task-over"
    zh = "任务“{task}”已由 {by} 于 {at} 办结，您的提交没有生效"
    en = "the task {task!r} was closed by {by} at {at}; what you sent had no effect"
    remedy_zh = "请刷新案件，查看最新进度"
    remedy_en = "load the case again and look at where it stands"


class NotYourTask(Problem):
    """The task belongs to a post that the person neither holds nor stands in for."""

    status = 403
    code = "not-your-task"
    zh = "任务“{task}”由 {department} 的岗位 {post} 办理，您不在该岗位，也不是其AB岗"
    en = "the task {task!r} is for post {post} of {department}; you neither hold it nor stand in for it"
    remedy_zh = "请由该岗位人员办理，或在岗位台账登记AB岗"
    remedy_en = "let the post's holder do it, or enter a deputy in the books"


class ClaimedByOther(Problem):
    """Another person of the post has taken the task on."""

    status = 409
    code = "task-claimed"
    zh = "任务“{task}”已由 {person} 签收"
    en = "the task {task!r} is claimed by {person}"
    remedy_zh = "请与其协商退回，或待其外出后由AB岗办理"
    remedy_en = "ask them to release it, or let their deputy do it while they are out"


class NotHuman(Problem):
    """The step waits for a message, not for a person."""

    status = 409
    code = "task-waits-for-message"
    zh = "环节“{task}”等待外部消息，不能人工办结"
    en = "the step {task!r} waits for a message; no person completes it"
    remedy_zh = "请在相应窗口登记（如出件）"
    remedy_en = "enter the event where it happens, such as delivery at the window"


class TaskInIncident(Problem):
    """The task was completed, but the process could not go on; the answers are kept."""

    status = 409
    code = "task-in-incident"
    zh = "任务“{task}”的提交已保存，但流程出现故障 {incident_id}，等待处理"
    en = "the answers to {task!r} are kept, but the process met fault {incident_id} and waits for repair"
    remedy_zh = "无需重复提交；信息中心排除故障后会自动继续"
    remedy_en = "do not send it again; the process goes on once the fault is mended"


def may_act(person: str, posts: frozenset[str], task: Task, books: Books) -> bool:
    """Whether a person is to see the task among their own: they hold its post, or stand in for one who is out."""
    posted = f"{task.post}@{task.department}" in books.posts_of(person, posts)
    return posted or is_entrusted(person, task) or signs(person, posts, task, books)


def is_entrusted(person: str, task: Task) -> bool:
    """Whether the task was given to the person by name, or is to come back to them."""
    desk = task.desk
    return person == desk.owner or (person == task.assignee and (desk.owner is not None or person == desk.given_to))


def signs(person: str, posts: frozenset[str], task: Task, books: Books) -> bool:
    """Whether an open signature is wanted from a person, or from one in whose place they are."""
    return any(seat.is_open and sits_at(person, posts, seat.signer, books) for seat in task.desk.seats)


def sits_at(person: str, posts: frozenset[str], signer: str, books: Books) -> bool:
    """Whether a person is the signer, or holds the signer's post, or stands in for them."""
    if "@" in signer:
        return signer in books.posts_of(person, posts)
    return person == signer or any(other.code == signer for other in books.stood_in_for(person))


def workable(instance: Instance, task_id: str, *, person: str, posts: frozenset[str], books: Books) -> Task:
    """The open task, if the person may work on it.

    Raises `TaskNotFound`, `TaskOver`, `CaseIsSuspended`, `NotHuman`, `NotYourTask`, `ClaimedByOther`,
    `TaskInIncident`.
    """
    open_or_over(instance, task_id)
    check_not_suspended(instance)
    return entitled(instance, task_id, person=person, posts=posts, books=books)


def entitled(instance: Instance, task_id: str, *, person: str, posts: frozenset[str], books: Books) -> Task:
    """The open task, if the person may work on it as soon as the case is not suspended.

    Raises as `workable`, but for `CaseIsSuspended`.
    """
    task = open_or_over(instance, task_id)
    if task.kind is not StepKind.HUMAN:
        raise NotHuman(task=task.name)
    if not is_entrusted(person, task) and f"{task.post}@{task.department}" not in books.posts_of(person, posts):
        raise NotYourTask(task=task.name, post=task.post, department=task.department)
    claimer = task.assignee or person
    if claimer != person and not _may_take_over(person, claimer, books):
        raise ClaimedByOther(task=task.name, person=claimer)
    if (incident := instance.incident_about(task_id)) is not None:
        raise TaskInIncident(task=task.name, incident_id=incident.incident_id)
    return task


def open_or_over(instance: Instance, task_id: str) -> Task:
    """The open task; raises `TaskOver`, naming who closed it, or `TaskNotFound`."""
    task, closed = instance.task(task_id), instance.closed_task(task_id)
    if task is not None:
        return task
    if closed is None:
        raise TaskNotFound(task_id=task_id)
    raise TaskOver(task=closed.name, by=closed.person or _left_by(instance, closed), at=closed.closed_at.isoformat())


def _left_by(instance: Instance, closed: ClosedTask) -> str:
    """Who ended a step that nobody completed: the process, or who gave the application up."""
    given_up = _GAVE_UP.get(instance.outcome) if instance.outcome and closed.closed_at == instance.ended_at else None
    return given_up or "系统 / the process"


def done_before(instance: Instance, task_id: str, *, person: str, answers: Mapping[str, Any]) -> ClosedTask | None:
    """The closed task, if the same person completed it with the same answers: doing it again changes nothing."""
    closed = instance.closed_task(task_id)
    if closed is None or not closed.completed or closed.undone or closed.person != person:
        return None
    return closed if closed.digest == digest_of(answers) else None


def claimed(instance: Instance, task: Task, *, person: str, at: datetime) -> Decided:
    """The task is taken on by a person; taking it on again changes nothing."""
    if task.assignee == person:
        return Decided(instance)
    said = TaskClaimed(
        case_no=instance.case_no, task_id=task.task_id, element=task.element, person=person, claimed_at=at
    )
    return Decided(assigned(instance, task, person), (said,))


def released(instance: Instance, task: Task, *, person: str, at: datetime) -> Decided:
    """The task goes back to its post; giving back what nobody has changes nothing.

    Raises `IsDelegated`, `AlreadySubmitted`.
    """
    if task.assignee is None:
        return Decided(instance)
    check_not_delegated(task)
    check_not_submitted(task)
    said = TaskReleased(
        case_no=instance.case_no, task_id=task.task_id, element=task.element, person=person, released_at=at
    )
    free = assigned(instance, task, None)
    if task.desk.given_to is not None:
        desk = task.desk.model_copy(update={"given_to": None})
        free = free.with_task(task.model_copy(update={"assignee": None, "desk": desk}))
    return Decided(free, (said,))


def assigned(instance: Instance, task: Task, person: str | None) -> Instance:
    """Put a person's name on the task and on its clock, so that timer events say who answers for it."""
    tasks = tuple(
        each.model_copy(update={"assignee": person}) if each.task_id == task.task_id else each
        for each in instance.tasks
    )
    after = instance.model_copy(update={"tasks": tasks})
    clock = after.clock(f"step:{task.task_id}")
    return after.with_clock(clock.model_copy(update={"person": person})) if clock else after


def _may_take_over(person: str, assignee: str, books: Books) -> bool:
    """Whether a claim binds nobody any more: its holder has left, or is out and this is the deputy."""
    return books.has_left(assignee) or any(other.code == assignee for other in books.stood_in_for(person))
