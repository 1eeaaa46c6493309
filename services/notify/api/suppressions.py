"""The list of addresses that get nothing more: who is on it and why, putting an owner's wish there, lifting it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from services.kernel import logs
from services.kernel.identity import Permission, Person, allowed, scope_of
from services.kernel.problem import problems
from services.kernel.requests import After, Limit
from services.kernel.store import Conflict, NotFound
from services.notify.api.common import Here
from services.notify.deps import Deps
from services.notify.queries import newest_suppressions
from services.notify.suppressions import (
    Cause,
    Closing,
    Deed,
    Lifting,
    NoAddressThere,
    NotClosed,
    Suppression,
    wished,
)
from services.notify.templates import Channel

log = logs.get(__name__)
router = APIRouter()

Caretaker = Annotated[Person, Depends(allowed(Permission.ADDRESS_CLOSE))]
Key = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class SuppressionView(BaseModel, frozen=True):
    """A closed address, masked, with everything that was done about it."""

    suppression_id: str
    channel: Channel
    shown: str
    recipient: str
    closed: bool
    cause: Cause
    deeds: tuple[Deed, ...]


class SuppressionPage(BaseModel, frozen=True):
    """By id; `after` is the key of the next page."""

    suppressions: tuple[SuppressionView, ...]
    after: str | None


@router.get("/suppressions", summary="停发名单")
async def list_suppressions(
    deps: Here,
    who: Caretaker,
    closed: bool = True,
    channel: Annotated[Channel | None, Query()] = None,
    recipient: Annotated[str | None, Query(max_length=80)] = None,
    limit: Limit = 50,
    after: After = None,
) -> SuppressionPage:
    """Addresses that get nothing more, or, with `closed=false`, those that were opened again."""
    own = None if scope_of(who).everything else who.code
    wanted = {"closed": closed, "channel": channel, "recipient": own or recipient}
    found = await newest_suppressions(deps.suppressions.rows, wanted, limit=limit, after=after)
    following = found[-1].suppression_id if len(found) == limit else None
    return SuppressionPage(suppressions=tuple(_view(each) for each in found), after=following)


@router.post("/suppressions", summary="登记停发", responses=problems(NoAddressThere, Conflict))
async def close_address(deps: Here, who: Caretaker, order: Closing) -> SuppressionView:
    """The owner wants no more messages on this channel; only what the law requires is still said, by another way."""
    reach = await deps.books.reach(order.recipient) if _may_close(who, order.recipient) else None
    address = reach.addresses.get(order.channel) if reach else None
    if address is None or order.channel in {Channel.DESK, Channel.GROUP}:
        raise NoAddressThere(recipient=order.recipient, channel=order.channel)
    new = wished(deps.suppressions, order, address, by=who.code, wall=deps.clock.wall())
    kept = await deps.suppressions.close(new)
    log.info("address closed", suppression_id=kept.suppression_id, by=who.code)
    return _view(kept)


@router.post(
    "/suppressions/{suppression_id}/lift", summary="恢复发送", responses=problems(NotFound, NotClosed, Conflict)
)
async def lift_suppression(deps: Here, who: Caretaker, suppression_id: Key, order: Lifting) -> SuppressionView:
    """Messages may go there again, for a reason that stays on record with the name of who gave it."""
    await _own_or_all(deps, who, suppression_id)
    wall = deps.clock.wall()
    kept = await deps.suppressions.lift(suppression_id, by=who.code, reason=order.reason, wall=wall)
    log.info("address opened again", suppression_id=suppression_id, by=who.code)
    return _view(kept)


def _may_close(who: Person, recipient: str) -> bool:
    return scope_of(who).everything or recipient == who.code


async def _own_or_all(deps: Deps, who: Person, key: str) -> None:
    found, _ = await deps.suppressions.rows.load(key)
    if not _may_close(who, found.recipient):
        raise NotFound(key=key)


def _view(entry: Suppression) -> SuppressionView:
    return SuppressionView(**entry.model_dump())
