"""Supervision bulletins (督查通报, A-27, A-34): drafted from the records, approved by a leader, then published."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.contracts.events import Said
from services.contracts.supervision import BulletinPublished
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import Chained
from services.supervision.matters import Matter


class BulletinState(StrEnum):
    """Where a bulletin stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"


class BulletinNotReady(Problem):
    """Draft, approval and publication follow each other; what is approved is not edited."""

    status = 409
    code = "bulletin-not-ready"
    zh = "通报现为“{state}”状态，不能{verb_zh}"
    en = "the bulletin is {state}; it cannot be {verb}"
    remedy_zh = "起草 → 审签 → 发布；已审签的通报如需修改，请退回重新起草"
    remedy_en = "draft, approve, publish; to change an approved bulletin draft a new one"


class OwnApproval(Problem):
    """Who drafted a bulletin does not approve it."""

    status = 403
    code = "own-approval"
    zh = "起草人不能审签自己的通报"
    en = "the drafter may not approve their own bulletin"
    remedy_zh = "请由局领导审签"
    remedy_en = "a leader must approve it"


class DraftEntry(Request, frozen=True):
    """The matters to be reported."""

    matter_ids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")], ...], Field(min_length=1, max_length=50)
    ]


class TextEntry(Request, frozen=True):
    """The words as edited by the office."""

    heading: Annotated[str, Field(min_length=4, max_length=200)]
    text: Annotated[str, Field(min_length=10, max_length=20_000)]


class Bulletin(Chained, frozen=True):
    """One bulletin. Internal by default: naming people is personnel information."""

    bulletin_id: str
    state: BulletinState = BulletinState.DRAFT
    year: int
    issue: int | None = None
    heading: str
    text: str
    matter_ids: tuple[str, ...]
    case_nos: tuple[str, ...]
    departments: tuple[str, ...]
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    published_by: str | None = None
    published_at: datetime | None = None


def draft(
    bulletin_id: str, matters: tuple[Matter, ...], *, reasons: tuple[str, ...], by: str, now: datetime, year: int
) -> Bulletin:
    """A draft from the records: matter, fact, consequence, and who is named (departments as “某科室”)."""
    paragraphs = [
        f"{number}、在办理“{matter.matter}”业务时，{reason}，导致该项目办理滞后，对某科室予以通报。"
        for number, (matter, reason) in enumerate(zip(matters, reasons, strict=True), 1)
    ]
    text = "\n".join((*paragraphs, "请相关科室及责任人立即整改，并将整改情况报督查室。"))
    return Bulletin(
        bulletin_id=bulletin_id,
        year=year,
        heading="督查通报",
        text=text,
        matter_ids=tuple(matter.matter_id for matter in matters),
        case_nos=tuple(dict.fromkeys(matter.case_no for matter in matters)),
        departments=tuple(dict.fromkeys(matter.department for matter in matters)),
        drafted_by=by,
        drafted_at=now,
    )


def edit(bulletin: Bulletin, entry: TextEntry) -> tuple[Bulletin, tuple[Said, ...]]:
    """Change the words of a draft. Raises BulletinNotReady."""
    _only(bulletin, BulletinState.DRAFT, verb="edited", verb_zh="修改")
    return bulletin.model_copy(update=entry.model_dump()), ()


def approve(bulletin: Bulletin, *, by: str, now: datetime) -> tuple[Bulletin, tuple[Said, ...]]:
    """A leader signs. Raises BulletinNotReady, OwnApproval."""
    _only(bulletin, BulletinState.DRAFT, verb="approved", verb_zh="审签")
    if by == bulletin.drafted_by:
        raise OwnApproval
    return bulletin.model_copy(update={"state": BulletinState.APPROVED, "approved_by": by, "approved_at": now}), ()


def publish(
    bulletin: Bulletin, *, issue: int, by: str, recipients: tuple[str, ...], now: datetime
) -> tuple[Bulletin, tuple[Said, ...]]:
    """Publish inside the bureau as an issue of the year. Raises BulletinNotReady."""
    _only(bulletin, BulletinState.APPROVED, verb="published", verb_zh="发布")
    heading = f"{bulletin.heading}（{bulletin.year}年第{issue}期）"
    published = bulletin.model_copy(
        update={
            "state": BulletinState.PUBLISHED,
            "issue": issue,
            "heading": heading,
            "published_by": by,
            "published_at": now,
        }
    )
    said = BulletinPublished(
        bulletin_id=bulletin.bulletin_id,
        year=bulletin.year,
        issue=issue,
        heading=heading,
        text=bulletin.text,
        case_nos=bulletin.case_nos,
        departments=bulletin.departments,
        published_at=now,
        published_by=by,
        recipients=recipients,
    )
    return published, (said,)


def _only(bulletin: Bulletin, state: BulletinState, *, verb: str, verb_zh: str) -> None:
    if bulletin.state is not state:
        raise BulletinNotReady(state=bulletin.state, verb=verb, verb_zh=verb_zh)
