"""Webhooks: which systems are told of what, and who said so."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel

from services.kernel import logs
from services.kernel.identity import Permission, Person, allowed, scope_of
from services.kernel.identity.refusals import NotAllowed
from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey, KeyTaken, Reason, Request
from services.kernel.revisions import IfMatch, StateMovedOn, StateNotNamed, expect, tagged
from services.kernel.store import Conflict, NotFound
from services.notify.api.common import Here
from services.notify.subscriptions import orders
from services.notify.subscriptions.addresses import AddressNotAllowed
from services.notify.subscriptions.kinds import TELLS, Scope
from services.notify.subscriptions.orders import BasisMissing, Replay, SubscriptionMove, SubscriptionOrder
from services.notify.subscriptions.records import (
    Standing,
    Subscription,
    SubscriptionDeed,
    SubscriptionOver,
    moved,
    with_secret,
)

log = logs.get(__name__)
router = APIRouter()


async def caretaker(who: Annotated[Person, Depends(allowed(Permission.WEBHOOK_SETUP))]) -> Person:
    """Who keeps subscriptions: they see of all cases that they are told of, so a township's staff do not."""
    if not scope_of(who).everything:
        raise NotAllowed(permission=Permission.WEBHOOK_SETUP.value, permission_zh=Permission.WEBHOOK_SETUP.zh)
    return who


Caretaker = Annotated[Person, Depends(caretaker)]
WebhookId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
_REFUSALS = problems(AddressNotAllowed, BasisMissing)


class SubscriptionView(BaseModel, frozen=True):
    """A subscription and everything that was done to it, but no secret."""

    subscription_id: str
    name: str
    url: str
    kinds: tuple[str, ...]
    scope: Scope
    basis: str
    items: tuple[str, ...]
    standing: Standing
    because: str
    made_at: datetime
    made_by: str
    failing_since: datetime | None
    deeds: tuple[SubscriptionDeed, ...]


class Subscribed(SubscriptionView, frozen=True):
    """A new subscription. `secret` is shown once; empty when the order was repeated too late to be shown it again."""

    secret: str


class KindView(BaseModel, frozen=True):
    """A kind of event and the fields that leave; those of `case` only with that scope."""

    kind: str
    plain: tuple[str, ...]
    case: tuple[str, ...]


class NewSecret(BaseModel, frozen=True):
    """The secret that signs from now on; the one before signs besides until the moment."""

    secret: str
    old_until: datetime


class Replayed(BaseModel, frozen=True):
    """How many are sent again."""

    deliveries: int


class Rotation(Request, frozen=True):
    """Why there is to be a new secret."""

    reason: Reason


@router.get("/webhook-kinds", summary="可推送的事件")
async def list_kinds(_who: Caretaker) -> tuple[KindView, ...]:
    """All that can be subscribed to, and what is told of it."""
    return tuple(
        KindView(kind=kind.TYPE, plain=tuple(sorted(fields.plain)), case=tuple(sorted(fields.case)))
        for kind, fields in TELLS.items()
    )


@router.get("/webhooks", summary="推送订阅")
async def list_subscriptions(deps: Here, _who: Caretaker) -> tuple[SubscriptionView, ...]:
    """Every subscription, ended ones too, the oldest first."""
    found = await deps.outside.subscriptions.query({}, sort=[("body.made_at", 1), ("_id", 1)], limit=1000)
    return tuple(_view(each) for each in found)


@router.post("/webhooks", summary="新建推送订阅", status_code=201, responses=_REFUSALS | problems(KeyTaken))
async def subscribe(deps: Here, who: Caretaker, order: SubscriptionOrder, key: IdempotencyKey = None) -> Subscribed:
    """Tell a system from now on. The secret is in this answer and in no other."""
    made, secret = await orders.subscribe(deps.outside, order, by=who.code, key=key)
    log.info("subscription made", subscription_id=made.subscription_id, by=who.code)
    return Subscribed(**_view(made).model_dump(), secret=secret)


@router.get("/webhooks/{webhook_id}", summary="一个推送订阅", responses=problems(NotFound))
async def show_subscription(deps: Here, _who: Caretaker, webhook_id: WebhookId, response: Response) -> SubscriptionView:
    """One subscription, with the `ETag` that a change of it must name."""
    found, revision = await deps.outside.subscriptions.load(webhook_id)
    tagged(response, revision)
    return _view(found)


@router.put(
    "/webhooks/{webhook_id}",
    summary="修改推送订阅",
    responses=_REFUSALS | problems(NotFound, StateNotNamed, StateMovedOn, SubscriptionOver, Conflict),
)
async def change_subscription(
    deps: Here,
    who: Caretaker,
    webhook_id: WebhookId,
    order: SubscriptionOrder,
    response: Response,
    if_match: IfMatch = None,
) -> SubscriptionView:
    """Another address, other kinds, another scope: for what is said from now on."""
    found, revision = await deps.outside.subscriptions.load(webhook_id)
    expect(revision, if_match)
    after, revision = await orders.rewrite(deps.outside, found, revision, order, by=who.code)
    tagged(response, revision)
    log.info("subscription changed", subscription_id=webhook_id, by=who.code)
    return _view(after)


@router.post(
    "/webhooks/{webhook_id}/move",
    summary="暂停、恢复或终止推送",
    responses=problems(NotFound, SubscriptionOver, Conflict),
)
async def move_subscription(
    deps: Here, who: Caretaker, webhook_id: WebhookId, order: SubscriptionMove
) -> SubscriptionView:
    """While it is paused nothing is lost; when it ends, what was not sent is cancelled."""
    wall = deps.clock.wall()
    after = await deps.outside.subscriptions.change(
        webhook_id, lambda found: (moved(found, order.to, by=who.code, because=order.reason, wall=wall), ())
    )
    deps.outside.put(after)
    if after.standing is Standing.ENDED:
        await orders.cancel_open(deps.outside, webhook_id)
    deps.outside.bell.set()
    log.info("subscription moved", subscription_id=webhook_id, to=order.to.value, by=who.code)
    return _view(after)


@router.post(
    "/webhooks/{webhook_id}/secret",
    summary="更换签名密钥",
    responses=problems(NotFound, SubscriptionOver, Conflict),
)
async def rotate_secret(deps: Here, who: Caretaker, webhook_id: WebhookId, order: Rotation) -> NewSecret:
    """A new secret; for a day both sign, so that the receiver may change over at any moment."""
    shown, sealed = deps.outside.new_secret(webhook_id)
    wall = deps.clock.wall()
    after = await deps.outside.subscriptions.change(
        webhook_id, lambda found: (with_secret(found, sealed, by=who.code, because=order.reason, wall=wall), ())
    )
    deps.outside.put(after)
    log.info("subscription has a new secret", subscription_id=webhook_id, by=who.code)
    until = after.secrets[1].until or wall
    return NewSecret(secret=shown, old_until=until)


@router.post("/webhooks/{webhook_id}/replay", summary="重放", responses=problems(NotFound, SubscriptionOver))
async def replay(deps: Here, who: Caretaker, webhook_id: WebhookId, order: Replay) -> Replayed:
    """Send again what was said in a time, or certain events: each under the id that it had."""
    found, _ = await deps.outside.subscriptions.load(webhook_id)
    count = await orders.replay(deps.outside, found, order)
    log.info("deliveries sent again", subscription_id=webhook_id, deliveries=count, by=who.code)
    return Replayed(deliveries=count)


def _view(subscription: Subscription) -> SubscriptionView:
    return SubscriptionView(**subscription.model_dump(include=set(SubscriptionView.model_fields)))
