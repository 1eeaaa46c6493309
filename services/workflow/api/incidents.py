"""Incidents over HTTP: what could not be carried out, and trying it again."""

from fastapi import APIRouter

from services.kernel.problem import problems
from services.kernel.requests import After, Limit
from services.kernel.store import Conflict
from services.workflow import queries
from services.workflow.api.common import IncidentId, Operator, With
from services.workflow.incidents import StartNotGivenUp, give_up, try_again
from services.workflow.instances.incidents import IncidentNotFound, StillFaulty
from services.workflow.views import cases as views

router = APIRouter(tags=["incidents"])


@router.get("/incidents")
async def list_incidents(deps: With, who: Operator, *, limit: Limit = 50, after: After = None) -> views.IncidentPage:
    """The open incidents, by case number."""
    found, following = await queries.incidents_in_scope(deps, who, limit=limit, after=after)
    shown = [views.incident_view(case, incident) for case in found for incident in case.incidents]
    return views.IncidentPage(incidents=shown, next=following)


@router.post(
    "/incidents/{incident_id}/retry", status_code=204, responses=problems(IncidentNotFound, StillFaulty, Conflict)
)
async def retry(deps: With, who: Operator, incident_id: IncidentId) -> None:
    """Do the kept act again, once its cause is gone."""
    case_no = await queries.case_with_incident(deps, incident_id, who)
    if case_no is None:
        raise IncidentNotFound(incident_id=incident_id)
    await try_again(deps, case_no, incident_id, by=who.code)


@router.post(
    "/incidents/{incident_id}/give-up", status_code=204, responses=problems(IncidentNotFound, StartNotGivenUp, Conflict)
)
async def forget(deps: With, who: Operator, incident_id: IncidentId) -> None:
    """Forget the kept act: a task can then be completed anew, a timer fires again."""
    case_no = await queries.case_with_incident(deps, incident_id, who)
    if case_no is None:
        raise IncidentNotFound(incident_id=incident_id)
    await give_up(deps, case_no, incident_id, by=who.code)
