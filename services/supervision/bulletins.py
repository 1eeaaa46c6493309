"""Supervision bulletins (督查通报, A-27, A-34): drafted from the records, approved by a leader, then published.

A published bulletin is read-only; a correction is a new bulletin that refers to it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from services.contracts.events import Said
from services.contracts.supervision import BulletinPublished
from services.contracts.words import Light
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import Chained
from services.supervision.alerts import Alert
from services.supervision.matters import Matter
from services.supervision.papers import PaperFile, PaperKind, Receipt, Scope, moved, received, spelled
from services.supervision.records.chains import digest

Decided = tuple["Bulletin", tuple[Said, ...]]
_ID = r"^[0-9a-f]{24}$"


class BulletinState(StrEnum):
    """Where a bulletin stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    VOID = "void"


class Tone(StrEnum):
    """Whether it criticises or praises."""

    CRITICISM = "criticism"
    PRAISE = "praise"


class BulletinNotReady(Problem):
    """Draft, approval and publication follow each other; what is approved is not edited."""

    status = 409
    code = "bulletin-not-ready"
    zh = "通报现为“{state}”状态，不能{verb_zh}"
    en = "the bulletin is {state}; it cannot be {verb}"
    remedy_zh = "起草 → 审签 → 发布；已审签的通报如需修改，请退回起草人；已发布的，请另行起草更正"
    remedy_en = "draft, approve, publish; return an approved one to change it; correct a published one by a new one"


class OwnApproval(Problem):
    """Who drafted a bulletin does not approve it."""

    status = 403
    code = "own-approval"
    zh = "起草人不能审签自己的通报"
    en = "the drafter may not approve their own bulletin"
    remedy_zh = "请由局领导审签"
    remedy_en = "a leader must approve it"


class NothingToReport(Problem):
    """A bulletin is about something."""

    status = 422
    code = "nothing-to-report"
    zh = "所选期间没有红灯，也没有选择督查事项"
    en = "there was no red light in that period, and no matter was chosen"
    remedy_zh = "请改变期间，或选择督查事项"
    remedy_en = "choose another period, or matters"


class DraftEntry(Request, frozen=True):
    """What is to be reported: the matters named, the red lights of a period, or both."""

    matter_ids: Annotated[tuple[Annotated[str, Field(pattern=_ID)], ...], Field(max_length=50)] = ()
    since: date | None = None
    until: date | None = None
    tone: Tone = Tone.CRITICISM
    corrects: Annotated[str, Field(pattern=_ID)] | None = None

    @model_validator(mode="after")
    def _has_a_subject(self) -> Self:
        if (self.since is None) != (self.until is None):
            msg = "since and until go together / 起止日期须同时填写"
            raise ValueError(msg)
        if not self.matter_ids and self.since is None:
            msg = "matters or a period / 请选择事项或期间"
            raise ValueError(msg)
        return self


class TextEntry(Request, frozen=True):
    """The words as edited by the office."""

    heading: Annotated[str, Field(min_length=4, max_length=200)]
    text: Annotated[str, Field(min_length=10, max_length=20_000)]


class Row(BaseModel, frozen=True):
    """A red light of the period, as it stood when the bulletin was drafted."""

    alert_id: str
    case_no: str
    title: str
    name: str
    department: str
    rule: str
    reason: str
    light: Light
    due_on: date
    lit_on: date


class Bulletin(Chained, frozen=True):
    """One bulletin. Internal by default: naming people is personnel information."""

    bulletin_id: str
    state: BulletinState = BulletinState.DRAFT
    tone: Tone = Tone.CRITICISM
    scope: Scope = Scope.INTERNAL
    year: int
    issue: int | None = None
    heading: str
    text: str
    since: date | None = None
    until: date | None = None
    rows: tuple[Row, ...] = ()
    matter_ids: tuple[str, ...]
    case_nos: tuple[str, ...]
    departments: tuple[str, ...]
    corrects: str | None = None
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    published_by: str | None = None
    published_at: datetime | None = None
    recipients: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    voided_by: str | None = None
    reason: str | None = None
    files: dict[str, PaperFile] = Field(default_factory=dict)


