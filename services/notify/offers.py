"""Approval links, offered to leaders who are out of office and ended with their step (A-18)."""

import secrets
from collections.abc import Callable
from contextlib import suppress

from services.contracts.registry import PersonChanged
from services.contracts.workflow import DecisionDropped, DecisionKept, TaskOpened
from services.kernel.bus import Event
from services.kernel.store import AlreadyApplied, AlreadyExists, NotFound
from services.notify import links
from services.notify.announcements import announce, announce_link
from services.notify.deps import Deps
from services.notify.links import Link, Standing, Token
from services.notify.queries import links_of


async def offer_link(deps: Deps, task: TaskOpened, person: PersonChanged, *, cause: str) -> None:
    """Give a person the link to an open task; `cause` is the event that makes it right, heard once or more.

    A link that is still good is not sent again; an expired one is made good under a new token.
    """
    link = await _link(deps, task, person.code, cause=cause)
    if await deps.books.is_closed(task.task_id):  # it was closed between our looking and our offering
        await end_links(deps, task.task_id, signature=None, cancelled=True)
        return
    if links.standing(link, deps.clock.wall()) is Standing.OPEN:
        await announce_link(deps, task, link)


async def end_links(deps: Deps, task_id: str, *, signature: str | None, cancelled: bool) -> None:
    """The task is over: its links decide nothing any more."""
    for link in await links_of(deps.links, task_id):
        await deps.links.change(
            link.link_id, lambda found: (links.end(found, signature=signature, cancelled=cancelled), ())
        )


async def keep_decision(deps: Deps, event: Event[DecisionKept]) -> None:
    """A decision by link waits for its case to be resumed: the link says so, and who decided is told."""
    await _change(deps, event.said, links.keep)
    await announce(deps, event)


async def drop_decision(deps: Deps, event: Event[DecisionDropped]) -> None:
    """A decision that waited had no effect: the link says why, and who decided is told."""
    reason = event.said.reason
    await _change(deps, event.said, lambda found: links.drop(found, reason=reason))
    await announce(deps, event)


async def _change(deps: Deps, said: DecisionKept | DecisionDropped, change: Callable[[Link], Link]) -> None:
    with suppress(NotFound):  # a link whose record was lost; the message is sent all the same
        await deps.links.change(links.link_id(said.task_id, said.person), lambda found: (change(found), ()))


async def _link(deps: Deps, task: TaskOpened, person: str, *, cause: str) -> Link:
    key, wall = links.link_id(task.task_id, person), deps.clock.wall()
    token = _new_token(deps, key)
    with suppress(AlreadyExists, AlreadyApplied):
        await deps.links.create(links.offer(task, person=person, token=token, wall=wall), cause=cause)
    return await deps.links.change(key, lambda found: (links.renew(found, token=token, wall=wall), ()), cause=cause)


def _new_token(deps: Deps, link_id: str) -> Token:
    text = secrets.token_urlsafe(32)
    return Token(text=text, sealed=deps.seals.seal(text, place=link_id))
