"""The sender: every message is taken under a lease, handed to a channel, and taken again until one takes it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.contracts.events import Said
from services.kernel.seals import SealBroken
from services.kernel.store import Conflict
from services.notify import links, messages, receipts
from services.notify.attempts import Attempt, masked
from services.notify.books import Reach
from services.notify.channels import Busy, Parcel, Refused, Unreachable
from services.notify.deps import Deps
from services.notify.digests import summed_up
from services.notify.links import Standing
from services.notify.messages import Message
from services.notify.queries import due_messages
from services.notify.states import State
from services.notify.suppressions import Cause, noted
from services.notify.templates import LINK_MARK, Channel
from services.notify.tries import AT_ONCE, Places, Try
from services.notify.ways import has_closed_ways, open_ways

_LONGEST_ERROR: Final = 300
_NO_WAY: Final = "没有可用的联系方式或渠道 / no address or channel by which to reach the recipient"
_CLOSED: Final = "联系方式已停发 / every address is closed, see the list of suppressions"
_LINK_OVER: Final = "审批链接已失效 / the approval link is over"
_TOO_LATE: Final = "已过有效时间 / too late to be sent"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The message as it now stands, and what is said of it."""

    message: Message
    said: Sequence[Said] = ()


async def first_try(deps: Deps, message: Message) -> Try | None:
    """The first try of a message that is about to be stored, as revision 1; None if somebody must look closer."""
    wall = deps.clock.wall()
    if message.due_at is None or message.due_at > wall or _held_until(deps, message, wall):
        return None
    try:
        reach = await deps.books.reach(message.recipient)
    except SealBroken:
        return None
    left = open_ways(deps, message, reach) if reach else ()
    return _taken(deps, message, left, reach, revision=1, text=message.text) if reach and left else None


async def send_due(deps: Deps) -> int:
    """Look at the messages whose moment has come, as far as there are places. Gives how many were looked at."""
    due = await due_messages(deps.messages, deps.clock.wall(), limit=AT_ONCE)
    with deps.hands.places(len(due)) as places:
        now = due[: places.left]
        async with asyncio.TaskGroup() as group:
            for message in now:
                group.create_task(_take(deps, message.message_id, places))
    return len(now)


async def hand_over(deps: Deps) -> int:
    """Hand every message that was taken to its channel, as they come, until none is left. Gives how many there were."""
    done = 0
    async with asyncio.TaskGroup() as group:
        while not deps.hands.are_empty:
            deps.hands.bell.clear()
            for each in deps.hands.given():
                task = group.create_task(_carry(deps, each))
                task.add_done_callback(lambda _: deps.hands.release())
                done += 1
            await deps.hands.bell.wait()
    return done


async def _take(deps: Deps, key: str, places: Places) -> None:
    """Take a message for a try, so that nobody else tries it too, or settle it without one."""
    with suppress(Conflict):  # another sender, or a person, was faster: it is theirs now
        message, revision = await deps.messages.load(key)
        if message.due_at is None or message.due_at > deps.clock.wall():
            return
        decided = await _decide(deps, message, revision)
        if isinstance(decided, Try):
            await deps.messages.save(decided.message, revision)
            places.give(decided)
        else:
            await deps.messages.save(decided.message, revision, decided.said)


async def _decide(deps: Deps, message: Message, revision: int) -> Try | Outcome:
    wall = deps.clock.wall()
    if message.state is State.SENT:
        return Outcome(*receipts.miss(message, possible=deps.providers.channels, wall=wall, now=deps.clock.now()))
    if message.state is State.QUEUED:
        if (later := _held_until(deps, message, wall)) is not None:
            return Outcome(messages.postpone(message, until=later))
        if message.digest:
            message = await summed_up(deps.messages, message, wall)
            if message.due_at is None or message.due_at > wall:
                return Outcome(message)
    return await _decide_now(deps, message, revision, wall)


async def _decide_now(deps: Deps, message: Message, revision: int, wall: datetime) -> Try | Outcome:
    try:
        reach = await deps.books.reach(message.recipient)
        text = await _text(deps, message)
    except SealBroken as broken:
        on = message.channels[0]
        return _failed(deps, message, Attempt(channel=on, to="", began_at=wall, ended_at=wall, error=str(broken)))
    if (over := _over(message, text, wall)) is not None and message.state is not State.SENDING:
        return Outcome(messages.drop(message, State.EXPIRED, because=over))
    if reach is None:
        return Outcome(messages.wait(message, wall, deps.patience))
    left = open_ways(deps, message, reach)
    if not left:
        return _nowhere(deps, message, reach)
    if lost := messages.interruption(message, wall, deps.patience):
        return _failed(deps, message, lost, others=len(left) > 1)
    return _taken(deps, message, left, reach, revision=revision + 1, text=text or "")


def _held_until(deps: Deps, message: Message, wall: datetime) -> datetime | None:
    return deps.quiet.held_until(message.hours, wall, own=deps.preferences.of(message.recipient).quiet)


