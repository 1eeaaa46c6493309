"""What notify hears, and what it does about it."""

from typing import Final

from services.contracts.events import Said
from services.contracts.intake import (
    CaseDelivered,
    CaseReceived,
    ContactGiven,
    DocumentIssued,
    ObjectionAnswered,
    ObjectionReceived,
)
from services.contracts.notify import SubscriptionPaused
from services.contracts.projects import (
    GuideAssigned,
    GuideIntroduced,
    InstructionGiven,
    PlanPublished,
    ProjectHandedOver,
    ProjectReported,
)
from services.contracts.registry import CalendarPublished, PersonChanged
from services.contracts.supervision import (
    BulletinPublished,
    EscalationClimbed,
    LightChanged,
    MatterMoved,
    MatterRegistered,
    NoticeIssued,
)
from services.contracts.words import StepKind
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    CaseMigrated,
    CaseResumed,
    CaseStarted,
    CaseSuspended,
    CaseTerminated,
    CaseWithdrawn,
    DecisionDropped,
    DecisionKept,
    ExpectedDateMoved,
    IncidentOpened,
    MilestoneReached,
    TaskCancelled,
    TaskCompleted,
    TaskOpened,
    TaskUrged,
    TimerHeld,
    TimerResumed,
    WithdrawalRefused,
)
from services.kernel.bus import Event, Handler
from services.notify.announcements import announce, take_up_waiting
from services.notify.audiences import away
from services.notify.books import APPLICANT, CONTACT_KEPT, awaited_as
from services.notify.deps import Deps
from services.notify.holds import ARCHIVED, hold, release
from services.notify.links import may_have_link
from services.notify.migrations import follow_migration
from services.notify.offers import drop_decision, end_links, keep_decision, offer_link
from services.notify.subscriptions.telling import telling


async def note_person(deps: Deps, event: Event[PersonChanged]) -> None:
    """Keep the person; send what waited for them; a leader who went out gets links to the open tasks."""
    person = await deps.books.people.put(event.said, sequence=event.envelope.sequence)
    await take_up_waiting(deps, awaited_as(person))
    if may_have_link(person):
        for task in await deps.books.open_tasks(person):
            await offer_link(deps, task, person, cause=event.envelope.id)


async def note_contact(deps: Deps, event: Event[ContactGiven]) -> None:
    """Keep the applicant's number; send what came before it, then the message about the receipt."""
    case_no = event.said.case_no
    await deps.books.keep_contact(case_no, event.said.phone, sequence=event.envelope.sequence)
    await take_up_waiting(deps, [f"{APPLICANT}:{case_no}"])
    await announce(deps, event)


async def forget_contact(deps: Deps, event: Event[CaseEnded]) -> None:
    """The case is over: its applicant's number is kept for a while and then deleted."""
    await deps.books.forget_contact(event.said.case_no, at=deps.clock.wall() + CONTACT_KEPT)


async def open_task(deps: Deps, event: Event[TaskOpened]) -> None:
    """Tell who can do the task; leaders who are out get a link, if the step may be decided by one."""
    task, steps = event.said, deps.books.steps
    by_link = task.quick_approval and task.kind is StepKind.HUMAN
    if by_link:
        await deps.books.keep_task(task, sequence=event.envelope.sequence)
    in_order = steps.follows(task.case_no, event.envelope.sequence)
    if (by_link or not in_order) and await deps.books.is_closed(task.task_id):  # heard again, after its end
        return
    await announce(deps, event)
    for person in away(deps.books, task):
        await offer_link(deps, task, person, cause=event.envelope.id)
    if not by_link:
        steps.opened(task.task_id)


async def complete_task(deps: Deps, event: Event[TaskCompleted]) -> None:
    """The task's links decide nothing any more; one of them may have decided it."""
    if await _closed(deps, event):
        await end_links(deps, event.said.task_id, signature=event.said.signature, cancelled=False)


