"""Who works a task: drafts, delegation, handing over, urging."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.contracts.words import StepKind
from services.contracts.workflow import TaskDelegated, TaskDraftSaved, TaskHandedOver, TaskResolved, TaskUrged
from services.kernel.identity import Permission
from services.kernel.identity.permissions import GRANTED
from services.workflow.books import Books
from services.workflow.instances.desks import Draft
from services.workflow.instances.models import Instance, Task
from services.workflow.instances.operations.checks import check_held, check_not_delegated
from services.workflow.instances.operations.refusals import (
    DraftStale,
    NotDelegated,
    PersonUnfit,
    UrgedLately,
)
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import NotHuman, NotYourTask, assigned

URGE_EVERY: Final = timedelta(hours=4)
_MOST_DRAFTS: Final = 5


def operated(task: Task, instance: Instance, person: str, at: datetime) -> dict[str, Any]:
    """What all events about operations on a task say."""
    return {
        "case_no": instance.case_no,
        "task_id": task.task_id,
        "element": task.element,
        "name": task.name,
        "person": person,
        "at": at,
    }


def with_desk(instance: Instance, task: Task, **changes: object) -> Instance:
    """The case with something changed on the desk of one of its tasks."""
    return instance.with_task(task.model_copy(update={"desk": task.desk.model_copy(update=changes)}))


def draft_saved(
    instance: Instance, task: Task, answers: Mapping[str, Any], *, person: str, version: int, at: datetime
) -> Decided:
    """Keep what is filled in; `version` is that of the draft it is based on, 0 for none.

    Raises `NotClaimed`, `AlreadySubmitted`, `DraftStale`.
    """
    check_held(task, person)
    text = json.dumps(answers, ensure_ascii=False, sort_keys=True)
    known = task.desk.draft_of(person)
    newest = known.version if known else 0
    if known is not None and newest == version + 1 and known.answers == text:
        return Decided(instance)  # sent again
    if version != newest:
        raise DraftStale(version=newest, given=version)
    draft = Draft(person=person, version=newest + 1, answers=text, saved_at=at)
    others = tuple(each for each in task.desk.drafts if each.person != person)[-_MOST_DRAFTS + 1 :]
    said = TaskDraftSaved(**operated(task, instance, person, at), version=draft.version)
    return Decided(with_desk(instance, task, drafts=(*others, draft)), (said,))


def delegated(
    instance: Instance, task: Task, *, person: str, to: str, reason: str, at: datetime, books: Books
) -> Decided:
    """Let another person work the task; it comes back to be confirmed. Again changes nothing.

    Raises `NotClaimed`, `AlreadySubmitted`, `IsDelegated`, `PersonUnfit`.
    """
    if task.desk.owner == person and task.assignee == to:
        return Decided(instance)
    check_not_delegated(task)
    check_held(task, person)
    check_fit(task, to, person, books)
    after = with_desk(assigned(seen_by_person(instance, to, books), task, to), assigned_to(task, to), owner=person)
    said = TaskDelegated(**operated(task, instance, person, at), to=to, reason=reason)
    return Decided(after, (said,))


def resolved(
    instance: Instance, task: Task, answers: Mapping[str, Any] | None, *, person: str, at: datetime
) -> Decided:
    """Give a delegated task back to its holder, with what is filled in as the holder's draft.

    The holder may take it back too. Raises `NotDelegated`, `NotYourTask`.
    """
    owner = task.desk.owner
    if owner is None:
        raise NotDelegated(task=task.name)
    if person not in (owner, task.assignee):
        raise NotYourTask(task=task.name, post=task.post, department=task.department)
    drafts = task.desk.drafts
    if answers is not None and person != owner:
        own = task.desk.draft_of(owner)
        text = json.dumps(answers, ensure_ascii=False, sort_keys=True)
        draft = Draft(person=owner, version=own.version + 1 if own else 1, answers=text, saved_at=at)
        drafts = (*(each for each in drafts if each.person not in (owner, person)), draft)
    back = with_desk(assigned(instance, task, owner), assigned_to(task, owner), owner=None, drafts=drafts)
    said = TaskResolved(**operated(task, instance, person, at), owner=owner, called_back=person == owner)
    return Decided(back, (said,))


def handed_over(
    instance: Instance, task: Task, *, person: str, to: str, reason: str, at: datetime, books: Books
) -> Decided:
    """Give the task to another person for good, whatever their post. Again changes nothing.

    Raises `NotClaimed`, `AlreadySubmitted`, `IsDelegated`, `PersonUnfit`.
    """
    check_not_delegated(task)
    check_held(task, person)
    check_fit(task, to, person, books)
    after = with_desk(assigned(seen_by_person(instance, to, books), task, to), assigned_to(task, to), given_to=to)
    said = TaskHandedOver(**operated(task, instance, person, at), to=to, reason=reason)
    return Decided(after, (said,))


def urged(instance: Instance, task: Task, *, person: str, message: str, at: datetime, books: Books) -> Decided:
    """Ask for the task to be done soon; whoever can do it is told. Raises `NotHuman`, `UrgedLately`."""
    if task.kind is not StepKind.HUMAN:
        raise NotHuman(task=task.name)
    check_not_urged(task, at)
    said = TaskUrged(
        **operated(task, instance, person, at),
        title=instance.application.title,
        message=message,
        recipients=asked(task, books),
    )
    return Decided(with_desk(instance, task, urged_at=at), (said,))


def check_not_urged(task: Task, at: datetime) -> None:
    """Raise `UrgedLately` when it was urged a short while ago."""
    last = task.desk.urged_at
    if last is not None and at - last < URGE_EVERY:
        raise UrgedLately(task=task.name, at=last.isoformat(), hours=URGE_EVERY // timedelta(hours=1))


def asked(task: Task, books: Books) -> tuple[str, ...]:
    """Who is to do something about the task now: open signers whose turn it is, else its holder, else its post."""
    wanted = [seat.signer for seat in task.desk.seats if seat.is_open and task.desk.is_turn_of(seat)]
    if not wanted or (task.desk.submitted is None and task.desk.is_settled_before):
        wanted += [task.assignee or f"{task.post}@{task.department}"]
    people = (books.holders(name) if "@" in name else (name,) for name in wanted)
    return tuple(dict.fromkeys(code for codes in people for code in codes))


def check_fit(task: Task, to: str, person: str, books: Books) -> None:
    """Raise `PersonUnfit` unless somebody else of this code works on tasks here."""
    known = books.people.get(to)
    if to == person:
        zh, en = "这是您本人", "that is yourself"
    elif known is None or not known.active:
        zh, en = "名册中没有此人，或已离职", "the books do not know them, or they have left"
    elif not any(Permission.TASK_WORK in GRANTED[role] for role in known.roles):
        zh, en = "其角色不办理任务", "their role does not work on tasks"
    elif books.is_away(to):
        zh, en = "此人外出", "they are out of office"
    else:
        return
    raise PersonUnfit(person=to, task=task.name, reason_zh=zh, reason=en)


def assigned_to(task: Task, person: str) -> Task:
    """The task in the hands of a person."""
    return task.model_copy(update={"assignee": person})


def seen_by_person(instance: Instance, person: str, books: Books) -> Instance:
    """The case with the department of a person, or of a post (`P05@D06`), among those who may see it."""
    if "@" in person:
        return instance.seen_by(person.rpartition("@")[2])
    known = books.people.get(person)
    return instance.seen_by(known.department) if known else instance