def _nowhere(deps: Deps, message: Message, reach: Reach) -> Outcome:
    """No way is left: because addresses are closed, or because there never was one."""
    if has_closed_ways(deps, message, reach):
        return Outcome(messages.leave_to_inbox(message, because=_CLOSED))
    return Outcome(*messages.give_up(message, because=_NO_WAY, now=deps.clock.now()))


def _over(message: Message, text: str | None, wall: datetime) -> str | None:
    """Why the message is not worth sending any more, if it is not."""
    if text is None:
        return _LINK_OVER
    is_late = message.expires_at is not None and message.expires_at <= wall
    return _TOO_LATE if is_late else None


def _taken(deps: Deps, message: Message, left: Sequence[Channel], reach: Reach, *, revision: int, text: str) -> Try:
    channel, wall = left[0], deps.clock.wall()
    stays_with = messages.stays_with(message, channel, deps.patience)
    provider = deps.providers.choose(channel, key=message.message_id, wall=wall, stays_with=stays_with)
    taken = messages.begin(
        message, channel, recipient=reach.recipient, wall=wall, patience=deps.patience, provider=provider.name
    )
    to = reach.addresses.get(channel, channel)  # the desk needs no address
    return Try(taken, revision, channel, provider, to, text, others=len(left) > 1)


async def _text(deps: Deps, message: Message) -> str | None:
    """What is handed over, with the approval link put in; None when there is nothing to decide any more.

    Raises SealBroken.
    """
    if message.link_id is None:
        return message.text
    link, _ = await deps.links.load(message.link_id)
    if links.standing(link, deps.clock.wall()) is not Standing.OPEN:
        return None
    token = deps.seals.open(link.sealed_token, place=link.link_id)
    return message.text.replace(LINK_MARK, f"{deps.public_url}/links/{token}")


async def _carry(deps: Deps, attempted: Try) -> None:
    """Hand one message over and write down how it went; not if its lease may end meanwhile: then it is taken anew."""
    lease_ends, limit = attempted.message.due_at, deps.patience.limit
    if lease_ends is not None and deps.clock.wall() + limit <= lease_ends:
        outcome = await _try(deps, attempted)
        await deps.ledger.record(outcome.message, attempted.revision, outcome.said)


async def _try(deps: Deps, attempted: Try) -> Outcome:
    """Hand it over and see. Whatever the channel says of the address is masked before it is kept."""
    message, provider, began = attempted.message, attempted.provider, deps.clock.wall()

    def ended(error: str, *, failed: bool = False, unsure: bool = False) -> Attempt:
        wall = deps.clock.wall()
        provider.health.note(wall=wall, took=wall - began, failed=failed)
        shown = error.replace(attempted.to, masked(attempted.to))[:_LONGEST_ERROR]
        return Attempt(
            channel=attempted.channel,
            to=masked(attempted.to),
            began_at=began,
            ended_at=wall,
            error=shown,
            provider=provider.name,
            unsure=unsure,
            mark=deps.suppressions.mark(attempted.channel, attempted.to),
        )

    try:
        async with asyncio.timeout(deps.patience.limit.total_seconds()):
            await provider.way.send(_parcel(attempted))
    except Busy as busy:
        return Outcome(messages.postpone(message, until=deps.clock.wall() + busy.wait))
    except Refused as refusal:
        attempt = ended(f"refused: {refusal}")
        await _close(deps, message, attempt, refusal.closes)
        others = attempted.others or message.statutory
        return _failed(deps, message, attempt, others=others, permanent=True)
    except Unreachable as trouble:
        attempt = ended(str(trouble), failed=True, unsure=trouble.unsure)
        return _failed(deps, message, attempt, others=attempted.others)
    except TimeoutError:
        return _failed(deps, message, ended("timeout", failed=True, unsure=True), others=attempted.others)
    attempt = ended("")
    receipt_by = None if provider.receipts_within is None else attempt.ended_at + provider.receipts_within
    return Outcome(*messages.succeed(message, attempt, now=deps.clock.now(), receipt_by=receipt_by))


async def _close(deps: Deps, message: Message, attempt: Attempt, cause: Cause | None) -> None:
    """Nothing more goes to an address that will take no message."""
    if cause is not None:
        by, recipient, wall = f"provider:{attempt.provider}", message.recipient, attempt.ended_at
        await deps.suppressions.close(noted(attempt, recipient=recipient, cause=cause, by=by, wall=wall))


def _parcel(attempted: Try) -> Parcel:
    message = attempted.message
    return Parcel(
        reference=f"{message.message_id}-{attempted.channel}",
        to=attempted.to,
        subject=message.subject,
        text=attempted.text,
    )


def _failed(
    deps: Deps, message: Message, attempt: Attempt, *, others: bool = False, permanent: bool = False
) -> Outcome:
    now = deps.clock.now()
    return Outcome(
        *messages.fail(message, attempt, others=others, permanent=permanent, patience=deps.patience, now=now)
    )
