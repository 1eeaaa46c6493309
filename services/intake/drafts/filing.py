"""Filing a draft: it becomes a case, once, by the window's own rules; and drafts that are over are swept."""

from datetime import timedelta
from typing import Final

from services.intake.cases.records import Online
from services.intake.deps import Deps
from services.intake.drafts.entries import refuse_unfit
from services.intake.drafts.records import Draft
from services.intake.drafts.settling import case_of_draft, files_of, settle
from services.intake.drafts.writing import item_of
from services.intake.moments import moment_of
from services.intake.receipts import Receipt
from services.intake.submissions import RequestKey
from services.intake.windows import receipt_given, received
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import AlreadyExists, StoredFile

ONLINE: Final = Person(code="online", name="网上申报", roles=frozenset(), department="")
"""Who received a case that nobody received at a window."""

_AT_ONCE: Final = 50
_UNDER_WAY: Final = timedelta(minutes=10)
"""A filing that began at the last moment is done by then."""


class TruthNotStated(Problem):
    """The applicant answers for what is said (行政许可法 §31) and has not said so."""

    status = 422
    code = "truth-not-stated"
    zh = "请先确认申请材料真实"
    en = "please state first that what you say is true"
    remedy_zh = "请阅读并勾选承诺：申请人对申请材料实质内容的真实性负责（行政许可法第三十一条）"
    remedy_en = "read and tick the statement: the applicant answers for the truth of what is said (行政许可法 §31)"


class FilingEntry(Request, frozen=True):
    """The statement of truth (行政许可法 §31), with which a draft is filed."""

    truthful: bool = False


async def file(deps: Deps, draft: Draft, entry: FilingEntry, *, key: str | None) -> Receipt:
    """The receipt of the case that the draft became, with its password when the same request comes again.

    A draft is one case: another request gets the receipt of that case, without the password. Raises TruthNotStated,
    ApplicationIncomplete, ItemWithdrawn, KeyTaken.
    """
    request = RequestKey(key, who=ONLINE, action="file", content=draft.draft_no, seals=deps.seals)
    case = await case_of_draft(deps, draft)
    if case is None:
        if not entry.truthful:
            raise TruthNotStated
        try:
            receipt = await _received(deps, draft, request)
        except AlreadyExists:  # another request filed it at the same moment
            receipt = None
        case = await case_of_draft(deps, draft)
        if case is not None:
            await settle(deps, draft)
        if receipt is not None:
            return receipt
    if case is None:
        raise AlreadyExists(key=draft.draft_no)
    return await receipt_given(deps, case, request)


async def sweep_drafts(deps: Deps) -> int:
    """Settle drafts that are over, filed or not; gives how many."""
    over = {"body.is_closed": False, "body.expires_at": {"$lt": deps.clock.wall() - _UNDER_WAY}}
    found = await deps.drafts.query(over, sort=[("body.expires_at", 1)], limit=_AT_ONCE)
    for draft in found:
        await settle(deps, draft)
    return len(found)


async def sweep_files(deps: Deps) -> int:
    """Delete files that nothing refers to; gives how many were looked at."""

    async def is_needed(file: StoredFile) -> bool:
        upload = await deps.uploads.find(file.file_id)
        if upload is None or upload[0].is_removed:
            return False
        draft_no = upload[0].owner.removeprefix("draft/")
        return upload[0].gone_at is None or await deps.cases.count({"body.online.draft_no": draft_no}) > 0

    return await deps.files.sweep(is_needed)


async def _received(deps: Deps, draft: Draft, request: RequestKey) -> Receipt:
    item = await item_of(deps, draft)
    townships, now = await deps.copies.townships(), moment_of(deps.clock, deps.hours)
    content, held = draft.content(deps.seals), await files_of(deps, draft)
    entry = refuse_unfit(draft, content, held, item, today=now.on, townships=townships)
    online = Online(draft_no=draft.draft_no, declared_at=now.at)
    return await received(deps, entry, who=ONLINE, request=request, online=online)
