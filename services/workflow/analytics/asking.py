"""Counting in the database: over the cases of a process that started in the days asked for, a month at a time.

The database answers each month within the time that any question may take, however many years there are. A case that
moves to another version meanwhile may be counted under both or neither.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.kernel.identity import Person, scope_of
from services.kernel.problem import Problem
from services.kernel.store import Index
from services.workflow.analytics.figures import MEDIAN, P90, ProcessFigures, element_figures, percentile
from services.workflow.clocks.dues import OfficeTime
from services.workflow.deps import Deps
from services.workflow.instances.models import Status

INDEX: Final = Index("body.pin.process_key", "body.pin.version", "body.started_at")

_MONTH: Final = timedelta(days=31)
_FIRST: Final = date(1970, 1, 1)
_LAST: Final = date(9000, 1, 1)
"""Before and after these nothing ever started; the calendar of a computer has an end."""

_READ: Final = (
    "status",
    "tasks.element",
    "tasks.name",
    "tasks.due_on",
    "closed.element",
    "closed.name",
    "closed.completed",
    "closed.undone",
    "closed.workdays",
    "closed.overdue_workdays",
    "closed.task_id",
    "closed.activity",
    "closed.opened_at",
    "incidents.element",
    "mended.element",
    "passes",
    "started_at",
    "ended_at",
)


class DaysReversed(Problem):
    """The last day asked for lies before the first."""

    status = 422
    code = "days-reversed"
    zh = "止日 {until} 早于起日 {since}"
    en = "the last day {until} is before the first day {since}"
    remedy_zh = "请调换 from 和 to"
    remedy_en = "exchange from and to"


async def figures_of(
    deps: Deps, process_key: str, who: Person, *, version: int | None, since: date | None, until: date | None
) -> ProcessFigures:
    """The figures of a process by the cases that a person may see. Raises DaysReversed."""
    if since and until and until < since:
        raise DaysReversed(since=since.isoformat(), until=until.isoformat())
    time = (await deps.copies.office()).time
    days = _days(since, until, time.hours.zone)
    now = deps.clock.now()
    today = time.day_of(now)
    last_due = today if now > time.hours.close_of(today) else today - timedelta(days=1)
    facets = _facets(last_due.isoformat(), time.hours.zone)
    facts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for pin, first in await _begun(deps, process_key, version):
        for month in _months(days, first, now):
            where = {"body.pin.process_key": process_key, "body.pin.version": pin, "body.started_at": month}
            for name, rows in (await _counted_of(deps, {"$and": [where, scope_of(who).filter()]}, facets)).items():
                facts[name] += rows
    return _figures(process_key, version, facts, time)


async def _begun(deps: Deps, process_key: str, version: int | None) -> list[tuple[int, datetime | None]]:
    """The versions that cases follow, and when the first case of each began."""
    where = {"body.pin.process_key": process_key, **({} if version is None else {"body.pin.version": version})}
    first = {"$group": {"_id": "$body.pin.version", "first": {"$min": "$body.started_at"}}}
    return [(row["_id"], row["first"]) for row in await deps.instances.tally(where, first)]


def _months(days: Mapping[str, datetime], first: datetime | None, now: datetime) -> Iterator[dict[str, Any] | None]:
    """Filters for `started_at` that cover the days asked for, one after another; None: cases that have not started."""
    if not days:
        yield None
    if first is None:
        return
    begin, end = max(first, days.get("$gte", first)), days.get("$lt")
    while begin + _MONTH < (min(end, now) if end else now):
        yield {"$gte": begin, "$lt": begin + _MONTH}
        begin += _MONTH
    yield {"$gte": begin, **({"$lt": end} if end else {})}


async def _counted_of(deps: Deps, where: Mapping[str, Any], facets: Mapping[str, Any]) -> dict[str, list[Any]]:
    shown = {"$project": {f"body.{field}": 1 for field in _READ}}
    [facts] = await deps.instances.tally(where, shown, {"$facet": facets})
    return facts


def _figures(
    process_key: str, version: int | None, facts: Mapping[str, list[dict[str, Any]]], time: OfficeTime
) -> ProcessFigures:
    states: Counter[str] = Counter()
    for row in facts["states"]:
        states[row["_id"]] += row["count"]
    spans: dict[int, int] = {}
    for row in facts["spans"]:
        start, end = (date.fromisoformat(row["_id"][each]) for each in ("start", "end"))
        days = time.calendar.workdays_between(start, end)
        spans[days] = spans.get(days, 0) + row["count"]
    return ProcessFigures(
        process_key=process_key,
        version=version,
        cases=states.total(),
        running=states[Status.RUNNING],
        ended=states[Status.ENDED],
        median_workdays=percentile(spans, MEDIAN),
        p90_workdays=percentile(spans, P90),
        elements=element_figures(facts),
    )


def _days(since: date | None, until: date | None, zone: ZoneInfo) -> dict[str, datetime]:
    """From which moment on (`$gte`) and before which (`$lt`) a case started on one of these days, both included."""
    moments: dict[str, datetime] = {}
    since, until = (min(max(day, _FIRST), _LAST) if day else None for day in (since, until))
    if since:
        moments["$gte"] = datetime(since.year, since.month, since.day, tzinfo=zone)
    if until:
        after = until + timedelta(days=1)
        moments["$lt"] = datetime(after.year, after.month, after.day, tzinfo=zone)
    return moments


def _day(field: str, zone: ZoneInfo) -> dict[str, Any]:
    """The office's date of a moment."""
    return {"$dateToString": {"date": f"$body.{field}", "format": "%Y-%m-%d", "timezone": zone.key}}


