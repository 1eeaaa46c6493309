"""Supervision matters in their seven steps."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.contracts.events import Said
from services.kernel.identity import Person
from services.kernel.problem import problems
from services.kernel.requests import After, Day, IdempotencyKey, Limit
from services.kernel.store import AlreadyExists, Conflict, NotFound
from services.supervision import desk, following, matters, queries, registering
from services.supervision.api.catalogues import catalogues_of
from services.supervision.api.common import Approver, DocumentId, Here, Reader, Supervisor, scope_filter, visible
from services.supervision.matters import Matter, Move, Source, Step
from services.supervision.numbers import Series, number
from services.supervision.refusals import (
    BulletinMissing,
    MatterArchived,
    MatterInProcess,
    RectificationOpen,
    SelfRecheck,
    StepSkipped,
)
from services.supervision.registering import (
    MatterEntry,
    NotInCatalogue,
    ObjectionDecision,
    ObjectionEntry,
    ObjectionNotReady,
    ReviewerRecused,
)

router = APIRouter(tags=["matters"])

CaseFilter = Annotated[str | None, Query(pattern=r"^[0-9A-Z]{10,40}$")]
_MOVES = problems(NotFound, MatterInProcess, StepSkipped, SelfRecheck, BulletinMissing, RectificationOpen, Conflict)


class MatterPage(BaseModel, frozen=True):
    """Matters by key; `after` is the key of the next page."""

    matters: tuple[Matter, ...]
    after: str | None


class MatterView(Matter, frozen=True):
    """One matter, and the steps to which it can go from where it is; none if its process runs (`process_case`)."""

    next: tuple[Step, ...]


Chosen = dict[str, Any]


def _chosen(
    case_no: CaseFilter = None,
    source: Source | None = None,
    campaign: Annotated[str | None, Query(max_length=100)] = None,
    since: Day | None = None,
    until: Day | None = None,
) -> Chosen:
    """What a list of matters is narrowed by."""
    wanted: Chosen = {"body.case_no": case_no, "body.source": source, "body.campaign": campaign}
    wanted["body.due_on"] = _between(since, until)
    return {name: value for name, value in wanted.items() if value is not None}


@router.get("/matters", summary="督查事项列表")
async def list_matters(
    deps: Here,
    who: Reader,
    chosen: Annotated[Chosen, Depends(_chosen)],
    step: Step | None = None,
    limit: Limit = 50,
    after: After = None,
) -> MatterPage:
    """Matters that the reader may see; those of a campaign or source, and due in a period, if asked."""
    where = {**scope_filter(who), **chosen, **({} if step is None else {"body.step": step})}
    found = await queries.page(deps.matters, where, limit=limit, after=after)
    return MatterPage(matters=tuple(found), after=found[-1].matter_id if len(found) == limit else None)


@router.post("/matters", status_code=201, summary="登记督查事项", responses=problems(NotInCatalogue))
async def register_matter(deps: Here, who: Supervisor, entry: MatterEntry, key: IdempotencyKey = None) -> Matter:
    """Register what a decision, an instruction, a complaint, a rating, a patrol or an inspection brought."""
    registering.known(entry, await catalogues_of(deps))
    source = f"matter|{who.code}|{key}" if key else secrets.token_hex(16)
    matter_id = hashlib.sha256(source.encode()).hexdigest()[:24]
    if (found := await deps.matters.find(matter_id)) is not None:
        return found[0]
    now = deps.clock.now()
    year = desk.office_day(now).year
    no = matters.matter_no(year, await number(deps.numbers, Series.MATTER, year=year, document=matter_id))
    told = await deps.books.answerable((entry.department,))
    matter, said = registering.enter(matter_id, entry, no=no, recipients=told, by=who.code, now=now)
    with suppress(AlreadyExists):  # the same request, twice at the same moment
        await deps.matters.create(matter, said)
    return (await deps.matters.load(matter_id))[0]


@router.get("/matters/{matter_id}", summary="查看督查事项", responses=problems(NotFound))
async def see_matter(deps: Here, who: Reader, matter_id: DocumentId) -> MatterView:
    """One matter with its file."""
    matter, _ = await deps.matters.load(matter_id)
    visible(who, matter.departments, key=matter_id)
    return MatterView(**matter.model_dump(), next=() if matter.process_case else matters.next_of(matter.step))


@router.post("/matters/{matter_id}/move", summary="推进督查事项", responses=_MOVES)
async def move_matter(deps: Here, who: Supervisor, matter_id: DocumentId, entry: Move) -> Matter:
    """One step on; the seven steps cannot be skipped, and nothing is archived that is not put right.

    A matter whose process runs (`process_case`) follows that alone: its steps are tasks of that case.
    """
    still_open = await following.still_open(deps, matter_id) if entry.to is Step.ARCHIVE else ""
    now = deps.clock.now()
    return await _changed(
        deps, who, matter_id, lambda one: matters.move(one, entry, by=who.code, now=now, still_open=still_open)
    )


@router.post(
    "/matters/{matter_id}/objection",
    summary="对督查事项提出异议",
    responses=problems(NotFound, MatterArchived, ObjectionNotReady, Conflict),
)
async def raise_objection(deps: Here, who: Reader, matter_id: DocumentId, entry: ObjectionEntry) -> Matter:
    """The department does not agree."""
    now = deps.clock.now()
    return await _changed(deps, who, matter_id, lambda one: registering.object_to(one, entry, by=who.code, now=now))


@router.post(
    "/matters/{matter_id}/objection/decide",
    summary="复核异议",
    responses=problems(NotFound, ObjectionNotReady, ReviewerRecused, Conflict),
)
async def decide_objection(deps: Here, who: Approver, matter_id: DocumentId, entry: ObjectionDecision) -> Matter:
    """Somebody who had no part in the matter decides."""
    now = deps.clock.now()
    return await _changed(deps, who, matter_id, lambda one: registering.decide(one, entry, by=who.code, now=now))


async def _changed(
    deps: Here, who: Person, matter_id: str, act: Callable[[Matter], tuple[Matter, Sequence[Said]]]
) -> Matter:
    matter, revision = await deps.matters.load(matter_id)
    visible(who, matter.departments, key=matter_id)
    changed, said = act(matter)
    return await desk.written(deps.matters, matter_id, changed, revision, said)


def _between(since: date | None, until: date | None) -> dict[str, date] | None:
    bounds = {"$gte": since, "$lte": until}
    return {name: day for name, day in bounds.items() if day is not None} or None
