"""Keeping sessions: load, decide, save; then the cases get what was decided, and the minutes their clocks."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.kernel.identity import Person, scope_of
from services.kernel.requests import KeyTaken
from services.kernel.store import AlreadyExists
from services.workflow.books import Books
from services.workflow.deps import Deps
from services.workflow.meetings import holding, minutes, planning
from services.workflow.meetings.bodies import MeetingBody, bodies_at_first
from services.workflow.meetings.filing import file_all, file_minutes
from services.workflow.meetings.handing import check_fits, hand
from services.workflow.meetings.minding import body_of, mind, mind_all
from services.workflow.meetings.models import Item, Ruling, Session, Stage
from services.workflow.meetings.planning import Plan, Written, item_of
from services.workflow.meetings.queues import Queued, queue_of
from services.workflow.meetings.refusals import BodyUnknown, NotInQueue, NotYourSession, SessionNotFound
from services.workflow.operations.performing import cause_of

Change = Callable[[Session], Written]
_BUREAU: Final = "D00"
_AT_ONCE: Final = 50


async def bodies(deps: Deps) -> dict[str, MeetingBody]:
    """Every collective body by id, as it was last set."""
    stored = await deps.bodies.query({}, sort=[("_id", 1)], limit=100)
    return {**bodies_at_first(), **{body.body_id: body for body in stored}}


async def body_named(deps: Deps, body_id: str) -> MeetingBody:
    """A collective body. Raises BodyUnknown."""
    body = await body_of(deps, body_id)
    if body is None:
        raise BodyUnknown(body=body_id)
    return body


async def set_body(deps: Deps, body: MeetingBody) -> MeetingBody:
    """Keep a body as it is to be from now on; sessions that are planned stay as they were. Raises BodyUnknown."""
    await body_named(deps, body.body_id)
    try:
        await deps.bodies.create(body)
    except AlreadyExists:
        return await deps.bodies.change(body.body_id, lambda _: (body, ()))
    return body


async def plan(deps: Deps, body_id: str, wish: Plan, *, who: Person, key: str) -> Session:
    """Plan a session; the same request under the same key gives the same session.

    Raises BodyUnknown, NotYourSession, RecordUnfit, KeyTaken.
    """
    body, office = await body_named(deps, body_id), await deps.copies.office()
    check_keeper(body, who, office.books)
    digest = _digest([body_id, wish.held_on, wish.begins, wish.place, wish.chair, wish.members])
    session_id = hashlib.sha256(f"{who.code}.{key}".encode()).hexdigest()[:16]
    full = filled(wish, body, office.books)
    session = planning.planned(session_id, body, full, secretary=who.code, office=office.time)
    home = {who.department, *(each.department for code in full.members if (each := office.books.people.get(code)))}
    session = session.model_copy(update={"digest": digest, "departments": tuple(sorted({_BUREAU, *home} - {""}))})
    try:
        await deps.sessions.create(session, [planning.said_planned(session, deps.clock.now())])
    except AlreadyExists:
        before, _ = await deps.sessions.load(session_id)
        if before.digest != digest:
            raise KeyTaken from None
        return before
    return session


def filled(wish: Plan, body: MeetingBody, books: Books) -> Plan:
    """A plan with the body's own chair and members where it names none."""
    chair = wish.chair or body.presiding(books)
    members = wish.members or body.sitting(books)
    whole = members if chair in members or body.is_panel else (chair, *members)
    return Plan(wish.held_on, wish.begins, wish.place, chair or next(iter(members), ""), tuple(filter(None, whole)))


async def session_of(deps: Deps, session_id: str, who: Person) -> Session:
    """A session, if the person may see it: members' and items' departments do. Raises SessionNotFound."""
    found = await deps.sessions.find(session_id)
    if found is None or not sees(found[0], who):
        raise SessionNotFound(session=session_id)
    return found[0]


def sees(session: Session, who: Person) -> bool:
    """Whether a person may see a session: one who sits in it, or whose departments take part in it."""
    return who.code in (*session.members, session.chair) or scope_of(who).sees(session.departments)


