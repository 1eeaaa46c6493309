"""Deliveries of webhooks: each with every call, to be looked at and sent again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from services.kernel import logs
from services.kernel.problem import problems
from services.kernel.requests import After, Limit
from services.kernel.store import Conflict, NotFound
from services.notify.api.common import Here
from services.notify.api.subscriptions import Caretaker, WebhookId
from services.notify.subscriptions import orders
from services.notify.subscriptions.records import Call, Delivery, DeliveryState, SubscriptionOver

log = logs.get(__name__)
router = APIRouter()

DeliveryId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class DeliveryView(BaseModel, frozen=True):
    """A delivery and how it went. What was sent is not shown: it may be more than its reader may see."""

    delivery_id: str
    subscription_id: str
    event_id: str
    event_type: str
    subject: str
    event_at: datetime
    state: DeliveryState
    due_at: datetime | None
    made_at: datetime
    tries: int
    replayed: int
    calls: tuple[Call, ...]


class DeliveryPage(BaseModel, frozen=True):
    """Newest first; `after` is the key of the next page."""

    deliveries: tuple[DeliveryView, ...]
    after: str | None


@router.get("/webhooks/{webhook_id}/deliveries", summary="推送记录", responses=problems(NotFound))
async def list_deliveries(
    deps: Here,
    _who: Caretaker,
    webhook_id: WebhookId,
    state: Annotated[DeliveryState | None, Query()] = None,
    limit: Limit = 50,
    after: After = None,
) -> DeliveryPage:
    """What was, is being and will be sent to one system."""
    await deps.outside.subscriptions.load(webhook_id)
    where: dict[str, object] = {"body.subscription_id": webhook_id}
    if state is not None:
        where["body.state"] = state.value
    if after is not None:
        last, _ = await deps.outside.deliveries.load(after)
        at = last.made_at
        where["$or"] = [{"body.made_at": {"$lt": at}}, {"body.made_at": at, "_id": {"$gt": after}}]
    found = await deps.outside.deliveries.query(where, sort=[("body.made_at", -1), ("_id", 1)], limit=limit)
    following = found[-1].delivery_id if len(found) == limit else None
    return DeliveryPage(deliveries=tuple(_view(each) for each in found), after=following)


@router.get("/webhook-deliveries/{delivery_id}", summary="一次推送", responses=problems(NotFound))
async def show_delivery(deps: Here, _who: Caretaker, delivery_id: DeliveryId) -> DeliveryView:
    """One delivery with every call."""
    found, _ = await deps.outside.deliveries.load(delivery_id)
    return _view(found)


@router.post(
    "/webhook-deliveries/{delivery_id}/resend",
    summary="重新推送",
    responses=problems(NotFound, SubscriptionOver, Conflict),
)
async def resend(deps: Here, who: Caretaker, delivery_id: DeliveryId) -> DeliveryView:
    """Send it again under the id that it had, whatever became of it."""
    after = await orders.resend(deps.outside, delivery_id)
    log.info("delivery sent again", delivery_id=delivery_id, by=who.code)
    return _view(after)


def _view(delivery: Delivery) -> DeliveryView:
    return DeliveryView(**delivery.model_dump(include=set(DeliveryView.model_fields)))
