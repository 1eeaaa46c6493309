"""Going back: a step is sent back by a later one (退回) or pulled back by who completed it (撤回)."""

from datetime import datetime
from typing import NamedTuple

from services.contracts.events import Said
from services.contracts.words import ClockKind, StepKind
from services.contracts.workflow import TaskPulledBack, TaskSentBack
from services.workflow.books import Books
from services.workflow.instances import incidents
from services.workflow.instances.models import Act, ClosedTask, Instance, Task, Verb
from services.workflow.instances.notices import is_told
from services.workflow.instances.operations.checks import check_not_delegated, check_not_submitted, check_running
from services.workflow.instances.operations.refusals import (
    LegalActStands,
    MayNotSendBack,
    NextStepTaken,
    NotOnPath,
    NotYours,
    SeveralSign,
)
from services.workflow.instances.records import Ending
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import TaskNotFound, claimed, is_entrusted


class Goal(NamedTuple):
    """A step that was done, and where it stands in the list of closed tasks.

    Of a step that several people do, the whole round, or only what `one` of them did.
    """

    place: int
    closed: ClosedTask
    one: bool = False

    @property
    def passing(self) -> str:
        """The id by which the engine undoes it."""
        whole = None if self.one else self.closed.activity
        return whole or self.closed.task_id


def goals(instance: Instance, task: Task) -> tuple[Goal, ...]:
    """The steps that a task may be sent back to, the latest first: on its path, and behind no legal act."""
    found = [Goal(place, instance.closed[place]) for place in reversed(task.after)]
    return tuple(goal for goal in found if standing_act(instance, goal.closed) is None and not goal.closed.undone)


def check_may_send_back(task: Task) -> None:
    """Raise `MayNotSendBack`, `IsDelegated`, `AlreadySubmitted` where no send-back comes into question."""
    if not task.may_send_back:
        raise MayNotSendBack(task=task.name)
    check_not_delegated(task)
    check_not_submitted(task)


def goal_of(instance: Instance, task: Task, target: str) -> Goal:
    """The step to send a task back to, given by the id of a done task or by its element, the latest then.

    Raises `NotOnPath`, `LegalActStands`, and what `check_may_send_back` raises.
    """
    check_may_send_back(task)
    for place in reversed(task.after):
        closed = instance.closed[place]
        if target in (closed.task_id, closed.activity, closed.element) and not closed.undone:
            check_no_act(instance, closed)
            return Goal(place, closed)
    raise NotOnPath(task=task.name, target=target)


def pulled_goal(instance: Instance, task_id: str, person: str) -> Goal:
    """The step that a person pulls back; of one that several do their own part, as long as the others are at it.

    Raises `TaskNotFound`, `CaseNotRunning`, `NotYours`, `SeveralSign`, `LegalActStands`, `NextStepTaken`.
    """
    place = next((place for place, closed in enumerate(instance.closed) if closed.task_id == task_id), None)
    if place is None:
        raise TaskNotFound(task_id=task_id)
    closed = instance.closed[place]
    if closed.person != person or not closed.completed or closed.undone:
        raise NotYours(task=closed.name)
    check_running(instance)
    if closed.activity is not None and all(task.activity != closed.activity for task in instance.tasks):
        raise SeveralSign(task=closed.name)
    check_no_act(instance, closed)
    for later in instance.closed:
        if place in later.after and later.completed and not later.undone:
            raise NextStepTaken(task=later.name, person=later.person or "系统 / the process")
    for task in instance.tasks:
        if place in task.after and (taker := taken_by(task)):
            raise NextStepTaken(task=task.name, person=taker)
    return Goal(place, closed, one=closed.activity is not None)


def taken_by(task: Task) -> str | None:
    """Who has begun to work on an open task: claimed it, has a draft or signed; None if nobody."""
    desk = task.desk
    begun = (task.assignee, *(draft.person for draft in desk.drafts), *(seat.signed_by for seat in desk.seats))
    return next((person for person in begun if person), None)


def standing_act(instance: Instance, closed: ClosedTask) -> tuple[str, str] | None:
    """The legal act behind which a step lies (zh, en): it was said to the applicant, no move unmakes it."""
    if is_told(instance, closed):
        return "一次性补正告知", "the one-time correction notice"
    clock = instance.clock(ClockKind.PROMISED)  # which runs also where no law sets a limit
    if clock is None:
        return None
    if clock.stopped is not None and closed.closed_at <= clock.stopped.at:
        return "作出决定", "the decision"
    if closed.closed_at <= clock.started.at:
        return "受理", "acceptance"
    return None


def check_no_act(instance: Instance, closed: ClosedTask) -> None:
    """Raise `LegalActStands` for a step behind acceptance or decision."""
    act = standing_act(instance, closed)
    if act is not None:
        raise LegalActStands(step=closed.name, act_zh=act[0], act=act[1])


