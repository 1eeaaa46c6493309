"""Retries of many incidents (X2): canary first, progress and report on one page that keeps itself up to date."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Response

from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Operator = Annotated[Visit, Depends(holding(Permission.INCIDENT_WORK))]
Name = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]

STAGES: Final = {"canary": "正在试第一个", "rest": "第一个已办成，正在重试其余", "done": "已结束", "stopped": "已停止"}
OUTCOMES: Final = {
    "waiting": "等待",
    "done": "已办成",
    "failed": "又失败",
    "overtaken": "流程已从别处走过",
    "gone": "已被他人处理",
}


@router.post("/ops/incidents/groups/{group}/retry")
async def retry_group(visit: Operator, group: Name) -> Response:
    """Retry all incidents of one cause."""
    begun = await visit.api.post("workflow", f"/incidents/groups/{group}/retry")
    return visit.see(f"/ops/incidents/retries/{begun['retry_id']}")


@router.post("/ops/incidents/retries")
async def retry_some(visit: Operator, incident: Annotated[list[str] | None, Form()] = None) -> Response:
    """Retry the incidents that were ticked; the first is the canary."""
    begun = await visit.api.post("workflow", "/incidents/retries", {"incidents": incident or []})
    return visit.see(f"/ops/incidents/retries/{begun['retry_id']}")


@router.get("/ops/incidents/retries/{retry_id}")
async def report(visit: Operator, retry_id: Name) -> Response:
    """How far a retry is, and what came of each incident."""
    found = await visit.api.get("workflow", f"/incidents/retries/{retry_id}")
    template = "ops/retry_part.html" if visit.is_partial else "ops/retry.html"
    people = await visit.deps.books.names()
    return visit.page(template, retry=found, stages=STAGES, outcomes=OUTCOMES, people=people)


@router.post("/ops/incidents/retries/{retry_id}/stop")
async def stop(visit: Operator, retry_id: Name) -> Response:
    """Call it off; what is done stays done."""
    await visit.api.post("workflow", f"/incidents/retries/{retry_id}/stop")
    return visit.see(f"/ops/incidents/retries/{retry_id}")
