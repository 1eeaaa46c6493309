"""Decisions by signed link (A-18): carried out when they come, or, of a suspended case, as soon as it is resumed."""

from collections.abc import Mapping
from typing import Any

from services.contracts.events import Envelope
from services.contracts.notify import LinkDecided
from services.contracts.workflow import DecisionDropped, TaskCompleted
from services.kernel import logs
from services.kernel.problem import Problem
from services.workflow import answers as forms
from services.workflow.acts import carried, decide_on
from services.workflow.approvals import ApprovalUnproven
from services.workflow.deps import Deps
from services.workflow.instances.closing import LINK
from services.workflow.instances.models import Act, Instance, Task, Verb
from services.workflow.instances.operations import keeping
from services.workflow.instances.operations.checks import check_completable
from services.workflow.instances.operations.meetings import check_decided
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import TaskNotFound, TaskOver, entitled, open_or_over
from services.workflow.offices import Office
from services.workflow.tasks import form_of

log = logs.get(__name__)


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

    A proven decision that the step cannot take, such as a refusal where the form wants reasons or one that comes when
    somebody else was faster, is dropped, and who decided is told why. Raises ApprovalUnproven, TryLater and NotFound.
    """
    act = _act(decided)

    async def decide(case: Instance, office: Office) -> Decided:
        if case.task(act.target) is None:
            return await _too_late(deps, case, act, decided)
        await deps.approvals.check(decided)
        form = await form_of(deps, case, act.target)
        try:
            task = _checked(case, act, form, office)
            if case.suspended is not None:
                return keeping.kept(case, case.suspended, task, act, at=deps.clock.now())
            return await carried(deps, case, act, office=office)
        except Problem as refusal:
            return keeping.dropped(case, act, refusal, at=deps.clock.now())

    await decide_on(deps, decided.case_no, decide, cause=cause)


async def _too_late(deps: Deps, case: Instance, act: Act, decided: LinkDecided) -> Decided:
    """Drop a decision on a step that is not open any more, unless it was carried out or dropped before.

    Old decisions come again when the broker lost its store, and keys are changed: one on a step that is over whose
    proof cannot be had any more has no effect, and nothing is said of it.
    """
    if await _is_answered(deps, case.case_no, act):
        return Decided(case)
    try:
        open_or_over(case, act.target)
    except TaskOver as over:
        try:
            await deps.approvals.check(decided)
        except ApprovalUnproven:
            log.info("unproven decision by link on a step that is over", task_id=act.target)
            return Decided(case)
        return keeping.dropped(case, act, over, at=deps.clock.now())
    except TaskNotFound as unknown:
        await deps.approvals.check(decided)
        return keeping.dropped(case, act, unknown, at=deps.clock.now())
    return Decided(case)


async def _is_answered(deps: Deps, case_no: str, act: Act) -> bool:
    """Whether the case's history says already what became of a decision."""
    after = ""
    while entries := await deps.journal.find(case_no, after=after):
        if any(_answers(entry.envelope, act) for entry in entries):
            return True
        after = entries[-1].order
    return False


def _answers(said: Envelope, act: Act) -> bool:
    match said.type:
        case TaskCompleted.TYPE:
            return bool(said.data["signature"] == act.signature)
        case DecisionDropped.TYPE:
            dropped = DecisionDropped.model_validate(said.data)
            return (dropped.task_id, dropped.person, dropped.decided_at) == (act.target, act.actor, act.at)
        case _:
            return False


async def carry_out_kept(deps: Deps, resumed: Decided, *, office: Office) -> Decided:
    """Carry out, in their order, the decisions that were kept while the case was suspended.

    One that does not fit any more is dropped and said; where the process fails, an incident keeps it.
    """
    instance, said = resumed.instance, list(resumed.said)
    for act in resumed.instance.kept:
        if act not in instance.kept:
            continue  # one before it closed the step: dropped and said with that
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
    check_decided(instance, task, act.payload)
    forms.check(act.payload, form, task=task.name)
    return task
