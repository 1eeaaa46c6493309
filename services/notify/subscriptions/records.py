"""A subscription and what is delivered to it. Plain functions decide; nothing here waits for anything."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

from services.kernel.problem import Problem
from services.kernel.store import Body
from services.notify.subscriptions.calls import Answer
from services.notify.subscriptions.kinds import Scope

KEPT_CALLS: Final = 20
"""Calls of a delivery that stay on record; there are never more but after somebody sent it again."""

OVERLAP: Final = timedelta(hours=24)
"""For so long both secrets sign after a new one was made."""

KEPT: Final = timedelta(days=90)
"""For so long what was delivered can be sent again; then it is forgotten."""

GONE: Final = 410

SYSTEM: Final = "system"
"""Who paused a subscription that failed too long."""


class Standing(StrEnum):
    """How a subscription stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    """Nothing is sent; what is to be told is kept."""
    ENDED = "ended"


class DeliveryState(StrEnum):
    """How a delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Every try is used up; a person may send it again."""
    CANCELLED = "cancelled"
    """Its subscription ended."""


class SubscriptionDeed(BaseModel, frozen=True):
    """What was done to a subscription, by whom, and why: kept for ever."""

    what: str
    by: str
    because: str
    at: datetime


class SealedSecret(BaseModel, frozen=True):
    """A secret, sealed; one that was replaced signs until its end."""

    sealed: str
    until: datetime | None = None


class Subscription(Body, frozen=True):
    """One system that is told. `failing_since`: nothing has arrived there from then on. `asked`: the order's digest."""

    subscription_id: str
    name: str
    url: str
    kinds: tuple[str, ...]
    scope: Scope
    basis: str
    items: tuple[str, ...]
    standing: Standing
    because: str
    secrets: tuple[SealedSecret, ...]
    made_at: datetime
    made_by: str
    failing_since: datetime | None = None
    deeds: tuple[SubscriptionDeed, ...] = ()
    asked: str = ""


class Call(BaseModel, frozen=True):
    """One call, as it went. `answer` are the first bytes of what the other side said."""

    began_at: datetime
    ended_at: datetime
    status: int | None
    answer: str
    error: str


class Delivery(Body, frozen=True):
    """One event for one subscription. What is sent is sealed; its id stays the same however often it is sent.

    One that is over is forgotten at `gone_at`; one that is dead waits for a person.
    """

    delivery_id: str
    subscription_id: str
    event_id: str
    event_type: str
    subject: str
    event_at: datetime
    sealed_body: str
    state: DeliveryState
    due_at: datetime | None
    made_at: datetime
    tries: int = 0
    calls: tuple[Call, ...] = ()
    replayed: int = 0
    gone_at: datetime | None = None


class SubscriptionOver(Problem):
    """An ended subscription is told nothing any more."""

    status = 409
    code = "subscription-ended"
    zh = "推送订阅“{name}”已终止"
    en = "the subscription {name} has ended"
    remedy_zh = "请新建订阅"
    remedy_en = "make a new one"


def delivery_id(subscription_id: str, event_id: str) -> str:
    """The natural key: one event is delivered to one subscription under one id."""
    return hashlib.sha256(f"{subscription_id}\0{event_id}".encode()).hexdigest()[:32]


def deed(what: str, *, by: str, because: str, at: datetime) -> SubscriptionDeed:
    """Something done, for the record."""
    return SubscriptionDeed(what=what, by=by, because=because, at=at)


def moved(found: Subscription, to: Standing, *, by: str, because: str, wall: datetime) -> Subscription:
    """Pause, resume or end it; the same standing again changes nothing. Raises SubscriptionOver."""
    if found.standing is to:
        return found
    if found.standing is Standing.ENDED:
        raise SubscriptionOver(name=found.name)
    done = deed(to.value, by=by, because=because, at=wall)
    return found.model_copy(
        update={"standing": to, "because": because, "failing_since": None, "deeds": (*found.deeds, done)}
    )


def with_secret(found: Subscription, sealed: str, *, by: str, because: str, wall: datetime) -> Subscription:
    """A new secret; those that sign now do so besides for a day at most. Raises SubscriptionOver."""
    if found.standing is Standing.ENDED:
        raise SubscriptionOver(name=found.name)
    before = (each.model_copy(update={"until": each.until or wall + OVERLAP}) for each in signing(found, wall))
    done = deed("secret", by=by, because=because, at=wall)
    return found.model_copy(update={"secrets": (SealedSecret(sealed=sealed), *before), "deeds": (*found.deeds, done)})


def signing(found: Subscription, wall: datetime) -> tuple[SealedSecret, ...]:
    """The secrets that sign now, the current one first."""
    return tuple(each for each in found.secrets if each.until is None or each.until > wall)


def begun(delivery: Delivery, *, wall: datetime, lease: timedelta) -> Delivery:
    """Taken to be sent; whoever finds it after the lease sends it again."""
    return delivery.model_copy(update={"state": DeliveryState.SENDING, "due_at": wall + lease})


def ended(
    delivery: Delivery, answer: Answer, *, began: datetime, wall: datetime, pauses: Sequence[timedelta]
) -> Delivery:
    """After a call: delivered, to be tried again, or dead when all tries are used up."""
    call = Call(began_at=began, ended_at=wall, status=answer.status, answer=answer.began, error=answer.error)
    told = {"calls": (*delivery.calls, call)[-KEPT_CALLS:], "tries": delivery.tries + 1}
    if answer.is_success:
        return delivery.model_copy(
            update=told | {"state": DeliveryState.DELIVERED, "due_at": None, "gone_at": wall + KEPT}
        )
    if delivery.tries >= len(pauses):
        return delivery.model_copy(update=told | {"state": DeliveryState.DEAD, "due_at": None})
    due_at = wall + _spread(pauses[delivery.tries], delivery.delivery_id)
    return delivery.model_copy(update=told | {"state": DeliveryState.QUEUED, "due_at": due_at})


def again(delivery: Delivery, wall: datetime) -> Delivery:
    """To be sent once more, with all its tries, under the same id; what waits to be sent only comes sooner."""
    if delivery.state is DeliveryState.SENDING:
        return delivery
    return delivery.model_copy(
        update={
            "state": DeliveryState.QUEUED,
            "due_at": wall,
            "tries": 0,
            "replayed": delivery.replayed + 1,
            "gone_at": None,
        }
    )


def after_call(found: Subscription, answer: Answer, *, wall: datetime, patience: timedelta) -> Subscription:
    """The subscription after a call to it: it works, it fails, or it has failed so long that it is paused."""
    if answer.is_success:
        return found.model_copy(update={"failing_since": None}) if found.failing_since else found
    since = found.failing_since or wall
    if answer.status != GONE and wall - since < patience:
        return found if found.failing_since else found.model_copy(update={"failing_since": since})
    told = answer.error or f"HTTP {answer.status}"
    because = f"自 {since:%Y-%m-%d %H:%M} UTC 起推送一直失败 / nothing has arrived since then: {told}"
    return moved(found, Standing.PAUSED, by=SYSTEM, because=because, wall=wall)


def _spread(pause: timedelta, key: str) -> timedelta:
    """A tenth more or less, by the delivery: what failed together must not come back together."""
    return pause * (0.9 + 0.2 * int(key[:4], 16) / 0xFFFF)
