"""The working calendar (X5): a year at a glance, and the import of the next one with a look at what it changes."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Response
from starlette.datastructures import UploadFile

from services.console import yearviews
from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.problem import Problem
from services.kernel.worktime import SHANGHAI, read_year_file

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.REGISTRY_READ))]
Importer = Annotated[Visit, Depends(holding(Permission.CALENDAR_IMPORT))]
Content = Annotated[str, Form(max_length=200_000)]

KINDS: Final = {
    "workday": "工作日",
    "weekend": "周末",
    "holiday": "放假",
    "shifted_workday": "调休上班",
    "local_off": "本地放假",
}
CLOCKS: Final = {"statutory": "法定时限", "promised": "承诺时限"}
_NOT_FOUND: Final = 404
_UNFIT: Final = 422
_LARGEST: Final = 200_000


@router.get("/ops/calendar")
async def calendar(visit: Reader, year: Annotated[int | None, Query(ge=2000, le=2200)] = None) -> Response:
    """A year, month by month."""
    year = year or visit.now.astimezone(SHANGHAI).year
    found = await _year(visit, year)
    following = await _year(visit, year + 1)
    special = [*(found["days"] if found else ()), *(following["days"] if following else ())]
    return visit.page(
        "ops/calendar.html",
        year=year,
        found=found,
        months=yearviews.months(year, special),
        kinds=KINDS,
        special=[one for one in special if one["day"].startswith(str(year))],
    )


@router.get("/ops/calendar/import")
async def choose(visit: Importer) -> Response:
    """The form for a year file."""
    return visit.page("ops/calendar_import.html", content="", refusal=None)


@router.post("/ops/calendar/preview")
async def preview(visit: Importer) -> Response:
    """What a year file would change, and which due dates would move, before it is imported."""
    form = await visit.request.form()
    file, pasted = form.get("file"), form.get("content")
    content = str(pasted or "").strip()
    if isinstance(file, UploadFile) and file.filename:
        content = (await file.read(_LARGEST)).decode("utf-8-sig", errors="replace")
    year = _year_named(content)
    try:
        official = read_year_file(content, year=year)
    except Problem as problem:
        return visit.page(
            "ops/calendar_import.html", status=problem.status, content=content, refusal=_words(visit, problem)
        )
    try:
        effect = await visit.api.post("workflow", "/calendar/preview", json.loads(content))
    except Refused as refused:
        if refused.status != _UNFIT:
            raise
        return visit.page("ops/calendar_import.html", status=_UNFIT, content=content, refusal=refused.problem)
    stands = await _year(visit, year)
    days = [one.model_dump(mode="json") for one in official.days]
    return visit.page(
        "ops/calendar_preview.html",
        year=year,
        stands=stands,
        source=official.source,
        content=content,
        differences=yearviews.differences(stands["days"] if stands else [], days),
        kinds=KINDS,
        effect=effect,
        clocks=CLOCKS,
    )


@router.post("/ops/calendar/import")
async def take_in(visit: Importer, content: Content) -> Response:
    """Import the year; every open clock is computed anew."""
    try:
        body = json.loads(content)
        made = await visit.api.post("registry", "/calendar/import", body)
    except (ValueError, RecursionError):
        return visit.see("/ops/calendar/import")
    except Refused as refused:
        return visit.page("ops/calendar_import.html", status=refused.status, content=content, refusal=refused.problem)
    return visit.see(f"/ops/calendar?year={made['year']}")


async def _year(visit: Visit, year: int) -> dict[str, Any] | None:
    """The official days of a year; None while nobody knows them."""
    try:
        found: dict[str, Any] = await visit.api.get("registry", f"/calendar/{year}")
    except Refused as refused:
        if refused.status != _NOT_FOUND:
            raise
        return None
    return found


def _year_named(content: str) -> int:
    """The year that the file says it is for; 0 when it says none."""
    try:
        year = json.loads(content)["year"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return 0
    return year if isinstance(year, int) else 0


def _words(visit: Visit, problem: Problem) -> dict[str, Any]:
    errors = [{"where": "", "message": f"{one.where} {one.en if visit.english else one.zh}"} for one in problem.errors]
    return {"detail": problem.detail(visit.language), "remedy": problem.remedy(visit.language), "errors": errors}