def undoing(goal: Goal, *, by: str, actor: str, at: datetime) -> Act:
    """What is asked of the process; `by` is the task that sends back, empty for pulling back."""
    return Act(verb=Verb.UNDO, target=goal.passing, payload={"by": by}, actor=actor, at=at)


class Undone(NamedTuple):
    """The case after a step was undone, and what came of it."""

    instance: Instance
    said: tuple[Said, ...]
    reopened: tuple[str, ...]
    cancelled: tuple[str, ...]
    undone: tuple[str, ...]


def undone(before: Instance, moved: Decided, goal: Goal, *, actor: str, at: datetime, books: Books) -> Undone:
    """Mark what was done in vain, give the step back to who did it, and close incidents about what is gone."""
    after, said = moved.instance, list(moved.said)
    vain = {goal.place} | {place for place, closed in enumerate(after.closed) if goal.place in closed.after}
    vain |= {place for place, closed in enumerate(after.closed) if closed.activity and closed.activity == goal.passing}
    vain = {place for place in vain if after.closed[place].completed and not after.closed[place].undone}
    marked = tuple(
        closed.model_copy(update={"undone": True}) if place in vain else closed
        for place, closed in enumerate(after.closed)
    )
    after = after.model_copy(update={"closed": marked})
    known = {task.task_id for task in before.tasks}
    again = [task for task in after.tasks if task.task_id not in known and task.element == goal.closed.element]
    for task in again if len(again) == 1 else []:
        after, more = _given_back(after, task, goal.closed.person, at=at, books=books)
        said += more
    after, more = without_incidents(before, after, actor=actor, at=at)
    left = {task.task_id for task in after.tasks}
    return Undone(
        after,
        (*said, *more),
        tuple(task.task_id for task in again),
        tuple(task.task_id for task in before.tasks if task.task_id not in left),
        tuple(marked[place].task_id for place in sorted(vain)),
    )


def sent_back(
    before: Instance, moved: Decided, task: Task, goal: Goal, *, person: str, reason: str, at: datetime, books: Books
) -> Decided:
    """What became of a send-back."""
    found = undone(before, moved, goal, actor=person, at=at, books=books)
    times = before.sent_back + 1
    told = TaskSentBack(
        **_heading(before, task),
        person=person,
        at=at,
        reason=reason,
        to_element=goal.closed.element,
        to_name=goal.closed.name,
        reopened=found.reopened,
        undone=found.undone,
        cancelled=found.cancelled,
        times=times,
    )
    return Decided(found.instance.model_copy(update={"sent_back": times}), (*found.said, told))


def pulled_back(
    before: Instance, moved: Decided, goal: Goal, *, person: str, reason: str, at: datetime, books: Books
) -> Decided:
    """What became of a pull-back. Raises `NextStepTaken`: of several one after another, the next may be at it."""
    found = undone(before, moved, goal, actor=person, at=at, books=books)
    for task in before.tasks:
        if task.task_id in found.cancelled and (taker := taken_by(task)):
            raise NextStepTaken(task=task.name, person=taker)
    told = TaskPulledBack(
        **_heading(before, goal.closed),
        person=person,
        at=at,
        reason=reason,
        reopened=found.reopened,
        cancelled=found.cancelled,
    )
    return Decided(found.instance, (*found.said, told))


def without_incidents(before: Instance, after: Instance, *, actor: str, at: datetime) -> Decided:
    """Close the incidents about tasks, requests and timers that are not open any more."""
    gone = _targets(before) - _targets(after)
    said: list[Said] = []
    for incident in after.incidents:
        if incident.act.target in gone:
            after, more = incidents.resolved(after, incident, Ending.OVERTAKEN, by=actor, at=at)
            said += more
    return Decided(after, tuple(said))


def _targets(instance: Instance) -> set[str]:
    tasks = {task.task_id for task in instance.tasks} | {each.task_id for each in instance.external}
    return tasks | {timer.timer_id for timer in instance.timers}


def _given_back(instance: Instance, task: Task, person: str | None, *, at: datetime, books: Books) -> Decided:
    """The step goes to the one who did it before, if they are still there and hold its post."""
    known = books.people.get(person or "")
    seat = f"{task.post}@{task.department}"
    if known is None or not known.active or task.kind is not StepKind.HUMAN:
        return Decided(instance)
    if seat not in books.posts_of(known.code, frozenset(known.posts)) and not is_entrusted(known.code, task):
        return Decided(instance)
    return claimed(instance, task, person=known.code, at=at)


def _heading(instance: Instance, task: Task | ClosedTask) -> dict[str, str]:
    return {"case_no": instance.case_no, "task_id": task.task_id, "element": task.element, "name": task.name}
