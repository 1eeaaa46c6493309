"""What the window hears: read copies, and the progress of its cases."""

from typing import Final

from services.contracts.events import Said
from services.contracts.projects import GuideAssigned, GuideIntroduced
from services.contracts.registry import CalendarPublished, DepartmentChanged, PersonChanged
from services.contracts.workflow import (
    CaseTerminated,
    CaseWithdrawn,
    DefinitionActivated,
    DefinitionRetired,
    ExternalClosed,
    TimerMoved,
)
from services.intake.cases import NOTED, Case, note, position_of
from services.intake.copies import Colleague
from services.intake.deps import Deps
from services.intake.documents.hearing import hear
from services.intake.roadmaps.desk import keep_guide, keep_guided
from services.kernel import logs
from services.kernel.bus import Event, Handler
from services.kernel.store import NotFound

log = logs.get(__name__)


async def keep_definition(deps: Deps, event: Event[DefinitionActivated]) -> None:
    """From now on new cases of the item ask for these papers and promise this much, if a window may receive them."""
    said = event.said
    if not said.at_window:
        await deps.copies.definitions.delete(said.process_key)
        return
    await deps.copies.definitions.put(said.process_key, said, unless_newer=event.envelope.sequence)


async def forget_definition(deps: Deps, event: Event[DefinitionRetired]) -> None:
    """No new case follows the process: its item is not on offer until a version is active again."""
    await deps.copies.definitions.delete(event.said.process_key)


async def keep_department(deps: Deps, event: Event[DepartmentChanged]) -> None:
    """A department, or the office of a township that applications may name."""
    await deps.copies.departments.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def keep_person(deps: Deps, event: Event[PersonChanged]) -> None:
    """The name of somebody who works here, for the papers inside the house."""
    colleague = Colleague(name=event.said.name)
    await deps.copies.people.put(event.said.code, colleague, unless_newer=event.envelope.sequence)


async def keep_a_guide(deps: Deps, event: Event[GuideAssigned]) -> None:
    """The planning guide of a key project sees the whole way of it."""
    await keep_guide(deps, event.said, sequence=event.envelope.sequence)


async def keep_a_guided_case(deps: Deps, event: Event[GuideIntroduced]) -> None:
    """A case of a key project."""
    await keep_guided(deps, event.said, sequence=event.envelope.sequence)


async def keep_calendar_year(deps: Deps, event: Event[CalendarPublished]) -> None:
    """The official days of a year, for expected collection dates."""
    await deps.copies.years.put(str(event.said.year), event.said, unless_newer=event.said.version)


async def note_progress(deps: Deps, event: Event[Said]) -> None:
    """How far a case is. Processes that run without a case of ours, such as supervision's, are passed over."""
    said, envelope = event.said, event.envelope
    await deps.moment.over()

    def decide(case: Case) -> tuple[Case, tuple[()]]:
        return note(case, said, position_of(envelope)), ()

    try:
        case = await deps.cases.change(said.key, decide, cause=envelope.id)
    except NotFound:
        log.debug("event of a process without a case of ours", event_type=envelope.type)
        return
    await hear(deps, case, event)


async def note_for_papers(deps: Deps, event: Event[Said]) -> None:
    """What changes nothing of how far a case is, but stands in its documents or certificate."""
    if (found := await deps.cases.find(event.said.key)) is not None:
        await hear(deps, found[0], event)


HEARS: Final[dict[type[Said], Handler[Deps]]] = {
    DefinitionActivated: keep_definition,
    DefinitionRetired: forget_definition,
    DepartmentChanged: keep_department,
    PersonChanged: keep_person,
    GuideAssigned: keep_a_guide,
    GuideIntroduced: keep_a_guided_case,
    CalendarPublished: keep_calendar_year,
    **dict.fromkeys(NOTED, note_progress),
    TimerMoved: note_for_papers,
    ExternalClosed: note_for_papers,
    CaseWithdrawn: note_for_papers,
    CaseTerminated: note_for_papers,
}
