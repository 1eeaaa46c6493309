"""What is to be told of one case, and how far it has been told. Plain functions decide.

A case is told in order: a fact goes only after the one before it was taken. One that was refused holds up those
behind it, for the platform would refuse them too.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, computed_field

from services.contracts.events import Said
from services.contracts.intake import CaseReceived
from services.contracts.words import Outcome
from services.contracts.workflow import CaseAccepted, CaseDecided, TaskCompleted
from services.kernel.problem import Problem
from services.kernel.store import Body
from services.notify.exchange.records import RecordKind, end_details

KEPT_NOTES: Final = 20
CHINA: Final = ZoneInfo("Asia/Shanghai")


class FactState(StrEnum):
    """How far a fact has been told."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    """The platform took it; its verdict may come later."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The platform, or our own check, refused it; a person sends it again once its cause is gone."""


TAKEN: Final = frozenset({FactState.SENT, FactState.ACCEPTED})


class Note(BaseModel, frozen=True):
    """Something that happened to a fact: a try, an answer, a person stepping in."""

    what: str
    because: str
    at: datetime


class Fact(BaseModel, frozen=True):
    """One fact. `record_no` is what the platform knows it by, from the first try to the last."""

    record_no: str
    kind: RecordKind
    occurred_at: datetime
    rank: tuple[int, int]
    details: dict[str, Any]
    state: FactState = FactState.WAITING
    sequence: int = 0
    tries: int = 0
    noted_at: datetime | None = None
    due_at: datetime | None = None
    reference: str = ""
    reason: str = ""
    sent_at: datetime | None = None
    sent_on: date | None = None
    answered_at: datetime | None = None
    notes: tuple[Note, ...] = ()


class ToldCase(Body, frozen=True):
    """One case as the platform is told of it. Until it was received here, nothing of it is told."""

    case_no: str
    item_code: str = ""
    project_code: str = ""
    facts: tuple[Fact, ...] = ()

    @property
    def next(self) -> Fact | None:
        """The fact that is to be told now; none while one before it was refused, or the case is not known yet."""
        if not self.item_code:
            return None
        found = next((fact for fact in self.facts if fact.state not in TAKEN), None)
        return None if found is None or found.state is FactState.REFUSED else found

    @computed_field  # type: ignore[prop-decorator]  # stored with the body, so that the ticker finds what is due
    @property
    def due_at(self) -> datetime | None:
        """When something is to be told."""
        return self.next.due_at if self.next else None

    @computed_field  # type: ignore[prop-decorator]  # for the line on the health page
    @property
    def waits_since(self) -> datetime | None:
        """Since when the next fact waits to be told."""
        return self.next.noted_at if self.next else None


class NoSuchRecord(Problem):
    """There is no such record in this case."""

    status = 404
    code = "exchange-record-not-found"
    zh = "没有上报记录 {record_no}"
    en = "there is no record {record_no}"
    remedy_zh = "请在对账报告中核对记录编号"
    remedy_en = "look it up in the reconciliation report"


class NotRefused(Problem):
    """Only what was refused is sent again by hand; all else sends itself."""

    status = 409
    code = "exchange-record-not-refused"
    zh = "上报记录 {record_no} 未被拒收，无需重报"
    en = "the record {record_no} was not refused; there is nothing to send again"
    remedy_zh = "待上报和失败的记录会自动重试"
    remedy_en = "what waits or failed is tried again by itself"


def fact_of(said: Said, *, event_id: str, position: int, at: datetime) -> Fact | None:
    """The fact that an event tells, if any. `position` orders the events of the process, `at` is office time."""
    match said:
        case CaseReceived():
            details: dict[str, Any] = {"channel": said.channel.value, "situation": said.situation}
            return _fact(said.key, RecordKind.RECEIVE, "R", said.received_at, (0, 0), details)
        case CaseAccepted():
            days = {"promised_due_on": said.promised_due_on, "statutory_due_on": said.statutory_due_on}
            details = {
                "accepted_on": said.accepted_on.isoformat(),
                "deemed": said.deemed,
                **{name: day.isoformat() if day else "" for name, day in days.items()},
            }
            return _fact(said.key, RecordKind.ACCEPT, "A", at, (1, position), details)
        case TaskCompleted():
            details = {"step": said.name, "department": said.department, "overdue_workdays": said.overdue_workdays}
            mark = f"P{said.task_id.replace('-', '')[:24]}"
            return _fact(said.key, RecordKind.PROCESS, mark, said.completed_at, (1, position), details)
        case CaseDecided():
            overdue = max(said.promised_overdue_workdays, said.statutory_overdue_workdays)
            details = end_details(Outcome(said.outcome), said.decided_on, overdue_workdays=overdue)
            return _fact(said.key, RecordKind.DECIDE, f"D{event_id.split('.')[-2]}", at, (1, position), details)
        case _:
            return None


