"""Process analytics over HTTP: what the diagram's overlays show."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from services.kernel.problem import problems
from services.workflow.analytics.asking import DaysReversed, figures_of
from services.workflow.analytics.figures import ProcessFigures
from services.workflow.api.common import ProcessKey, Viewer, With, WrittenDate

router = APIRouter(tags=["analytics"])

Day = Annotated[date | None, WrittenDate, Query(description="a day such as 2026-11-23; cases that started on it count")]
VersionNumber = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="one version alone")]


@router.get("/analytics/{key}", responses=problems(DaysReversed))
async def show_figures(
    deps: With,
    who: Viewer,
    key: ProcessKey,
    *,
    version: VersionNumber = None,
    since: Annotated[Day, Query(alias="from")] = None,
    until: Annotated[Day, Query(alias="to")] = None,
) -> ProcessFigures:
    """The figures of each element: running, finished, durations, overdue, loops, incidents; of the cases in sight."""
    return await figures_of(deps, key, who, version=version, since=since, until=until)
