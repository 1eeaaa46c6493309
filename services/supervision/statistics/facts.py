"""What is kept of each case for the statistics: dates and days, nothing of its content.

Every event puts what it knows under a key of its own, so repetition and order do not matter. All dates are those of
the office that the events name; what happened later than the day asked about is left out when it is counted.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from services.contracts.events import Said
from services.contracts.intake import CaseDelivered, CaseReceived
from services.contracts.supervision import LightChanged
from services.contracts.words import ClockKind, Light
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    CaseStarted,
    TaskCompleted,
    TimerHeld,
    TimerResumed,
    TimerStopped,
)
from services.kernel.store import Body
from services.kernel.worktime import SHANGHAI

_CORRECTION: Final = ("CorrectionNotice", "CorrectionList")
"""How the elements end at which an applicant is told what to correct (补正)."""

_FEE: Final = ("fee", "charge", "price")
"""Names of answers that would ask for money."""


class StepFact(BaseModel, frozen=True):
    """A step that was completed; `started_on` is None where no clock ran."""

    key: str
    element: str = ""
    name: str = ""
    post: str = ""
    department: str = ""
    started_on: date | None = None
    completed_on: date | None = None
    overdue_workdays: int = 0
    saved_workdays: int = 0
    channel: str = ""


class HoldFact(BaseModel, frozen=True):
    """A time in which the promised clock stood still."""

    key: str
    ground: str
    held_on: date | None = None
    resumed_on: date | None = None
    workdays: int = 0


class LightFact(BaseModel, frozen=True):
    """A light that turned yellow or red."""

    key: str
    light: Light
    rule: str | None
    post: str
    department: str
    on: date


class CaseFact(Body, frozen=True):
    """One case."""

    case_no: str
    item_code: str = ""
    title: str = ""
    department: str = ""
    township: str | None = None
    departments: tuple[str, ...] = ()
    received_on: date | None = None
    accepted_on: date | None = None
    promised_due_on: date | None = None
    decided_on: date | None = None
    outcome: str | None = None
    promised_overdue: int = 0
    statutory_overdue: int = 0
    held_workdays: int = 0
    ended_on: date | None = None
    delivered_on: date | None = None
    corrections: tuple[StepFact, ...] = ()
    steps: tuple[StepFact, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    lights: tuple[LightFact, ...] = ()
    fees: int = 0


def note(fact: CaseFact, said: Said, event_id: str) -> CaseFact:
    """The facts with what an event tells; hearing it again changes nothing."""
    put = _PUTS.get(type(said))
    changed = put(fact, said, event_id) if put else {}
    noted = fact.model_copy(update=changed)
    seen_by = {noted.department, noted.township, *(step.department for step in noted.steps)}
    departments = tuple(sorted({*noted.departments, *(each for each in seen_by if each)}))
    return noted.model_copy(update={"departments": departments})


def is_counted(said: Said) -> bool:
    """Whether an event tells anything that is counted; most timer events do not."""
    match said:
        case TimerHeld() | TimerResumed():
            return said.kind is ClockKind.PROMISED
        case TimerStopped():
            return said.kind is ClockKind.STEP
        case LightChanged():
            return said.rule is not None
        case _:
            return True


def _received(_fact: CaseFact, said: CaseReceived, _id: str) -> dict[str, Any]:
    shared = {"item_code": said.item_code, "title": said.title, "department": said.department}
    return {**shared, "township": said.township, "received_on": said.received_on}


def _started(_fact: CaseFact, said: CaseStarted, _id: str) -> dict[str, Any]:
    shared = {"item_code": said.item_code, "title": said.title, "department": said.department}
    return {**shared, "township": said.township}


def _accepted(_fact: CaseFact, said: CaseAccepted, _id: str) -> dict[str, Any]:
    return {"accepted_on": said.accepted_on, "promised_due_on": said.promised_due_on}


def _decided(_fact: CaseFact, said: CaseDecided, _id: str) -> dict[str, Any]:
    return {
        "decided_on": said.decided_on,
        "outcome": said.outcome.value,
        "promised_overdue": said.promised_overdue_workdays,
        "statutory_overdue": said.statutory_overdue_workdays,
    }


def _ended(_fact: CaseFact, said: CaseEnded, _id: str) -> dict[str, Any]:
    return {"ended_on": _day(said.ended_at)}


def _delivered(_fact: CaseFact, said: CaseDelivered, _id: str) -> dict[str, Any]:
    return {"delivered_on": said.delivered_on}


def _completed(fact: CaseFact, said: TaskCompleted, _id: str) -> dict[str, Any]:
    known = _of(fact.steps, said.task_id) or StepFact(key=said.task_id)
    step = known.model_copy(
        update={
            "element": said.element,
            "name": said.name,
            "post": said.post,
            "department": said.department,
            "completed_on": said.completed_on,
            "overdue_workdays": said.overdue_workdays,
            "saved_workdays": said.saved_workdays,
            "channel": said.channel,
        }
    )
    is_new = known.completed_on is None
    asked = sum(name in _FEE or name.endswith(tuple(f"_{word}" for word in _FEE)) for name in said.answers)
    changed: dict[str, Any] = {"steps": _with(fact.steps, step), "fees": fact.fees + (asked if is_new else 0)}
    if said.element.endswith(_CORRECTION):
        changed["corrections"] = _with(fact.corrections, step)
    return changed


def _stopped(fact: CaseFact, said: TimerStopped, _id: str) -> dict[str, Any]:
    key = said.clock_id.removeprefix("step:")
    known = _of(fact.steps, key) or StepFact(key=key)
    return {"steps": _with(fact.steps, known.model_copy(update={"started_on": said.started_on}))}


def _held(fact: CaseFact, said: TimerHeld, _id: str) -> dict[str, Any]:
    key = f"{said.clock_id} {_day(said.held_at)}"
    known = _of(fact.holds, key) or HoldFact(key=key, ground=said.ground)
    hold = known.model_copy(update={"ground": said.ground.value, "held_on": _day(said.held_at)})
    return {"holds": _paired(_with(fact.holds, hold))}


def _resumed(fact: CaseFact, said: TimerResumed, event_id: str) -> dict[str, Any]:
    """The end of a hold, kept by itself: which hold it ends shows when both are there."""
    end = HoldFact(key=event_id, ground="", resumed_on=_day(said.resumed_at), workdays=said.held_workdays)
    was = _of(fact.holds, event_id)
    holds = fact.holds if was else _with(fact.holds, end)
    return {"holds": _paired(holds), "held_workdays": sum(hold.workdays for hold in holds)}


def _lit(fact: CaseFact, said: LightChanged, event_id: str) -> dict[str, Any]:
    light = LightFact(
        key=event_id,
        light=said.light,
        rule=said.rule,
        post=said.post or "",
        department=said.department,
        on=_day(said.changed_at),
    )
    return {"lights": _with(fact.lights, light)}


_PUTS: Final[Mapping[type[Said], Callable[[CaseFact, Any, str], dict[str, Any]]]] = {
    CaseReceived: _received,
    CaseStarted: _started,
    CaseAccepted: _accepted,
    CaseDecided: _decided,
    CaseEnded: _ended,
    CaseDelivered: _delivered,
    TaskCompleted: _completed,
    TimerStopped: _stopped,
    TimerHeld: _held,
    TimerResumed: _resumed,
    LightChanged: _lit,
}

K = TypeVar("K", StepFact, HoldFact, LightFact)


def _of(facts: tuple[K, ...], key: str) -> K | None:
    return next((each for each in facts if each.key == key), None)


def _with(facts: tuple[K, ...], fact: K) -> tuple[K, ...]:
    """The facts with this one in place of what was known under its key."""
    kept: list[K] = [each for each in facts if each.key != fact.key]
    kept.append(fact)
    return tuple(sorted(kept, key=lambda each: each.key))


def _paired(holds: tuple[HoldFact, ...]) -> tuple[HoldFact, ...]:
    """Holds and their ends, the ends under the ground of the newest hold that began before them."""
    begun = sorted((hold for hold in holds if hold.held_on is not None), key=lambda hold: str(hold.held_on))

    def ground(end: HoldFact) -> str:
        before = [hold.ground for hold in begun if end.resumed_on and str(hold.held_on) <= str(end.resumed_on)]
        return before[-1] if before else end.ground

    return tuple(
        hold if hold.held_on is not None else hold.model_copy(update={"ground": ground(hold)}) for hold in holds
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
