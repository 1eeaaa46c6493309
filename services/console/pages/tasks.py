"""The list of work (O1): what waits, what is in hand, who has the rest; claiming, one or many."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Form, Query, Response
from pydantic import BaseModel, StringConstraints

from services.console.backends import Refused
from services.console.naming import Names, names_of
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.console.worklists import GRAVITY, Line, Tab, Worklist, worklist
from services.kernel.identity import Permission
from services.kernel.requests import LARGEST_PAGE

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Worker = Annotated[Visit, Depends(holding(Permission.TASK_WORK))]

_ON_A_PAGE: Final = 50
_MOST: Final = 100
"""Tasks claimed at one click."""

_CONFLICT: Final = 409

TaskId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]


class Wanted(BaseModel, frozen=True):
    """The list's filters, as they stand in the address."""

    tab: Literal["waiting", "mine", "others", "done", "all"] = "waiting"
    light: Literal["", "green", "grey", "yellow", "red"] = ""
    item: Annotated[str, Query(max_length=40)] = ""
    step: Annotated[str, Query(max_length=200)] = ""
    q: Annotated[str, Query(max_length=100)] = ""
    page: Annotated[int, Query(ge=1, le=10_000)] = 1
    claimed: Annotated[int, Query(ge=0, le=_MOST)] = 0
    done: Annotated[str, Query(max_length=40)] = ""

    def fits(self, line: Line) -> bool:
        """Whether a line is to be shown."""
        task, light = line.task, line.lamp.light if line.lamp else ""
        return (
            self.tab in {"all", line.tab}
            and light.startswith(self.light)
            and self.item in {"", task["item_code"]}
            and self.step in {"", task["element"]}
            and (self.q in task["title"] or self.q.upper() in task["case_no"])
        )


@router.get("/tasks")
async def tasks(visit: Worker, wanted: Annotated[Wanted, Query()]) -> Response:
    """The list, the most urgent first; what one has done, the newest cases first (O1)."""
    if wanted.tab == "done":
        return await _done(visit, wanted)
    return await _list(visit, wanted)


@router.post("/tasks/claim")
async def claim(
    visit: Worker,
    only: Annotated[TaskId | None, Form()] = None,
    pick: Annotated[list[TaskId] | None, Form(max_length=_MOST)] = None,
) -> Response:
    """Claim one task and open it, or all that were ticked; what another has meanwhile is told, with their name."""
    if only is not None:
        try:
            await visit.api.post("workflow", f"/tasks/{only}/claim")
        except Refused as refused:
            return await _list(visit, Wanted(), refused=[refused.problem], status=refused.status)
        return visit.see(f"/tasks/{only}")
    picked = set(pick or ())
    refusals = await _claim(visit, picked)
    claimed = len(picked) - len(refusals)
    if refusals:
        return await _list(visit, Wanted(claimed=claimed), refused=refusals, status=_CONFLICT)
    return visit.see(f"/tasks?tab=mine&claimed={claimed}" if claimed else "/tasks")


async def _claim(visit: Visit, task_ids: Collection[str]) -> list[Mapping[str, Any]]:
    """Claim one after another; gives the refusals."""
    refusals: list[Mapping[str, Any]] = []
    for task_id in sorted(task_ids):
        try:
            await visit.api.post("workflow", f"/tasks/{task_id}/claim")
        except Refused as refused:
            refusals.append(refused.problem)
    return refusals


async def _list(
    visit: Visit, wanted: Wanted, *, refused: Sequence[Mapping[str, Any]] = (), status: int = 200
) -> Response:
    found = await worklist(visit, everyone=wanted.tab == "all")
    names = await names_of(visit.deps.books, english=visit.english)
    lines = [line for line in found.lines if wanted.fits(line)]
    begin = (wanted.page - 1) * _ON_A_PAGE
    return visit.page(
        "tasks/list.html",
        status=status,
        wanted=wanted,
        tabs=_tabs(visit, found, wanted),
        lines=lines[begin : begin + _ON_A_PAGE],
        count=len(lines),
        pages=-(-len(lines) // _ON_A_PAGE),
        more=found.more,
        choices=_choices(visit, found.lines),
        names=names,
        address=visit.request.url.query if visit.request.method == "GET" else "",
        refusal=_said(refused, names),
    )


async def _done(visit: Visit, wanted: Wanted) -> Response:
    found = await visit.api.get("workflow", "/tasks/done", limit=LARGEST_PAGE)
    fitting = [task for task in found["tasks"] if wanted.q in task["title"] or wanted.q.upper() in task["case_no"]]
    page = await worklist(visit)
    tabs, more = _tabs(visit, page, wanted), found["next"] is not None
    return visit.page("tasks/done.html", wanted=wanted, tabs=tabs, tasks=fitting, more=more)


def _tabs(visit: Visit, found: Worklist, wanted: Wanted) -> list[tuple[str, str, int | None]]:
    known = wanted.tab != "all"
    return [
        ("waiting", visit.say("待签收"), found.count(Tab.WAITING) if known else None),
        ("mine", visit.say("在办"), found.count(Tab.MINE) if known else None),
        ("others", visit.say("他人在办"), found.count(Tab.OTHERS) if known else None),
        ("done", visit.say("已办"), None),
        ("all", visit.say("全部在办任务"), None if known else len(found.lines)),
    ]


def _choices(visit: Visit, lines: Sequence[Line]) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: what there is."""
    name = "name_en" if visit.english else "name"
    steps = {line.task["element"]: line.task[name] or line.task["name"] for line in lines}
    lights = {line.lamp.light.removesuffix("2") for line in lines if line.lamp}
    return {
        "item": [(code, code) for code in sorted({line.task["item_code"] for line in lines})],
        "step": sorted(steps.items(), key=lambda step: step[1]),
        "light": [(light, light) for light in GRAVITY if light in lights],
    }


def _said(refusals: Sequence[Mapping[str, Any]], names: Names) -> Mapping[str, Any] | None:
    """One box for all refusals, with people's names."""
    if not refusals:
        return None
    first, *others = refusals
    told = [{"where": "", "message": names.within(str(one.get("detail", "")))} for one in others]
    return {"detail": names.within(str(first.get("detail", ""))), "remedy": first.get("remedy", ""), "errors": told}