async def cancel_task(deps: Deps, event: Event[TaskCancelled]) -> None:
    """A link for a step that is gone decides nothing."""
    if await _closed(deps, event):
        await end_links(deps, event.said.task_id, signature=None, cancelled=True)


async def _closed(deps: Deps, event: Event[TaskCompleted] | Event[TaskCancelled]) -> bool:
    """Remember that a step is over; False for an ordinary one, of which nothing is kept but what was told of it."""
    said, steps = event.said, deps.books.steps
    steps.follows(said.case_no, event.envelope.sequence)
    if steps.ends(said.task_id):
        return False
    await deps.books.close_task(said.task_id, sequence=event.envelope.sequence, wall=deps.clock.wall())
    return True


async def register_matter(deps: Deps, event: Event[MatterRegistered]) -> None:
    """A matter needs what was said in its case; those whom it concerns are told."""
    matter = event.said
    name, sequence = f"matter:{matter.matter_no}", event.envelope.sequence
    await hold(deps.books.holds, name, case_no=matter.case_no, sequence=sequence)
    await announce(deps, event)


async def follow_matter(deps: Deps, event: Event[MatterMoved]) -> None:
    """Once a matter is archived, it needs no messages any more."""
    matter = event.said
    settle = release if matter.step == ARCHIVED else hold
    name, sequence = f"matter:{matter.matter_no}", event.envelope.sequence
    await settle(deps.books.holds, name, case_no=matter.case_no, sequence=sequence)


async def hold_for_objection(deps: Deps, event: Event[ObjectionReceived]) -> None:
    """An objection is looked into."""
    said, sequence = event.said, event.envelope.sequence
    await hold(deps.books.holds, f"objection:{said.objection_no}", case_no=said.case_no, sequence=sequence)


async def release_after_objection(deps: Deps, event: Event[ObjectionAnswered]) -> None:
    """It was answered."""
    said, sequence = event.said, event.envelope.sequence
    await release(deps.books.holds, f"objection:{said.objection_no}", case_no=said.case_no, sequence=sequence)


async def learn_year(deps: Deps, event: Event[CalendarPublished]) -> None:
    """The working days of a year, for what is told while the office is open."""
    await deps.books.years.put(str(event.said.year), event.said, unless_newer=event.said.version)
    deps.quiet.learn(event.said)


HEARS: Final[dict[type[Said], Handler[Deps]]] = {
    PersonChanged: note_person,
    CalendarPublished: learn_year,
    ContactGiven: note_contact,
    CaseAccepted: telling(announce),
    MilestoneReached: telling(announce),
    CaseEnded: telling(forget_contact),
    CaseMigrated: follow_migration,
    TaskOpened: telling(open_task),
    TaskCompleted: telling(complete_task),
    TaskCancelled: cancel_task,
    LightChanged: telling(announce),
    EscalationClimbed: announce,
    MatterRegistered: register_matter,
    MatterMoved: follow_matter,
    NoticeIssued: announce,
    BulletinPublished: announce,
    GuideAssigned: announce,
    GuideIntroduced: announce,
    PlanPublished: announce,
    ProjectHandedOver: announce,
    ProjectReported: announce,
    InstructionGiven: announce,
    IncidentOpened: announce,
    TaskUrged: announce,
    CaseWithdrawn: announce,
    CaseTerminated: announce,
    WithdrawalRefused: announce,
    DecisionKept: keep_decision,
    DecisionDropped: drop_decision,
    DocumentIssued: telling(announce),
    SubscriptionPaused: announce,
    CaseReceived: telling(),
    CaseStarted: telling(),
    CaseSuspended: telling(),
    CaseResumed: telling(),
    CaseDecided: telling(),
    CaseDelivered: telling(),
    ExpectedDateMoved: telling(),
    TimerHeld: telling(),
    TimerResumed: telling(),
    ObjectionReceived: telling(hold_for_objection),
    ObjectionAnswered: telling(release_after_objection),
}