def row(alert: Alert) -> Row:
    """A light as a line of a bulletin."""
    return Row.model_validate(alert.model_dump(include=set(Row.model_fields)))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a bulletin is about: matters, each with its reason, and red lights of a period; or what it corrects.

    `summary` is said before anything else.
    """

    matters: tuple[Matter, ...] = ()
    reasons: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    since: date | None = None
    until: date | None = None
    tone: Tone = Tone.CRITICISM
    corrected: Bulletin | None = None
    summary: str = ""


def draft(bulletin_id: str, subject: Subject, *, by: str, now: datetime, year: int) -> Decided:
    """A draft from the records: matter, fact, consequence, and who is named (departments as “某科室”).

    Raises NothingToReport, and BulletinNotReady when what it corrects is not published.
    """
    if subject.corrected is not None:
        _only(subject.corrected, BulletinState.PUBLISHED, verb="corrected", verb_zh="更正")
    about: tuple[Matter | Row, ...] = (*subject.matters, *subject.rows)
    if not about:
        raise NothingToReport
    bulletin = Bulletin(
        bulletin_id=bulletin_id,
        year=year,
        heading="督查通报",
        text=_words(subject),
        tone=subject.tone,
        since=subject.since,
        until=subject.until,
        rows=subject.rows,
        matter_ids=tuple(matter.matter_id for matter in subject.matters),
        case_nos=tuple(dict.fromkeys(one.case_no for one in about)),
        departments=tuple(dict.fromkeys(one.department for one in about)),
        corrects=subject.corrected.bulletin_id if subject.corrected else None,
        drafted_by=by,
        drafted_at=now,
    )
    return bulletin, (_said(bulletin, "drafted", by=by, now=now),)


def _words(subject: Subject) -> str:
    facts = [(one.matter, reason) for one, reason in zip(subject.matters, subject.reasons, strict=True)]
    facts += [(one.title, f"{one.reason}（{one.name}，应于{spelled(one.due_on)}前办结）") for one in subject.rows]
    if subject.tone is Tone.PRAISE:
        result, end = "予以表扬", "请各科室学习借鉴。"
    else:
        result, end = "导致该项目办理滞后，对某科室予以通报", "请相关科室及责任人立即整改，并将整改情况报督查室。"
    told = [f"{n}、在办理“{matter}”业务时，{reason}，{result}。" for n, (matter, reason) in enumerate(facts, 1)]
    lead = [f"现对《{subject.corrected.heading}》作如下更正。"] if subject.corrected else []
    summary = [subject.summary] if subject.summary else []
    return "\n".join((*lead, *summary, *told, end))


def edit(bulletin: Bulletin, entry: TextEntry, *, by: str, now: datetime) -> Decided:
    """Change the words of a draft. Raises BulletinNotReady."""
    _only(bulletin, BulletinState.DRAFT, verb="edited", verb_zh="修改")
    edited = bulletin.model_copy(update={**entry.model_dump(), "drafted_by": by})
    return edited, (_said(edited, "edited", by=by, now=now),)


def approve(bulletin: Bulletin, *, by: str, now: datetime) -> Decided:
    """A leader signs. Raises BulletinNotReady, OwnApproval."""
    _only(bulletin, BulletinState.DRAFT, verb="approved", verb_zh="审签")
    if by == bulletin.drafted_by:
        raise OwnApproval
    approved = bulletin.model_copy(update={"state": BulletinState.APPROVED, "approved_by": by, "approved_at": now})
    return approved, (_said(approved, "approved", by=by, now=now),)


def give_back(bulletin: Bulletin, *, reason: str, by: str, now: datetime) -> Decided:
    """Back to the drafter. Raises BulletinNotReady."""
    _only(bulletin, BulletinState.APPROVED, BulletinState.DRAFT, verb="returned", verb_zh="退回")
    facts = {"state": BulletinState.DRAFT, "approved_by": None, "approved_at": None, "reason": reason}
    returned = bulletin.model_copy(update=facts)
    return returned, (_said(returned, "returned", by=by, now=now, note=reason),)


def numbered(bulletin: Bulletin, *, issue: int, by: str, now: datetime) -> Bulletin:
    """The bulletin as it is printed when it is published. Raises BulletinNotReady."""
    _only(bulletin, BulletinState.APPROVED, verb="published", verb_zh="发布")
    facts = {"state": BulletinState.PUBLISHED, "issue": issue, "published_by": by, "published_at": now}
    return bulletin.model_copy(update={**facts, "heading": f"{bulletin.heading}（{bulletin.year}年第{issue}期）"})


def publish(
    bulletin: Bulletin,
    *,
    issue: int,
    by: str,
    recipients: tuple[str, ...],
    now: datetime,
    files: dict[str, PaperFile] | None = None,
) -> Decided:
    """Publish inside the bureau as an issue of the year. Raises BulletinNotReady."""
    published = numbered(bulletin, issue=issue, by=by, now=now)
    published = published.model_copy(update={"recipients": recipients, "files": files or {}})
    said = BulletinPublished(
        bulletin_id=bulletin.bulletin_id,
        year=bulletin.year,
        issue=issue,
        heading=published.heading,
        text=bulletin.text,
        case_nos=bulletin.case_nos,
        departments=bulletin.departments,
        published_at=now,
        published_by=by,
        recipients=recipients,
        state=digest(published),
    )
    return published, (said,)


def acknowledge(bulletin: Bulletin, *, by: str, now: datetime) -> Decided:
    """Somebody has read it; reading it again changes nothing. Raises BulletinNotReady."""
    _only(bulletin, BulletinState.PUBLISHED, verb="received", verb_zh="签收")
    receipts = received(bulletin.receipts, by=by, now=now)
    if receipts == bulletin.receipts:
        return bulletin, ()
    read = bulletin.model_copy(update={"receipts": receipts})
    return read, (_said(read, "received", by=by, now=now),)


def void(bulletin: Bulletin, *, reason: str, by: str, now: datetime) -> Decided:
    """It holds no more; an issue once given stays with it. Raises BulletinNotReady."""
    if bulletin.state is BulletinState.VOID:
        raise BulletinNotReady(state=bulletin.state, verb="made void", verb_zh="作废")
    voided = bulletin.model_copy(update={"state": BulletinState.VOID, "voided_by": by, "reason": reason})
    return voided, (_said(voided, "void", by=by, now=now, note=reason),)


def _said(bulletin: Bulletin, verb: str, *, by: str, now: datetime, note: str = "") -> Said:
    return moved(bulletin, PaperKind.BULLETIN, bulletin.bulletin_id, verb, by=by, now=now, note=note)


def _only(bulletin: Bulletin, *states: BulletinState, verb: str, verb_zh: str) -> None:
    if bulletin.state not in states:
        raise BulletinNotReady(state=bulletin.state, verb=verb, verb_zh=verb_zh)
