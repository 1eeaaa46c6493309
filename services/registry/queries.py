"""What the registry asks its own database."""

from collections.abc import Iterable
from typing import Final, TypeVar

from services.kernel.store import Aggregates, Body, Index, Store
from services.registry.books import Member
from services.registry.deps import Deps

B = TypeVar("B", bound=Body)

_MANY: Final = 10_000
"""More than any bureau has people, posts or years."""


async def declare_indexes(store: Store) -> None:
    """The indexes that look-ups by post need."""
    await store.indexes("people", Index("body.posts"))


async def page(aggregates: Aggregates[B], *, limit: int, after: str | None) -> list[B]:
    """Entries by key, from behind `after`."""
    where = {} if after is None else {"_id": {"$gt": after}}
    return await aggregates.query(where, sort=[("_id", 1)], limit=limit)


async def every(aggregates: Aggregates[B]) -> list[B]:
    """All entries, by key."""
    return await page(aggregates, limit=_MANY, after=None)


async def those_of(aggregates: Aggregates[B], keys: Iterable[str]) -> list[B]:
    """The entries with these keys, as far as they exist."""
    wanted = sorted(set(keys))
    return await aggregates.query({"_id": {"$in": wanted}}, sort=[("_id", 1)], limit=_MANY) if wanted else []


async def holders_of(people: Aggregates[Member], posts: Iterable[str]) -> dict[str, str]:
    """One active holder for each department where one of these posts (`P04@D06`) is held."""
    wanted = set(posts)
    found = await people.query(
        {"body.posts": {"$in": sorted(wanted)}, "body.active": True}, sort=[("_id", 1)], limit=_MANY
    )
    return {post.partition("@")[2]: each.code for each in found for post in each.posts if post in wanted}


async def count_missing_leaders(deps: Deps) -> int:
    """Departments whose leader in charge is not among the active people."""
    active = {each.code for each in await every(deps.people) if each.active}
    leaders = [each.leader_in_charge for each in await every(deps.departments)]
    return sum(leader is not None and leader not in active for leader in leaders)
