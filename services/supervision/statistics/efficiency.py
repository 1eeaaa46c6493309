"""Rates, days, pauses, corrections and lights from the facts of cases; the database groups, this adds up."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from services.contracts.words import Light
from services.kernel.store import Aggregates
from services.kernel.worktime import Calendar
from services.supervision.statistics.facts import CaseFact
from services.supervision.statistics.figures import Row, efficiency
from services.supervision.statistics.models import Count, Efficiency, Late, Pauses, PostLights, Township
from services.supervision.statistics.periods import Period

Facts = Aggregates[CaseFact]
Names = Mapping[str, str]
Group = Callable[[Mapping[str, Any]], str]

_WORST: Final = 20

TOWNSHIP_ITEMS: Final = {
    "PT12": "first_review",
    "PT01": "site_opinion",
    "PT04": "scheme",
    "PT02": "planning_conditions",
    "PT06": "rural_permit",
    "PT03": "land_permit",
}
"""What a township's table counts, by item (B-24)."""


async def decided(facts: Facts, period: Period) -> Sequence[Row]:
    """Decided cases of the period, alike ones together: item, department, days, whether late."""
    started = {"$ifNull": ["$body.accepted_on", "$body.received_on"]}
    key = {
        "item": "$body.item_code",
        "department": "$body.department",
        "start": started,
        "end": "$body.decided_on",
        "held": "$body.held_workdays",
        "late": {"$gt": ["$body.promised_overdue", 0]},
    }
    where = {**period.scope, **period.days("body.decided_on")}
    return await facts.tally(where, {"$group": {"_id": key, "count": {"$sum": 1}}})


async def completed(facts: Facts, period: Period) -> Sequence[Row]:
    """Completed steps of the period, alike ones together."""
    step = "$body.steps"
    key = {
        "item": "$body.item_code",
        "element": f"{step}.element",
        "name": f"{step}.name",
        "post": f"{step}.post",
        "department": f"{step}.department",
        "start": f"{step}.started_on",
        "end": f"{step}.completed_on",
        "late": {"$gt": [f"{step}.overdue_workdays", 0]},
    }
    group = {"_id": key, "count": {"$sum": 1}, "saved": {"$sum": f"{step}.saved_workdays"}, "links": _links(step)}
    return await _each(facts, "steps", period, "completed_on", {"$group": group})


def by(rows: Sequence[Row], group: Group, calendar: Calendar, *, name: Callable[[str], str]) -> tuple[Efficiency, ...]:
    """A line for each group, in the order of the keys."""
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[group(row["_id"])].append(row)
    return tuple(efficiency(key, name(key), grouped[key], calendar) for key in sorted(grouped))


def month(fact: Mapping[str, Any]) -> str:
    """The month in which a case was decided."""
    return str(fact["end"])[:7]


async def worst(facts: Facts, period: Period) -> tuple[Late, ...]:
    """The cases that were decided latest on their promise."""
    where = {**period.scope, **period.days("body.decided_on"), "body.promised_overdue": {"$gt": 0}}
    heavy = ("steps", "holds", "lights", "corrections")
    found = await facts.query(where, sort=[("body.promised_overdue", -1), ("_id", 1)], limit=_WORST, without=heavy)
    return tuple(
        Late(
            case_no=each.case_no,
            title=each.title,
            department=each.department,
            item=each.item_code,
            decided_on=each.decided_on,
            overdue_workdays=each.promised_overdue,
        )
        for each in found
        if each.decided_on is not None
    )


async def lights(facts: Facts, period: Period) -> tuple[PostLights, ...]:
    """Yellow and red by post; clocks of a whole case have none and stand under its department."""
    key = {"post": "$body.lights.post", "department": "$body.lights.department", "light": "$body.lights.light"}
    rows = await _each(facts, "lights", period, "on", {"$group": {"_id": key, "count": {"$sum": 1}}})
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        fact = row["_id"]
        desk = f"{fact['post']}@{fact['department']}" if fact["post"] else fact["department"]
        counts[desk][fact["light"]] = row["count"]
    return tuple(
        PostLights(
            key=desk,
            name=desk,
            yellow=found.get(Light.YELLOW, 0),
            red=found.get(Light.RED, 0),
            red2=found.get(Light.RED2, 0),
        )
        for desk, found in sorted(counts.items())
    )


async def corrections(facts: Facts, period: Period) -> tuple[int, int]:
    """How many rounds of corrections, and in how many cases."""
    rows = await _each(facts, "corrections", period, "completed_on", {"$group": {"_id": "$_id", "count": {"$sum": 1}}})
    return sum(int(row["count"]) for row in rows), len(rows)


async def pauses(facts: Facts, period: Period) -> tuple[Pauses, ...]:
    """Pauses that began in the period, and the working days of those that ended in it, by ground."""
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    ground = {"_id": "$body.holds.ground"}
    for row in await _each(facts, "holds", period, "held_on", {"$group": {**ground, "count": {"$sum": 1}}}):
        found[row["_id"]][0] = int(row["count"])
    days = {"$group": {**ground, "count": {"$sum": "$body.holds.workdays"}}}
    for row in await _each(facts, "holds", period, "resumed_on", days):
        found[row["_id"]][1] = int(row["count"])
    return tuple(
        Pauses(key=key, name=key, count=count, workdays=workdays) for key, (count, workdays) in sorted(found.items())
    )


async def townships(facts: Facts, period: Period, names: Names) -> tuple[Township, ...]:
    """What each township handled and was decided, by kind."""
    items = {"$in": list(TOWNSHIP_ITEMS)}
    where = {**period.scope, **period.days("body.decided_on"), "body.township": {"$ne": None}, "body.item_code": items}
    key = {"township": "$body.township", "item": "$body.item_code"}
    rows = await facts.tally(where, {"$group": {"_id": key, "count": {"$sum": 1}}})
    counts: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(TOWNSHIP_ITEMS.values(), 0))
    for row in rows:
        counts[row["_id"]["township"]][TOWNSHIP_ITEMS[row["_id"]["item"]]] = int(row["count"])
    return tuple(
        Township(key=code, name=names.get(code, code), **found, total=sum(found.values()))
        for code, found in sorted(counts.items())
    )


async def total(facts: Facts, period: Period, *, field: str, day: str) -> int:
    """The sum of a number over the cases whose day lies in the period."""
    rows = await facts.tally(
        {**period.scope, **period.days(f"body.{day}")}, {"$group": {"_id": None, "count": {"$sum": f"$body.{field}"}}}
    )
    return int(rows[0]["count"]) if rows else 0


async def outcomes(facts: Facts, period: Period, items: Iterable[str]) -> tuple[Count, ...]:
    """Cases of some items that were decided, by item."""
    where = {**period.scope, **period.days("body.decided_on"), "body.item_code": {"$in": list(items)}}
    rows = await facts.tally(where, {"$group": {"_id": "$body.item_code", "count": {"$sum": 1}}})
    return tuple(Count(key=row["_id"], name=row["_id"], count=int(row["count"])) for row in rows)


def _links(step: str) -> dict[str, Any]:
    return {"$sum": {"$cond": [{"$eq": [f"{step}.channel", "link"]}, 1, 0]}}


async def _each(facts: Facts, part: str, period: Period, day: str, group: Mapping[str, Any]) -> Sequence[Row]:
    """Group the parts of cases whose day lies in the period."""
    days = period.days(f"body.{part}.{day}")
    return await facts.tally({**period.scope, **days}, {"$unwind": f"$body.{part}"}, {"$match": days}, group)
