"""Supervision matters (督查事项): the seven steps 登记 承办 督办 反馈 复核 通报 归档, none of them skipped (A-32)."""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, Field

from services.contracts.events import Said
from services.contracts.supervision import MatterMoved, MatterNoted, MatterRegistered
from services.contracts.workflow import TimerSaid
from services.kernel.requests import Request
from services.kernel.store import Chained
from services.supervision.calls import MATTER, OWN_ITEMS, call
from services.supervision.records.chains import digest
from services.supervision.refusals import BulletinMissing, MatterInProcess, RectificationOpen, SelfRecheck, StepSkipped
from services.supervision.rules import Rule


class Step(StrEnum):
    """The seven steps, in their order."""

    REGISTER = "register"
    UNDERTAKE = "undertake"
    URGE = "urge"
    FEEDBACK = "feedback"
    RECHECK = "recheck"
    BULLETIN = "bulletin"
    ARCHIVE = "archive"


NAMES: Final = {
    Step.REGISTER: "登记",
    Step.UNDERTAKE: "承办",
    Step.URGE: "督办",
    Step.FEEDBACK: "反馈",
    Step.RECHECK: "复核",
    Step.BULLETIN: "通报",
    Step.ARCHIVE: "归档",
}

_ORDER: Final = tuple(Step)
_SUBJECT: Final = 100
"""The longest subject that the form of the process takes."""


class Move(Request, frozen=True):
    """One step on, with what was done. `not_needed` passes 通报 without a bulletin, for the reason in `note`.

    `responsible` is who does the step, if not the one who enters it; `document` the paper that proves it.
    """

    to: Step
    note: Annotated[str, Field(min_length=1, max_length=2000)]
    not_needed: bool = False
    responsible: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,59}$")] | None = None
    document: Annotated[str, Field(max_length=200)] = ""


class Fact(BaseModel, frozen=True):
    """Something that was added to the file: by whom, who is responsible for it, and the paper that proves it."""

    at: datetime
    step: Step
    by: str
    note: str
    responsible: str | None = None
    document: str = ""


class Source(StrEnum):
    """Where a matter comes from."""

    LIGHT = "light"
    MEETING = "meeting"
    LEADER = "leader"
    COMPLAINT = "complaint"
    RATING = "rating"
    PATROL = "patrol"
    INSPECTION = "inspection"
    OTHER = "other"


class Objection(BaseModel, frozen=True):
    """The department does not agree; somebody who had no part in it decides."""

    raised_by: str
    raised_at: datetime
    reason: str
    decided_by: str | None = None
    decided_at: datetime | None = None
    upheld: bool | None = None
    opinion: str = ""


class Matter(Chained, frozen=True):
    """One matter: what is late, whose it is, and how far it has come.

    `process_case` is the case in which the workflow service runs its seven steps; `filed` when that was archived while
    something was still to be put right here.
    """

    matter_id: str
    matter_no: str
    case_no: str
    clock_id: str
    title: str
    matter: str
    department: str
    departments: tuple[str, ...]
    rule: str
    due_on: date
    step: Step = Step.REGISTER
    facts: tuple[Fact, ...]
    undertaken_by: str | None = None
    bulletins: tuple[str, ...] = ()
    registered_at: datetime
    source: Source = Source.LIGHT
    source_no: str = ""
    domain: str = "efficiency"
    duty: str = "D5"
    method: str = "routine"
    campaign: str | None = None
    responsible: tuple[str, ...] = ()
    objections: tuple[Objection, ...] = ()
    process_case: str | None = None
    filed: bool = False


def matter_id(case_no: str, clock_id: str) -> str:
    """The natural key: one matter for one late clock."""
    return hashlib.sha256(f"{case_no}|{clock_id}".encode()).hexdigest()[:24]


def matter_no(year: int, number: int) -> str:
    """A matter's number, such as `督查〔2017〕1号`."""
    return f"督查〔{year}〕{number}号"


def register(
    timer: TimerSaid, rule: Rule, *, no: str, recipients: tuple[str, ...], now: datetime
) -> tuple[Matter, tuple[Said, ...]]:
    """Register what a light has shown, step 登记; its process begins with it."""
    matter = Matter(
        matter_id=matter_id(timer.case_no, timer.clock_id),
        matter_no=no,
        case_no=timer.case_no,
        clock_id=timer.clock_id,
        title=f"{timer.title}：{timer.name}超时",
        matter=timer.title,
        department=timer.department,
        departments=(timer.department,),
        rule=rule.id,
        due_on=timer.due_on,
        facts=(Fact(at=now, step=Step.REGISTER, by="system:light", note=rule.reason),),
        registered_at=now,
    )
    said = MatterRegistered(
        case_no=matter.case_no,
        matter_no=no,
        title=matter.title,
        department=matter.department,
        rule=rule.id,
        due_on=matter.due_on,
        registered_at=now,
        recipients=recipients,
        state=digest(matter),
    )
    calls = () if timer.item_code in OWN_ITEMS else (_begun(matter, rule, now=now),)
    return matter, (*calls, said)


