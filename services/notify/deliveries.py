"""The sender: every message whose moment has come is handed to a channel, under a lease, until one takes it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from services.contracts.events import Said
from services.kernel.seals import SealBroken
from services.kernel.store import Conflict
from services.notify import links, messages
from services.notify.books import Reach
from services.notify.channels import Parcel, Refused, Unreachable
from services.notify.deps import Deps
from services.notify.links import Standing
from services.notify.messages import Attempt, Message, masked
from services.notify.queries import due_messages
from services.notify.templates import LINK_MARK, Channel

_BATCH: Final = 100
_AT_ONCE: Final = 32
_LONGEST_ERROR: Final = 300
_NO_WAY: Final = "没有可用的联系方式或渠道 / no address or channel by which to reach the recipient"
_LINK_OVER: Final = "审批链接已失效 / the approval link is over"


@dataclass(frozen=True, slots=True)
class Try:
    """A message to be taken and handed to a channel now; `others` says whether there are further ways."""

    message: Message
    channel: Channel
    to: str
    others: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The message as it now stands, and what is said of it."""

    message: Message
    said: Sequence[Said] = ()


async def send_due(deps: Deps) -> int:
    """Look at every message whose moment has come. Gives how many there were."""
    due = await due_messages(deps.messages, deps.clock.wall(), limit=_BATCH)
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(message: Message) -> None:
        async with places:
            with suppress(Conflict):  # another sender, or a person, was faster: it is theirs now
                await _send(deps, message.message_id)

    async with asyncio.TaskGroup() as group:
        for message in due:
            group.create_task(one(message))
    return len(due)


async def _send(deps: Deps, key: str) -> None:
    """Decide what to do with a message; if it is to be tried, take it first, so that nobody else tries it too."""
    message, revision = await deps.messages.load(key)
    if message.due_at is None or message.due_at > deps.clock.wall():
        return
    decided = await _decide(deps, message)
    if isinstance(decided, Try):
        revision = await deps.messages.save(decided.message, revision)
        decided = await _try(deps, decided)
    await deps.messages.save(decided.message, revision, decided.said)


async def _decide(deps: Deps, message: Message) -> Try | Outcome:
    wall = deps.clock.wall()
    try:
        reach = await deps.books.reach(message.recipient)
    except SealBroken as broken:
        attempt = Attempt(channel=Channel.SMS, to="", began_at=wall, ended_at=wall, error=str(broken))
        return _failed(deps, message, attempt, others=False)
    if reach is None:
        return Outcome(messages.wait(message, wall, deps.patience))
    left = messages.ways_left(message, deps.ways.keys() & reach.addresses.keys())
    if not left:
        return Outcome(*messages.give_up(message, because=_NO_WAY, now=deps.clock.now()))
    if lost := messages.interruption(message, wall, deps.patience):
        return _failed(deps, message, lost, others=len(left) > 1)
    if not await _is_wanted(deps, message):
        return Outcome(messages.abandon(message, because=_LINK_OVER))
    return _taken(deps, message, left, reach)


def _taken(deps: Deps, message: Message, left: Sequence[Channel], reach: Reach) -> Try:
    channel = left[0]
    taken = messages.begin(message, channel, recipient=reach.recipient, wall=deps.clock.wall(), patience=deps.patience)
    return Try(taken, channel, reach.addresses[channel], others=len(left) > 1)


async def _try(deps: Deps, attempted: Try) -> Outcome:
    """Hand it over and see. Whatever the channel says of the address is masked before it is kept."""
    message, began = attempted.message, deps.clock.wall()

    def attempt(error: str) -> Attempt:
        shown = error.replace(attempted.to, masked(attempted.to))[:_LONGEST_ERROR]
        return Attempt(
            channel=attempted.channel,
            to=masked(attempted.to),
            began_at=began,
            ended_at=deps.clock.wall(),
            error=shown,
        )

    try:
        parcel = await _parcel(deps, attempted)
        async with asyncio.timeout(deps.patience.limit.total_seconds()):
            await deps.ways[attempted.channel].send(parcel)
    except Refused as refusal:
        return _failed(deps, message, attempt(f"refused: {refusal}"), others=attempted.others, permanent=True)
    except (Unreachable, SealBroken) as trouble:
        return _failed(deps, message, attempt(str(trouble)), others=attempted.others)
    except TimeoutError:
        return _failed(deps, message, attempt("timeout"), others=attempted.others)
    return Outcome(*messages.succeed(message, attempt(""), now=deps.clock.now()))


def _failed(deps: Deps, message: Message, attempt: Attempt, *, others: bool, permanent: bool = False) -> Outcome:
    now = deps.clock.now()
    return Outcome(
        *messages.fail(message, attempt, others=others, permanent=permanent, patience=deps.patience, now=now)
    )


async def _parcel(deps: Deps, attempted: Try) -> Parcel:
    """What is handed over, with the approval link put in. Raises SealBroken."""
    message, text = attempted.message, attempted.message.text
    if message.link_id is not None:
        link, _ = await deps.links.load(message.link_id)
        token = deps.seals.open(link.sealed_token, place=link.link_id)
        text = text.replace(LINK_MARK, f"{deps.public_url}/links/{token}")
    return Parcel(
        reference=f"{message.message_id}-{attempted.channel}", to=attempted.to, subject=message.subject, text=text
    )


async def _is_wanted(deps: Deps, message: Message) -> bool:
    """Whether there is still something to decide, if the message is about a link."""
    if message.link_id is None:
        return True
    link, _ = await deps.links.load(message.link_id)
    return links.standing(link, deps.clock.wall()) is Standing.OPEN
