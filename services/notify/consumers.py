"""What notify hears, and what it does about it."""

from typing import Any, Final

from services.contracts.events import Said
from services.contracts.intake import ContactGiven
from services.contracts.registry import PersonChanged
from services.contracts.supervision import (
    BulletinPublished,
    EscalationClimbed,
    LightChanged,
    MatterRegistered,
    NoticeIssued,
)
from services.contracts.workflow import (
    CaseAccepted,
    IncidentOpened,
    MilestoneReached,
    TaskCancelled,
    TaskCompleted,
    TaskOpened,
)
from services.kernel.bus import Event
from services.notify.books import Contact
from services.notify.deliveries import Deps, close_links, compose


async def note_person(deps: Deps, event: Event[PersonChanged]) -> None:
    """Keep the person as the registry now has them."""
    await deps.books.persons.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def note_contact(deps: Deps, event: Event[ContactGiven]) -> None:
    """Keep the applicant's number, then send the receipt's message."""
    contact = Contact(case_no=event.said.case_no, phone=event.said.phone)
    await deps.books.contacts.put(contact.case_no, contact, unless_newer=event.envelope.sequence)
    await compose(deps, event)


async def end_links(deps: Deps, event: Event[TaskCompleted] | Event[TaskCancelled]) -> None:
    """A link for a step that is over decides nothing."""
    await close_links(deps, event.said.task_id, event.said.TYPE)


HEARS: Final[dict[type[Said], Any]] = {
    PersonChanged: note_person,
    ContactGiven: note_contact,
    CaseAccepted: compose,
    MilestoneReached: compose,
    TaskOpened: compose,
    TaskCompleted: end_links,
    TaskCancelled: end_links,
    LightChanged: compose,
    EscalationClimbed: compose,
    MatterRegistered: compose,
    NoticeIssued: compose,
    BulletinPublished: compose,
    IncidentOpened: compose,
}
