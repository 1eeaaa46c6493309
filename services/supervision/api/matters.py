"""Supervision matters and notices."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.kernel.problem import problems
from services.kernel.requests import After, Limit
from services.kernel.store import Conflict, NotFound
from services.supervision import desk, matters, notices, queries
from services.supervision.api.common import DocumentId, Here, Reader, Supervisor, scope_filter, visible
from services.supervision.matters import BulletinMissing, Matter, Move, SelfRecheck, Step, StepSkipped
from services.supervision.notices import Notice, NoticeEntry, NoticeIssuedAlready

router = APIRouter(tags=["matters"])

CaseFilter = Annotated[str | None, Query(pattern=r"^[0-9A-Z]{10,40}$")]
_MOVES = problems(NotFound, StepSkipped, SelfRecheck, BulletinMissing, Conflict)


class MatterPage(BaseModel, frozen=True):
    """Matters by key; `after` is the key of the next page."""

    matters: tuple[Matter, ...]
    after: str | None


class MatterView(Matter, frozen=True):
    """One matter, and the steps to which it can go from where it is."""

    next: tuple[Step, ...]


class NoticePage(BaseModel, frozen=True):
    """Notices by key; `after` is the key of the next page."""

    notices: tuple[Notice, ...]
    after: str | None


@router.get("/matters", summary="督查事项列表")
async def list_matters(
    deps: Here,
    who: Reader,
    case_no: CaseFilter = None,
    step: Step | None = None,
    limit: Limit = 50,
    after: After = None,
) -> MatterPage:
    """Matters that the reader may see."""
    wanted = {"body.case_no": case_no, "body.step": step}
    where = {**scope_filter(who), **{name: value for name, value in wanted.items() if value is not None}}
    found = await queries.page(deps.matters, where, limit=limit, after=after)
    return MatterPage(matters=tuple(found), after=found[-1].matter_id if len(found) == limit else None)


@router.get("/matters/{matter_id}", summary="查看督查事项", responses=problems(NotFound))
async def see_matter(deps: Here, who: Reader, matter_id: DocumentId) -> MatterView:
    """One matter with its file."""
    matter, _ = await deps.matters.load(matter_id)
    visible(who, matter.departments, key=matter_id)
    return MatterView(**matter.model_dump(), next=matters.next_of(matter.step))


@router.post("/matters/{matter_id}/move", summary="推进督查事项", responses=_MOVES)
async def move_matter(deps: Here, who: Supervisor, matter_id: DocumentId, entry: Move) -> Matter:
    """One step on; the seven steps cannot be skipped."""
    matter, revision = await deps.matters.load(matter_id)
    visible(who, matter.departments, key=matter_id)
    moved, said = matters.move(matter, entry, by=who.code, now=deps.clock.now())
    return await desk.written(deps.matters, matter_id, moved, revision, said)


@router.get("/notices", summary="督查督办通知列表")
async def list_notices(
    deps: Here, who: Reader, case_no: CaseFilter = None, limit: Limit = 50, after: After = None
) -> NoticePage:
    """Notices, drafted and issued, that the reader may see."""
    where = {**scope_filter(who), **({"body.case_no": case_no} if case_no else {})}
    found = await queries.page(deps.notices, where, limit=limit, after=after)
    return NoticePage(notices=tuple(found), after=found[-1].notice_id if len(found) == limit else None)


@router.get("/notices/{notice_id}", summary="查看通知", responses=problems(NotFound))
async def see_notice(deps: Here, who: Reader, notice_id: DocumentId) -> Notice:
    """One notice."""
    notice, _ = await deps.notices.load(notice_id)
    visible(who, notice.departments, key=notice_id)
    return notice


@router.post(
    "/notices/{notice_id}/issue", summary="印发通知", responses=problems(NotFound, NoticeIssuedAlready, Conflict)
)
async def issue_notice(deps: Here, who: Supervisor, notice_id: DocumentId, entry: NoticeEntry) -> Notice:
    """Number a drafted notice and send it to the department."""
    notice, _ = await deps.notices.load(notice_id)
    visible(who, notice.departments, key=notice_id)
    return await desk.issue_notice(deps, notice_id, entry, by=who.code)


@router.post("/notices/{notice_id}/acknowledge", summary="签收通知", responses=problems(NotFound, Conflict))
async def acknowledge_notice(deps: Here, who: Reader, notice_id: DocumentId) -> Notice:
    """The department has read it; again changes nothing."""
    notice, _ = await deps.notices.load(notice_id)
    visible(who, notice.departments, key=notice_id)
    now = deps.clock.now()
    await deps.notices.change(notice_id, lambda found: notices.acknowledge(found, by=who.code, now=now))
    return (await deps.notices.load(notice_id))[0]
