"""From an event to deliveries: one for each subscription that asks for it, however often the event is heard."""

from contextlib import suppress
from typing import Any, Final

from services.contracts.events import Said
from services.kernel.bus import Event, Handler
from services.kernel.store import AlreadyExists
from services.notify.deps import Deps
from services.notify.subscriptions.kinds import TELLS, cloud_event
from services.notify.subscriptions.outside import Outside
from services.notify.subscriptions.records import Delivery, DeliveryState, Standing, Subscription, delivery_id

_CITY_AND_DAY: Final = 14
_SERIAL: Final = 5
_LONGEST_MARK: Final = 12
_HEARS_ON: Final = (Standing.ACTIVE, Standing.PAUSED)


def telling(handler: Handler[Deps] | None = None) -> Handler[Deps]:
    """The handler of an event that other systems may be told of: first what we do about it ourselves, if anything."""

    async def handle(deps: Deps, event: Event[Any]) -> None:
        if handler is not None:
            await handler(deps, event)
        await tell(deps.outside, event)
        await deps.exchange.note(event)

    return handle


async def tell(outside: Outside, event: Event[Any]) -> None:
    """Make the deliveries of an event; those that were made before stay as they are."""
    asked = [each for each in outside.standing(*_HEARS_ON) if wants(each, event.said)]
    for subscription in asked:
        with suppress(AlreadyExists):
            await outside.deliveries.create(_delivery(outside, subscription, event))
    if asked:
        outside.bell.set()


def wants(subscription: Subscription, said: Said) -> bool:
    """Whether a subscription asks for this event. Where it names items, only events of their cases are told."""
    if said.TYPE not in subscription.kinds:
        return False
    return not subscription.items or _item(said) in {_mark(item) for item in subscription.items}


def _item(said: Said) -> str:
    """The item of an event: it says so, or its case's number does (`51200020261123PT0500017`)."""
    return _mark(str(getattr(said, "item_code", "") or said.key[_CITY_AND_DAY:-_SERIAL]))


def _mark(item: str) -> str:
    """An item's code as it stands in case numbers: letters and digits, of long national codes the telling end."""
    return "".join(sign for sign in item.upper() if sign.isalnum())[-_LONGEST_MARK:]


def _delivery(outside: Outside, subscription: Subscription, event: Event[Any]) -> Delivery:
    envelope, wall = event.envelope, outside.clock.wall()
    key = delivery_id(subscription.subscription_id, envelope.id)
    body = cloud_event(envelope, kind_of(event.said), subscription.scope)
    return Delivery(
        delivery_id=key,
        subscription_id=subscription.subscription_id,
        event_id=envelope.id,
        event_type=envelope.type,
        subject=envelope.subject,
        event_at=envelope.time,
        sealed_body=outside.seals.seal(body, place=f"deliveries.{key}"),
        state=DeliveryState.QUEUED,
        due_at=wall,
        made_at=wall,
    )


def kind_of(said: Said) -> type[Said]:
    """Its entry among those that may be told."""
    return next(kind for kind in TELLS if kind.TYPE == said.TYPE)
