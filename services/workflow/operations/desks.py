"""Operations on one open task: drafts, delegation, handing over, urging, signing together."""

from collections.abc import Mapping
from typing import Any

from services.kernel.identity import Person
from services.workflow import answers as forms
from services.workflow.deps import Deps
from services.workflow.instances.desks import Draft
from services.workflow.instances.models import Instance, Task
from services.workflow.instances.operations import desks, signing
from services.workflow.instances.operations.actions import Action, actions_of
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import open_or_over, workable
from services.workflow.offices import Office
from services.workflow.operations.performing import do, work_on
from services.workflow.tasks import case_of_task


async def actions(deps: Deps, instance: Instance, task: Task, who: Person) -> tuple[Action, ...]:
    """Every operation on an open task, allowed to this person now or with the reason why not."""
    books = (await deps.copies.office()).books
    return actions_of(instance, task, who, books, deps.clock.now())


async def draft_of(deps: Deps, task_id: str, who: Person) -> Draft | None:
    """One's own draft of an open task. Raises what `workable` raises."""
    instance = await case_of_task(deps, task_id, who)
    books = (await deps.copies.office()).books
    task = workable(instance, task_id, person=who.code, posts=who.posts, books=books)
    return task.desk.draft_of(who.code)


async def save_draft(deps: Deps, task_id: str, answers: Mapping[str, Any], *, version: int, who: Person) -> Draft:
    """Keep what is filled in so far. Raises what `workable` and `desks.draft_saved` raise, AnswersInvalid."""
    now = deps.clock.now()

    def rule(case: Instance, task: Task, office: Office) -> Decided:
        del office
        forms.check_size(answers, task=task.name)
        return desks.draft_saved(case, task, answers, person=who.code, version=version, at=now)

    instance = await work_on(deps, task_id, rule, who=who, name="draft", key=None)
    draft = open_or_over(instance, task_id).desk.draft_of(who.code)
    assert draft is not None  # noqa: S101 - it was saved just now
    return draft


async def delegate(deps: Deps, task_id: str, *, to: str, reason: str, who: Person, key: str | None) -> Instance:
    """Let another work the task (委托办理). Raises what `workable` and `desks.delegated` raise."""
    now = deps.clock.now()

    def rule(case: Instance, task: Task, office: Office) -> Decided:
        return desks.delegated(case, task, person=who.code, to=to, reason=reason, at=now, books=office.books)

    return await do(deps, task_id, rule, who=who, name="delegate", key=key)


async def resolve(
    deps: Deps, task_id: str, answers: Mapping[str, Any] | None, *, who: Person, key: str | None
) -> Instance:
    """Give a delegated task back, or take it back. Raises what `desks.resolved` raises."""
    now = deps.clock.now()

    def rule(case: Instance, task: Task, office: Office) -> Decided:
        del office
        if answers is not None:
            forms.check_size(answers, task=task.name)
        return desks.resolved(case, task, answers, person=who.code, at=now)

    return await do(deps, task_id, rule, who=who, name="resolve", key=key)


async def hand_over(deps: Deps, task_id: str, *, to: str, reason: str, who: Person, key: str | None) -> Instance:
    """Give the task to another for good (转办). Raises what `workable` and `desks.handed_over` raise."""
    now = deps.clock.now()

    def rule(case: Instance, task: Task, office: Office) -> Decided:
        return desks.handed_over(case, task, person=who.code, to=to, reason=reason, at=now, books=office.books)

    return await work_on(deps, task_id, rule, who=who, name="hand-over", key=key)


async def urge(deps: Deps, task_id: str, *, message: str, who: Person, key: str | None) -> Instance:
    """Ask for a task to be done soon (催办). Raises TaskNotFound, TaskOver and what `desks.urged` raises."""
    now = deps.clock.now()

    def rule(case: Instance, task: Task, office: Office) -> Decided:
        return desks.urged(case, task, person=who.code, message=message, at=now, books=office.books)

    return await do(deps, task_id, rule, who=who, name="urge", key=key)


async def add_signer(deps: Deps, task_id: str, wish: signing.Wish, *, who: Person, key: str | None) -> Instance:
    """Ask somebody more to sign (加签). Raises what `workable` and `signing.signer_added` raise."""
    now = deps.clock.now()

    def rule(case: Instance, task: Task, office: Office) -> Decided:
        return signing.signer_added(case, task, wish, person=who.code, at=now, books=office.books)

    return await work_on(deps, task_id, rule, who=who, name="add-signer", key=key)


async def remove_signer(
    deps: Deps, task_id: str, seat_id: str, *, reason: str, who: Person, key: str | None
) -> Instance:
    """Ask a signer no more (减签). Raises what `workable` and `signing.signer_removed` raise."""
    now = deps.clock.now()

    def rule(case: Instance, task: Task, office: Office) -> Decided:
        del office
        return signing.signer_removed(case, task, seat_id, person=who.code, reason=reason, at=now)

    return await work_on(deps, task_id, rule, who=who, name="remove-signer", key=key)


async def sign(deps: Deps, task_id: str, *, agrees: bool, opinion: str, who: Person, key: str | None) -> Instance:
    """Give one's opinion as a signer (会签). Raises what `signing.signed` raises."""
    now = deps.clock.now()

    def rule(case: Instance, task: Task, office: Office) -> Decided:
        return signing.signed(
            case, task, person=who.code, posts=who.posts, agrees=agrees, opinion=opinion, at=now, books=office.books
        )

    return await do(deps, task_id, rule, who=who, name="sign", key=key)
