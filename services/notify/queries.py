"""What notify asks its own database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from services.kernel.store import Aggregates, Index, NotFound, Store
from services.notify.deps import Deps
from services.notify.links import Link, token_hash
from services.notify.messages import Message
from services.notify.states import FAILED, State, stored_as
from services.notify.suppressions import Suppression

_REMEMBERED: Final = timedelta(days=40)
"""Longer than any stream keeps events: until then hearing one again must do nothing."""

_UNTOUCHED: Final = timedelta(minutes=1)
_LATELY: Final = timedelta(days=7)
_AT_ONCE: Final = timedelta()
_MANY: Final = 1000

_SET: Final = {"$gt": datetime(2000, 1, 1, tzinfo=UTC)}
"""A moment that is there. A query must say so too, or MongoDB does not use an index that holds only such documents."""


_SOMETHING: Final = {"$gt": ""}
"""A text that is there; for the same reason."""


async def declare_indexes(store: Store) -> None:
    """The indexes that the queries need, and what the database deletes by itself."""
    await store.indexes(
        "messages",
        Index("body.due_at", where={"body.due_at": _SET}),
        Index("body.announces", unique=True, where={"body.announces": _SOMETHING}),
        Index("-body.created_at", "_id"),
        Index("body.case_no", "-body.created_at", "_id"),
        Index("body.recipient", "-body.created_at", "_id"),
        Index("body.state", "-body.created_at", "_id"),
        Index("body.created_at", where={"body.text": _SOMETHING}),
        Index("body.digest", where={"body.digest": _SOMETHING}),
        Index("body.covers", where={"body.covers.0": {"$exists": True}}),
        Index("body.unread_by", "body.created_at", where={"body.unread_by": _SOMETHING}),
    )
    await store.indexes("suppressions", Index("body.closed", "_id"), Index("body.recipient", "_id"))
    await store.indexes(
        "links",
        Index("body.token_hash", unique=True),
        Index("body.task_id"),
        Index("body.signed_at", where={"body.signed_at": _SET}),
    )
    await store.indexes(
        "tasks", Index("body.opened.assignee"), Index("body.desk"), Index("body.closed_at", expires=_REMEMBERED)
    )
    await store.indexes("holds", Index("body.held", "_id"))
    await store.indexes("announced", Index("body.at", expires=_REMEMBERED))
    await store.indexes("contacts", Index("body.forget_at", expires=_AT_ONCE))


async def due_messages(messages: Aggregates[Message], wall: datetime, *, limit: int) -> list[Message]:
    """What the sender has to look at now, the longest waiting first."""
    return await messages.query({"body.due_at": _SET | {"$lte": wall}}, sort=[("body.due_at", 1)], limit=limit)


async def first_message(messages: Aggregates[Message], event_id: str) -> Message | None:
    """The message that stands for all about an event, if they were made."""
    found = await messages.query({"body.announces": event_id}, sort=[("_id", 1)], limit=1)
    return found[0] if found else None


async def waiting_messages(messages: Aggregates[Message], recipients: Sequence[str]) -> list[Message]:
    """Messages that wait until one of these recipients becomes known."""
    where = {"body.recipient": {"$in": list(recipients)}, "body.state": State.WAITING}
    return await messages.query(where, sort=[("_id", 1)], limit=_MANY)


async def newest_messages(
    messages: Aggregates[Message],
    wanted: Mapping[str, object],
    *,
    limit: int,
    after: str | None,
    but: Sequence[Mapping[str, object]] = (),
) -> list[Message]:
    """Messages that fit, newest first, from behind the message `after`. Raises NotFound when there is no such one.

    Those that fit one of `but` are left out.
    """
    where: dict[str, object] = {f"body.{name}": value for name, value in wanted.items() if value is not None}
    if but:
        where["$nor"] = list(but)
    if after is not None:
        last = await messages.find(after)
        if last is None:
            raise NotFound(key=after)
        at = last[0].created_at
        where["$or"] = [{"body.created_at": {"$lt": at}}, {"body.created_at": at, "_id": {"$gt": after}}]
    return await messages.query(where, sort=[("body.created_at", -1), ("_id", 1)], limit=limit)


async def newest_suppressions(
    rows: Aggregates[Suppression], wanted: Mapping[str, object], *, limit: int, after: str | None
) -> list[Suppression]:
    """Entries of the list of closed addresses that fit, by id, from behind `after`."""
    where: dict[str, object] = {f"body.{name}": value for name, value in wanted.items() if value is not None}
    if after is not None:
        where["_id"] = {"$gt": after}
    return await rows.query(where, sort=[("_id", 1)], limit=limit)


async def count_unread(messages: Aggregates[Message], person: str) -> int:
    """How many messages wait for a person in the inbox, as far as anybody cares to know."""
    return await messages.count({"body.unread_by": person})


async def link_by_token(links: Aggregates[Link], token: str) -> Link | None:
    """The link behind a token."""
    found = await links.query({"body.token_hash": token_hash(token)}, sort=[("_id", 1)], limit=1)
    return found[0] if found else None


async def links_of(links: Aggregates[Link], task_id: str) -> list[Link]:
    """All links of a step."""
    return await links.query({"body.task_id": task_id}, sort=[("_id", 1)], limit=_MANY)


async def count_due(deps: Deps) -> int:
    """Messages that are being sent, or are to be tried now."""
    now = {"body.state": State.QUEUED, "body.due_at": _SET | {"$lte": deps.clock.wall()}}
    return await deps.messages.count({"$or": [now, {"body.state": State.SENDING}]})


async def count_under_way(deps: Deps) -> int:
    """Messages that are neither sent nor given up, and wait for nobody: in hand, due, or between two tries."""
    return await deps.messages.count({"body.state": {"$in": [State.QUEUED, State.SENDING]}})


async def count_untouched(deps: Deps) -> int:
    """Messages that should have been looked at more than a minute ago: the sender does not run."""
    return await deps.messages.count({"body.due_at": _SET | {"$lte": deps.clock.wall() - _UNTOUCHED}})


async def count_waiting(deps: Deps) -> int:
    """Messages whose recipient nobody knows how to reach yet."""
    return await deps.messages.count({"body.state": State.WAITING})


async def count_failed(deps: Deps) -> int:
    """Messages that failed for good and wait for a person."""
    return await deps.messages.count({"body.state": {"$in": stored_as(FAILED)}})


async def count_unconfirmed(deps: Deps) -> int:
    """Messages of the last week of which their provider never said what became of them."""
    lately = {"$gt": deps.clock.wall() - _LATELY}
    return await deps.messages.count({"body.state": State.UNCONFIRMED, "body.created_at": lately})


async def count_not_carried_out(deps: Deps) -> int:
    """Decisions by link, older than a minute, neither carried out nor kept for a suspended case."""
    decided = _SET | {"$lte": deps.clock.wall() - _UNTOUCHED}
    return await deps.links.count({"body.ended": None, "body.waits": {"$ne": True}, "body.signed_at": decided})
