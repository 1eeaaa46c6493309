"""Efficiency and statistics: the numbers that the supervision service counts, as tables, charts and a file."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from services.console.backends import Refused
from services.console.charts import Bars, bars
from services.console.histories import GROUNDS
from services.console.pages.paging import whole
from services.console.pages.projecting import STAGES
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.SUPERVISION_READ))]
Supervisor = Annotated[Visit, Depends(holding(Permission.SUPERVISION_WORK))]
Day = Annotated[str, Query(max_length=20)]
Campaign = Annotated[str, Query(max_length=100)]

METHODS: Final = {"routine": "日常督查", "special": "专项督查", "follow_up": "跟踪督查", "spot_check": "随机抽查"}
DOMAINS: Final = {
    "conduct": "干部职工作风",
    "efficiency": "办事效率",
    "rules": "规矩意识",
    "integrity": "廉洁纪律",
    "implementation": "工作落实",
}
TOWNSHIP_KINDS: Final = {
    "first_review": "初审规划意见",
    "site_opinion": "选址意见书",
    "scheme": "建设方案",
    "planning_conditions": "规划条件",
    "rural_permit": "乡村许可证",
    "land_permit": "用地许可证",
}
_MENDABLE: Final = frozenset({403, 409, 422})
_FINDINGS: Final = 5
_MOST_STEPS: Final = 15
_USUAL: Final = timedelta(days=14)


@router.get("/statistics")
async def statistics(visit: Reader, since: Day = "", as_of: Day = "", campaign: Campaign = "") -> Response:
    """The page; a period that cannot be is refused beside what was typed."""
    asked = {"since": since, "as_of": as_of, "campaign": campaign.strip()}
    problem, status = None, 200
    try:
        found = await visit.api.get("supervision", "/statistics", **asked)
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        problem, status = refused.problem, refused.status
        found = await visit.api.get("supervision", "/statistics")
    desks = [{**one, "department": one["key"]} for one in found["lights"]]
    return visit.page(
        "statistics/page.html",
        status=status,
        found=found,
        asked=asked if problem else {**asked, "since": found["since"], "as_of": found["as_of"]},
        refusal=problem,
        query=visit.request.url.query,
        trend=_months(found["trend"]),
        lit=bars(desks, ("yellow", "red", "red2")),
        steps=_slowest(found["steps"]),
        stages=STAGES,
        grounds=GROUNDS,
        kinds=TOWNSHIP_KINDS,
        names=await visit.deps.books.department_names(english=visit.english),
    )


@router.get("/statistics.csv")
async def table(visit: Reader, since: Day = "", as_of: Day = "", campaign: Campaign = "") -> Response:
    """The same numbers as a file, as the service makes it."""
    query = {"since": since, "as_of": as_of, "campaign": campaign.strip()}
    answer = await visit.api.send("GET", "supervision", "/statistics.csv", query=query)
    named = {"Content-Disposition": answer.headers["content-disposition"]}
    return Response(answer.content, media_type="text/csv; charset=utf-8", headers=named)


@router.get("/inspections")
async def inspections(visit: Reader) -> Response:
    """The inspections, the newest first, and the form for one more."""
    return await _inspections(visit, {})


@router.post("/inspections")
async def add(visit: Supervisor, request: Request, department: Annotated[list[str] | None, Form()] = None) -> Response:
    """Enter an inspection; its findings become matters."""
    form = await request.form()
    typed = {name: str(value).strip() for name, value in form.items()}
    names = ("on", "method", "domain", "duty", "campaign", "note")
    entry = {name: typed[name] for name in names if typed.get(name)}
    body = {**entry, "departments": department or [], "findings": _findings(typed)}
    try:
        await visit.api.post("supervision", "/inspections", body, key=typed.get("key") or None)
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        return await _inspections(visit, typed, chosen=department or [], refused=refused)
    return visit.see("/inspections")


def _findings(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows that name a matter."""
    found = []
    for number in range(_FINDINGS):
        row = {name: typed.get(f"{name}-{number}") or None for name in ("department", "matter", "case_no", "due_on")}
        if row["matter"]:
            found.append(row)
    return found


async def _inspections(
    visit: Visit, typed: Mapping[str, str], *, chosen: Sequence[str] = (), refused: Refused | None = None
) -> Response:
    found = await whole(visit.api, "supervision", "/inspections", "inspections")
    found.sort(key=lambda one: (one["on"], one["at"]), reverse=True)
    today = visit.now.astimezone(SHANGHAI).date()
    return visit.page(
        "statistics/inspections.html",
        status=refused.status if refused else 200,
        inspections=found,
        typed=typed,
        chosen=chosen,
        rows=range(_FINDINGS),
        today=today.isoformat(),
        usual=(today + _USUAL).isoformat(),
        methods=METHODS,
        domains=DOMAINS,
        names=await visit.deps.books.department_names(english=visit.english),
        people=await visit.deps.books.names(),
        refusal=refused.problem if refused else None,
    )


def _months(trend: Sequence[Mapping[str, Any]]) -> Bars:
    """A bar for each month: decided in time and late."""
    return bars([{**one, "department": one["key"]} for one in trend], ("on_time", "overdue"))


def _slowest(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The steps that take longest, by what nine of ten do not exceed."""
    return sorted(steps, key=lambda one: (-(one["p90_workdays"] or 0), -one["finished"]))[:_MOST_STEPS]
