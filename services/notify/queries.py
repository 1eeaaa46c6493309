"""What notify asks its own database."""

from collections.abc import Mapping

from services.kernel.clock import Clock
from services.kernel.store import Aggregates, Index, Store
from services.notify.messages import Message, State


async def declare_indexes(store: Store) -> None:
    """The indexes that the queries below need."""
    await store.indexes(
        "messages",
        Index("body.due_at", where={"body.due_at": {"$type": "date"}}),
        Index("-body.created_at", "_id"),
        Index("body.case_no", "-body.created_at"),
        Index("body.recipient", "-body.created_at"),
    )
    await store.indexes("links", Index("body.task_id"))
    await store.indexes("persons", Index("body.posts"), Index("body.roles"))


async def newest_messages(
    aggregates: Aggregates[Message], wanted: Mapping[str, str | None], *, limit: int, after: str | None
) -> list[Message]:
    """Messages that fit, newest first, from behind the message `after`."""
    where: dict[str, object] = {f"body.{name}": value for name, value in wanted.items() if value is not None}
    if after is not None and (last := await aggregates.find(after)) is not None:
        at = last[0].created_at
        where["$or"] = [{"body.created_at": {"$lt": at}}, {"body.created_at": at, "_id": {"$gt": after}}]
    return await aggregates.query(where, sort=[("body.created_at", -1), ("_id", 1)], limit=limit)


async def overdue_messages(aggregates: Aggregates[Message], clock: Clock) -> int:
    """Messages due and untouched: a sweeper line."""
    return await aggregates.count({"body.due_at": {"$lte": clock.wall()}})


async def failed_messages(aggregates: Aggregates[Message]) -> int:
    """Messages that failed for good and wait for a person."""
    return await aggregates.count({"body.state": State.FAILED})
