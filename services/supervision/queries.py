"""What supervision asks its own database."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TypeVar

from services.contracts.words import Light
from services.kernel.store import Aggregates, Body, Index, Store
from services.supervision.lights import CaseLights, ClockLight, gravity
from services.supervision.matters import Matter, Step
from services.supervision.notices import Notice

B = TypeVar("B", bound=Body)

_MANY = 100_000
LIT = (Light.YELLOW, Light.RED, Light.RED2)
"""The lights that warn."""


async def declare_indexes(store: Store) -> None:
    """The indexes that the queries below need."""
    await store.indexes("cases", Index("body.open", "body.light"), Index("body.departments"))
    await store.indexes("heard", Index("body.case_no"), Index("body.heard_at"))
    await store.indexes(
        "matters",
        Index("body.case_no"),
        Index("body.step"),
        Index("body.departments"),
        Index("body.process_case"),
        Index("body.filed", where={"body.filed": True}),
    )
    await store.indexes("notices", Index("body.case_no"), Index("body.departments"))
    await store.indexes("bulletins", Index("body.year", "body.issue"), Index("body.case_nos"))
    await store.indexes("inspections", Index("body.on"), Index("body.campaign"))
    await store.indexes("facts", Index("body.decided_on"), Index("body.received_on"), Index("body.steps.completed_on"))
    await store.indexes(
        "projects",
        Index("body.stage"),
        Index("body.departments"),
        Index("body.process_case"),
    )
    await store.indexes("persons", Index("body.posts"), Index("body.roles"))


async def page(aggregates: Aggregates[B], where: Mapping[str, object], *, limit: int, after: str | None) -> list[B]:
    """Entries that fit, by key, from behind `after`."""
    paged = {**where} if after is None else {**where, "_id": {"$gt": after}}
    return await aggregates.query(paged, sort=[("_id", 1)], limit=limit)


async def open_lights(
    cases: Aggregates[CaseLights],
    scope: Mapping[str, object],
    *,
    light: Light | None,
    among: Collection[str],
    limit: int,
    after: str | None,
) -> list[CaseLights]:
    """Cases with running clocks, by number; those of one light, or those with certain numbers, if asked."""
    where: dict[str, object] = {**scope, "body.open": True}
    if light is not None:
        where["body.light"] = light
    if not among:
        return await page(cases, where, limit=limit, after=after)
    return await page(cases, {"$and": [where, {"_id": {"$in": sorted(among)}}]}, limit=limit, after=after)


async def light_counts(cases: Aggregates[CaseLights], scope: Mapping[str, object]) -> dict[Light, int]:
    """How many open cases show each light."""
    return {light: await cases.count({**scope, "body.open": True, "body.light": light}) for light in Light}


async def by_department(cases: Aggregates[CaseLights], scope: Mapping[str, object]) -> dict[str, Counter[Light]]:
    """For each department: how many of its running clocks show yellow, red, serious red."""
    counts: dict[str, Counter[Light]] = {}
    for _, clock in await running_clocks(cases, scope, lights=LIT):
        counts.setdefault(clock.department, Counter())[clock.shows] += 1
    return counts


async def running_clocks(
    cases: Aggregates[CaseLights], scope: Mapping[str, object], *, lights: Collection[Light]
) -> list[tuple[CaseLights, ClockLight]]:
    """Running clocks that show one of these lights, with their cases, by case number."""
    least = min(gravity(light) for light in lights)
    grave = [light for light in Light if gravity(light) >= least]
    found = await cases.query(
        {**scope, "body.open": True, "body.light": {"$in": grave}}, sort=[("_id", 1)], limit=_MANY
    )
    clocks = ((case, clock) for case in found for clock in case.clocks.values())
    return [(case, clock) for case, clock in clocks if not clock.stopped and clock.shows in lights]


async def open_matters(matters: Aggregates[Matter], scope: Mapping[str, object]) -> int:
    """Matters that are not archived."""
    return await matters.count({**scope, "body.step": {"$ne": Step.ARCHIVE}})


async def drafted_notices(notices: Aggregates[Notice], scope: Mapping[str, object]) -> int:
    """Notices that wait to be issued."""
    return await notices.count({**scope, "body.issued_at": None})
