"""What the statistics ask besides cases: inspections, notices, bulletins, matters, and key projects as of a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.supervision.desk import Deps
from services.supervision.projects.records import Project, Service, Stage
from services.supervision.statistics.models import Count, KeyProjects, Supervision
from services.supervision.statistics.periods import Period

_MANY = 100_000


async def supervision(deps: Deps, period: Period, campaign: str | None) -> Supervision:
    """The five numbers of the office (A-37). With a campaign: of its inspections and what they led to (A-02)."""
    scope = period.scope
    inspections = await deps.inspections.query(
        {**scope, **period.days("body.on"), **({"body.campaign": campaign} if campaign else {})},
        sort=[("_id", 1)],
        limit=_MANY,
    )
    found = {key for each in inspections for key in each.matter_ids}
    of = {"$or": [{"_id": {"$in": sorted(found)}}, {"body.campaign": campaign}]} if campaign else {}
    registered = {**scope, **period.moments("body.registered_at"), **of}
    matters = await deps.matters.tally(registered, {"$project": {"department": "$body.department"}})
    ours = {"$in": sorted(row["_id"] for row in matters)}
    named = {"body.matter_id": ours} if campaign else {}
    listed = {"body.matter_ids": ours} if campaign else {}
    return Supervision(
        inspections=len(inspections),
        notices=await deps.notices.count(
            {**scope, **period.moments("body.issued_at"), **named, "body.state": {"$ne": "void"}}
        ),
        bulletins=await deps.bulletins.count({**scope, **period.moments("body.published_at"), **listed}),
        departments=len({row["department"] for row in matters}),
        matters=len(matters),
    )


async def domains(deps: Deps, period: Period, campaign: str | None, names: Mapping[str, str]) -> tuple[Count, ...]:
    """Matters registered in the period, by domain (A-33): every one that the catalogue has, also with none."""
    where = {**period.scope, **period.moments("body.registered_at")}
    if campaign:
        where["body.campaign"] = campaign
    counted = await deps.matters.tally(where, {"$group": {"_id": "$body.domain", "count": {"$sum": 1}}})
    counts = dict.fromkeys(names, 0) | {str(row["_id"]): int(row["count"]) for row in counted}
    return tuple(Count(key=code, name=names.get(code, code), count=count) for code, count in counts.items())


async def key_projects(deps: Deps, period: Period) -> KeyProjects:
    """The stages as of the last day. The total is counted by itself: one without a stage shows as a difference."""
    active = {**period.scope, "body.activated_on": {"$ne": None, "$lte": period.as_of.isoformat()}}
    counts = dict.fromkeys(Stage, 0)
    for project in await deps.projects.query(active, sort=[("_id", 1)], limit=_MANY):
        if (stage := stage_on(project, period.as_of)) is not None:
            counts[stage] += 1
    total = await deps.projects.count(active)
    shown = {stage.value: count for stage, count in counts.items()}
    sums = " + ".join(str(counts[stage]) for stage in _SHOWN)
    adds_up = total == sum(counts.values())
    proposed = await deps.projects.count(
        {**period.scope, "body.proposed_at": {"$lt": period.end}, "$or": _not_active(period.as_of)}
    )
    return KeyProjects(
        total=total, **shown, proposed=proposed, adds_up=adds_up, equation=f"{total} {'=' if adds_up else '≠'} {sums}"
    )


def stage_on(project: Project, day: date) -> Stage | None:
    """In which stage the project was on a day; None before its first."""
    reached = [entry.stage for entry in project.stages if entry.on <= day]
    return reached[-1] if reached else None


async def services(deps: Deps, period: Period) -> tuple[int, int]:
    """Visits of guides in the period, and services after a project was completed (A-22: no end date)."""
    visits = follow_ups = 0
    served = {**period.scope, **period.days("body.log.on")}
    for project in await deps.projects.query(served, sort=[("_id", 1)], limit=_MANY):
        lines = [line for line in project.log if period.since <= line.on <= period.as_of]
        visits += sum(line.kind is Service.VISIT for line in lines)
        follow_ups += sum(stage_on(project, line.on) in _AFTER for line in lines)
    return visits, follow_ups


_SHOWN = (Stage.COMPLETED, Stage.IN_PROGRESS, Stage.COMPLETED_FOLLOWUP, Stage.EARLY_INTERVENTION)
_AFTER = frozenset({Stage.COMPLETED, Stage.COMPLETED_FOLLOWUP})


def _not_active(day: date) -> list[dict[str, Any]]:
    return [{"body.activated_on": None}, {"body.activated_on": {"$gt": day.isoformat()}}]
