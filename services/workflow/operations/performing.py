"""How an operation is carried out: on a fresh case, in one write, once for each request."""

from collections.abc import Callable
from typing import NamedTuple

from services.kernel.identity import Person
from services.workflow.acts import ActRefused, decide_on, went_through
from services.workflow.deps import Deps
from services.workflow.engine.models import EngineFault
from services.workflow.instances.models import Act, Instance, Task
from services.workflow.instances.operations import signing
from services.workflow.instances.operations.checks import check_not_suspended
from services.workflow.instances.operations.refusals import NotUndoable
from services.workflow.instances.turns import Decided, Unworkable
from services.workflow.instances.working import open_or_over, workable
from services.workflow.offices import Office
from services.workflow.tasks import case_of_task

Rule = Callable[[Instance, Office], Decided]
"""Decides about a freshly loaded case, or refuses."""

Finish = Callable[[Instance, Decided, Office], Decided]
"""Says what became of an act that the process carried out, from the case as it was before."""


class Move(NamedTuple):
    """An operation that the process must carry out."""

    act: Act
    finish: Finish


TaskRule = Callable[[Instance, Task, Office], Decided]


async def work_on(deps: Deps, task_id: str, rule: TaskRule, *, who: Person, name: str, key: str | None) -> Instance:
    """Do something to a task that only who may work on it can do."""

    def checked(case: Instance, task: Task, office: Office) -> Decided:
        workable(case, task.task_id, person=who.code, posts=who.posts, books=office.books)
        return rule(case, task, office)

    return await do(deps, task_id, checked, who=who, name=name, key=key)


async def do(deps: Deps, task_id: str, rule: TaskRule, *, who: Person, name: str, key: str | None) -> Instance:
    """Do something to an open task of a case that is not suspended; the rule says who may.

    When everybody has signed a task whose holder is done, it is completed in the same write.
    """
    found = await case_of_task(deps, task_id, who)
    cause = cause_of(who, name, task_id, key)

    def whole(case: Instance, office: Office) -> Decided:
        task = open_or_over(case, task_id)
        check_not_suspended(case)
        return rule(case, task, office)

    return await _apply(deps, found.case_no, whole, task_id=task_id, cause=cause)


async def _apply(deps: Deps, case_no: str, rule: Rule, *, task_id: str, cause: str | None) -> Instance:
    async def decide(instance: Instance, office: Office) -> Decided:
        decided = rule(instance, office)
        if decided.instance == instance and not decided.said:
            return decided
        done = await _completed(deps, decided, task_id, office=office)
        return Decided(signing.recalled(done.instance), done.said)

    return await decide_on(deps, case_no, decide, cause=cause)


async def _completed(deps: Deps, decided: Decided, task_id: str, *, office: Office) -> Decided:
    """Complete a task whose holder is done, now that nobody's signature is wanted any more."""
    task = decided.instance.task(task_id)
    act = signing.completion(task, at=deps.clock.now()) if task else None
    if act is None:
        return decided
    done = await carried_or_refused(deps, decided.instance, act, office=office)
    return Decided(done.instance, (*decided.said, *done.said))


async def move_case(
    deps: Deps, case_no: str, move: Callable[[Instance, Office], Move], *, cause: str | None
) -> Instance:
    """Let the process carry out a move and save what became of it in one write."""

    async def decide(instance: Instance, office: Office) -> Decided:
        act, finish = move(instance, office)
        return finish(instance, await carried_or_refused(deps, instance, act, office=office), office)

    return await decide_on(deps, case_no, decide, cause=cause)


async def carried_or_refused(deps: Deps, instance: Instance, act: Act, *, office: Office) -> Decided:
    """What the process makes of an act; what it cannot do is refused, not kept. Raises NotUndoable."""
    try:
        return await went_through(deps, instance, act, office=office)
    except ActRefused as refused:
        raise NotUndoable(reason_zh=refused.values["reason_zh"], reason=refused.values["reason"]) from None
    except (EngineFault, Unworkable) as fault:
        raise NotUndoable(reason_zh=fault.zh, reason=fault.en) from None


def cause_of(who: Person, name: str, target: str, key: str | None) -> str | None:
    """The name under which a request is remembered, so that it is carried out once; None without a key."""
    return f"api.{who.code}.{name}.{target}.{key}" if key else None
