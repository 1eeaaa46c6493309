"""Handing resolutions to the processes that wait for them: each once, and what stands in the way is told clearly."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.kernel.identity import Person
from services.kernel.problem import Language, Problem
from services.workflow import answers as forms
from services.workflow.acts import ActRefused, decide_on, went_through
from services.workflow.deps import Deps
from services.workflow.engine.models import EngineFault
from services.workflow.instances.models import Act, Instance, Status, Task, Verb
from services.workflow.instances.operations.checks import check_completable, check_not_suspended
from services.workflow.instances.operations.meetings import condition_closed, resolved
from services.workflow.instances.operations.refusals import CaseNotRunning
from services.workflow.instances.resolutions import Condition, Resolution, Ruled
from services.workflow.instances.turns import Decided, Unworkable
from services.workflow.instances.working import NotYourTask, TaskOver, open_or_over, workable
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.models import Handing, Item, Ruling, Session
from services.workflow.meetings.refusals import NotHanded
from services.workflow.meetings.wording import Choice, answers_for, offered_by
from services.workflow.offices import Office
from services.workflow.operations.performing import cause_of
from services.workflow.queries import case_of
from services.workflow.tasks import form_of

CHANNEL: Final = "meeting"


async def hand(deps: Deps, session: Session, body: MeetingBody, item: Item) -> Handing:
    """Give a case's process what was decided of it, and tell what came of that; again it changes nothing."""
    now = deps.clock.now()
    try:
        await _hand(deps, session, body, item, now=now)
    except Problem as refusal:
        zh, en = _told(refusal, Language.ZH), _told(refusal, Language.EN)
        return Handing(done=False, at=now, code=refusal.code, zh=zh, en=en)
    return Handing(done=True, at=now)


async def _hand(deps: Deps, session: Session, body: MeetingBody, item: Item, *, now: datetime) -> None:
    resolution = resolution_of(session, item)

    async def decide(instance: Instance, office: Office) -> Decided:
        if any(each.resolution_id == resolution.resolution_id for each in instance.resolutions):
            return Decided(instance)
        task = _awaiting(instance, session, item, office)
        answers = await _filled(deps, instance, task, session, body, item)
        act = Act(
            verb=Verb.COMPLETE,
            target=task.task_id,
            payload=answers,
            actor=session.secretary,
            channel=CHANNEL,
            origin=resolution.resolution_id,
            at=now,
        )
        moved = await _moved(deps, instance, act, office=office)
        return resolved(moved, task, resolution, session_id=session.session_id, person=session.secretary, at=now)

    await decide_on(deps, item.case_no, decide, cause=f"workflow.meetings.{resolution.resolution_id}")


async def check_fits(deps: Deps, session: Session, body: MeetingBody, item: Item, ruling: Ruling) -> None:
    """Raise `AnswersInvalid` now for a ruling that the waiting step's form would not take later."""
    found = await deps.instances.find(item.case_no)
    task = found[0].task(item.task_id) if found else None
    if found is None or task is None or ruling.decision is Ruled.DEFER:
        return
    form = await form_of(deps, found[0], task.task_id)
    forms.check(answers_for(form, session, body, item, ruling), form, task=task.name)


async def choices_for(deps: Deps, session: Session) -> dict[str, tuple[Choice, ...]]:
    """By item, the words that the forms of the waiting steps take."""
    found: dict[str, tuple[Choice, ...]] = {}
    for item in session.items:
        case = await deps.instances.find(item.case_no)
        if case is not None and case[0].task(item.task_id) is not None:
            found[item.item_id] = offered_by(await form_of(deps, case[0], item.task_id))
    return found


def _told(refusal: Problem, language: Language) -> str:
    """What stands in the way, with the fields of a form that do not fit."""
    fields = [error.zh if language is Language.ZH else error.en for error in refusal.errors]
    return "；".join([refusal.detail(language), *fields])


def resolution_of(session: Session, item: Item) -> Resolution:
    """What a session decided of an item, as its case keeps it."""
    assert item.ruling is not None  # noqa: S101 - the caller asked `is_to_be_handed`
    ruling, resolution_id = item.ruling, f"{session.session_id}.{item.item_id}"
    agreed = ruling.decision is Ruled.AGREE_IN_PRINCIPLE
    conditions = tuple(
        Condition(condition_id=f"{resolution_id}.{place}", text=text)
        for place, text in enumerate(ruling.conditions if agreed else (), 1)
    )
    return Resolution(
        resolution_id=resolution_id,
        body_id=session.body_id,
        held_on=session.held_on,
        minutes_no=session.number,
        decision=ruling.decision,
        conditions=conditions,
    )


async def close_condition(
    deps: Deps, case_no: str, condition_id: str, *, evidence: str, who: Person, key: str | None
) -> Instance:
    """Close a condition of a decision in principle: who, when, with which evidence.

    Whoever works in the case's department may, and the holders of the meeting's post. Raises CaseNotFound,
    ConditionUnknown, NotYourTask, CaseIsSuspended.
    """
    now = deps.clock.now()
    await case_of(deps, case_no, who)

    async def decide(instance: Instance, office: Office) -> Decided:
        check_not_suspended(instance)
        _check_may_close(instance, who, office)
        return condition_closed(instance, condition_id, evidence=evidence, person=who.code, at=now)

    return await decide_on(deps, case_no, decide, cause=cause_of(who, "close-condition", condition_id, key))


_KEEPERS: Final = frozenset({"P07", "P08", "P10"})


def _check_may_close(instance: Instance, who: Person, office: Office) -> None:
    seats = office.books.posts_of(who.code, who.posts)
    department = instance.application.department
    if department not in who.departments and not _KEEPERS & {seat.partition("@")[0] for seat in seats}:
        raise NotYourTask(task="会议条件 / condition", post="P04", department=department)


def _awaiting(instance: Instance, session: Session, item: Item, office: Office) -> Task:
    """The step that waits for the resolution: the one that was on the agenda, or what a migration made of it.

    Raises CaseNotRunning, CaseIsSuspended, TaskOver, TaskNotFound, and what `workable` and `check_completable` raise.
    """
    if instance.status is not Status.RUNNING:
        raise CaseNotRunning(case_no=instance.case_no)
    closed = instance.closed_task(item.task_id)
    if closed is not None and closed.completed and not closed.undone:
        raise TaskOver(task=closed.name, by=closed.person or "–", at=closed.closed_at.isoformat())
    same = [task for task in instance.tasks if task.decision_body == session.body_id]
    task = instance.task(item.task_id) or (same[0] if len(same) == 1 else open_or_over(instance, item.task_id))
    keeper = office.books.people.get(session.secretary)
    posts = frozenset(keeper.posts) if keeper and keeper.active else frozenset[str]()
    workable(instance, task.task_id, person=session.secretary, posts=posts, books=office.books)
    check_completable(task)
    return task


async def _filled(
    deps: Deps, instance: Instance, task: Task, session: Session, body: MeetingBody, item: Item
) -> Mapping[str, Any]:
    form = await form_of(deps, instance, task.task_id)
    assert item.ruling is not None  # noqa: S101 - as above
    answers = answers_for(form, session, body, item, item.ruling)
    forms.check(answers, form, task=task.name)
    return answers


async def _moved(deps: Deps, instance: Instance, act: Act, *, office: Office) -> Decided:
    try:
        return await went_through(deps, instance, act, office=office)
    except ActRefused as refused:
        raise NotHanded(reason_zh=refused.values["reason_zh"], reason=refused.values["reason"]) from None
    except (EngineFault, Unworkable) as fault:
        raise NotHanded(reason_zh=fault.zh, reason=fault.en) from None
