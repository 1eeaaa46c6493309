"""Supervision bulletins."""

import hashlib
import secrets
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from services.kernel.identity import Person
from services.kernel.problem import problems
from services.kernel.requests import After, IdempotencyKey, Limit
from services.kernel.store import Conflict, NotFound
from services.supervision import bulletins, desk, queries
from services.supervision.api.common import Approver, DocumentId, Here, Reader, Supervisor, scope_filter, visible
from services.supervision.bulletins import Bulletin, BulletinNotReady, DraftEntry, OwnApproval, TextEntry

router = APIRouter(tags=["bulletins"])


class BulletinPage(BaseModel, frozen=True):
    """Bulletins by key; `after` is the key of the next page."""

    bulletins: tuple[Bulletin, ...]
    after: str | None


@router.get("/bulletins", summary="督查通报列表")
async def list_bulletins(deps: Here, who: Reader, limit: Limit = 50, after: After = None) -> BulletinPage:
    """Published bulletins are for all staff; drafts only for the office and the leaders who approve them."""
    published: dict[str, Any] = {"body.state": bulletins.BulletinState.PUBLISHED}
    drafts_too = not who.roles.isdisjoint(desk.DRAFT_READERS)
    where = {"$or": [published, scope_filter(who)]} if drafts_too else published
    found = await queries.page(deps.bulletins, where, limit=limit, after=after)
    return BulletinPage(bulletins=tuple(found), after=found[-1].bulletin_id if len(found) == limit else None)


@router.get("/bulletins/{bulletin_id}", summary="查看通报", responses=problems(NotFound))
async def see_bulletin(deps: Here, who: Reader, bulletin_id: DocumentId) -> Bulletin:
    """One bulletin: published for all staff, before that for the office and the leaders who approve."""
    bulletin, _ = await deps.bulletins.load(bulletin_id)
    if bulletin.state is not bulletins.BulletinState.PUBLISHED:
        if who.roles.isdisjoint(desk.DRAFT_READERS):
            raise NotFound(key=bulletin_id)
        visible(who, bulletin.departments, key=bulletin_id)
    return bulletin


@router.post("/bulletins", status_code=201, summary="起草通报", responses=problems(NotFound))
async def draft_bulletin(deps: Here, who: Supervisor, entry: DraftEntry, key: IdempotencyKey = None) -> Bulletin:
    """Draft from the records of the matters named."""
    for matter_id in entry.matter_ids:
        matter, _ = await deps.matters.load(matter_id)
        visible(who, matter.departments, key=matter_id)
    source = f"{who.code}|{key}" if key else secrets.token_hex(16)
    bulletin_id = hashlib.sha256(source.encode()).hexdigest()[:24]
    return await desk.draft_bulletin(deps, bulletin_id, entry, by=who.code)


@router.put("/bulletins/{bulletin_id}", summary="修改通报", responses=problems(NotFound, BulletinNotReady, Conflict))
async def edit_bulletin(deps: Here, who: Supervisor, bulletin_id: DocumentId, entry: TextEntry) -> Bulletin:
    """Change the words of a draft."""
    bulletin, revision = await _visible_bulletin(deps, who, bulletin_id)
    edited, said = bulletins.edit(bulletin, entry)
    return await desk.written(deps.bulletins, bulletin_id, edited, revision, said)


@router.post(
    "/bulletins/{bulletin_id}/approve",
    summary="审签通报",
    responses=problems(NotFound, BulletinNotReady, OwnApproval, Conflict),
)
async def approve_bulletin(deps: Here, who: Approver, bulletin_id: DocumentId) -> Bulletin:
    """A leader signs the draft."""
    bulletin, revision = await _visible_bulletin(deps, who, bulletin_id)
    approved, said = bulletins.approve(bulletin, by=who.code, now=deps.clock.now())
    return await desk.written(deps.bulletins, bulletin_id, approved, revision, said)


@router.post(
    "/bulletins/{bulletin_id}/publish", summary="发布通报", responses=problems(NotFound, BulletinNotReady, Conflict)
)
async def publish_bulletin(deps: Here, who: Supervisor, bulletin_id: DocumentId) -> Bulletin:
    """Publish an approved bulletin as the year's next issue; again changes nothing."""
    await _visible_bulletin(deps, who, bulletin_id)
    return await desk.publish_bulletin(deps, bulletin_id, by=who.code)


async def _visible_bulletin(deps: Here, who: Person, bulletin_id: str) -> tuple[Bulletin, int]:
    """The bulletin and its revision, for those who see the departments that it names. Raises NotFound."""
    bulletin, revision = await deps.bulletins.load(bulletin_id)
    visible(who, bulletin.departments, key=bulletin_id)
    return bulletin, revision
