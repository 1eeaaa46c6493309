"""Open incidents by cause: the same process, version, element and reason, whatever numbers and names it bears."""

import hashlib
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from services.kernel.identity import Person, scope_of
from services.kernel.problem import Problem
from services.workflow.deps import Deps

_OPEN: Final = {"body.incidents.incident_id": {"$gt": ""}}
_KEY: Final = {
    "item_code": "$body.application.item_code",
    "process_key": {"$ifNull": ["$body.pin.process_key", None]},
    "version": {"$ifNull": ["$body.pin.version", None]},
    "element": "$body.incidents.element",
    "cause": "$body.incidents.cause",
}
_MOST_GROUPS: Final = 500


class GroupNotFound(Problem):
    """No incident of this group is open."""

    status = 404
    code = "incident-group-not-found"
    zh = "没有故障分组 {group}，可能已经全部处理"
    en = "there is no group {group} of incidents; they may all have been resolved"
    remedy_zh = "请刷新故障分组"
    remedy_en = "load the groups again"


class Group(BaseModel, frozen=True):
    """Incidents of one cause. The reasons are those of the oldest of them."""

    group: str
    item_code: str
    process_key: str | None
    version: int | None
    element: str
    cause: str
    count: int
    cases: int
    oldest_at: datetime
    newest_at: datetime
    tries: int
    reason_zh: str
    reason_en: str


class Member(BaseModel, frozen=True):
    """One incident of a group."""

    case_no: str
    incident_id: str


async def groups(deps: Deps, who: Person) -> list[Group]:
    """The open incidents that a person may see, by cause; the largest group first."""
    rows = await deps.instances.tally(
        {"$and": [_OPEN, scope_of(who).filter()]},
        {"$project": {"body.pin": 1, "body.application.item_code": 1, "body.incidents": 1}},
        {"$unwind": "$body.incidents"},
        {"$sort": {"body.incidents.opened_at": 1, "_id": 1}},
        {
            "$group": {
                "_id": _KEY,
                "count": {"$sum": 1},
                "cases": {"$addToSet": "$_id"},
                "oldest_at": {"$first": "$body.incidents.opened_at"},
                "newest_at": {"$last": "$body.incidents.opened_at"},
                "tries": {"$sum": "$body.incidents.tries"},
                "reason_zh": {"$first": "$body.incidents.zh"},
                "reason_en": {"$first": "$body.incidents.en"},
            }
        },
        {"$set": {"cases": {"$size": "$cases"}}},
        {"$sort": {"count": -1, "oldest_at": 1}},
        {"$limit": _MOST_GROUPS},
    )
    return [_group(row) for row in rows]


async def group_of(deps: Deps, name: str, who: Person) -> Group:
    """The group of this name. Raises GroupNotFound."""
    found = next((each for each in await groups(deps, who) if each.group == name), None)
    if found is None:
        raise GroupNotFound(group=name)
    return found


async def members(deps: Deps, group: Group, who: Person, *, limit: int) -> list[Member]:
    """The incidents of a group, the oldest first."""
    incident = {"element": group.element, "cause": group.cause}
    where: dict[str, Any] = {
        "body.application.item_code": group.item_code,
        "body.pin.process_key": group.process_key,
        "body.pin.version": group.version,
        "body.incidents": {"$elemMatch": incident},
    }
    rows = await deps.instances.tally(
        {"$and": [_OPEN, where, scope_of(who).filter()]},
        {"$project": {"body.incidents": 1}},
        {"$unwind": "$body.incidents"},
        {"$match": {f"body.incidents.{name}": value for name, value in incident.items()}},
        {"$sort": {"body.incidents.opened_at": 1, "_id": 1}},
        {"$limit": limit},
        {"$project": {"incident_id": "$body.incidents.incident_id"}},
    )
    return [Member(case_no=row["_id"], incident_id=row["incident_id"]) for row in rows]


async def named(deps: Deps, incident_ids: list[str], who: Person) -> list[Member]:
    """Those of the named incidents that are open and in sight, in the order given."""
    rows = await deps.instances.tally(
        {"$and": [{"body.incidents.incident_id": {"$in": incident_ids}}, scope_of(who).filter()]},
        {"$project": {"body.incidents.incident_id": 1}},
        {"$unwind": "$body.incidents"},
        {"$match": {"body.incidents.incident_id": {"$in": incident_ids}}},
    )
    cases = {row["body"]["incidents"]["incident_id"]: row["_id"] for row in rows}
    return [Member(case_no=cases[each], incident_id=each) for each in dict.fromkeys(incident_ids) if each in cases]


def _group(row: dict[str, Any]) -> Group:
    key = row["_id"]
    name = hashlib.sha256(repr([key[part] for part in _KEY]).encode()).hexdigest()[:16]
    return Group(group=name, **key, **{field: row[field] for field in row if field != "_id"})
