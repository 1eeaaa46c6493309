"""A person's open tasks with their lights and the working days left: what lists of work show."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from services.console.backends import Refused
from services.console.visits import Visit
from services.console.workdays import calendar_of, today_of, workdays_left
from services.kernel.identity import Permission
from services.kernel.requests import LARGEST_PAGE

_PAGES: Final = 5
"""So many pages of cases are read at most; who has more open tasks sees the most urgent."""

GRAVITY: Final = ("red2", "red", "yellow", "grey", "green")

Json = Mapping[str, Any]


class Tab(StrEnum):
    """Where a task stands, as one of those who may work on it sees it."""

    WAITING = "waiting"
    MINE = "mine"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Lamp:
    """A light with the working days left; `left` None where nothing is due or the clock stands still."""

    light: str
    left: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One open task as a list shows it."""

    task: Json
    lamp: Lamp | None
    tab: Tab

    @property
    def is_free(self) -> bool:
        """Whether it can be claimed."""
        return self.tab is Tab.WAITING and self.task["kind"] == "human" and not self.task["assignee"]


@dataclass(frozen=True, slots=True)
class Worklist:
    """Open tasks, the most urgent first; `more` says that there are others behind them."""

    lines: Sequence[Line]
    more: bool

    def count(self, tab: Tab) -> int:
        """How many stand there."""
        return sum(line.tab is tab for line in self.lines)


async def worklist(visit: Visit, *, everyone: bool = False) -> Worklist:
    """The tasks that the visitor may work on; with `everyone` all open tasks in sight."""
    tasks, more = await _open_tasks(visit, everyone=everyone)
    lamps = await lamps_of(visit, tasks)
    return Worklist([Line(task, lamps.get(task["task_id"]), _tab(task, visit)) for task in tasks], more)


async def lamps_of(visit: Visit, tasks: Collection[Json]) -> dict[str, Lamp]:
    """The light of each task by its id; none for tasks without a limit."""
    today = today_of(visit.now)
    years = {today.year} | {int(task["due_on"][:4]) for task in tasks if task["due_on"]}
    calendar = await calendar_of(visit.api, years, now=visit.now)
    lights = await lights_of(visit, {task["case_no"] for task in tasks})
    lamps = {}
    for task in tasks:
        light = lights.get(task["case_no"], {}).get(f"step:{task['task_id']}", "green" if task["due_on"] else None)
        light = "grey" if task["held"] else light
        if light is not None:
            left = None if light == "grey" else workdays_left(calendar, today, task["due_on"])
            lamps[task["task_id"]] = Lamp(light, left)
    return lamps


async def lights_of(visit: Visit, cases: Collection[str]) -> dict[str, dict[str, str]]:
    """The lights of cases by number and clock, as supervision shows them; none to who may not see them."""
    if not cases or not visit.may(Permission.SUPERVISION_READ):
        return {}
    numbers = sorted(cases)
    parts = [numbers[at : at + LARGEST_PAGE] for at in range(0, len(numbers), LARGEST_PAGE)]
    api = visit.api
    pages = await asyncio.gather(
        *(api.get("supervision", "/lights", case_no=part, limit=LARGEST_PAGE) for part in parts)
    )
    found = (case for page in pages for case in page["cases"])
    return {case["case_no"]: {clock["clock_id"]: clock["light"] for clock in case["clocks"]} for case in found}


async def case_light(visit: Visit, case_no: str) -> Json | None:
    """The lights of one case; None where it has none, or not for this reader."""
    if not visit.may(Permission.SUPERVISION_READ):
        return None
    try:
        found: Json = await visit.api.get("supervision", f"/lights/{case_no}")
    except Refused:
        return None
    return found


async def _open_tasks(visit: Visit, *, everyone: bool) -> tuple[list[Json], bool]:
    found: list[Json] = []
    after: str | None = None
    for _ in range(_PAGES):
        page = await visit.api.get(
            "workflow", "/tasks", everyone="true" if everyone else None, limit=LARGEST_PAGE, after=after
        )
        found += page["tasks"]
        after = page["next"]
        if after is None:
            break
    return sorted(found, key=_urgency), after is not None


def _urgency(task: Json) -> tuple[bool, str, str]:
    return task["due_on"] is None, task["due_on"] or "", task["opened_at"]


def _tab(task: Json, visit: Visit) -> Tab:
    me = visit.who
    if me.code in {task["assignee"], task["delegated_by"]}:
        return Tab.MINE
    signing = {me.code, *me.posts}.intersection(task["waiting_for"])
    return Tab.WAITING if signing or not task["assignee"] else Tab.OTHERS
