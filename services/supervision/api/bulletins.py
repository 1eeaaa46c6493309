"""Supervision bulletins."""

import hashlib
import secrets
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.kernel.identity import Person
from services.kernel.problem import problems
from services.kernel.requests import After, IdempotencyKey, Limit
from services.kernel.store import Conflict, NotFound
from services.supervision import bulletins, desk, issuing, queries
from services.supervision.api.common import (
    FILES,
    Approver,
    DocumentId,
    Format,
    Here,
    Reader,
    Supervisor,
    file_answer,
    scope_filter,
    visible,
)
from services.supervision.bulletins import (
    Bulletin,
    BulletinNotReady,
    DraftEntry,
    NothingToReport,
    OwnApproval,
    TextEntry,
)
from services.supervision.papers import ReasonEntry

router = APIRouter(tags=["bulletins"])

_ACTS = problems(NotFound, BulletinNotReady, Conflict)


class BulletinPage(BaseModel, frozen=True):
    """Bulletins by key; `after` is the key of the next page."""

    bulletins: tuple[Bulletin, ...]
    after: str | None


@router.get("/bulletins", summary="督查通报列表")
async def list_bulletins(deps: Here, who: Reader, limit: Limit = 50, after: After = None) -> BulletinPage:
    """Published bulletins are for all staff; drafts only for the office and the leaders who approve them."""
    published: dict[str, Any] = {"body.published_at": {"$ne": None}}
    drafts_too = not who.roles.isdisjoint(desk.DRAFT_READERS)
    where = {"$or": [published, scope_filter(who)]} if drafts_too else published
    found = await queries.page(deps.bulletins, where, limit=limit, after=after)
    return BulletinPage(bulletins=tuple(found), after=found[-1].bulletin_id if len(found) == limit else None)


@router.get("/bulletins/{bulletin_id}", summary="查看通报", responses=problems(NotFound))
async def see_bulletin(deps: Here, who: Reader, bulletin_id: DocumentId) -> Bulletin:
    """One bulletin: published for all staff, before that for the office and the leaders who approve."""
    return await _readable(deps, who, bulletin_id)


@router.post("/bulletins", status_code=201, summary="起草通报", responses=problems(NotFound, NothingToReport))
async def draft_bulletin(deps: Here, who: Supervisor, entry: DraftEntry, key: IdempotencyKey = None) -> Bulletin:
    """Draft from the records of the matters named, and from the red lights of a period."""
    for matter_id in entry.matter_ids:
        matter, _ = await deps.matters.load(matter_id)
        visible(who, matter.departments, key=matter_id)
    source = f"{who.code}|{key}" if key else secrets.token_hex(16)
    bulletin_id = hashlib.sha256(source.encode()).hexdigest()[:24]
    is_period = entry.since is not None and entry.until is not None
    rows = (
        await issuing.red_lights(deps, dict(scope_filter(who)), entry.since, entry.until)
        if is_period and entry.since and entry.until
        else ()
    )
    return await issuing.draft_bulletin(deps, bulletin_id, entry, by=who.code, rows=rows)


@router.put("/bulletins/{bulletin_id}", summary="修改通报", responses=_ACTS)
async def edit_bulletin(deps: Here, who: Supervisor, bulletin_id: DocumentId, entry: TextEntry) -> Bulletin:
    """Change the words of a draft."""
    return await _act(deps, who, bulletin_id, lambda one, now: bulletins.edit(one, entry, by=who.code, now=now))


@router.post(
    "/bulletins/{bulletin_id}/approve",
    summary="审签通报",
    responses=problems(NotFound, BulletinNotReady, OwnApproval, Conflict),
)
async def approve_bulletin(deps: Here, who: Approver, bulletin_id: DocumentId) -> Bulletin:
    """A leader signs the draft."""
    return await _act(deps, who, bulletin_id, lambda one, now: bulletins.approve(one, by=who.code, now=now))


@router.post("/bulletins/{bulletin_id}/return", summary="退回通报", responses=_ACTS)
async def return_bulletin(deps: Here, who: Approver, bulletin_id: DocumentId, entry: ReasonEntry) -> Bulletin:
    """Back to the drafter."""
    why = entry.reason
    return await _act(
        deps, who, bulletin_id, lambda one, now: bulletins.give_back(one, reason=why, by=who.code, now=now)
    )


@router.post("/bulletins/{bulletin_id}/publish", summary="发布通报", responses=_ACTS)
async def publish_bulletin(deps: Here, who: Supervisor, bulletin_id: DocumentId) -> Bulletin:
    """Publish an approved bulletin as the year's next issue; again changes nothing."""
    await _visible(deps, who, bulletin_id)
    return await issuing.publish_bulletin(deps, bulletin_id, by=who.code)


@router.post("/bulletins/{bulletin_id}/void", summary="作废通报", responses=_ACTS)
async def void_bulletin(deps: Here, who: Supervisor, bulletin_id: DocumentId, entry: ReasonEntry) -> Bulletin:
    """It holds no more; its issue stays with it."""
    why = entry.reason
    return await _act(deps, who, bulletin_id, lambda one, now: bulletins.void(one, reason=why, by=who.code, now=now))


@router.post("/bulletins/{bulletin_id}/acknowledge", summary="签收通报", responses=_ACTS)
async def acknowledge_bulletin(deps: Here, who: Reader, bulletin_id: DocumentId) -> Bulletin:
    """Somebody has read it; again changes nothing."""
    await _readable(deps, who, bulletin_id)
    by = who.code
    return await issuing.act_on_bulletin(deps, bulletin_id, lambda one, now: bulletins.acknowledge(one, by=by, now=now))


@router.get(
    "/bulletins/{bulletin_id}/files/{file_format}",
    summary="通报文件",
    responses={**FILES, **problems(NotFound)},
    response_class=Response,
)
async def print_bulletin(deps: Here, who: Reader, bulletin_id: DocumentId, file_format: Format) -> Response:
    """The published paper as it was kept; of a draft a proof."""
    bulletin = await _readable(deps, who, bulletin_id)
    sheet = await issuing.sheet_of_bulletin(deps, bulletin)
    return file_answer(
        await issuing.content(deps, sheet, bulletin.files, file_format), file_format, f"bulletin-{bulletin_id}"
    )


async def _readable(deps: Here, who: Person, bulletin_id: str) -> Bulletin:
    """Published ones for all staff, drafts for the office and leaders. Raises NotFound."""
    bulletin, _ = await deps.bulletins.load(bulletin_id)
    if bulletin.published_at is None:
        if who.roles.isdisjoint(desk.DRAFT_READERS):
            raise NotFound(key=bulletin_id)
        visible(who, bulletin.departments, key=bulletin_id)
    return bulletin


async def _visible(deps: Here, who: Person, bulletin_id: str) -> None:
    """For those who see the departments that it names. Raises NotFound."""
    bulletin, _ = await deps.bulletins.load(bulletin_id)
    visible(who, bulletin.departments, key=bulletin_id)


async def _act(deps: Here, who: Person, bulletin_id: str, act: issuing.BulletinAct) -> Bulletin:
    await _visible(deps, who, bulletin_id)
    return await issuing.act_on_bulletin(deps, bulletin_id, act)