def noted(found: ToldCase, fact: Fact, *, wall: datetime, item_code: str = "", project_code: str = "") -> ToldCase:
    """The case with a fact more; the same when it is known. Facts that were not told yet are put in their order."""
    if any(known.record_no == fact.record_no for known in found.facts):
        return found
    told = [each for each in found.facts if each.sequence]
    new = fact.model_copy(update={"due_at": wall, "noted_at": wall})
    waiting = [*(each for each in found.facts if not each.sequence), new]
    return found.model_copy(
        update={
            "facts": (*told, *sorted(waiting, key=lambda each: each.rank)),
            "item_code": found.item_code or item_code,
            "project_code": found.project_code or project_code,
        }
    )


def begun(found: ToldCase, *, wall: datetime, lease: timedelta) -> ToldCase:
    """The next fact is being told; whoever finds it after the lease tells it again, under its number and sequence."""
    fact = found.next
    if fact is None:
        return found
    sequence = fact.sequence or 1 + max((each.sequence for each in found.facts), default=0)
    return _with(found, fact, state=FactState.SENDING, sequence=sequence, tries=fact.tries + 1, due_at=wall + lease)


def taken(found: ToldCase, record_no: str, *, reference: str, wall: datetime) -> ToldCase:
    """The platform took it. A verdict that was faster stays."""
    fact = _of(found, record_no)
    day = wall.astimezone(CHINA).date()
    told = {"reference": reference or fact.reference, "sent_at": fact.sent_at or wall, "sent_on": fact.sent_on or day}
    state = FactState.SENT if fact.state in {FactState.SENDING, FactState.WAITING} else fact.state
    return _with(found, fact, note=("sent", reference, wall), state=state, due_at=None, **told)


def refused(found: ToldCase, record_no: str, *, reason: str, wall: datetime) -> ToldCase:
    """It was refused, at once or by a verdict that came later."""
    fact = _of(found, record_no)
    if fact.state is FactState.REFUSED and fact.reason == reason:
        return found
    day = fact.sent_on or wall.astimezone(CHINA).date()
    told = {"reason": reason, "answered_at": wall, "due_at": None, "sent_on": day}
    return _with(found, fact, note=("refused", reason, wall), state=FactState.REFUSED, **told)


def accepted(found: ToldCase, record_no: str, *, wall: datetime) -> ToldCase:
    """The platform's verdict: it is right. What was accepted stays accepted."""
    fact = _of(found, record_no)
    if fact.state is FactState.ACCEPTED:
        return found
    day = fact.sent_on or wall.astimezone(CHINA).date()
    told = {"reason": "", "answered_at": wall, "due_at": None, "sent_on": day, "sent_at": fact.sent_at or wall}
    return _with(found, fact, note=("accepted", "", wall), state=FactState.ACCEPTED, **told)


def failed(found: ToldCase, record_no: str, *, reason: str, wall: datetime, pauses: Sequence[timedelta]) -> ToldCase:
    """It did not get there, or nobody knows: again after a pause, for ever, the last pause over and over."""
    fact = _of(found, record_no)
    if fact.state is not FactState.SENDING:
        return found
    due_at = wall + pauses[min(fact.tries, len(pauses)) - 1]
    return _with(found, fact, note=("failed", reason, wall), state=FactState.WAITING, reason=reason, due_at=due_at)


def missed(found: ToldCase, record_no: str, *, wall: datetime) -> ToldCase:
    """The platform does not have what it took: it is told again."""
    fact = _of(found, record_no)
    if fact.state not in TAKEN:
        return found
    reason = "对账发现平台缺失，自动补报 / missing at the platform, sent again"
    return _with(found, fact, note=("missing", reason, wall), reason=reason, **_anew(wall))


def sent_again(found: ToldCase, record_no: str, *, by: str, because: str, wall: datetime) -> ToldCase:
    """A person has what was refused told again. Raises NoSuchRecord, NotRefused."""
    fact = _of(found, record_no)
    if fact.state is not FactState.REFUSED:
        raise NotRefused(record_no=record_no)
    return _with(found, fact, note=("again", f"{by}: {because}", wall), **_anew(wall))


def _anew(wall: datetime) -> dict[str, object]:
    """To be told once more, as of today."""
    told = dict.fromkeys(("sent_at", "sent_on", "answered_at"))
    return {"state": FactState.WAITING, "due_at": wall, "noted_at": wall, "tries": 0, **told}


def case_of(record_no: str) -> str:
    """The case of a record."""
    return record_no.rpartition("-")[0]


def _fact(
    case_no: str, kind: RecordKind, mark: str, at: datetime, rank: tuple[int, int], details: dict[str, Any]
) -> Fact:
    return Fact(record_no=f"{case_no}-{mark}", kind=kind, occurred_at=at, rank=rank, details=details)


def _of(found: ToldCase, record_no: str) -> Fact:
    for fact in found.facts:
        if fact.record_no == record_no:
            return fact
    raise NoSuchRecord(record_no=record_no)


def _with(found: ToldCase, fact: Fact, *, note: tuple[str, str, datetime] | None = None, **changes: object) -> ToldCase:
    if note is not None:
        what, because, at = note
        changes["notes"] = (*fact.notes, Note(what=what, because=because[:300], at=at))[-KEPT_NOTES:]
    after = fact.model_copy(update=changes)
    facts = tuple(after if each.record_no == fact.record_no else each for each in found.facts)
    return found.model_copy(update={"facts": facts})
