"""The sender: each subscription's deliveries under a lease, a few at a time, one that fails never before the others.

A subscription that failed is asked with one delivery at a time until it works again.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from services.contracts.notify import SubscriptionPaused
from services.kernel import logs
from services.kernel.seals import SealBroken
from services.kernel.store import Conflict, NotFound
from services.notify.deps import Deps
from services.notify.signatures import signed
from services.notify.subscriptions.calls import Answer
from services.notify.subscriptions.outside import SET, Outside
from services.notify.subscriptions.records import (
    SYSTEM,
    Delivery,
    DeliveryState,
    Standing,
    Subscription,
    after_call,
    begun,
    ended,
)

log = logs.get(__name__)

AT_ONCE: Final = 8
_LOOK_AGAIN: Final = 0.5
_JSON: Final = {"Content-Type": "application/cloudevents+json; charset=utf-8"}


async def send_due(deps: Deps) -> int:
    """Send what is due, subscription by subscription side by side, until nothing is; gives how many were sent."""
    outside, done = deps.outside, 0
    busy: dict[str, asyncio.Task[int]] = {}
    async with asyncio.TaskGroup() as group:
        while True:
            for key in await _due(outside, but=list(busy)):
                busy[key] = group.create_task(_send_some(outside, key))
            if not busy:
                return done
            ready, _ = await asyncio.wait(busy.values(), timeout=_LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
            done += sum(task.result() for task in ready)
            busy = {key: task for key, task in busy.items() if task not in ready}


async def _due(outside: Outside, *, but: Sequence[str]) -> list[str]:
    """The subscriptions for which something is due, and nothing is under way."""
    if outside.stopping.is_set():
        return []
    active = [each.subscription_id for each in outside.standing(Standing.ACTIVE)]
    where = {"body.due_at": SET | {"$lte": outside.clock.wall()}}
    return [
        key
        for key in active
        if key not in but and await outside.deliveries.query(where | {"body.subscription_id": key}, sort=[], limit=1)
    ]


async def _send_some(outside: Outside, subscription_id: str) -> int:
    subscription = outside.known[subscription_id]
    where = {"body.subscription_id": subscription_id, "body.due_at": SET | {"$lte": outside.clock.wall()}}
    some = 1 if subscription.failing_since else AT_ONCE
    due = await outside.deliveries.query_revisions(where, sort=[("body.due_at", 1), ("_id", 1)], limit=some)
    answers = await asyncio.gather(*(_send(outside, subscription, each, revision) for each, revision in due))
    for answer in answers:
        if answer is not None:
            await _note(outside, subscription_id, answer)
    return len(due)


async def _send(outside: Outside, subscription: Subscription, found: Delivery, revision: int) -> Answer | None:
    """One delivery; None if somebody else has it, or changed it meanwhile."""
    began = outside.clock.wall()
    try:
        taken = begun(found, wall=began, lease=outside.lease)
        revision = await outside.deliveries.save(taken, revision)
        answer = await _call(outside, subscription, taken, began)
        wall = outside.clock.wall()
        await outside.deliveries.save(ended(taken, answer, began=began, wall=wall, pauses=outside.pauses), revision)
    except (Conflict, NotFound):
        return None
    return answer


async def _call(outside: Outside, subscription: Subscription, delivery: Delivery, wall: datetime) -> Answer:
    try:
        body = outside.seals.open(delivery.sealed_body, place=f"deliveries.{delivery.delivery_id}").encode()
        keys = outside.keys(subscription)
    except SealBroken as broken:
        return Answer(None, error=str(broken))
    headers = signed(body, reference=delivery.delivery_id, wall=wall, keys=keys)
    return await outside.caller.post(subscription.url, body, headers | _JSON)


async def _note(outside: Outside, subscription_id: str, answer: Answer) -> None:
    """Remember how the subscription does; one that has failed too long is paused, and those who run the system told."""
    wall = outside.clock.wall()

    def decide(found: Subscription) -> tuple[Subscription, Sequence[SubscriptionPaused]]:
        if found.standing is not Standing.ACTIVE:
            return found, ()
        now = after_call(found, answer, wall=wall, patience=outside.patience)
        return now, [_paused(outside, now)] if now.standing is Standing.PAUSED else ()

    if decide(outside.known[subscription_id])[0] is outside.known[subscription_id]:
        return
    with suppress(Conflict):
        after = await outside.subscriptions.change(subscription_id, decide)
        outside.put(after)
        if after.standing is Standing.PAUSED:
            log.warning("a subscription that failed long was paused", subscription_id=subscription_id)


def _paused(outside: Outside, now: Subscription) -> SubscriptionPaused:
    return SubscriptionPaused(
        subscription_id=now.subscription_id, name=now.name, because=now.because, paused_at=outside.clock.now()
    )


async def count_dead(deps: Deps) -> int:
    """Deliveries that nobody took, however often they were tried."""
    return await deps.outside.deliveries.count({"body.state": DeliveryState.DEAD.value})


async def count_failing(deps: Deps) -> int:
    """Subscriptions at which nothing arrives now, or which were paused because of that."""
    found = deps.outside.standing(Standing.ACTIVE, Standing.PAUSED)
    return sum(each.failing_since is not None or _paused_itself(each) for each in found)


def _paused_itself(subscription: Subscription) -> bool:
    return subscription.standing is Standing.PAUSED and subscription.deeds[-1].by == SYSTEM