async def sessions_for(deps: Deps, who: Person, *, body_id: str, limit: int) -> list[Session]:
    """The newest sessions that a person may see, of one body or of all."""
    mine = {"$or": [scope_of(who).filter(), {"body.members": who.code}]}
    where = {"$and": [mine, {"body.body_id": body_id} if body_id else {}]}
    return await deps.sessions.query(where, sort=[("body.held_on", -1), ("_id", 1)], limit=limit)


async def keep(deps: Deps, session_id: str, change: Change, *, who: Person, name: str, key: str | None) -> Session:
    """Do something to a session that only its keeper does, once for each key.

    Raises SessionNotFound, NotYourSession and what `change` raises.
    """
    body = await may_keep(deps, await session_of(deps, session_id, who), who)
    after = await deps.sessions.change(session_id, change, cause=cause_of(who, name, session_id, key))
    return await mind(deps, after, body)


async def may_keep(deps: Deps, session: Session, who: Person) -> MeetingBody:
    """The body of a session, if the person keeps its sessions. Raises NotYourSession."""
    body = await body_named(deps, session.body_id)
    check_keeper(body, who, (await deps.copies.office()).books)
    return body


async def replan(deps: Deps, session: Session, wish: Plan, *, who: Person, key: str | None) -> Session:
    """Another time or place, the same agenda. Raises SessionPastThat, RecordUnfit."""
    body, office, now = await may_keep(deps, session, who), await deps.copies.office(), deps.clock.now()
    full = filled(wish, body, office.books)
    return await keep(
        deps,
        session.session_id,
        lambda fresh: planning.replanned(fresh, body, full, office=office.time, at=now),
        who=who,
        name="replan",
        key=key,
    )


async def set_agenda(deps: Deps, session: Session, tasks: Sequence[str], *, who: Person, key: str | None) -> Session:
    """Put these steps of the queue on the agenda, in this order. Raises NotInQueue."""
    body = await body_named(deps, session.body_id)
    waiting = {each.task.task_id: each for each in (await queue_of(deps, body.body_id, who)).steps}
    entries = [_entry(task_id, waiting.get(task_id), session, body) for task_id in tasks]
    now = deps.clock.now()
    return await keep(
        deps,
        session.session_id,
        lambda fresh: planning.agenda_set(fresh, entries, at=now),
        who=who,
        name="agenda",
        key=key,
    )


def _entry(task_id: str, queued: Queued | None, session: Session, body: MeetingBody) -> Item:
    known = next((item for item in session.items if item.task_id == task_id), None)
    elsewhere = queued is not None and any(each.session_id != session.session_id for each in queued.sessions)
    if queued is None or elsewhere:
        if known is not None and not elsewhere:
            return known
        raise NotInQueue(task=task_id, body=body.name)
    application = queued.instance.application
    return Item(
        item_id=_digest([session.session_id, task_id])[:8],
        case_no=queued.instance.case_no,
        task_id=task_id,
        element=queued.task.element,
        title=application.title,
        department=application.department,
        due_on=queued.due_on,
    )


async def hold(deps: Deps, session: Session, present: Sequence[str], *, who: Person, key: str | None) -> Session:
    """Open a session with those present; it gets the number of its minutes. Raises NoQuorum, RecordUnfit."""
    body, now = await body_named(deps, session.body_id), deps.clock.now()
    number = session.number
    if not number:
        holding.held(session, body, present, number="–", at=now)  # a number is not drawn for what is refused
        year = session.held_on.year
        serial = await deps.counter(f"minutes.{body.body_id}.{year}")
        number = f"{body.name}{'评审' if body.is_panel else '纪要'}〔{year}〕{serial}号"
    return await keep(
        deps,
        session.session_id,
        lambda fresh: holding.held(fresh, body, present, number=number, at=now),
        who=who,
        name="hold",
        key=key,
    )


async def decide(
    deps: Deps, session: Session, item_id: str, ruling: Ruling, *, who: Person, key: str | None
) -> Session:
    """Write down what was decided of an item. Raises ItemUnknown, NoQuorum, RecordUnfit, AnswersInvalid."""
    body = await body_named(deps, session.body_id)
    await check_fits(deps, session, body, item_of(session, item_id), ruling)
    return await keep(
        deps,
        session.session_id,
        lambda fresh: holding.decided(fresh, body, item_id, ruling),
        who=who,
        name="decide",
        key=key,
    )


