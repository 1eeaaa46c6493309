"""Delivery receipts: what providers tell, signed, of what they were given."""

from datetime import datetime
from typing import Annotated

import fastapi
from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.kernel import logs
from services.kernel.problem import Problem, problems
from services.kernel.requests import Request
from services.kernel.store import Conflict, NotFound
from services.notify import bounces, receipts
from services.notify.api.common import Here
from services.notify.attempts import Arrival, Receipt
from services.notify.deps import Deps
from services.notify.messages import Message
from services.notify.signatures import is_signed
from services.notify.states import State
from services.notify.suppressions import Cause, noted
from services.notify.templates import Channel

log = logs.get(__name__)
router = APIRouter()

_MOST = 500


class ReceiptNotSigned(Problem):
    """No key that the provider was given signed this, or too long ago. Of unknown providers the same is said."""

    status = 401
    code = "receipt-not-signed"
    zh = "回执没有有效签名，未作任何改动"
    en = "the receipt bears no valid signature; nothing was changed"
    remedy_zh = "请用约定的密钥按 Standard Webhooks（HMAC-SHA256）签名，并校准服务器时间"
    remedy_en = "sign it with the agreed key (Standard Webhooks, HMAC-SHA256), and set the clock of the server"


class Told(Request, frozen=True):
    """What became of one message. `reference` is the one it was handed over under."""

    reference: Annotated[str, Field(pattern=r"^[0-9a-f]{32}-[a-z]{3,10}$")]
    status: Arrival
    reason: Annotated[str, Field(max_length=200)] = ""
    closes: Annotated[Cause | None, Field(description="why nothing more is to go to this address")] = None


class Bundle(Request, frozen=True):
    """Receipts, any number of times and in any order."""

    receipts: Annotated[tuple[Told, ...], Field(min_length=1, max_length=_MOST)]


class Taken(BaseModel, frozen=True):
    """How many receipts told something new; the others were known, or of messages that are not known."""

    taken: int


@router.post("/receipts/{provider}", summary="送达回执", responses=problems(ReceiptNotSigned, Conflict))
async def take_receipts(
    deps: Here,
    request: fastapi.Request,
    provider: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,39}$")],
    bundle: Bundle,
) -> Taken:
    """Note what a provider tells. The same again changes nothing, however often and at how many times at once."""
    wall = await check_signature(deps, request, provider)
    return Taken(taken=sum([await _take(deps, told, provider=provider, wall=wall) for told in bundle.receipts]))


async def check_signature(deps: Deps, request: fastapi.Request, provider: str) -> datetime:
    """The wall time of a request that the provider signed. Raises ReceiptNotSigned."""
    wall, keys = deps.clock.wall(), deps.receipt_keys.get(provider, ())
    if not is_signed(await request.body(), request.headers, wall=wall, keys=keys):
        log.warning("receipt refused", provider=provider)
        raise ReceiptNotSigned
    return wall


async def _take(deps: Deps, told: Told, *, provider: str, wall: datetime) -> bool:
    key, _, channel = told.reference.partition("-")
    if channel not in set(Channel):
        return False
    receipt = Receipt(channel=Channel(channel), provider=provider, arrival=told.status, reason=told.reason, at=wall)
    try:
        found, _ = await deps.messages.load(key)
        await _close(deps, found, receipt, told.closes)
        after = await deps.messages.change(
            key,
            lambda message: receipts.receive(message, receipt, possible=deps.providers.channels, now=deps.clock.now()),
        )
    except NotFound:
        return False
    if after.state is State.QUEUED:
        deps.wake.set()
    return after.receipts != found.receipts


async def _close(deps: Deps, message: Message, receipt: Receipt, told: Cause | None) -> None:
    """Nothing more goes to an address of which the receipt says that nothing ever arrives there."""
    cause = told or bounces.cause_in(receipt, deps.codes)
    attempt = receipts.attempt_of(message, receipt)
    if cause is not None and receipt.arrival is Arrival.PERMANENT and attempt is not None and attempt.mark:
        by, who = f"provider:{receipt.provider}", message.recipient
        entry = noted(attempt, recipient=who, cause=cause, by=by, reason=receipt.reason, wall=receipt.at)
        await deps.suppressions.close(entry)
