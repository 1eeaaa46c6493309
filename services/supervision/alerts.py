"""The register of lights (亮灯台账): every yellow and red that was set, for good; acknowledged, explained, settled.

One entry for each (clock, due date, colour), or for each repetition that the rules count. Clearing deletes nothing.
"""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.contracts.events import Said
from services.contracts.supervision import AlertMoved
from services.contracts.words import ClockKind, Light
from services.contracts.workflow import TimerSaid
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import Chained
from services.supervision.records.chains import digest
from services.supervision.rules import Rule

Decided = tuple["Alert", tuple[Said, ...]]
REPETITION = "repetition"
"""The rule of a red light that several yellow ones of a quarter make."""


class AlertState(StrEnum):
    """How far the answer to a light has come."""

    LIT = "lit"
    ACKNOWLEDGED = "acknowledged"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"


class AlertNotReady(Problem):
    """Acknowledge, explain, settle; what is settled stays so."""

    status = 409
    code = "alert-not-ready"
    zh = "该亮灯记录现为“{state}”，不能{verb_zh}"
    en = "this light is {state}; it cannot be {verb}"
    remedy_zh = "先由科室书面说明，再由督查室认定；已认定的不再改变"
    remedy_en = "the department explains, then the supervision office settles it; what is settled stays so"


class OwnExplanation(Problem):
    """Who explained does not settle."""

    status = 403
    code = "own-explanation"
    zh = "作出说明的人不能认定自己的说明"
    en = "nobody settles their own explanation"
    remedy_zh = "请由督查室另一位人员认定"
    remedy_en = "somebody else of the supervision office must settle it"


class Explanation(Request, frozen=True):
    """Why it came to this (书面说明)."""

    text: Annotated[str, Field(min_length=4, max_length=2000)]


class Settlement(Request, frozen=True):
    """Whether the explanation is accepted; then a yellow light counts no more."""

    accepted: bool
    opinion: Annotated[str, Field(min_length=1, max_length=2000)]


class Alert(Chained, frozen=True):
    """One light that was set. `silence` is the window in which it fell, if one was declared: then it blames nobody."""

    alert_id: str
    case_no: str
    title: str
    clock_id: str
    name: str
    kind: ClockKind
    post: str | None
    department: str
    departments: tuple[str, ...]
    person: str | None
    leader: str | None
    rule: str
    reason: str
    table: int
    light: Light
    due_on: date
    lit_at: datetime
    lit_on: date
    quarter: str
    silence: str | None = None
    state: AlertState = AlertState.LIT
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    explanation: str | None = None
    explained_by: str | None = None
    explained_at: datetime | None = None
    opinion: str | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None

    @property
    def desk(self) -> str:
        """The post whose lights are counted together."""
        return f"{self.post or '-'}@{self.department}"


def alert_id(case_no: str, clock_id: str, due_on: date, light: Light) -> str:
    """The natural key."""
    return hashlib.sha256(f"alert|{case_no}|{clock_id}|{due_on}|{light}".encode()).hexdigest()[:24]


def quarter_of(day: date) -> str:
    """Such as `2017Q2`."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def raised(
    timer: TimerSaid, rule: Rule, *, table: int, person: str | None, leader: str | None, on: date, now: datetime
) -> Alert:
    """What a rule set."""
    return Alert(
        alert_id=alert_id(timer.case_no, timer.clock_id, timer.due_on, rule.light),
        case_no=timer.case_no,
        title=timer.title,
        clock_id=timer.clock_id,
        name=timer.name,
        kind=timer.kind,
        post=timer.post or None,
        department=timer.department,
        departments=(timer.department,),
        person=person,
        leader=leader,
        rule=rule.id,
        reason=rule.reason,
        table=table,
        light=rule.light,
        due_on=timer.due_on,
        lit_at=now,
        lit_on=on,
        quarter=quarter_of(on),
    )


def repeated(last: Alert, number: int, *, yellows: int) -> Alert:
    """The red light that so many yellow ones of one desk in a quarter make, the `number`th of the quarter."""
    key = hashlib.sha256(f"{REPETITION}|{last.desk}|{last.quarter}|{number}".encode()).hexdigest()[:24]
    own = {"alert_id": key, "clock_id": f"{REPETITION}:{last.desk}:{last.quarter}:{number}", "rule": REPETITION}
    words = {"name": f"{last.quarter} 第{number}次", "reason": f"同一岗位一个季度内黄灯满 {yellows} 次"}
    return Alert.model_validate(last.model_dump(exclude={"chain"}) | own | words | {"light": Light.RED})


def said(alert: Alert, verb: str, *, by: str, now: datetime, note: str = "") -> AlertMoved:
    """The record of one act."""
    return AlertMoved(
        alert_id=alert.alert_id,
        case_no=alert.case_no,
        verb=verb,
        light=alert.light,
        rule=alert.rule,
        department=alert.department,
        moved_by=by,
        moved_at=now,
        note=note,
        state=digest(alert),
    )


def acknowledge(alert: Alert, *, by: str, now: datetime) -> Decided:
    """Somebody of the department has seen it; again changes nothing."""
    if alert.state is not AlertState.LIT:
        return alert, ()
    facts = {"state": AlertState.ACKNOWLEDGED, "acknowledged_by": by, "acknowledged_at": now}
    seen = alert.model_copy(update=facts)
    return seen, (said(seen, "acknowledged", by=by, now=now),)


def explain(alert: Alert, entry: Explanation, *, by: str, now: datetime) -> Decided:
    """The department explains. Raises AlertNotReady."""
    if alert.state in {AlertState.ACCEPTED, AlertState.NOT_ACCEPTED}:
        raise AlertNotReady(state=alert.state, verb="explained", verb_zh="说明")
    facts = {"state": AlertState.EXPLAINED, "explanation": entry.text, "explained_by": by, "explained_at": now}
    told = alert.model_copy(update=facts)
    return told, (said(told, "explained", by=by, now=now, note=entry.text),)


def settle(alert: Alert, entry: Settlement, *, by: str, now: datetime) -> Decided:
    """The office accepts the explanation, or does not. Raises AlertNotReady, OwnExplanation."""
    if alert.state is not AlertState.EXPLAINED:
        raise AlertNotReady(state=alert.state, verb="settled", verb_zh="认定")
    if by == alert.explained_by:
        raise OwnExplanation
    state = AlertState.ACCEPTED if entry.accepted else AlertState.NOT_ACCEPTED
    settled = alert.model_copy(update={"state": state, "opinion": entry.opinion, "settled_by": by, "settled_at": now})
    return settled, (said(settled, state, by=by, now=now, note=entry.opinion),)