def _facets(last_due: str, zone: ZoneInfo) -> dict[str, list[dict[str, Any]]]:
    return {
        "states": [{"$group": {"_id": "$body.status", "count": {"$sum": 1}}}],
        "spans": [
            {"$match": {"body.status": Status.ENDED.value}},
            {
                "$group": {
                    "_id": {"start": _day("started_at", zone), "end": _day("ended_at", zone)},
                    "count": {"$sum": 1},
                }
            },
        ],
        "open": _open(last_due),
        "closed": _closed(),
        "loops": _loops(),
        "incidents": _counted("incidents"),
        "mended": _counted("mended"),
        "passed": [
            {"$unwind": "$body.passes"},
            {"$group": {"_id": "$body.passes.element", "count": {"$sum": "$body.passes.times"}}},
        ],
    }


def _open(last_due: str) -> list[dict[str, Any]]:
    overdue = {"$and": [{"$ne": ["$body.tasks.due_on", None]}, {"$lte": ["$body.tasks.due_on", last_due]}]}
    return [
        {"$unwind": "$body.tasks"},
        {
            "$group": {
                "_id": "$body.tasks.element",
                "name": {"$last": "$body.tasks.name"},
                "count": {"$sum": 1},
                "overdue": {"$sum": {"$cond": [overdue, 1, 0]}},
            }
        },
    ]


def _closed() -> list[dict[str, Any]]:
    closed = "$body.closed"
    return [
        {"$unwind": closed},
        {
            "$group": {
                "_id": {
                    "element": f"{closed}.element",
                    "completed": f"{closed}.completed",
                    "undone": {"$ifNull": [f"{closed}.undone", False]},
                    "workdays": {"$ifNull": [f"{closed}.workdays", None]},
                    "late": {"$gt": [{"$ifNull": [f"{closed}.overdue_workdays", 0]}, 0]},
                },
                "name": {"$last": f"{closed}.name"},
                "count": {"$sum": 1},
            }
        },
    ]


def _loops() -> list[dict[str, Any]]:
    """How often a case completed an element again. Several people asked side by side are one passage, no loop."""
    passage = {"$ifNull": ["$body.closed.activity", "$body.closed.task_id"]}
    return [
        {"$unwind": "$body.closed"},
        {"$match": {"body.closed.completed": True}},
        {"$group": {"_id": {"case": "$_id", "element": "$body.closed.element"}, "passages": {"$addToSet": passage}}},
        {"$project": {"times": {"$size": "$passages"}}},
        {
            "$group": {
                "_id": "$_id.element",
                "cases": {"$sum": 1},
                "loops": {"$sum": {"$subtract": ["$times", 1]}},
                "looped": {"$sum": {"$cond": [{"$gt": ["$times", 1]}, 1, 0]}},
            }
        },
    ]


def _counted(field: str) -> list[dict[str, Any]]:
    return [
        {"$unwind": f"$body.{field}"},
        {"$match": {f"body.{field}.element": {"$ne": ""}}},
        {"$group": {"_id": f"$body.{field}.element", "count": {"$sum": 1}}},
    ]
