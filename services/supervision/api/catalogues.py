"""The catalogues, the seven procedures, and windows of silence."""

import hashlib
import secrets
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey, KeyTaken
from services.kernel.store import AlreadyExists, Conflict
from services.supervision import catalogues
from services.supervision.api.common import Here, Reader, Supervisor
from services.supervision.catalogues import PROCEDURE, Catalogue, CatalogueEntry, CatalogueKind, CatalogueUnsound, Step
from services.supervision.silences import Silence, SilenceEntry

router = APIRouter(tags=["catalogues"])

RulesEditor = Annotated[Person, Depends(allowed(Permission.RULES_EDIT))]


class CatalogueView(BaseModel, frozen=True):
    """What a matter is entered by. A catalogue that nobody of the bureau has edited says that it is an example."""

    duties: Catalogue
    methods: Catalogue
    domains: Catalogue
    procedure: tuple[Step, ...]


async def catalogues_of(deps: Here) -> dict[CatalogueKind, Catalogue]:
    """All catalogues, as they now are."""
    kept = {each.kind: each for each in await deps.ledgers.catalogues.query({}, sort=[("_id", 1)], limit=10)}
    return {kind: kept.get(kind) or catalogues.example(kind) for kind in CatalogueKind}


@router.get("/catalogues", summary="职责、方式、领域目录")
async def see_catalogues(deps: Here, _who: Reader) -> CatalogueView:
    """The catalogues and the seven procedures."""
    found = await catalogues_of(deps)
    return CatalogueView(**{kind.value: each for kind, each in found.items()}, procedure=PROCEDURE)


@router.put("/catalogues/{catalogue}", summary="编辑目录", responses=problems(CatalogueUnsound, Conflict))
async def edit_catalogue(
    deps: Here, who: RulesEditor, catalogue: CatalogueKind, entry: CatalogueEntry
) -> CatalogueView:
    """Write the catalogue in the bureau's own words."""
    with suppress(AlreadyExists):
        await deps.ledgers.catalogues.create(catalogues.example(catalogue))
    now = deps.clock.now()
    await deps.ledgers.catalogues.change(catalogue, lambda found: catalogues.edit(found, entry, by=who.code, now=now))
    return await see_catalogues(deps, who)


@router.get("/silences", summary="静默窗口")
async def list_silences(deps: Here, _who: Reader) -> tuple[Silence, ...]:
    """All windows of silence, the latest first."""
    return tuple(sorted(await deps.ledgers.windows(), key=lambda each: (each.since, each.silence_id), reverse=True))


@router.post("/silences", status_code=201, summary="设定静默窗口", responses=problems(KeyTaken))
async def declare_silence(deps: Here, who: Supervisor, entry: SilenceEntry, key: IdempotencyKey = None) -> Silence:
    """From now on, lights of these days are recorded as ever and blame nobody."""
    source = f"silence|{who.code}|{key}" if key else secrets.token_hex(16)
    silence_id = hashlib.sha256(source.encode()).hexdigest()[:24]
    made = Silence(silence_id=silence_id, made_by=who.code, made_at=deps.clock.now(), **entry.model_dump())
    try:
        await deps.ledgers.silences.create(made)
    except AlreadyExists:
        found, _ = await deps.ledgers.silences.load(silence_id)
        if found.model_copy(update={"made_at": made.made_at}) != made:
            raise KeyTaken from None
        return found
    return made
