"""From event to messages: whoever an event concerns gets one message about it, however often it is heard."""

from typing import Any

from services.contracts.events import Said
from services.contracts.workflow import TaskOpened
from services.kernel.bus import Event
from services.kernel.store import AlreadyExists
from services.notify import messages
from services.notify.audiences import audience
from services.notify.books import Announced
from services.notify.deps import Deps
from services.notify.links import Link
from services.notify.queries import waiting_messages
from services.notify.templates import Audience, Template, word


async def announce(deps: Deps, event: Event[Any]) -> None:
    """Make every message that an event asks for.

    What was announced is remembered: who takes a post later is not told of old events that are heard again.
    """
    fitting = [each for each in deps.templates if each.fits(event.said)]
    event_id = event.envelope.id
    if not fitting or await deps.books.announced.get(event_id) is not None:
        return
    for template in fitting:
        for recipient in await audience(deps.books, template, event.said):
            await _make(deps, template, event.said, event_id=event_id, recipient=recipient)
    await deps.books.announced.put(event_id, Announced(at=deps.clock.wall()), unless_newer=1)
    deps.wake.set()


async def announce_link(deps: Deps, task: TaskOpened, link: Link) -> None:
    """Send a person the link to a task, once for each time that it is offered."""
    offered = f"{link.link_id}.{link.offers}"
    for template in deps.templates:
        if template.to is Audience.AWAY and template.fits(task):
            await _make(deps, template, task, event_id=offered, recipient=link.person, link_id=link.link_id)
    deps.wake.set()


async def take_up_waiting(deps: Deps, recipients: list[str]) -> None:
    """These recipients are known now: send what waits for them."""
    for waiting in await waiting_messages(deps.messages, recipients):
        wall = deps.clock.wall()
        await deps.messages.change(waiting.message_id, lambda found: (messages.take_up(found, wall), ()))  # noqa: B023
    deps.wake.set()


async def _make(
    deps: Deps, template: Template, said: Said, *, event_id: str, recipient: str, link_id: str | None = None
) -> None:
    message = messages.compose(
        word(template, said),
        event_id=event_id,
        case_no=getattr(said, "case_no", None),
        recipient=recipient,
        link_id=link_id,
        wall=deps.clock.wall(),
    )
    try:
        await deps.messages.create(message)
    except AlreadyExists:  # made when the event was heard before
        return