async def draft(deps: Deps, session: Session, text: str | None, *, who: Person, key: str | None) -> Session:
    """The minutes with a text, or as the record gives them. Raises SessionPastThat, RecordUnfit."""
    body, books = await body_named(deps, session.body_id), (await deps.copies.office()).books
    now, drawn = deps.clock.now(), minutes.text_of(session, body, lambda person: named(person, books))
    return await keep(
        deps,
        session.session_id,
        lambda fresh: minutes.drafted(fresh, text or drawn, by=who.code, at=now),
        who=who,
        name="draft",
        key=key,
    )


async def sign(deps: Deps, session: Session, *, who: Person, key: str | None) -> Session:
    """Sign the minutes. With the chair's name they stand: the cases get their resolutions. Raises NotTheSigner.

    Experts sign on paper: who keeps their session enters the report that the one in the chair has signed.
    """
    books, now = (await deps.copies.office()).books, deps.clock.now()
    body = await body_named(deps, session.body_id)
    for_chair = signs_for_chair(session, body, who, books)
    after = await deps.sessions.change(
        session.session_id,
        lambda fresh: minutes.signed(fresh, by=who.code, for_chair=for_chair, at=now),
        cause=cause_of(who, "sign", session.session_id, key),
    )
    await hand_all(deps, after)
    return await file_minutes(deps, (await deps.sessions.load(session.session_id))[0])


async def carry_on(deps: Deps) -> int:
    """What time does with sessions, and what a stop of the service left undone: minutes neither handed nor printed."""
    await mind_all(deps)
    left = {"body.stage": Stage.SIGNED.value, "body.items.handing": None}
    for session in await deps.sessions.query(left, sort=[("_id", 1)], limit=_AT_ONCE):
        if any(item.handing is None for item in minutes.unhanded(session)):
            await hand_all(deps, session)
    await file_all(deps)
    return 0


async def hand_all(deps: Deps, session: Session) -> Session:
    """Give every case what was decided of it, as far as it has not got it; what stands in the way is kept and told."""
    body = await body_named(deps, session.body_id)
    for item in minutes.unhanded(session) if session.stage is Stage.SIGNED else ():
        handing = await hand(deps, session, body, item)
        session = await deps.sessions.change(
            session.session_id,
            lambda fresh, item=item, handing=handing: (_handed(fresh, item.item_id, handing), ()),  # type: ignore[misc]
        )
    return await mind(deps, session, body)


def signs_for_chair(session: Session, body: MeetingBody, who: Person, books: Books) -> bool:
    """Whether a person's name stands for the chair's: the chair, their deputy; for experts who keeps the session."""
    if body.is_panel:
        return body.is_kept_by(books.posts_of(who.code, who.posts))
    return session.chair in (who.code, *(each.code for each in books.stood_in_for(who.code)))


def _handed(session: Session, item_id: str, handing: Any) -> Session:  # noqa: ANN401 - a `Handing`
    item = item_of(session, item_id)
    if item.handing is not None and item.handing.done:
        return session
    return session.with_item(item.model_copy(update={"handing": handing}))


def check_keeper(body: MeetingBody, who: Person, books: Books) -> None:
    """Raise `NotYourSession` unless the person keeps the sessions of the body."""
    if not body.is_kept_by(books.posts_of(who.code, who.posts)):
        raise NotYourSession(body=body.name, post=body.post)


def named(person: str, books: Books) -> str:
    """What a member is called: an expert from outside by their own name."""
    found = books.people.get(person)
    return found.name if found else person


async def meetings_of(deps: Deps, case_no: str) -> list[Session]:
    """The sessions that had or have a case on their agenda, the newest first."""
    where: Mapping[str, Any] = {"body.items.case_no": case_no}
    return await deps.sessions.query(where, sort=[("body.held_on", -1), ("_id", 1)], limit=50)


def _digest(told: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, default=str).encode()).hexdigest()
