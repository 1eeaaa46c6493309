"""What the workflow service hears: cases received and delivered, papers, what comes from outside, links, the books."""

from typing import Final

from services.contracts.events import Said
from services.contracts.external import AnswerCompleted, AnswerFailed, MessageSent, SignalSent
from services.contracts.intake import CaseDelivered, CaseReceived, DocumentIssued, WithdrawalRequested
from services.contracts.notify import LinkDecided
from services.contracts.registry import CalendarPublished, DepartmentChanged, PersonChanged, PostChanged
from services.contracts.supervision import ProcessCalled
from services.contracts.workflow import SignalThrown
from services.kernel import logs
from services.kernel.bus import Event, Handler
from services.kernel.store import AlreadyExists
from services.workflow.acts import ActRefused, carried, perform
from services.workflow.deps import Deps
from services.workflow.instances.models import Act, Verb
from services.workflow.instances.moving import registered
from services.workflow.links import complete_by_link
from services.workflow.operations.closures import withdraw
from services.workflow.signals import broadcasts
from services.workflow.signals.models import Broadcast
from services.workflow.starts.messages import NobodyWaits, deliver

log = logs.get(__name__)


async def start_case(deps: Deps, event: Event[CaseReceived]) -> None:
    """Start the process of a received case; without an active process it waits as an incident."""
    said = event.said
    if await deps.instances.find(said.case_no) is not None:
        log.info("case is known already", case_no=said.case_no)
        return
    act = Act(verb=Verb.START, actor=said.received_by, channel="event", at=said.received_at)
    office = await deps.copies.office()
    decided = await carried(deps, registered(said), act, office=office)
    try:
        await deps.instances.create(decided.instance, decided.said, cause=event.envelope.id)
    except AlreadyExists:
        log.info("case is known already", case_no=said.case_no)


async def deliver_case(deps: Deps, event: Event[CaseDelivered]) -> None:
    """The result was handed over: the process that waits for it goes on."""
    said = event.said
    act = Act(
        verb=Verb.MESSAGE,
        target="case_delivered",
        payload={
            "delivered_at": said.delivered_at.isoformat(),
            "delivered_on": said.delivered_on.isoformat(),
            "delivered_by": said.delivered_by,
            "proof_no": said.proof_no,
        },
        actor=said.delivered_by,
        channel="message",
        at=said.delivered_at,
    )
    await perform(deps, said.case_no, act, cause=event.envelope.id)


async def keep_document(deps: Deps, event: Event[DocumentIssued]) -> None:
    """A paper was issued in a case: the case file lists it."""
    await deps.documents.put(event.said.document_id, event.said, unless_newer=event.envelope.sequence)


async def withdraw_case(deps: Deps, event: Event[WithdrawalRequested]) -> None:
    """The applicant withdraws: the case ends, or it is said that the decision was faster."""
    await withdraw(deps, event.said, cause=event.envelope.id)


async def take_answer(deps: Deps, event: Event[AnswerCompleted]) -> None:
    """An outside system did what it was asked."""
    said = event.said
    act = Act(
        verb=Verb.ANSWER,
        target=said.task_id,
        payload=said.result,
        actor="system:external",
        channel="external",
        at=said.answered_at,
    )
    await _from_outside(deps, said.case_no, act, cause=event.envelope.id)


async def take_failure(deps: Deps, event: Event[AnswerFailed]) -> None:
    """An outside system refused: an error boundary event takes over, or an incident is opened."""
    said = event.said
    act = Act(
        verb=Verb.FAIL,
        target=said.task_id,
        payload={"error_code": said.error_code, "message": said.message},
        actor="system:external",
        channel="external",
        at=said.answered_at,
    )
    await _from_outside(deps, said.case_no, act, cause=event.envelope.id)


async def take_message(deps: Deps, event: Event[MessageSent]) -> None:
    """A message from outside: for the case it names, for one that waits, else for a new case."""
    await deliver(deps, event.said)


