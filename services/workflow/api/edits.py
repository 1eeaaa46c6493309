"""Changing values of a case in an incident, over HTTP: one proposes, another approves; both are kept."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from services.kernel.problem import problems
from services.kernel.requests import Request
from services.kernel.store import Conflict
from services.workflow import edits
from services.workflow.acts import ActRefused
from services.workflow.answers import AnswersInvalid
from services.workflow.api.common import EditApprover, EditId, IncidentId, Operator, Reader, With
from services.workflow.edits import EditImpossible
from services.workflow.history.lines import sees_everything
from services.workflow.instances.edits import EditBySame, EditForbidden, EditNotFound, EditOutdated, EditPending
from services.workflow.instances.incidents import IncidentNotFound, incident_of
from services.workflow.instances.models import Incident, Instance
from services.workflow.instances.records import Edit, EditState
from services.workflow.queries import case_of, case_with_incident

router = APIRouter(tags=["incidents"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class EditEntry(Request, frozen=True):
    """Values by dotted path (`variables`), answers of the act that failed by name (`answers`), and why."""

    variables: Annotated[dict[Name, Any], Field(max_length=50)] = Field(default_factory=dict)
    answers: Annotated[dict[Name, Any], Field(max_length=50)] = Field(default_factory=dict)
    reason: Words


class RemarkEntry(Request, frozen=True):
    """What the one who decides has to say."""

    remark: Words


class EditView(BaseModel, frozen=True):
    """A proposed change, and what came of it."""

    edit_id: str
    incident_id: str
    state: EditState
    reason: str
    variables: dict[str, Any]
    answers: dict[str, Any]
    before: dict[str, Any]
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    remark: str


class IncidentDetail(BaseModel, frozen=True):
    """One incident with the changes proposed for it. `answers` are what the act keeps, for those who work on cases."""

    incident_id: str
    case_no: str
    process_key: str | None
    version: int | None
    element: str
    cause: str
    reason_zh: str
    reason_en: str
    verb: str
    target: str
    actor: str
    opened_at: datetime
    tries: int
    answers: dict[str, Any] | None
    edits: list[EditView]


@router.get("/incidents/{incident_id}", responses=problems(IncidentNotFound))
async def show_incident(deps: With, who: Reader, incident_id: IncidentId) -> IncidentDetail:
    """One open incident: what failed, why, and what is proposed."""
    case_no = await case_with_incident(deps, incident_id, who)
    if case_no is None:
        raise IncidentNotFound(incident_id=incident_id)
    instance = await case_of(deps, case_no, who)
    return _detail(instance, incident_of(instance, incident_id), with_answers=sees_everything(who))


@router.post(
    "/incidents/{incident_id}/edits",
    responses=problems(IncidentNotFound, EditPending, EditForbidden, AnswersInvalid, Conflict),
)
async def propose_edit(deps: With, who: Operator, incident_id: IncidentId, entry: EditEntry) -> EditView:
    """Propose other values, with the reason; another person decides."""
    instance = await edits.propose(
        deps, incident_id, variables=entry.variables, answers=entry.answers, reason=entry.reason, who=who
    )
    return _view(instance.edits[-1])


@router.post(
    "/incidents/{incident_id}/edits/{edit_id}/approve",
    responses=problems(IncidentNotFound, EditNotFound, EditBySame, EditOutdated, EditImpossible, ActRefused, Conflict),
)
async def approve_edit(
    deps: With, who: EditApprover, incident_id: IncidentId, edit_id: EditId, entry: RemarkEntry
) -> EditView:
    """Approve a proposed change; it is made in the same write. The incident can then be retried."""
    instance = await edits.approve(deps, incident_id, edit_id, remark=entry.remark, who=who)
    return _view(next(each for each in instance.edits if each.edit_id == edit_id))


@router.post(
    "/incidents/{incident_id}/edits/{edit_id}/reject", responses=problems(IncidentNotFound, EditNotFound, Conflict)
)
async def reject_edit(
    deps: With, who: EditApprover, incident_id: IncidentId, edit_id: EditId, entry: RemarkEntry
) -> EditView:
    """Reject a proposed change; nothing is changed."""
    instance = await edits.reject(deps, incident_id, edit_id, remark=entry.remark, who=who)
    return _view(next(each for each in instance.edits if each.edit_id == edit_id))


def _detail(instance: Instance, incident: Incident, *, with_answers: bool) -> IncidentDetail:
    pin, act = instance.pin, incident.act
    return IncidentDetail(
        incident_id=incident.incident_id,
        case_no=instance.case_no,
        process_key=pin.process_key if pin else None,
        version=pin.version if pin else None,
        element=incident.element,
        cause=incident.cause,
        reason_zh=incident.zh,
        reason_en=incident.en,
        verb=act.verb,
        target=act.target,
        actor=act.actor,
        opened_at=incident.opened_at,
        tries=incident.tries,
        answers=act.payload if with_answers else None,
        edits=[_view(each) for each in instance.edits if each.incident_id == incident.incident_id],
    )


def _view(edit: Edit) -> EditView:
    return EditView.model_validate(edit.model_dump())
