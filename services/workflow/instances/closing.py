"""What closes in a turn: tasks done or left, their clocks, the holds that lasted as long as they did."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from services.contracts.events import Said
from services.contracts.words import StepKind
from services.contracts.workflow import TaskCancelled, TaskCompleted, TimerFired
from services.workflow.clocks import deeds
from services.workflow.clocks.dues import OfficeTime
from services.workflow.instances.models import ClosedTask, Instance, Task, Verb
from services.workflow.instances.turns import Decided, Turn, room_of

LINK: Final = "link"
"""The channel of a decision by signed link."""

COSIGN: Final = "cosign"
"""Under this name the answers of a step say what its signers said (docs/operations.md)."""

STEP_BASIS: Final = "环节时限"


def say_fired(instance: Instance, turn: Turn) -> Decided:
    """Say that a timer of the diagram fired; it stays said that it was planned for an earlier moment."""
    timer = next((each for each in instance.timers if each.timer_id == turn.act.target), None)
    if turn.act.verb is not Verb.FIRE or timer is None:
        return Decided(instance)
    said = TimerFired(
        case_no=instance.case_no, element=timer.element, name=timer.name, planned_at=timer.at, fired_at=turn.now
    )
    return Decided(instance, (said,))


def close_tasks(instance: Instance, turn: Turn) -> Decided:
    """Close the tasks that are open no more: the one acted on is completed, any other was left by the process."""
    still_open = {task.id for task in turn.step.tasks}
    said: list[Said] = []
    for task in instance.tasks:
        if task.task_id not in still_open:
            instance, more = _close(instance, task, turn)
            said += more
    return Decided(instance, tuple(said))


def digest_of(answers: Mapping[str, Any]) -> str:
    """Tells whether two sets of answers are the same, whatever the signers have added."""
    own = {name: value for name, value in answers.items() if name != COSIGN}
    canonical = json.dumps(own, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _close(instance: Instance, task: Task, turn: Turn) -> Decided:
    completed, time = _is_completed(task, turn), turn.office.time
    stopped, clock_said = _stop_clock(instance, task, turn)
    resumed, hold_said = _end_holds(stopped, task, turn)
    first = _completed(task, resumed, turn) if completed else _cancelled(task, instance, turn)
    closed = ClosedTask(
        task_id=task.task_id,
        element=task.element,
        name=task.name,
        post=task.post,
        department=task.department,
        completed=completed,
        person=turn.act.actor if completed and task.kind is StepKind.HUMAN else None,
        channel=turn.act.channel,
        digest=digest_of(turn.act.payload),
        closed_at=turn.act.at,
        activity=task.activity,
        after=task.after,
        opened_at=task.opened_at,
        due_on=task.due_on,
        workdays=time.calendar.workdays_between(time.day_of(task.opened_at), time.day_of(turn.act.at)),
        overdue_workdays=_overdue(task, resumed, time),
    )
    tasks = tuple(each for each in resumed.tasks if each.task_id != task.task_id)
    after = resumed.model_copy(update={"tasks": tasks, "closed": (*resumed.closed, closed)})
    return Decided(after, (first, *clock_said, *hold_said))


def _is_completed(task: Task, turn: Turn) -> bool:
    if turn.act.verb is Verb.COMPLETE:
        return task.task_id == turn.act.target
    passed = any(passed.element == task.element for passed in turn.step.passed)
    return turn.act.verb is Verb.MESSAGE and task.message == turn.act.target and passed


def _stop_clock(instance: Instance, task: Task, turn: Turn) -> Decided:
    clock = instance.clock(f"step:{task.task_id}")
    if clock is None:
        return Decided(instance)
    act = turn.act
    taken = act.verb is Verb.FIRE and not _is_completed(task, turn)
    room = room_of(instance, turn.office)
    stopped, said = deeds.stop(clock, at=act.at, actor=act.actor, basis=STEP_BASIS, room=room, taken=taken)
    return Decided(instance.with_clock(stopped), said)


def _end_holds(instance: Instance, task: Task, turn: Turn) -> Decided:
    """A hold lasts as long as the step that waits; whatever it held runs again."""
    if task.hold is None:
        return Decided(instance)
    room = room_of(instance, turn.office)
    said: list[Said] = []
    for clock in instance.clocks:
        resumed, more = deeds.resume(clock, hold_id=task.task_id, at=turn.act.at, actor=turn.act.actor, room=room)
        instance = instance.with_clock(resumed)
        said += more
    return Decided(instance, tuple(said))


def _completed(task: Task, instance: Instance, turn: Turn) -> TaskCompleted:
    act, time = turn.act, turn.office.time
    clock = instance.clock(f"step:{task.task_id}")
    done_on = time.day_of(act.at)
    by_link_while_away = act.channel == LINK and turn.office.books.is_away(act.actor)
    alternative_on = time.calendar.next_workday(done_on) if by_link_while_away else None
    saved = time.calendar.workdays_between(done_on, alternative_on) if alternative_on else 0
    return TaskCompleted(
        case_no=instance.case_no,
        task_id=task.task_id,
        element=task.element,
        name=task.name,
        post=task.post,
        department=task.department,
        person=act.actor if task.kind is StepKind.HUMAN else None,
        completed_at=act.at,
        completed_on=done_on,
        due_on=clock.due_on if clock else None,
        overdue_workdays=_overdue(task, instance, time),
        channel=act.channel,
        signature=act.signature,
        saved_workdays=saved,
        alternative_on=alternative_on,
        answers=act.payload,
    )


def _overdue(task: Task, instance: Instance, time: OfficeTime) -> int:
    clock = instance.clock(f"step:{task.task_id}")
    return deeds.final_account(clock, time) if clock else 0


def _cancelled(task: Task, instance: Instance, turn: Turn) -> TaskCancelled:
    return TaskCancelled(case_no=instance.case_no, task_id=task.task_id, element=task.element, cancelled_at=turn.act.at)
