"""Supervision notices, from the draft to the re-check."""

import hashlib
import secrets
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.kernel.identity import Person
from services.kernel.problem import problems
from services.kernel.requests import After, IdempotencyKey, Limit
from services.kernel.store import Conflict, NotFound
from services.supervision import following, issuing, notices, queries
from services.supervision.api.common import (
    FILES,
    Approver,
    DocumentFilter,
    DocumentId,
    Format,
    Here,
    Reader,
    Supervisor,
    file_answer,
    scope_filter,
    visible,
)
from services.supervision.api.matters import CaseFilter
from services.supervision.notices import (
    ClockEntry,
    NewNotice,
    Notice,
    NoticeEntry,
    NoticeIssuedAlready,
    NoticeNotReady,
    NoticeState,
    RecheckEntry,
    RectificationReport,
    SelfDecision,
)
from services.supervision.papers import PaperNotFilledIn, ReasonEntry

router = APIRouter(tags=["notices"])

_ACTS = problems(NotFound, NoticeIssuedAlready, NoticeNotReady, Conflict)


class NoticePage(BaseModel, frozen=True):
    """Notices by key; `after` is the key of the next page."""

    notices: tuple[Notice, ...]
    after: str | None


@router.get("/notices", summary="督查督办通知列表")
async def list_notices(
    deps: Here,
    who: Reader,
    case_no: CaseFilter = None,
    state: NoticeState | None = None,
    corrects: DocumentFilter = None,
    limit: Limit = 50,
    after: After = None,
) -> NoticePage:
    """Notices, drafted and issued, that the reader may see; the corrections of one, if asked."""
    wanted: dict[str, Any] = {"body.case_no": case_no, "body.state": state, "body.corrects": corrects}
    where = {**scope_filter(who), **{name: value for name, value in wanted.items() if value is not None}}
    found = await queries.page(deps.notices, where, limit=limit, after=after)
    return NoticePage(notices=tuple(found), after=found[-1].notice_id if len(found) == limit else None)


@router.post("/notices", status_code=201, summary="起草通知", responses=problems(NotFound, NoticeNotReady))
async def draft_notice(deps: Here, who: Supervisor, entry: NewNotice, key: IdempotencyKey = None) -> Notice:
    """Draft one by hand, or the correction of an issued one."""
    source = f"notice|{who.code}|{key}" if key else secrets.token_hex(16)
    notice_id = hashlib.sha256(source.encode()).hexdigest()[:24]
    return await issuing.draft_notice(deps, notice_id, entry, by=who.code)


@router.get("/notices/{notice_id}", summary="查看通知", responses=problems(NotFound))
async def see_notice(deps: Here, who: Reader, notice_id: DocumentId) -> Notice:
    """One notice."""
    return await _visible(deps, who, notice_id)


@router.put("/notices/{notice_id}", summary="修改通知", responses=_ACTS)
async def edit_notice(deps: Here, who: Supervisor, notice_id: DocumentId, entry: NoticeEntry) -> Notice:
    """Change the words of a draft."""
    return await _act(deps, who, notice_id, lambda one, now: notices.edit(one, entry, by=who.code, now=now))


@router.post(
    "/notices/{notice_id}/approve",
    summary="审签通知",
    responses=problems(NotFound, NoticeIssuedAlready, NoticeNotReady, PaperNotFilledIn, SelfDecision, Conflict),
)
async def approve_notice(deps: Here, who: Approver, notice_id: DocumentId) -> Notice:
    """A leader signs the draft."""
    return await _act(deps, who, notice_id, lambda one, now: notices.approve(one, by=who.code, now=now))


@router.post("/notices/{notice_id}/return", summary="退回通知", responses=_ACTS)
async def return_notice(deps: Here, who: Approver, notice_id: DocumentId, entry: ReasonEntry) -> Notice:
    """Back to the drafter."""
    why = entry.reason
    return await _act(deps, who, notice_id, lambda one, now: notices.give_back(one, reason=why, by=who.code, now=now))


@router.post("/notices/{notice_id}/issue", summary="印发通知", responses=_ACTS)
async def issue_notice(deps: Here, who: Supervisor, notice_id: DocumentId) -> Notice:
    """Number an approved notice and send it to the department."""
    await _visible(deps, who, notice_id)
    return await issuing.issue_notice(deps, notice_id, by=who.code)


@router.post("/notices/{notice_id}/void", summary="作废通知", responses=problems(NotFound, NoticeNotReady, Conflict))
async def void_notice(deps: Here, who: Supervisor, notice_id: DocumentId, entry: ReasonEntry) -> Notice:
    """It holds no more; its number stays with it."""
    why = entry.reason
    return await _act(deps, who, notice_id, lambda one, now: notices.void(one, reason=why, by=who.code, now=now))


@router.post(
    "/notices/{notice_id}/acknowledge",
    summary="签收通知",
    responses=_ACTS,
)
async def acknowledge_notice(deps: Here, who: Reader, notice_id: DocumentId) -> Notice:
    """Somebody of the department has read it; again changes nothing."""
    return await _act(deps, who, notice_id, lambda one, now: notices.acknowledge(one, by=who.code, now=now))


@router.put("/notices/{notice_id}/clock", summary="整改计时", responses=problems(NotFound, NoticeNotReady, Conflict))
async def clock_notice(deps: Here, who: Supervisor, notice_id: DocumentId, entry: ClockEntry) -> Notice:
    """Say which case of the workflow service runs the clock of the rectification."""
    return await _act(deps, who, notice_id, lambda one, now: notices.follow(one, entry, by=who.code, now=now))


@router.post(
    "/notices/{notice_id}/report", summary="报告整改情况", responses=problems(NotFound, NoticeNotReady, Conflict)
)
async def report_rectification(deps: Here, who: Reader, notice_id: DocumentId, entry: RectificationReport) -> Notice:
    """The department says what it did."""
    return await _act(deps, who, notice_id, lambda one, now: notices.report(one, entry, by=who.code, now=now))


@router.post(
    "/notices/{notice_id}/recheck",
    summary="复核整改情况",
    responses=problems(NotFound, NoticeNotReady, SelfDecision, Conflict),
)
async def recheck_rectification(deps: Here, who: Supervisor, notice_id: DocumentId, entry: RecheckEntry) -> Notice:
    """The office looks at what was done. A matter whose process is archived already is closed with it."""
    checked = await _act(deps, who, notice_id, lambda one, now: notices.recheck(one, entry, by=who.code, now=now))
    await following.archive_filed(deps)
    return checked


@router.get(
    "/notices/{notice_id}/files/{file_format}",
    summary="通知文件",
    responses={**FILES, **problems(NotFound)},
    response_class=Response,
)
async def print_notice(deps: Here, who: Reader, notice_id: DocumentId, file_format: Format) -> Response:
    """The issued paper as it was kept; of a draft a proof."""
    notice = await _visible(deps, who, notice_id)
    sheet = await issuing.sheet_of_notice(deps, notice)
    return file_answer(
        await issuing.content(deps, sheet, notice.files, file_format), file_format, f"notice-{notice_id}"
    )


async def _visible(deps: Here, who: Person, notice_id: str) -> Notice:
    notice, _ = await deps.notices.load(notice_id)
    visible(who, notice.departments, key=notice_id)
    return notice


async def _act(deps: Here, who: Person, notice_id: str, act: issuing.NoticeAct) -> Notice:
    await _visible(deps, who, notice_id)
    return await issuing.act_on_notice(deps, notice_id, act)
