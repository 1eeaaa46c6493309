"""What supervision hears, and what it does about it."""

from typing import Final

from services.contracts.events import Said
from services.contracts.intake import CaseDelivered, CaseRated, CaseReceived, ContactReported, RatingContacted
from services.contracts.registry import CalendarPublished, DepartmentChanged, PersonChanged
from services.contracts.supervision import LightChanged
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    CaseMigrated,
    CaseStarted,
    DefinitionActivated,
    TaskCompleted,
    TaskOpened,
    TimerDue,
    TimerHeld,
    TimerMoved,
    TimerOverdue,
    TimerResumed,
    TimerStarted,
    TimerStopped,
    TimerWarned,
)
from services.kernel.bus import Event, Handler
from services.supervision.alerting import hear
from services.supervision.desk import Deps, follow_migration
from services.supervision.following import follow_completed, follow_opened, follow_start
from services.supervision.projects.hearing import follow
from services.supervision.statistics.hearing import count, light_and_count, note_item, note_year
from services.supervision.voices import hear_call, hear_contact, hear_rating


async def note_person(deps: Deps, event: Event[PersonChanged]) -> None:
    """Keep the person as the registry now has them."""
    await deps.books.persons.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def note_department(deps: Deps, event: Event[DepartmentChanged]) -> None:
    """Keep the department as the registry now has it."""
    await deps.books.departments.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def count_and_follow(deps: Deps, event: Event[TaskCompleted]) -> None:
    """A step is done: it is counted, and enters the books of the key project or the matter that it belongs to."""
    await count(deps, event)
    await follow(deps, event)
    await follow_completed(deps, event)


async def count_and_link(deps: Deps, event: Event[CaseStarted]) -> None:
    """A case began: it is counted, and a matter or notice that it is the process of knows it from now on."""
    await count(deps, event)
    await follow_start(deps, event)


HEARS: Final[dict[type[Said], Handler[Deps]]] = {
    PersonChanged: note_person,
    DepartmentChanged: note_department,
    CaseMigrated: follow_migration,
    TimerStarted: hear,
    TimerWarned: hear,
    TimerDue: hear,
    TimerOverdue: hear,
    TimerHeld: light_and_count,
    TimerResumed: light_and_count,
    TimerMoved: hear,
    TimerStopped: light_and_count,
    LightChanged: count,
    CaseReceived: count,
    CaseStarted: count_and_link,
    CaseAccepted: count,
    TaskOpened: follow_opened,
    TaskCompleted: count_and_follow,
    CaseDecided: count,
    CaseEnded: count,
    CaseDelivered: count,
    CaseRated: hear_rating,
    RatingContacted: hear_call,
    ContactReported: hear_contact,
    CalendarPublished: note_year,
    DefinitionActivated: note_item,
}
