"""What the messenger needs to tell other systems: a part of `Deps`."""

import asyncio
import base64
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from services.kernel.clock import Clock
from services.kernel.seals import Seals
from services.kernel.store import Aggregates, Index, Store
from services.notify.settings import NotifySettings
from services.notify.subscriptions.addresses import Borders
from services.notify.subscriptions.calls import Caller
from services.notify.subscriptions.records import Delivery, Standing, Subscription, signing

MOST: Final = 1000
SET: Final = {"$gt": datetime(2000, 1, 1, tzinfo=UTC)}
"""A moment that is there. A query must say so too, or MongoDB does not use an index that holds only such documents."""
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Outside:
    """Subscriptions and deliveries. The subscriptions are kept in memory too: one process tells (ADR 0009)."""

    subscriptions: Aggregates[Subscription]
    deliveries: Aggregates[Delivery]
    caller: Caller
    clock: Clock
    seals: Seals
    stopping: asyncio.Event
    pauses: Sequence[timedelta]
    lease: timedelta
    patience: timedelta
    known: dict[str, Subscription] = field(default_factory=dict)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def standing(self, *wanted: Standing) -> Iterable[Subscription]:
        """The subscriptions that stand so."""
        return [each for each in self.known.values() if each.standing in wanted]

    def put(self, subscription: Subscription) -> None:
        """It was changed just now."""
        self.known[subscription.subscription_id] = subscription

    def new_secret(self, subscription_id: str) -> tuple[str, str]:
        """A secret as the other side gets it, once, and as it is kept."""
        shown = _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
        return shown, self.seals.seal(shown, place=_place(subscription_id))

    def shown(self, subscription: Subscription) -> str:
        """The current secret in clear."""
        return self.seals.open(subscription.secrets[0].sealed, place=_place(subscription.subscription_id))

    def keys(self, subscription: Subscription) -> tuple[bytes, ...]:
        """The keys that sign now."""
        place = _place(subscription.subscription_id)
        opened = (self.seals.open(each.sealed, place=place) for each in signing(subscription, self.clock.wall()))
        return tuple(base64.b64decode(each.removeprefix(_PREFIX)) for each in opened)


async def outside_of(
    store: Store, settings: NotifySettings, *, clock: Clock, seals: Seals, stopping: asyncio.Event
) -> Outside:
    """Built at start, with the subscriptions that are there."""
    await store.indexes(
        "deliveries",
        Index("body.subscription_id", "body.due_at", where={"body.due_at": SET}),
        Index("body.subscription_id", "-body.made_at", "_id"),
        Index("body.subscription_id", "body.state", "-body.made_at", "_id"),
        Index("body.subscription_id", "body.event_at"),
        Index("body.state", where={"body.state": "dead"}),
        Index("body.gone_at", expires=timedelta()),
    )
    borders = Borders.of(settings.webhook_networks, loopback=settings.webhook_loopback)
    found = Outside(
        subscriptions=store.aggregates("subscriptions", Subscription, key="subscription_id"),
        deliveries=store.aggregates("deliveries", Delivery, key="delivery_id"),
        caller=Caller(borders, timeout=settings.webhook_limit),
        clock=clock,
        seals=seals,
        stopping=stopping,
        pauses=tuple(timedelta(seconds=each) for each in settings.webhook_pauses),
        lease=timedelta(seconds=settings.webhook_limit * 2 + 5),
        patience=timedelta(hours=settings.webhook_patience_hours),
    )
    for each in await found.subscriptions.query({}, sort=[("_id", 1)], limit=MOST):
        found.put(each)
    return found


def _place(subscription_id: str) -> str:
    return f"subscriptions.{subscription_id}.secret"
