"""What the workflow service asks its own database. Every read path goes through the one scope filter."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.kernel.identity import Person, scope_of
from services.kernel.problem import Problem
from services.kernel.store import Entry, Index
from services.workflow.deps import Deps
from services.workflow.instances.models import ClosedTask, Instance, Status, Task
from services.workflow.instances.working import may_act
from services.workflow.signals.models import GOING_ON

_SET: Final = {"$gt": datetime(2000, 1, 1, tzinfo=UTC)}
"""A moment that is there. A query must say so too, or MongoDB does not use an index that holds only such documents."""

_HAS_TASKS: Final = {"body.urgent_on": {"$gt": ""}}

INSTANCE_INDEXES: Final = (
    Index("body.next_due_at", where={"body.next_due_at": _SET}),
    Index("body.tasks.task_id"),
    Index("body.closed.task_id"),
    Index("body.desks", "body.urgent_on", "_id"),
    Index("body.departments", "body.urgent_on", "_id"),
    Index("body.urgent_on", "_id", where=_HAS_TASKS),
    Index("body.tasks.assignee"),
    Index("body.closed.person", "_id"),
    Index("body.status", "body.calendar"),
    Index("body.pin.process_key", "_id"),
    Index("body.incidents.incident_id"),
    Index("body.signals.name", "_id", where={"body.signals.name": {"$gt": ""}}),
    Index("body.tasks.decision_body", "_id", where={"body.tasks.decision_body": {"$gt": ""}}),
    Index("body.tasks.agenda_material", "_id", where={"body.tasks.agenda_material": True}),
    Index("body.resolutions.conditions.condition_id", where={"body.resolutions.conditions.condition_id": {"$gt": ""}}),
    Index("body.application.origin.business_key", where={"body.application.origin.business_key": {"$gt": ""}}),
)

_NOT_LISTED: Final = ("state", "data", "closed", "clocks", "timers", "external", "passes", "edits", "mended")
"""What a list of tasks does not show: most of a case. It is neither read nor sent."""

_OPEN_INCIDENT: Final = {"body.incidents.incident_id": {"$gt": ""}}
_LATE: Final = timedelta(minutes=1)
_CURSOR: Final = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\.(?P<case_no>[0-9A-Z]{1,40})", re.ASCII)
"""How urgent the last case of a page was, and its number."""

_COUNT: Final = re.compile(r"[0-9]{1,7}", re.ASCII)
"""How many cases were listed before: what pages gave in earlier releases."""


class CaseNotFound(Problem):
    """No such case, or not one the reader may see."""

    status = 404
    code = "case-not-found"
    zh = "没有案件 {case_no}，或您无权查看"
    en = "no case {case_no}, or not yours to see"
    remedy_zh = "请核对案件编号"
    remedy_en = "check the case number"


class CursorUnreadable(Problem):
    """`after` is not one that a page gave."""

    status = 422
    code = "cursor-unreadable"
    zh = "看不懂 after 参数"
    en = "after is not a value that a page gave"
    remedy_zh = "请原样使用上一页返回的 next"
    remedy_en = "use next of the page before as it is"


async def case_of(deps: Deps, case_no: str, who: Person) -> Instance:
    """The case, if the person may see it. Raises CaseNotFound."""
    found = await deps.instances.find(case_no)
    if found is None or not scope_of(who).sees(found[0].departments):
        raise CaseNotFound(case_no=case_no)
    return found[0]


async def tasks_of(
    deps: Deps, who: Person, *, limit: int, after: str | None
) -> tuple[list[tuple[Instance, Task]], str | None]:
    """The open tasks that a person may work on, their own and those they stand in for, the most urgent first.

    Gives a page of at most `limit` cases with their tasks, and where the next one begins.
    """
    books = (await deps.copies.office()).books
    where = {"body.desks": {"$in": [who.code, *sorted(books.posts_of(who.code, who.posts))]}}
    found, following = await _page(deps, where, limit=limit, after=after)
    mine = [
        (instance, task) for instance in found for task in instance.tasks if may_act(who.code, who.posts, task, books)
    ]
    return sorted(mine, key=_urgency), following


async def tasks_in_scope(
    deps: Deps, who: Person, *, limit: int, after: str | None
) -> tuple[list[tuple[Instance, Task]], str | None]:
    """All open tasks of the cases that a person may see, the most urgent first."""
    where = {**_HAS_TASKS, **scope_of(who).filter()}
    found, following = await _page(deps, where, limit=limit, after=after)
    tasks = [(instance, task) for instance in found for task in instance.tasks]
    return sorted(tasks, key=_urgency), following


async def tasks_done_by(
    deps: Deps, who: Person, *, limit: int, after: str | None
) -> tuple[list[tuple[Instance, ClosedTask]], str | None]:
    """The tasks that a person completed, of the newest cases first; at most `limit` cases, and where the next begin."""
    behind = {"_id": {"$lt": after}} if after else {}
    where = {"$and": [{"body.closed.person": who.code}, scope_of(who).filter(), behind]}
    shown = [field for field in _NOT_LISTED if field != "closed"]
    found = await deps.instances.query(where, sort=[("_id", -1)], limit=limit, without=shown)
    done = [(case, each) for case in found for each in case.closed if each.completed and each.person == who.code]
    return done, found[-1].case_no if len(found) == limit else None


async def incidents_in_scope(
    deps: Deps, who: Person, *, limit: int, after: str | None
) -> tuple[list[Instance], str | None]:
    """The cases with open incidents that a person may see, by case number."""
    where = {"$and": [_OPEN_INCIDENT, scope_of(who).filter(), {"_id": {"$gt": after or ""}}]}
    found = await deps.instances.query(where, sort=[("_id", 1)], limit=limit)
    return found, found[-1].case_no if len(found) == limit else None


async def case_with_incident(deps: Deps, incident_id: str, who: Person) -> str | None:
    """The number of the case in which an incident is open; None if there is none the person may see."""
    where = {"$and": [{"body.incidents.incident_id": incident_id}, scope_of(who).filter()]}
    found = await deps.instances.query(where, sort=[("_id", 1)], limit=1)
    return found[0].case_no if found else None


async def history_of(deps: Deps, case_no: str, *, limit: int, after: str | None) -> Sequence[Entry]:
    """Everything the service said of a case, oldest first."""
    return await deps.journal.find(case_no, limit=limit, after=after or "")


def due_by(moment: datetime) -> dict[str, Any]:
    """The filter for cases in which something is due by a moment."""
    return {"body.next_due_at": _SET | {"$lte": moment}}


async def count_due_timers(deps: Deps) -> int:
    """Cases in which something is due just now: what the ticker is about to do."""
    return await deps.instances.count(due_by(deps.clock.now()))


async def count_late_timers(deps: Deps) -> int:
    """Cases in which something was due more than a minute ago and has not happened."""
    return await deps.instances.count(due_by(deps.clock.now() - _LATE))


async def count_waiting(deps: Deps) -> int:
    """Cases received whose process has not started."""
    return await deps.instances.count({"body.status": Status.WAITING.value})


async def count_incidents(deps: Deps) -> int:
    """Cases with an open incident."""
    return await deps.instances.count(_OPEN_INCIDENT)


async def count_old_calendar(deps: Deps) -> int:
    """Running cases whose dates are reckoned by an older calendar than the one in force."""
    version = (await deps.copies.office()).time.calendar.version
    return await deps.instances.count({"body.status": Status.RUNNING.value, "body.calendar": {"$ne": version}})


async def count_signals(deps: Deps) -> int:
    """Signals thrown more than a minute ago that have not been brought to everybody."""
    return await deps.broadcasts.count({**GOING_ON, "body.at": {"$lte": deps.clock.now() - _LATE}})


async def count_late_alarms(deps: Deps) -> int:
    """Processes of which a case was due to begin more than a minute ago."""
    return await deps.definitions.count(alarms_by(deps.clock.now() - _LATE))


def alarms_by(moment: datetime) -> dict[str, Any]:
    """The filter for processes of which a case is due to begin by a moment."""
    return {"body.next_alarm_at": {"$lte": moment}, "body.active": {"$gte": 1}}


async def _page(
    deps: Deps, where: Mapping[str, Any], *, limit: int, after: str | None
) -> tuple[list[Instance], str | None]:
    """The next cases of a list, and where the page after them begins: behind the last, whatever left the list since."""
    if after is None or _COUNT.fullmatch(after):
        found = await _listed(deps, where, limit=limit, skip=int(after or 0))
    else:
        found = await _behind(deps, where, after, limit=limit)
    return found, f"{found[-1].urgent_on}.{found[-1].case_no}" if len(found) == limit else None


async def _behind(deps: Deps, where: Mapping[str, Any], after: str, *, limit: int) -> list[Instance]:
    """The rest of the day first, then the days behind it: each is read off the index where it begins."""
    cursor = _CURSOR.fullmatch(after)
    if cursor is None:
        raise CursorUnreadable
    day, case_no = cursor["day"], cursor["case_no"]
    same_day = {**where, "body.urgent_on": {**_HAS_TASKS["body.urgent_on"], "$eq": day}, "_id": {"$gt": case_no}}
    found = await _listed(deps, same_day, limit=limit)
    if len(found) < limit:
        found += await _listed(deps, {**where, "body.urgent_on": {"$gt": day}}, limit=limit - len(found))
    return found


async def _listed(deps: Deps, where: Mapping[str, Any], *, limit: int, skip: int = 0) -> list[Instance]:
    sort = [("body.urgent_on", 1), ("_id", 1)]
    return await deps.instances.query(where, sort=sort, limit=limit, skip=skip, without=_NOT_LISTED)


def _urgency(line: tuple[Instance, Task]) -> tuple[bool, str, str]:
    """By due date, those without one last, then by age."""
    task = line[1]
    return task.due_on is None, str(task.due_on), task.opened_at.isoformat()
