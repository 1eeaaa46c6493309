"""Where a case has been and stands: its steps, its clocks with their sums, the lights it has shown."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.console.naming import Names
from services.console.visits import Visit
from services.console.workdays import calendar_of, today_of, workdays_left
from services.console.worklists import Lamp, lamps_of

Json = Mapping[str, Any]

_STATES: Final = {"completed": "done", "cancelled": "off"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: open (`now`), done, or called off. `person` is who has or did it."""

    task_id: str
    element: str
    name: str
    post: str
    department: str
    person: str | None
    opened_at: str
    closed_at: str | None
    due_on: str | None
    late: int
    state: str


@dataclass(frozen=True, slots=True)
class ClockSum:
    """A clock with its ledger and how its due day adds up: `total = counted + held` working days after the start."""

    clock: Json
    why: Json
    lamp: Lamp | None


def steps_of(case: Json | None, events: Iterable[Json], *, english: bool) -> list[Step]:
    """Every step the case came to, in the order in which they opened."""
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        verb, data = str(event["type"]).removeprefix("guihua.workflow.task.").removesuffix(".v1"), event["data"]
        if verb == "opened":
            found[data["task_id"]] = _opened(data, english=english)
        elif verb in _STATES and data["task_id"] in found:
            closed = {"state": _STATES[verb], "closed_at": event["at"], "late": data.get("overdue_workdays") or 0}
            found[data["task_id"]] |= closed | {"person": data.get("person")}
    for task in case["steps"] if case else ():
        known = found.get(task["task_id"]) or _opened(task, english=english)
        now = {"state": "now", "person": task["assignee"], "due_on": task["due_on"], "closed_at": None}
        found[task["task_id"]] = known | now
    return [Step(**fields) for fields in found.values()]


def _opened(data: Json, *, english: bool) -> dict[str, Any]:
    plain = {name: data[name] for name in ("task_id", "element", "post", "department", "opened_at", "due_on")}
    name = (data["name_en"] if english else None) or data["name"]
    return plain | {"name": name, "person": data["assignee"], "closed_at": None, "late": 0, "state": "now"}


async def clocks_of(visit: Visit, case: Json | None) -> list[ClockSum]:
    """The case's clocks, its own before those of its steps, each with how it adds up."""
    clocks = sorted(case["clocks"], key=lambda clock: clock["kind"] == "step") if case else []
    path = f"/cases/{case['case_no']}/clocks" if case else ""
    whys = await asyncio.gather(*(visit.api.get("workflow", f"{path}/{clock['clock_id']}/why") for clock in clocks))
    lamps = await _lamps(visit, case, clocks)
    return [ClockSum(clock, why, lamps.get(clock["clock_id"])) for clock, why in zip(clocks, whys, strict=True)]


async def _lamps(visit: Visit, case: Json | None, clocks: Sequence[Json]) -> dict[str, Lamp]:
    """The light of each clock that runs."""
    running = [clock for clock in clocks if not clock["stopped_at"]]
    if not case or not running:
        return {}
    today = today_of(visit.now)
    years = {today.year} | {int(clock["due_on"][:4]) for clock in running}
    calendar = await calendar_of(visit.api, years, now=visit.now)
    lamps = {f"step:{task}": lamp for task, lamp in (await lamps_of(visit, case["steps"])).items()}
    for clock in running:
        late, held = clock["overdue_workdays"] is not None, clock["held"]
        left = None if held else workdays_left(calendar, today, clock["due_on"])
        lamps.setdefault(clock["clock_id"], Lamp("grey" if held else "red" if late else "green", left))
    return lamps


def light_lines(records: Iterable[Json], names: Names) -> list[Json]:
    """The lights a case has shown, oldest first, with names for codes; besides lights, what was climbed or issued."""
    return [
        {
            "at": record["time"],
            "what": str(record["type"]).removeprefix("guihua.supervision.").removesuffix(".v1"),
            "department": names.department(record["data"].get("department")),
            "person": names.person(record["data"].get("person")),
            **{name: record["data"].get(name) for name in ("name", "light", "rule", "due_on", "overdue_workdays")},
        }
        for record in records
    ]