def _begun(matter: Matter, rule: Rule, *, now: datetime) -> Said:
    """The process is to begin with what is known, so that the office has to confirm and not to type."""
    lead = {
        "source": "light",
        "subject": matter.title[:_SUBJECT],
        "facts": f"{rule.reason}，应于 {matter.due_on} 前办理。",
        "case_no": matter.case_no,
        "matter_no": matter.matter_no,
        "source_no": rule.id,
        "unit": matter.department,
    }
    return call(f"{MATTER}{matter.matter_id}", "supervision_matter", lead, now=now)


def note(matter: Matter, rule: Rule, *, now: datetime) -> tuple[Matter, tuple[Said, ...]]:
    """A further rule was met: one more fact in the same file. The rule that registered it may be met every day."""
    text = f"{rule.id} {rule.reason}"
    if rule.id == matter.rule or any(known.note == text for known in matter.facts):
        return matter, ()
    return added(matter, text, by="system:light", now=now)


def added(matter: Matter, text: str, *, by: str, now: datetime, **changed: object) -> tuple[Matter, tuple[Said, ...]]:
    """One more fact in the file, with what else it changes. An archived file stays as it is."""
    if matter.step is Step.ARCHIVE:
        return matter, ()
    return noted(matter, Fact(at=now, step=matter.step, by=by, note=text), **changed)


def noted(matter: Matter, fact: Fact, **changed: object) -> tuple[Matter, tuple[Said, ...]]:
    """The same with a fact that is made already."""
    noted = matter.model_copy(update={**changed, "facts": (*matter.facts, fact)})
    said = MatterNoted(
        case_no=matter.case_no,
        matter_no=matter.matter_no,
        step=fact.step,
        note=fact.note,
        noted_at=fact.at,
        noted_by=fact.by,
        state=digest(noted),
    )
    return noted, (said,)


def move(
    matter: Matter, entry: Move, *, by: str, now: datetime, still_open: str = ""
) -> tuple[Matter, tuple[Said, ...]]:
    """One step on (or from 复核 back to 督办). `still_open` names what keeps the file from being closed.

    Raises MatterInProcess, StepSkipped, SelfRecheck, BulletinMissing, RectificationOpen.
    """
    if matter.process_case is not None:
        raise MatterInProcess(matter=matter.matter_no, case=matter.process_case)
    allowed = next_of(matter.step)
    if entry.to not in allowed:
        names = "、".join(f"{NAMES[step]}({step})" for step in allowed) or "-"
        raise StepSkipped(matter=matter.matter_no, at=NAMES[matter.step], to=NAMES[entry.to], allowed=names)
    if entry.to is Step.RECHECK and matter.undertaken_by in {by, entry.responsible}:
        raise SelfRecheck(matter=matter.matter_no)
    if matter.step is Step.BULLETIN and not matter.bulletins and not entry.not_needed:
        raise BulletinMissing(matter=matter.matter_no)
    if entry.to is Step.ARCHIVE and still_open:
        raise RectificationOpen(matter=matter.matter_no, what=still_open)
    fact = Fact(at=now, step=entry.to, by=by, note=entry.note, responsible=entry.responsible, document=entry.document)
    undertaken_by = entry.responsible or by if entry.to is Step.UNDERTAKE else matter.undertaken_by
    return stepped(matter, fact, undertaken_by=undertaken_by)


def stepped(matter: Matter, fact: Fact, **changed: object) -> tuple[Matter, tuple[Said, ...]]:
    """The matter at the step of a fact, with that fact in its file and what else it changes."""
    moved = matter.model_copy(update={**changed, "step": fact.step, "facts": (*matter.facts, fact)})
    said = MatterMoved(
        case_no=matter.case_no,
        matter_no=matter.matter_no,
        step=fact.step,
        was=matter.step,
        moved_at=fact.at,
        moved_by=fact.by,
        note=fact.note,
        state=digest(moved),
    )
    return moved, (said,)


def name_bulletin(
    matter: Matter, bulletin_id: str, *, heading: str, by: str, now: datetime
) -> tuple[Matter, tuple[Said, ...]]:
    """A published bulletin names this matter."""
    if bulletin_id in matter.bulletins:
        return matter, ()
    return added(matter, heading, by=by, now=now, bulletins=(*matter.bulletins, bulletin_id))


def next_of(step: Step) -> tuple[Step, ...]:
    """Where a matter may go from here."""
    position = _ORDER.index(step)
    onward = _ORDER[position + 1 : position + 2]
    return (*onward, Step.URGE) if step is Step.RECHECK else onward
