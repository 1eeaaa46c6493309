"""What the registry asks its own database."""

from typing import TypeVar

from services.kernel.store import Aggregates, Body, Index, Store

B = TypeVar("B", bound=Body)


async def declare_indexes(store: Store) -> None:
    """The indexes that look-ups by post need."""
    await store.indexes("people", Index("body.posts"))


async def page(aggregates: Aggregates[B], *, limit: int, after: str | None) -> list[B]:
    """Entries by key, from behind `after`."""
    where = {} if after is None else {"_id": {"$gt": after}}
    return await aggregates.query(where, sort=[("_id", 1)], limit=limit)
