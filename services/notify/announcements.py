"""From event to messages: whoever an event concerns gets one message about it, however often it is heard.

All messages about an event are made in one write, those that can go out at once already taken for their first try.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from services.contracts.events import Said
from services.contracts.workflow import TaskOpened
from services.kernel.bus import Event
from services.notify import messages
from services.notify.audiences import audience
from services.notify.books import Announced
from services.notify.composing import composed
from services.notify.deliveries import first_try
from services.notify.deps import Deps
from services.notify.links import Link
from services.notify.messages import Message
from services.notify.queries import first_message, waiting_messages
from services.notify.templates import Audience, Template


async def announce(deps: Deps, event: Event[Any]) -> None:
    """Make every message that an event asks for.

    What was announced is remembered: who takes a post later is not told of old events that are heard again.
    """
    said, event_id = event.said, event.envelope.id
    fitting = _fitting(deps, said)
    if not fitting:
        return
    if not _may_ask_for_none(said):
        await _tell(deps, said, _pairs(deps, fitting, said), event_id=event_id)
    elif await deps.books.announced.get(event_id) is None:
        await _tell(deps, said, _pairs(deps, fitting, said), event_id=event_id)
        await deps.books.announced.put(event_id, Announced(at=deps.clock.wall()), unless_newer=1)


async def announce_link(deps: Deps, task: TaskOpened, link: Link) -> None:
    """Send a person the link to a task, once for each time that it is offered."""
    offered = f"{link.link_id}.{link.offers}"
    fitting = [each for each in _fitting(deps, task) if each.to is Audience.AWAY]
    pairs = [(each, link.person) for each in fitting]
    made = composed(deps, task, pairs, event_id=offered, link_id=link.link_id)
    await deps.ledger.make(made)
    deps.wake.set()


async def take_up_waiting(deps: Deps, recipients: list[str]) -> None:
    """These recipients are known now: send what waits for them."""
    for waiting in await waiting_messages(deps.messages, recipients):
        wall = deps.clock.wall()
        await deps.messages.change(waiting.message_id, lambda found: (messages.take_up(found, wall), ()))  # noqa: B023
    deps.wake.set()


def _may_ask_for_none(said: Said) -> bool:
    """Whether the answer to who is told may be nobody now and somebody later: no message can then be the record."""
    return isinstance(said, TaskOpened) and said.quick_approval


def _fitting(deps: Deps, said: Said) -> list[Template]:
    return [each for each in deps.templates.in_force(deps.clock.wall()) if each.fits(said)]


def _pairs(deps: Deps, fitting: Iterable[Template], said: Said) -> list[tuple[Template, str]]:
    return [(template, recipient) for template in fitting for recipient in audience(deps.books, template, said)]


async def _tell(deps: Deps, said: Said, pairs: Sequence[tuple[Template, str]], *, event_id: str) -> None:
    """Make the messages about one event; if it was heard before, only those of them that are lacking."""
    made = messages.as_first(composed(deps, said, pairs, event_id=event_id))
    if not made or await _make(deps, made):
        return
    first = await first_message(deps.messages, event_id)
    by_id = {each.id: each for each in deps.templates.in_force(deps.clock.wall())}
    asked = [(by_id[name], recipient) for name, recipient in (first.besides if first else ()) if name in by_id]
    for lacking in composed(deps, said, asked, event_id=event_id):
        await deps.ledger.make((lacking,))
    deps.wake.set()


async def _make(deps: Deps, made: Sequence[Message]) -> bool:
    """Write the messages about an event and hand over those that can go at once; False if they are there already."""
    with deps.hands.places(len(made)) as places:
        tries = [await first_try(deps, each) for each in made[: places.left]]
        taken = [one.message if one is not None else each for one, each in zip(tries, made, strict=False)]
        if not await deps.ledger.make((*taken, *made[len(taken) :])):
            return False
        for each in tries:
            if each is not None:
                places.give(each)
    if None in tries or len(tries) < len(made):
        deps.wake.set()
    return True
