"""What the process said of a case that a document or a certificate rests on: any order and repetition gives the same.

A dossier owes documents until they are issued. What is owed is worked out anew from all that was said each time more is
said, so a document waits for what must stand in it and never for an order of events.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel, computed_field

from services.contracts.events import Said
from services.contracts.words import ClockKind
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseStarted,
    CaseTerminated,
    CaseWithdrawn,
    ExternalClosed,
    ExternalRequested,
    MilestoneReached,
    TaskCompleted,
    TimerHeld,
    TimerMoved,
)
from services.intake.cases import Position
from services.kernel.store import Body

TELLING: Final = frozenset(
    {
        *("notice_no", "document_no", "certificate_no", "new_no", "number", "proof_no", "record_no"),
        *("reasons", "facts", "evidence", "conditions", "original"),
        *("published", "hearing_on", "posted_from", "valid_until", "valid_months"),
        *("floor_area_m2", "land_area_m2", "land_area_ha", "area_m2"),
    }
)
"""A step whose answers have one of these says something for a document."""

KEPT: Final = TELLING | {
    *("announced_in", "basis", "competent_authority", "compensation", "compensation_no", "complete", "content"),
    *("decision", "defects", "kind", "made_on", "notified_on", "open", "place", "places", "planned_end_on"),
    *("published_on", "told", "told_on", "way"),
    *("held", "held_on", "present", "signed", "summary"),
}
"""What is kept of such answers; opinions and everything else stay where they are."""


DayOf = Callable[[datetime], date]

NUMBERING: Final = "certificate-number"
"""The topic under which the process asks the national system for a certificate's number."""


class Told(BaseModel, frozen=True):
    """One thing said: `what` sort of event, which one (`ref`), the office day of it, and what it said."""

    what: str
    ref: str
    on: date | None
    data: dict[str, Any]
    position: Position


class Due(BaseModel, frozen=True):
    """A document, or an entry in the certificate register, that must be made. `lacks` names what is missing yet."""

    due_id: str
    kind: str
    on: date
    values: dict[str, Any]
    done: bool = False
    lacks: str = ""


class Dossier(Body, frozen=True):
    """One case's: what was said, and what is due because of it."""

    case_no: str
    told: tuple[Told, ...] = ()
    dues: tuple[Due, ...] = ()

    @computed_field  # type: ignore[prop-decorator]  # stored with the body, so that the ticker finds what is owed
    @property
    def owes(self) -> bool:
        """Whether something can be made now."""
        return any(not due.done and not due.lacks for due in self.dues)

    def due(self, due_id: str) -> Due | None:
        """What is due under this id."""
        return next((due for due in self.dues if due.due_id == due_id), None)

    def of(self, what: str) -> tuple[Told, ...]:
        """Everything said of one sort, the oldest first."""
        return tuple(told for told in self.told if told.what == what)


def noted(dossier: Dossier, told: Told) -> Dossier:
    """The dossier after hearing this; the same for a repetition."""
    others = tuple(known for known in dossier.told if (known.what, known.ref) != (told.what, told.ref))
    known = next((each for each in dossier.told if (each.what, each.ref) == (told.what, told.ref)), None)
    if known is not None and known.position >= told.position:
        return dossier
    return dossier.model_copy(update={"told": tuple(sorted((*others, told), key=lambda each: each.position))})


def owing(dossier: Dossier, wanted: Iterable[Due]) -> Dossier:
    """The dossier with what is due now: what is done stays as it was done, the rest is as it is wanted now."""
    dues = {due.due_id: due for due in dossier.dues}
    for due in wanted:
        known = dues.get(due.due_id)
        if known is None or (not known.done and known.values != due.values):
            dues[due.due_id] = due
    return dossier.model_copy(update={"dues": tuple(dues.values())})


def settled(dossier: Dossier, due_id: str, *, lacks: str = "") -> Dossier:
    """After a try to make it: done, or told what it lacks."""
    dues = tuple(
        due.model_copy(update={"done": not lacks, "lacks": lacks}) if due.due_id == due_id else due
        for due in dossier.dues
    )
    return dossier.model_copy(update={"dues": dues})


def told_by(said: Said, position: Position, *, day_of: DayOf) -> Told | None:  # noqa: C901, PLR0911 - one line an event
    """What of an event a dossier keeps; None when it says nothing for a document. `day_of` gives the office's day."""
    match said:
        case CaseStarted():
            return Told(what="started", ref="", on=None, data={}, position=position)
        case CaseAccepted():
            days = {"promised_due_on": said.promised_due_on, "statutory_due_on": said.statutory_due_on}
            return Told(
                what="accepted",
                ref="",
                on=said.accepted_on,
                data={"deemed": said.deemed} | {name: _iso(day) for name, day in days.items()},
                position=position,
            )
        case CaseDecided():
            data = {"outcome": said.outcome.value}
            return Told(what="decided", ref="", on=said.decided_on, data=data, position=position)
        case CaseWithdrawn() | CaseTerminated():
            return _given_up(said, position, day_of=day_of)
        case TimerHeld() if said.kind is not ClockKind.STEP and said.notice_no:
            data = {"notice_no": said.notice_no, "ground": said.ground.value, "basis": said.basis}
            return Told(what="held", ref=said.notice_no, on=day_of(said.held_at), data=data, position=position)
        case TimerMoved() if said.kind is ClockKind.STATUTORY:
            data = {"reason": said.reason, "was_due_on": _iso(said.was_due_on), "due_on": _iso(said.due_on)}
            return Told(what="moved", ref=_iso(said.due_on), on=day_of(said.moved_at), data=data, position=position)
        case MilestoneReached():
            return Told(what="milestone", ref=said.milestone, on=day_of(said.reached_at), data={}, position=position)
        case ExternalRequested() if said.topic == NUMBERING:
            return Told(what="asked", ref=said.task_id, on=day_of(said.requested_at), data={}, position=position)
        case ExternalClosed() if said.how == "answered":
            data = {"topic": said.topic} | {name: said.result[name] for name in KEPT & said.result.keys()}
            return Told(what="external", ref=said.task_id, on=day_of(said.closed_at), data=data, position=position)
        case TaskCompleted() if TELLING & said.answers.keys():
            data = _kept(said.answers)
            return Told(what="task", ref=said.task_id, on=said.completed_on, data=data, position=position)
        case _:
            return None


def _given_up(said: CaseWithdrawn | CaseTerminated, position: Position, *, day_of: DayOf) -> Told:
    if isinstance(said, CaseWithdrawn):
        data = {"requested_on": _iso(day_of(said.requested_at))}
        return Told(what="withdrawn", ref="", on=day_of(said.at), data=data, position=position)
    ruling = said.model_dump(mode="json", include={"ground", "basis", "evidence", "reason"})
    return Told(what="terminated", ref="", on=day_of(said.at), data=ruling, position=position)


def _kept(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answers[name] for name in sorted(KEPT & answers.keys())}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
