"""Statistics as JSON and as CSV, and the inspections that they count."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.kernel.problem import problems
from services.kernel.requests import After, Day, IdempotencyKey, Limit
from services.supervision import inspecting, queries
from services.supervision.api.common import Here, Reader, Supervisor, scope_filter
from services.supervision.inspections import Inspection, InspectionEntry
from services.supervision.projects.refusals import DayNotPast
from services.supervision.statistics.asking import ask, today
from services.supervision.statistics.models import Statistics
from services.supervision.statistics.periods import Period, PeriodReversed
from services.supervision.statistics.sheets import sheet

router = APIRouter(tags=["statistics"])

Campaign = Annotated[str | None, Query(min_length=2, max_length=100, description="only this campaign's (A-02)")]


class InspectionPage(BaseModel, frozen=True):
    """Inspections by key; `after` is the key of the next page."""

    inspections: tuple[Inspection, ...]
    after: str | None


def _period(
    deps: Here,
    who: Reader,
    since: Annotated[Day | None, Query(description="first day; by default the first of the year")] = None,
    as_of: Annotated[Day | None, Query(description="last day; by default today")] = None,
) -> Period:
    """The period asked for, as far as the reader may see its records."""
    return Period.of(since, as_of, today=today(deps), scope=scope_filter(who))


Asked = Annotated[Period, Depends(_period)]


@router.get("/statistics", summary="统计", responses=problems(PeriodReversed))
async def see_statistics(deps: Here, period: Asked, campaign: Campaign = None) -> Statistics:
    """All statistics of a period, counted from the records now."""
    return await ask(deps, period, campaign=campaign)


@router.get(
    "/statistics.csv",
    summary="统计表（CSV）",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **problems(PeriodReversed)},
)
async def download_statistics(deps: Here, period: Asked, campaign: Campaign = None) -> Response:
    """The same numbers as a file."""
    text = sheet(await ask(deps, period, campaign=campaign))
    name = f"statistics-{period.since}-{period.as_of}.csv"
    headers: Mapping[str, Any] = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/inspections", summary="督查列表")
async def list_inspections(deps: Here, who: Reader, limit: Limit = 50, after: After = None) -> InspectionPage:
    """Inspections that the reader may see."""
    found = await queries.page(deps.inspections, scope_filter(who), limit=limit, after=after)
    return InspectionPage(inspections=tuple(found), after=found[-1].inspection_id if len(found) == limit else None)


@router.post("/inspections", status_code=201, summary="登记督查", responses=problems(DayNotPast))
async def add_inspection(deps: Here, who: Supervisor, entry: InspectionEntry, key: IdempotencyKey = None) -> Inspection:
    """Enter an inspection; what was found becomes matters at step 登记."""
    source = f"{who.code}|{key}" if key else secrets.token_hex(16)
    return await inspecting.add(deps, hashlib.sha256(source.encode()).hexdigest(), entry, by=who.code)
