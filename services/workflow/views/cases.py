"""Cases, clocks, incidents and history as people read them."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from services.contracts.words import ClockKind, HoldGround, Outcome
from services.kernel.identity import Person
from services.kernel.store import Entry
from services.workflow.clocks.dues import OfficeTime, due_if_resumed_on
from services.workflow.clocks.ledgers import Clock, EntryKind
from services.workflow.history.lines import data_for
from services.workflow.instances.models import Incident, Instance, Status
from services.workflow.views.tasks import TaskLine, task_line


class LedgerLine(BaseModel, frozen=True):
    """One entry of a clock's ledger."""

    kind: EntryKind
    on: date
    at: datetime
    actor: str
    basis: str
    document: str | None
    ground: HoldGround | None
    workdays: int
    reason: str | None


class ClockView(BaseModel, frozen=True):
    """A clock with its due date. While it is held, `due_on` is what it would be if it were resumed today."""

    clock_id: str
    kind: ClockKind
    name: str
    element: str | None
    limit_workdays: int
    extension_workdays: int
    started_on: date
    due_on: date
    due_at: datetime
    provisional: bool
    held: bool
    stopped_at: datetime | None
    overdue_workdays: int | None
    ledger: list[LedgerLine]


class IncidentView(BaseModel, frozen=True):
    """An act that the process could not carry out."""

    incident_id: str
    case_no: str
    element: str
    reason_zh: str
    reason_en: str
    verb: str
    actor: str
    opened_at: datetime
    tries: int


class IncidentPage(BaseModel, frozen=True):
    """A page of incidents; give `next` as `after` to read on."""

    incidents: list[IncidentView]
    next: str | None


class CaseView(BaseModel, frozen=True):
    """Where a case stands. `next_due_at` is when time will next do something to it: warn, remind, fire a timer."""

    case_no: str
    title: str
    item_code: str
    situation: str
    department: str
    township: str | None
    status: Status
    outcome: Outcome | None
    process_key: str | None
    version: int | None
    received_on: date
    started_at: datetime | None
    ended_at: datetime | None
    next_due_at: datetime | None
    steps: list[TaskLine]
    clocks: list[ClockView]
    waiting_for: list[str]
    incidents: list[IncidentView]


class HistoryLine(BaseModel, frozen=True):
    """One thing that was said of the case."""

    order: str
    type: str
    at: datetime
    data: dict[str, Any]


class HistoryPage(BaseModel, frozen=True):
    """A page of a case's history, oldest first; give `next` as `after` to read on."""

    events: list[HistoryLine]
    next: str | None


def case_view(instance: Instance, *, on: date, time: OfficeTime) -> CaseView:
    """A case as it stands on a day: its open steps, its own clocks and those of the open steps."""
    application, pin = instance.application, instance.pin
    shown = [clock for clock in instance.clocks if clock.kind is not ClockKind.STEP or clock.stopped is None]
    return CaseView(
        case_no=instance.case_no,
        title=application.title,
        item_code=application.item_code,
        situation=application.situation,
        department=application.department,
        township=application.township,
        status=instance.status,
        outcome=instance.outcome,
        process_key=pin.process_key if pin else None,
        version=pin.version if pin else None,
        received_on=application.received_on,
        started_at=instance.started_at,
        ended_at=instance.ended_at,
        next_due_at=instance.next_due_at,
        steps=[task_line(instance, task) for task in instance.tasks],
        clocks=[clock_view(clock, on=on, time=time) for clock in shown],
        waiting_for=[external.topic for external in instance.external],
        incidents=[incident_view(instance, incident) for incident in instance.incidents],
    )


def clock_view(clock: Clock, *, on: date, time: OfficeTime) -> ClockView:
    """A clock as it stands on a day."""
    due = due_if_resumed_on(clock, min(on, clock.stopped.on) if clock.stopped else on, time)
    return ClockView(
        clock_id=clock.clock_id,
        kind=clock.kind,
        name=clock.name,
        element=clock.element,
        limit_workdays=clock.limit_workdays,
        extension_workdays=clock.extension_workdays,
        started_on=clock.started.on,
        due_on=due.on,
        due_at=time.hours.close_of(due.on),
        provisional=due.provisional,
        held=clock.is_held,
        stopped_at=clock.stopped.at if clock.stopped else None,
        overdue_workdays=clock.spoken.overdue_workdays,
        ledger=[LedgerLine.model_validate(entry, from_attributes=True) for entry in clock.entries],
    )


def incident_view(instance: Instance, incident: Incident) -> IncidentView:
    """An incident without the answers it keeps."""
    return IncidentView(
        incident_id=incident.incident_id,
        case_no=instance.case_no,
        element=incident.element,
        reason_zh=incident.zh,
        reason_en=incident.en,
        verb=incident.act.verb,
        actor=incident.act.actor,
        opened_at=incident.opened_at,
        tries=incident.tries,
    )


def history_line(entry: Entry, who: Person) -> HistoryLine:
    """One thing said, as a line of the case's history that a person may see."""
    envelope = entry.envelope
    return HistoryLine(order=entry.order, type=envelope.type, at=envelope.time, data=dict(data_for(who, envelope)))