async def take_call(deps: Deps, event: Event[ProcessCalled]) -> None:
    """The supervision office calls a process: it begins, or goes on. An office may work without that process."""
    said = event.said
    message = MessageSent(
        message_id=said.message_id,
        name=said.name,
        payload=said.payload,
        business_key=said.business_key,
        sent_at=said.called_at,
    )
    try:
        await deliver(deps, message, by="system:supervision")
    except NobodyWaits:
        log.info("no process takes the call", call=said.name, business_key=said.business_key)


async def take_signal(deps: Deps, event: Event[SignalSent]) -> None:
    """A signal from outside, for every case that waits for it."""
    said = event.said
    broadcast = Broadcast(
        broadcast_id=broadcasts.broadcast_id(f"external.{said.signal_id}"),
        signal=said.name,
        payload=said.payload,
        by="system:external",
        at=deps.clock.now(),
    )
    await broadcasts.begin(deps, broadcast)


async def spread_signal(deps: Deps, event: Event[SignalThrown]) -> None:
    """A case threw a signal; the others that wait for it hear it too."""
    said = event.said
    broadcast = Broadcast(
        broadcast_id=broadcasts.broadcast_id(event.envelope.id),
        signal=said.signal,
        by=f"case:{said.case_no}",
        case_no=said.case_no,
        depth=said.depth,
        at=said.thrown_at,
    )
    await broadcasts.begin(deps, broadcast)


async def take_link_decision(deps: Deps, event: Event[LinkDecided]) -> None:
    """A leader decided by signed link: carried out, kept, or dropped with the reason said."""
    await complete_by_link(deps, event.said, cause=event.envelope.id)


async def keep_post(deps: Deps, event: Event[PostChanged]) -> None:
    """A post and the departments that have it; cases that waited for it may start."""
    await deps.copies.posts.put(event.said.code, event.said, unless_newer=event.envelope.sequence)
    deps.copies.forget()
    deps.bells.waiting.set()


async def keep_department(deps: Deps, event: Event[DepartmentChanged]) -> None:
    """A department or township office."""
    await deps.copies.departments.put(event.said.code, event.said, unless_newer=event.envelope.sequence)
    deps.copies.forget()
    deps.bells.waiting.set()


async def keep_person(deps: Deps, event: Event[PersonChanged]) -> None:
    """A person: posts, deputy, in or out of office."""
    await deps.copies.people.put(event.said.code, event.said, unless_newer=event.envelope.sequence)
    deps.copies.forget()


async def keep_calendar_year(deps: Deps, event: Event[CalendarPublished]) -> None:
    """The official days of a year; every open clock is worked out anew by the ticker."""
    await deps.copies.years.put(str(event.said.year), event.said, unless_newer=event.said.version)
    deps.copies.forget()
    deps.bells.calendar.set()


async def _from_outside(deps: Deps, case_no: str, act: Act, *, cause: str) -> None:
    """An answer that nobody waits for any more is dropped: the request was cancelled, or answered before."""
    try:
        await perform(deps, case_no, act, cause=cause)
    except ActRefused:
        log.info("nobody waits for this answer any more", case_no=case_no, task_id=act.target)


HEARS: Final[dict[type[Said], Handler[Deps]]] = {
    CaseReceived: start_case,
    CaseDelivered: deliver_case,
    WithdrawalRequested: withdraw_case,
    DocumentIssued: keep_document,
    AnswerCompleted: take_answer,
    AnswerFailed: take_failure,
    MessageSent: take_message,
    ProcessCalled: take_call,
    SignalSent: take_signal,
    SignalThrown: spread_signal,
    LinkDecided: take_link_decision,
    PostChanged: keep_post,
    DepartmentChanged: keep_department,
    PersonChanged: keep_person,
    CalendarPublished: keep_calendar_year,
}
