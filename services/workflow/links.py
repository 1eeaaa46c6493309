"""Decisions by signed link (A-18): carried out when they come, or, of a suspended case, as soon as it is resumed."""

from collections.abc import Mapping
from typing import Any

from services.contracts.notify import LinkDecided
from services.kernel.problem import Problem
from services.workflow import answers as forms
from services.workflow.acts import carried, decide_on
from services.workflow.deps import Deps
from services.workflow.instances.closing import LINK
from services.workflow.instances.models import Act, Instance, Task, Verb
from services.workflow.instances.operations import keeping
from services.workflow.instances.operations.checks import check_completable
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import entitled, open_or_over
from services.workflow.offices import Office
from services.workflow.tasks import form_of


class NoQuickApproval(Problem):
    """The step cannot be decided by link: its diagram does not allow it."""

    status = 409
    code = "no-quick-approval"
    zh = "环节“{task}”不允许移动审批"
    en = "the step {task!r} may not be decided by link"
    remedy_zh = "请在系统内办理"
    remedy_en = "work on it at the desk"


async def complete_by_link(deps: Deps, decided: LinkDecided, *, cause: str) -> None:
    """Complete a task as its leader decided it by signed link; while the case is suspended the decision is kept.

    A proven decision that the step cannot take, such as a refusal where the form wants reasons, is dropped, and who
    decided is told why. Raises ApprovalUnproven, TryLater, TaskOver and TaskNotFound. A task that is over needs no
    proof: old decisions come again when the broker lost its store, and keys are changed.
    """
    instance, _ = await deps.instances.load(decided.case_no)
    if instance.task(decided.task_id) is not None:
        await deps.approvals.check(decided)
    act = _act(decided)

    async def decide(case: Instance, office: Office) -> Decided:
        open_or_over(case, act.target)
        form = await form_of(deps, case, act.target)
        try:
            task = _checked(case, act, form, office)
        except Problem as refusal:
            return keeping.dropped(case, act, refusal, at=deps.clock.now())
        if case.suspended is not None:
            return keeping.kept(case, case.suspended, task, act, at=deps.clock.now())
        return await carried(deps, case, act, office=office)

    await decide_on(deps, decided.case_no, decide, cause=cause)


async def carry_out_kept(deps: Deps, resumed: Decided, *, office: Office) -> Decided:
    """Carry out, in their order, the decisions that were kept while the case was suspended.

    One that does not fit any more is dropped and said; where the process fails, an incident keeps it.
    """
    instance, said = resumed.instance, list(resumed.said)
    for act in instance.kept:
        done = await _carried_out(deps, instance, act, office=office)
        instance = done.instance
        said += done.said
    return Decided(instance, tuple(said))


async def _carried_out(deps: Deps, instance: Instance, act: Act, *, office: Office) -> Decided:
    now = deps.clock.now()
    try:
        _checked(instance, act, await form_of(deps, instance, act.target), office)
        rest = keeping.without(instance, act)
        return await carried(deps, rest, keeping.due_now(act, at=now), office=office)
    except Problem as refusal:
        return keeping.dropped(instance, act, refusal, at=now)


def _act(decided: LinkDecided) -> Act:
    return Act(
        verb=Verb.COMPLETE,
        target=decided.task_id,
        payload={"decision": decided.decision, "opinion": decided.opinion},
        actor=decided.person,
        channel=LINK,
        signature=decided.signature,
        device=decided.device,
        at=decided.decided_at,
    )


def _checked(instance: Instance, act: Act, form: Mapping[str, Any], office: Office) -> Task:
    """The task, if whoever decided may complete it so, by the posts that the books give them."""
    person = office.books.people.get(act.actor)
    posts = frozenset(person.posts) if person and person.active else frozenset[str]()
    task = entitled(instance, act.target, person=act.actor, posts=posts, books=office.books)
    if not task.quick_approval:
        raise NoQuickApproval(task=task.name)
    check_completable(task)
    forms.check(act.payload, form, task=task.name)
    return task
