"""Working on a draft that is open: its sections, its files, and what still lacks."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime

from pydantic import BaseModel

from services.contracts.workflow import Item, RequiredDocument
from services.intake.applications import papers_asked
from services.intake.deps import Deps
from services.intake.drafts.entries import faults
from services.intake.drafts.opening import token_for
from services.intake.drafts.records import ApplicantSection, Content, Draft, ProjectSection
from services.intake.drafts.settling import files_of, settle
from services.intake.moments import moment_of
from services.intake.uploads import taking
from services.intake.uploads.records import Scan, of_draft
from services.kernel.problem import FieldError, Problem

APPLICANT = "applicant"
"""Who sends the files of a draft: nobody who works here."""


class AlreadyFiled(Problem):
    """The draft was filed and cannot be changed any more."""

    status = 409
    code = "already-filed"
    zh = "草稿 {draft_no} 已经提交，案件编号 {case_no}"
    en = "the draft {draft_no} was filed as case {case_no}"
    remedy_zh = "请用案件编号和查询密码查进度；查询密码遗失的，持身份证件到窗口补发"
    remedy_en = "follow the case by its number and query password; if that is lost, the window gives a new one"


class PaperNotAsked(Problem):
    """The list of papers is closed (行政许可法 §30, §31)."""

    status = 422
    code = "paper-not-asked"
    zh = "材料清单中没有「{paper}」"
    en = "{paper} is not on the list of papers"
    remedy_zh = "请从材料清单中选择要上传的材料"
    remedy_en = "choose one of the papers on the list"


class ItemWithdrawn(Problem):
    """The item was on offer when the draft was begun, and is not any more."""

    status = 409
    code = "item-withdrawn"
    zh = "事项 {item_code} 已停止受理，草稿不能提交"
    en = "item {item_code} is not on offer any more: the draft cannot be filed"
    remedy_zh = "请查看现行办事指南，选择替代的事项重新申报，或到窗口咨询"
    remedy_en = "see the guides for what replaces it, or ask at the window"


class DraftFile(BaseModel, frozen=True):
    """A file of a draft."""

    upload_id: str
    paper: str
    name: str
    size: int
    scan: Scan


class Lack(BaseModel, frozen=True):
    """One thing that lacks before the draft can be filed, and where."""

    where: str
    zh: str
    en: str


class DraftView(BaseModel, frozen=True):
    """A draft as its applicant sees it. `papers` are those asked for; nothing may lack when it is filed.

    `token` opens it anew, so that nobody who goes on working is shut out.
    """

    draft_no: str
    token: str
    item: Item
    situation: str
    expires_at: datetime
    case_no: str | None
    applicant: ApplicantSection
    project: ProjectSection
    papers: list[RequiredDocument]
    townships: dict[str, str]
    files: list[DraftFile]
    lacks: list[Lack]


async def shown(deps: Deps, draft: Draft) -> DraftView:
    """The draft with its files and what still lacks; raises ItemWithdrawn."""
    item = await item_of(deps, draft)
    content, townships = draft.content(deps.seals), await deps.copies.townships()
    held = await files_of(deps, draft)
    today = moment_of(deps.clock, deps.hours).on
    lacking = faults(draft, content, held, item, today=today, townships=townships) if not draft.is_closed else ()
    return DraftView(
        draft_no=draft.draft_no,
        token=token_for(deps, draft),
        item=item,
        situation=draft.situation,
        expires_at=draft.expires_at,
        case_no=draft.case_no,
        applicant=content.applicant,
        project=content.project,
        papers=list(papers_asked(item, draft.situation).values()),
        townships=townships,
        files=[DraftFile.model_validate(one.model_dump(include=set(DraftFile.model_fields))) for one in held],
        lacks=[_lack(fault) for fault in lacking],
    )


async def save(deps: Deps, draft: Draft, section: ApplicantSection | ProjectSection) -> DraftView:
    """Keep a section as it was typed; raises AlreadyFiled."""

    def decide(current: Draft) -> tuple[Draft, tuple[()]]:
        refuse_filed(current)
        part = "applicant" if isinstance(section, ApplicantSection) else "project"
        content: Content = current.content(deps.seals).model_copy(update={part: section})
        return current.holding(content, deps.seals), ()

    return await shown(deps, await deps.drafts.change(draft.draft_no, decide))


async def add_file(deps: Deps, draft: Draft, paper: str, source: AsyncIterator[bytes], name: str) -> DraftView:
    """Keep a file for a paper; raises AlreadyFiled, PaperNotAsked, and as `taking.take`."""
    refuse_filed(draft)
    item = await item_of(deps, draft)
    known = papers_asked(item, draft.situation).get(paper)
    if known is None:
        raise PaperNotAsked(paper=paper)
    place = taking.Place(
        owner=of_draft(draft.draft_no),
        paper=paper,
        paper_name=known.name,
        by=APPLICANT,
        by_name="申请人",
        gone_at=draft.gone_at,
    )
    await taking.take(deps, source, name, place)
    current, _ = await deps.drafts.load(draft.draft_no)
    if current.is_closed:  # filed in another window while this came in: it goes with the case, or not at all
        await settle(deps, current)
    return await shown(deps, current)


async def remove_file(deps: Deps, draft: Draft, upload_id: str) -> DraftView:
    """Take a file out again, if it is there; raises AlreadyFiled."""
    refuse_filed(draft)
    with suppress(taking.UploadNotFound):
        await taking.remove(deps, await taking.find(deps, upload_id, [of_draft(draft.draft_no)]))
    return await shown(deps, draft)


async def item_of(deps: Deps, draft: Draft) -> Item:
    """What is applied for; raises ItemWithdrawn."""
    offer = await deps.copies.offer(draft.item_code)
    if offer is None:
        raise ItemWithdrawn(item_code=draft.item_code)
    return offer.item


def refuse_filed(draft: Draft) -> None:
    """Raise AlreadyFiled for a draft that became a case."""
    if draft.is_closed:
        raise AlreadyFiled(draft_no=draft.draft_no, case_no=draft.case_no or "")


def _lack(fault: FieldError) -> Lack:
    return Lack(where=fault.where, zh=fault.zh, en=fault.en)
