"""Meetings as people read them: the queue of a body, a session with its numbers, what it means for a case."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from services.kernel.identity import Person, scope_of
from services.workflow.books import Books
from services.workflow.instances.models import Instance
from services.workflow.instances.resolutions import Condition, Resolution
from services.workflow.meetings.bodies import Level, MeetingBody, Power
from services.workflow.meetings.holding import needed_of, present_voices
from services.workflow.meetings.keeping import signs_for_chair
from services.workflow.meetings.models import Handing, Item, Minutes, Paper, Recusal, Ruling, Session, Stage
from services.workflow.meetings.planning import is_late
from services.workflow.meetings.queues import Queued, Waiting
from services.workflow.meetings.wording import Choice


class BodyView(BaseModel, frozen=True):
    """A collective body; `keeps` says that the caller keeps its sessions."""

    body_id: str
    name: str
    name_en: str
    level: Level
    power: Power
    post: str
    members: tuple[str, ...]
    member_posts: tuple[str, ...]
    chair: str
    chair_posts: tuple[str, ...]
    quorum_pct: int
    least_members: int
    votes: bool
    material_workdays: int
    minutes_workdays: int
    keeps: bool


class QueueLine(BaseModel, frozen=True):
    """A case that waits for a body, or makes its papers. `due_on` is when the first of its clocks runs out."""

    case_no: str
    title: str
    task_id: str
    name: str
    name_en: str
    department: str
    opened_at: datetime
    due_on: date | None
    suspended: bool
    material: dict[str, Any]
    session_id: str | None
    session_on: date | None
    conflict: bool


class ConditionView(BaseModel, frozen=True):
    """What a meeting asked for before the decision may be signed."""

    condition_id: str
    case_no: str
    title: str
    body_id: str
    minutes_no: str
    text: str
    closed_by: str
    closed_at: datetime | None
    evidence: str


class QueueView(BaseModel, frozen=True):
    """The queue of a body, the papers that are being made, the conditions that are open."""

    body: BodyView
    waiting: list[QueueLine]
    materials: list[QueueLine]
    conditions: list[ConditionView]


class ItemView(BaseModel, frozen=True):
    """An item of the agenda. `conflict`: the case's clock runs out before the session, and no meeting holds it.

    Of `members` who count for it `present` are there, and `needed` must be.
    """

    item_id: str
    case_no: str
    task_id: str
    title: str
    department: str
    due_on: date | None
    conflict: bool
    papers: tuple[Paper, ...]
    recused: tuple[Recusal, ...]
    no_interest: tuple[str, ...]
    ruling: Ruling | None
    handing: Handing | None
    members: int
    present: int
    needed: int
    choices: tuple[Choice, ...] = ()


class SessionLine(BaseModel, frozen=True):
    """A session in a list."""

    session_id: str
    body_id: str
    body_name: str
    body_name_en: str
    held_on: date
    begins_at: datetime
    place: str
    stage: Stage
    items: int
    conflicts: int


class SessionView(BaseModel, frozen=True):
    """A session. Who neither sits in it nor sees all cases is shown the items of their own departments alone.

    `names` says what its people are called.
    """

    session_id: str
    body: BodyView
    held_on: date
    begins_at: datetime
    place: str
    chair: str
    secretary: str
    members: tuple[str, ...]
    names: dict[str, str]
    papers_due_at: datetime
    papers_frozen: bool
    stage: Stage
    items: list[ItemView]
    present: tuple[str, ...]
    needed: int
    number: str
    minutes: Minutes | None
    case_no: str
    cancelled_because: str
    keeps: bool
    signs: bool


def body_view(body: MeetingBody, seats: frozenset[str]) -> BodyView:
    """A body for one who holds these posts."""
    return BodyView(**body.model_dump(), keeps=body.is_kept_by(seats))


def queue_view(waiting: Waiting, body: BodyView) -> QueueView:
    """The queue of a body."""
    return QueueView(
        body=body,
        waiting=[_queued(each) for each in waiting.steps],
        materials=[_queued(each) for each in waiting.materials],
        conditions=[condition_view(case, one, condition) for case, one, condition in waiting.conditions],
    )


def _queued(queued: Queued) -> QueueLine:
    instance, task = queued.instance, queued.task
    session = next(iter(queued.sessions), None)
    return QueueLine(
        case_no=instance.case_no,
        title=instance.application.title,
        task_id=task.task_id,
        name=task.name,
        name_en=task.name_en,
        department=instance.application.department,
        opened_at=task.opened_at,
        due_on=queued.due_on,
        suspended=instance.suspended is not None,
        material=dict(queued.material),
        session_id=session.session_id if session else None,
        session_on=session.held_on if session else None,
        conflict=session is not None and is_late(queued.due_on, session.held_on),
    )


def condition_view(instance: Instance, resolution: Resolution, condition: Condition) -> ConditionView:
    """A condition of a decision, with its case."""
    return ConditionView(
        **condition.model_dump(),
        case_no=instance.case_no,
        title=instance.application.title,
        body_id=resolution.body_id,
        minutes_no=resolution.minutes_no,
    )


def session_line(session: Session, body: MeetingBody, who: Person) -> SessionLine:
    """A session in a list; it counts the items that its reader is shown."""
    shown = _shown(session, who)
    return SessionLine(
        **session.model_dump(include={"session_id", "body_id", "held_on", "begins_at", "place", "stage"}),
        body_name=body.name,
        body_name_en=body.name_en,
        items=len(shown),
        conflicts=sum(is_late(item.due_on, session.held_on) for item in shown),
    )


def session_view(
    session: Session,
    body: MeetingBody,
    who: Person,
    *,
    books: Books,
    now: datetime,
    choices: Mapping[str, tuple[Choice, ...]],
) -> SessionView:
    """A session for one of its readers."""
    seats, shown = books.posts_of(who.code, who.posts), _shown(session, who)
    own = {"items", "minutes", "body_id", "departments", "digest"}
    people = (*session.members, session.chair, session.secretary)
    return SessionView(
        **session.model_dump(exclude=own),
        body=body_view(body, seats),
        names={code: found.name for code in people if (found := books.people.get(code))},
        papers_frozen=session.are_papers_frozen(now),
        items=[_item(session, item, body, choices.get(item.item_id, ())) for item in shown],
        needed=needed_of(len(session.members), body),
        minutes=session.minutes if is_shown_whole(session, who) else None,
        keeps=body.is_kept_by(seats),
        signs=who.code in session.present or signs_for_chair(session, body, who, books),
    )


def is_shown_whole(session: Session, who: Person) -> bool:
    """Whether a reader is shown every item, and so the minutes."""
    return len(_shown(session, who)) == len(session.items)


def _shown(session: Session, who: Person) -> list[Item]:
    if who.code in (*session.members, session.chair, session.secretary):
        return list(session.items)
    scope = scope_of(who)
    return [item for item in session.items if scope.sees((item.department,))]


def _item(session: Session, item: Item, body: MeetingBody, choices: tuple[Choice, ...]) -> ItemView:
    members = len(session.voices(item))
    return ItemView(
        **item.model_dump(exclude={"element"}),
        conflict=is_late(item.due_on, session.held_on),
        members=members,
        present=len(present_voices(session, item)),
        needed=needed_of(members, body),
        choices=choices,
    )
