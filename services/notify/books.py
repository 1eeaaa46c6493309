"""Read copies: who works here, which steps may be decided by link, how applicants are reached, what was announced."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel

from services.contracts.registry import CalendarPublished, PersonChanged
from services.contracts.words import Role
from services.contracts.workflow import TaskOpened
from services.kernel.seals import Seals
from services.kernel.store import Collection
from services.notify.groups import Groups
from services.notify.holds import Hold
from services.notify.people import People
from services.notify.steps import Steps
from services.notify.templates import Channel

APPLICANT: Final = "applicant"
GROUP: Final = "group"
POST: Final = "post"
ROLE: Final = "role"

CONTACT_KEPT: Final = timedelta(days=30)
"""How long an applicant's number is kept after the case has ended (PIPL §19: no longer than needed)."""

_MANY: Final = 1000
"""More than any leader has open tasks."""

_NOTHING_NEWER: Final = 2**62
"""The sequence of what no later event may replace."""


class Contact(BaseModel, frozen=True):
    """An applicant's number for one case, sealed. Deleted after `forget_at` (wall time), once the case has ended."""

    case_no: str
    sealed_phone: str
    forget_at: datetime | None = None


class KnownTask(BaseModel, frozen=True):
    """A step that may be decided by link, while it is open, and any step that is closed (`opened` is then empty).

    Empty too while it is open, once its case follows a version where it is decided at the desk.

    `desk` is the post that does it, as people hold it (`P09@D00`).
    """

    task_id: str
    desk: str = ""
    opened: TaskOpened | None = None
    closed_at: datetime | None = None


class Announced(BaseModel, frozen=True):
    """All messages that an event asks for were made, at this wall time: kept of events that may ask for none."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """Who will read a message, and where."""

    recipient: str
    addresses: Mapping[Channel, str]


@dataclass(frozen=True, slots=True)
class Books:
    """What notify remembers of what others said."""

    people: People
    steps: Steps
    contacts: Collection[Contact]
    tasks: Collection[KnownTask]
    announced: Collection[Announced]
    groups: Groups
    years: Collection[CalendarPublished]
    holds: Collection[Hold]
    seals: Seals

    async def reach(self, recipient: str) -> Reach | None:
        """The recipient's addresses as they now are; None while nobody knows them. Raises SealBroken."""
        kind, _, name = recipient.rpartition(":")
        if kind == APPLICANT:
            phone = await self._phone(name)
            return None if phone is None else Reach(recipient, _by_telephone(phone))
        match kind:
            case "group":
                return Reach(recipient, {Channel.GROUP: name}) if name in self.groups else None
            case "post":
                found = self.people.holders(name)
            case "role":
                found = self.people.with_role(Role(name))
            case _:
                person = self.people.get(recipient)
                found = [] if person is None else [person]
        return _reach(found[0]) if found else None

    async def keep_contact(self, case_no: str, phone: str, *, sequence: int) -> None:
        """Remember an applicant's number."""
        contact = Contact(case_no=case_no, sealed_phone=self.seals.seal(phone, place=_place(case_no)))
        await self.contacts.put(case_no, contact, unless_newer=sequence)

    async def forget_contact(self, case_no: str, *, at: datetime) -> None:
        """The case is over: let the database delete the number at that moment."""
        contact = await self.contacts.get(case_no)
        if contact is not None:
            await self.contacts.put(case_no, contact.model_copy(update={"forget_at": at}), unless_newer=_NOTHING_NEWER)

    async def keep_task(self, task: TaskOpened, *, sequence: int) -> None:
        """Remember a step that may be decided by link."""
        known = KnownTask(task_id=task.task_id, desk=desk_of(task), opened=task)
        await self.tasks.put(task.task_id, known, unless_newer=2 * sequence)

    async def plain_task(self, task_id: str, *, sequence: int) -> None:
        """Remember that a step can be decided at the desk only, from now on."""
        await self.tasks.put(task_id, KnownTask(task_id=task_id), unless_newer=2 * sequence)

    async def close_task(self, task_id: str, *, sequence: int, wall: datetime) -> None:
        """Remember that a step is over, so that hearing of its opening again does nothing.

        Opening and closing may bear the same sequence: the closing then counts as the later.
        """
        await self.tasks.put(task_id, KnownTask(task_id=task_id, closed_at=wall), unless_newer=2 * sequence + 1)

    async def is_closed(self, task_id: str) -> bool:
        """Whether the step is known to be over."""
        task = await self.tasks.get(task_id)
        return task is not None and task.closed_at is not None

    async def open_tasks(self, person: PersonChanged) -> list[TaskOpened]:
        """The open steps that this person could decide by link."""
        mine = {"body.opened.assignee": person.code}
        of_my_posts = {"body.opened.assignee": None, "body.desk": {"$in": list(person.posts)}}
        where = {"body.closed_at": None, "$or": [mine, of_my_posts]}
        found = await self.tasks.query(where, sort=[("_id", 1)], limit=_MANY)
        return [task.opened for task in found if task.opened is not None]

    async def _phone(self, case_no: str) -> str | None:
        contact = await self.contacts.get(case_no)
        return None if contact is None else self.seals.open(contact.sealed_phone, place=_place(case_no))


def desk_of(task: TaskOpened) -> str:
    """The post that does a task, as people hold it."""
    return f"{task.post}@{task.department}"


def awaited_as(person: PersonChanged) -> list[str]:
    """The recipients of messages that wait for a person like this one."""
    posts, roles = [f"{POST}:{post}" for post in person.posts], [f"{ROLE}:{role.value}" for role in person.roles]
    return [person.code, *posts, *roles] if person.active else [person.code]


def _reach(person: PersonChanged) -> Reach:
    ways = {Channel.SMTP: person.mail, Channel.CHAT: person.chat, **_by_telephone(person.phone)}
    addresses = {channel: to for channel, to in ways.items() if to and person.active}
    return Reach(person.code, addresses)


def _by_telephone(phone: str) -> dict[Channel, str]:
    """What a number is good for; the desk finds it in the case."""
    return {Channel.SMS: phone, Channel.VOICE: phone, Channel.DESK: "desk"}


def _place(case_no: str) -> str:
    return f"contacts.{case_no}.phone"
