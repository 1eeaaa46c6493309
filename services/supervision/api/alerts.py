"""The register of lights: seen, explained, settled."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.contracts.words import Light
from services.kernel.identity import Person
from services.kernel.problem import problems
from services.kernel.requests import After, Day, Limit
from services.kernel.store import Conflict, NotFound
from services.supervision import alerting, alerts, queries
from services.supervision.alerts import (
    Alert,
    AlertNotReady,
    AlertState,
    Explanation,
    OwnExplanation,
    Settlement,
)
from services.supervision.api.common import DocumentId, Here, Reader, Supervisor, scope_filter, visible

router = APIRouter(tags=["alerts"])
Chosen = dict[str, Any]


class AlertPage(BaseModel, frozen=True):
    """Lights by key; `after` is the key of the next page, `total` how many fit in all."""

    alerts: tuple[Alert, ...]
    total: int
    after: str | None


def _chosen(
    light: Light | None = None,
    state: AlertState | None = None,
    department: Annotated[str | None, Query(max_length=40)] = None,
    case_no: Annotated[str | None, Query(pattern=r"^[0-9A-Z]{10,40}$")] = None,
    since: Day | None = None,
    until: Day | None = None,
) -> Chosen:
    """What the register is narrowed by."""
    bounds = {name: day for name, day in {"$gte": since, "$lte": until}.items() if day is not None}
    wanted: Chosen = {"body.light": light, "body.state": state, "body.department": department}
    wanted |= {"body.case_no": case_no, "body.lit_on": bounds or None}
    return {name: value for name, value in wanted.items() if value is not None}


@router.get("/alerts", summary="亮灯台账")
async def list_alerts(
    deps: Here, who: Reader, chosen: Annotated[Chosen, Depends(_chosen)], limit: Limit = 50, after: After = None
) -> AlertPage:
    """Every yellow and red light that was ever set and that the reader may see."""
    where = {**scope_filter(who), **chosen}
    found = await queries.page(deps.ledgers.alerts, where, limit=limit, after=after)
    following = found[-1].alert_id if len(found) == limit else None
    return AlertPage(alerts=tuple(found), total=await deps.ledgers.alerts.count(where), after=following)


@router.get("/alerts/{alert_id}", summary="查看亮灯记录", responses=problems(NotFound))
async def see_alert(deps: Here, who: Reader, alert_id: DocumentId) -> Alert:
    """One light."""
    return await _visible(deps, who, alert_id)


@router.post("/alerts/{alert_id}/acknowledge", summary="签收亮灯", responses=problems(NotFound, Conflict))
async def acknowledge_alert(deps: Here, who: Reader, alert_id: DocumentId) -> Alert:
    """Somebody of the department has seen it; again changes nothing."""
    await _visible(deps, who, alert_id)
    now = deps.clock.now()
    await deps.ledgers.alerts.change(alert_id, lambda one: alerts.acknowledge(one, by=who.code, now=now))
    return (await deps.ledgers.alerts.load(alert_id))[0]


@router.post("/alerts/{alert_id}/explain", summary="书面说明", responses=problems(NotFound, AlertNotReady, Conflict))
async def explain_alert(deps: Here, who: Reader, alert_id: DocumentId, entry: Explanation) -> Alert:
    """The department explains."""
    await _visible(deps, who, alert_id)
    return await alerting.explain(deps, alert_id, entry, by=who.code)


@router.post(
    "/alerts/{alert_id}/settle",
    summary="认定说明",
    responses=problems(NotFound, AlertNotReady, OwnExplanation, Conflict),
)
async def settle_alert(deps: Here, who: Supervisor, alert_id: DocumentId, entry: Settlement) -> Alert:
    """The office accepts the explanation, or does not; what an accepted yellow light counted is cleared."""
    await _visible(deps, who, alert_id)
    return await alerting.settle(deps, alert_id, entry, by=who.code)


async def _visible(deps: Here, who: Person, alert_id: str) -> Alert:
    alert, _ = await deps.ledgers.alerts.load(alert_id)
    visible(who, alert.departments, key=alert_id)
    return alert
