"""From event to message to channel: compose once, send until taken, never twice for one event and person."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contracts.events import Said
from services.contracts.workflow import TaskOpened
from services.kernel.bus import Event
from services.kernel.clock import Clock
from services.kernel.store import Aggregates, AlreadyExists, Conflict
from services.notify import links, messages
from services.notify.audiences import Recipient, audience
from services.notify.books import Books
from services.notify.channels import Refused, Unreachable, Ways
from services.notify.links import Link
from services.notify.messages import Attempt, Message
from services.notify.templates import Template, word

_BATCH = 50
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Deps:
    """What the messenger works with."""

    messages: Aggregates[Message]
    links: Aggregates[Link]
    books: Books
    templates: tuple[Template, ...]
    ways: Ways
    clock: Clock
    key: Ed25519PrivateKey
    public_url: str
    wake: asyncio.Event = field(default_factory=asyncio.Event)


async def compose(deps: Deps, event: Event[Said]) -> None:
    """Make every message that an event asks for; hearing the event again makes none."""
    for template in deps.templates:
        if template.fits(event.said):
            for recipient in await audience(deps.books, template, event.said):
                await _compose_one(deps, event, template, recipient)
    deps.wake.set()


async def _compose_one(deps: Deps, event: Event[Said], template: Template, recipient: Recipient) -> None:
    key = messages.message_id(event.envelope.id, recipient=recipient.code, template=template.id)
    if await deps.messages.find(key) is not None:
        return
    link = await _offer(deps, event.said, recipient) if template.link else ""
    message = messages.compose(
        word(template, event.said, link=link),
        event_id=event.envelope.id,
        case_no=getattr(event.said, "case_no", None),
        recipient=recipient.code,
        addresses=recipient.addresses,
        wall=deps.clock.wall(),
    )
    try:
        await deps.messages.create(message)
    except AlreadyExists:
        return


async def _offer(deps: Deps, said: Said, recipient: Recipient) -> str:
    """A fresh link for the recipient. A crash before the message is kept leaves an unused link that expires."""
    assert isinstance(said, TaskOpened)  # noqa: S101 - templates.check lets only task events have links
    token = secrets.token_urlsafe(32)
    await deps.links.create(links.offer(said, person=recipient.code, token=token, wall=deps.clock.wall()))
    return f"{deps.public_url}/links/{token}"


async def send_due(deps: Deps) -> int:
    """Try every message whose moment has come. Gives how many were tried."""
    due = await deps.messages.query(
        {"body.due_at": {"$lte": deps.clock.wall()}}, sort=[("body.due_at", 1)], limit=_BATCH
    )
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(message: Message) -> None:
        async with gate:
            await _send(deps, message.message_id)

    async with asyncio.TaskGroup() as group:
        for message in due:
            group.create_task(one(message))
    return len(due)


async def _send(deps: Deps, key: str) -> None:
    """Take the message under a lease, hand it over, write down how it went. Another sender's lease is respected."""
    message, revision = await deps.messages.load(key)
    if message.due_at is None or message.due_at > deps.clock.wall():
        return
    taken = messages.begin(message, deps.clock.wall())
    try:
        revision = await deps.messages.save(taken, revision)
        done, said = await _try(deps, taken)
        await deps.messages.save(done, revision, said)
    except Conflict:
        return


async def _try(deps: Deps, message: Message) -> tuple[Message, tuple[Said, ...]]:
    if not message.addresses or message.addresses[0].channel not in deps.ways:
        return messages.give_up(message, reason="没有可用的联系方式 / no way to reach", now=deps.clock.now())
    address, began = message.addresses[0], deps.clock.wall()

    def attempt(error: str) -> Attempt:
        return Attempt(channel=address.channel, began_at=began, ended_at=deps.clock.wall(), error=error[:500])

    try:
        await deps.ways[address.channel].send(message, address)
    except Unreachable as trouble:
        return messages.fail(message, attempt(str(trouble)), permanent=False, now=deps.clock.now())
    except Refused as refusal:
        return messages.fail(message, attempt(str(refusal)), permanent=True, now=deps.clock.now())
    return messages.succeed(message, attempt(""), now=deps.clock.now())


async def close_links(deps: Deps, task_id: str, reason: str) -> None:
    """The task is done or gone: its links decide nothing any more."""
    for link in await deps.links.query({"body.task_id": task_id, "body.closed": None}, sort=[("_id", 1)], limit=200):
        close: Callable[[Link], tuple[Link, tuple[Said, ...]]] = lambda found: links.close(found, reason)  # noqa: E731
        changed: Awaitable[Link] = deps.links.change(link.token_hash, close)
        await changed
