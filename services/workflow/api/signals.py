"""Signals from people: broadcast one to every case that waits for it, and look how far it has come."""

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey, KeyTaken, Limit, Reason, Request
from services.workflow.api.common import Viewer, With
from services.workflow.signals import broadcasts
from services.workflow.signals.broadcasts import BroadcastNotFound, SignalTooLarge
from services.workflow.signals.models import Broadcast, Stage

router = APIRouter(tags=["signals"])

Speaker = Annotated[Person, Depends(allowed(Permission.SIGNAL_BROADCAST))]
BroadcastId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]


class SignalEntry(Request, frozen=True):
    """A signal by the name that diagrams know it by, what it brings, and why it is sent."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    payload: dict[str, Any] = Field(default_factory=dict)
    reason: Reason


class BroadcastView(BaseModel, frozen=True):
    """How far a signal has come. `heard` cases went on by it, `faulty` ones keep it in an incident of theirs.

    `past` had gone past it by then; to `lost` ones it could not be brought, and the log says why. `started` cases
    were begun by it.
    """

    broadcast_id: str
    signal: str
    by: str
    reason: str
    at: datetime
    stage: Stage
    heard: int
    past: int
    faulty: int
    lost: int
    started: int
    finished_at: datetime | None


@router.post("/signals", status_code=202, responses=problems(SignalTooLarge, KeyTaken))
async def broadcast_signal(deps: With, who: Speaker, entry: SignalEntry, key: IdempotencyKey = None) -> BroadcastView:
    """Bring a signal to every running case that waits for it now, and begin the cases that it begins."""
    cause = f"api.{who.code}.signal.{key or secrets.token_hex(16)}"
    broadcast = Broadcast(
        broadcast_id=broadcasts.broadcast_id(cause),
        signal=entry.name,
        payload=entry.payload,
        by=who.code,
        reason=entry.reason,
        at=deps.clock.now(),
    )
    return _view(await broadcasts.begin(deps, broadcast))


@router.get("/signals")
async def list_signals(deps: With, who: Viewer, *, limit: Limit = 50) -> list[BroadcastView]:
    """The newest signals and how far they have come."""
    del who
    return [_view(each) for each in await broadcasts.newest(deps, limit=limit)]


@router.get("/signals/{broadcast_id}", responses=problems(BroadcastNotFound))
async def show_signal(deps: With, who: Viewer, broadcast_id: BroadcastId) -> BroadcastView:
    """How far a signal has come."""
    del who
    return _view(await broadcasts.broadcast_of(deps, broadcast_id))


def _view(broadcast: Broadcast) -> BroadcastView:
    shown = broadcast.model_dump(include=set(BroadcastView.model_fields) - {"started", "by"})
    tally = broadcast.tally.model_dump()
    return BroadcastView(**shown, **tally, by=broadcast.sender, started=len(broadcast.started))
