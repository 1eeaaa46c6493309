"""What may be ordered of subscriptions: to make one, to change, pause or end it, and to send things again."""

import hashlib
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Any, Final, Self

from pydantic import AwareDatetime, Field, field_validator, model_validator

from services.kernel.problem import Problem
from services.kernel.requests import KeyTaken, Reason, Request
from services.kernel.store import AlreadyExists, Conflict
from services.notify.subscriptions.addresses import LONGEST
from services.notify.subscriptions.kinds import BY_TYPE, Scope
from services.notify.subscriptions.outside import SET, Outside
from services.notify.subscriptions.records import (
    KEPT,
    Delivery,
    DeliveryState,
    SealedSecret,
    Standing,
    Subscription,
    SubscriptionOver,
    again,
    deed,
)

SHOWN_AGAIN_FOR: Final = timedelta(minutes=15)
"""The same order under the same key gets the secret once more, for so long: the first answer may have been lost."""

MOST_AT_ONCE: Final = 10_000
_BATCH: Final = 200

Kind = Annotated[str, Field(max_length=80)]


class BasisMissing(Problem):
    """What names people or projects leaves only on a legal basis."""

    status = 422
    code = "webhook-basis-missing"
    zh = "推送案件内容（scope = case）必须写明依据"
    en = "a subscription with the scope `case` needs a legal basis"
    remedy_zh = "请在 basis 中填写文件名称和文号，或改用 scope = plain"
    remedy_en = "name the document in `basis`, or take the scope `plain`"


class SubscriptionOrder(Request, frozen=True):
    """A subscription as it is to be. `items` empty: the cases of all items."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    url: Annotated[str, Field(min_length=8, max_length=LONGEST, pattern=r"^https?://[!-~]+$")]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1, max_length=len(BY_TYPE))]
    scope: Scope = Scope.PLAIN
    basis: Annotated[str, Field(max_length=300)] = ""
    items: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9A-Z][0-9A-Z-]{1,39}$")], ...], Field(max_length=50)] = ()
    reason: Reason

    @field_validator("kinds")
    @classmethod
    def _are_told(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        if strange := sorted(set(kinds) - BY_TYPE.keys()):
            msg = f"不对外推送的事件 / not among the kinds that may be told: {strange}"
            raise ValueError(msg)
        return tuple(sorted(set(kinds)))


class SubscriptionMove(Request, frozen=True):
    """Pause, resume or end it."""

    to: Standing
    reason: Reason


class Replay(Request, frozen=True):
    """Which events are to be sent again: those said in a time, or these."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    event_ids: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=300)], ...], Field(max_length=500)] = ()
    reason: Reason

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.since is None) is (not self.event_ids):
            msg = "since 和 event_ids 必须且只能给一个 / give either `since` or `event_ids`"
            raise ValueError(msg)
        return self

    def filter(self) -> dict[str, Any]:
        """The deliveries meant."""
        if self.event_ids:
            return {"body.event_id": {"$in": list(self.event_ids)}}
        times = {"$gte": self.since} | ({"$lt": self.until} if self.until else {})
        return {"body.event_at": times}


async def subscribe(
    outside: Outside, order: SubscriptionOrder, *, by: str, key: str | None
) -> tuple[Subscription, str]:
    """A new subscription and its secret; with the same key the one that was made. Raises KeyTaken and more."""
    check(outside, order)
    wall = outside.clock.wall()
    made = _id(by, key) if key else secrets.token_hex(12)
    shown, sealed = outside.new_secret(made)
    subscription = Subscription(
        **_told(order),
        subscription_id=made,
        standing=Standing.ACTIVE,
        because="",
        secrets=(SealedSecret(sealed=sealed),),
        made_at=wall,
        made_by=by,
        deeds=(deed("made", by=by, because=order.reason, at=wall),),
        asked=_digest(order),
    )
    try:
        await outside.subscriptions.create(subscription)
    except AlreadyExists:
        return await _made_before(outside, made, order)
    outside.put(subscription)
    return subscription, shown


async def rewrite(
    outside: Outside, found: Subscription, revision: int, order: SubscriptionOrder, *, by: str
) -> tuple[Subscription, int]:
    """The subscription as ordered now; raises SubscriptionOver, Conflict."""
    check(outside, order)
    if found.standing is Standing.ENDED:
        raise SubscriptionOver(name=found.name)
    done = deed("changed", by=by, because=order.reason, at=outside.clock.wall())
    after = found.model_copy(update={**_told(order), "deeds": (*found.deeds, done)})
    revision = await outside.subscriptions.save(after, revision)
    outside.put(after)
    return after, revision


def check(outside: Outside, order: SubscriptionOrder) -> None:
    """Raises AddressNotAllowed, BasisMissing."""
    outside.caller.borders.check(order.url)
    if order.scope is Scope.CASE and not order.basis.strip():
        raise BasisMissing


async def replay(outside: Outside, subscription: Subscription, order: Replay) -> int:
    """Send these again, each under the id it had; gives how many. Raises SubscriptionOver."""
    if subscription.standing is Standing.ENDED:
        raise SubscriptionOver(name=subscription.name)
    where = {"body.subscription_id": subscription.subscription_id, "body.state": {"$ne": DeliveryState.SENDING}}
    count, after = 0, ""
    while count < MOST_AT_ONCE:
        found = await outside.deliveries.query_revisions(
            where | order.filter() | {"_id": {"$gt": after}}, sort=[("_id", 1)], limit=_BATCH
        )
        if not found:
            break
        wall = outside.clock.wall()
        count += await outside.deliveries.save_together([(again(each, wall), revision) for each, revision in found])
        after = found[-1][0].delivery_id
    outside.bell.set()
    return count


async def resend(outside: Outside, key: str) -> Delivery:
    """Send one again. Raises NotFound, SubscriptionOver, Conflict."""
    found, _ = await outside.deliveries.load(key)
    subscription = outside.known[found.subscription_id]
    if subscription.standing is Standing.ENDED:
        raise SubscriptionOver(name=subscription.name)
    after = await outside.deliveries.change(key, lambda now: (again(now, outside.clock.wall()), ()))
    outside.bell.set()
    return after


async def cancel_open(outside: Outside, subscription_id: str) -> None:
    """What was not sent of an ended subscription will not be."""
    where = {"body.subscription_id": subscription_id, "body.due_at": SET}
    while found := await outside.deliveries.query_revisions(where, sort=[("_id", 1)], limit=_BATCH):
        gone = {"state": DeliveryState.CANCELLED, "due_at": None, "gone_at": outside.clock.wall() + KEPT}
        with suppress(Conflict):
            await outside.deliveries.save_together([(each.model_copy(update=gone), at) for each, at in found])


async def _made_before(outside: Outside, key: str, order: SubscriptionOrder) -> tuple[Subscription, str]:
    found, _ = await outside.subscriptions.load(key)
    if found.asked != _digest(order):
        raise KeyTaken
    is_fresh = outside.clock.wall() - found.made_at < SHOWN_AGAIN_FOR and len(found.secrets) == 1
    return found, outside.shown(found) if is_fresh else ""


def _told(order: SubscriptionOrder) -> dict[str, Any]:
    return order.model_dump(exclude={"reason"})


def _digest(order: SubscriptionOrder) -> str:
    return hashlib.sha256(order.model_dump_json().encode()).hexdigest()


def _id(by: str, key: str) -> str:
    return hashlib.sha256(f"{by}\0{key}".encode()).hexdigest()[:24]
