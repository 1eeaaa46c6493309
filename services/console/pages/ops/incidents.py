"""Incidents of the process (X2): by cause, one by one, with changes of data that a second person approves."""

import json
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Response

from services.console.backends import Refused
from services.console.pages.ops.retries import OUTCOMES, STAGES, Name, Operator
from services.console.pages.paging import whole
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.CASE_READ))]
Approver = Annotated[Visit, Depends(holding(Permission.EDIT_APPROVE))]
IncidentId = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$")]
Words = Annotated[str, Form(max_length=20_000)]

EDITS: Final = {"proposed": "待批准", "applied": "已批准并修改", "rejected": "已驳回"}
_SHOWN: Final = 200
_FIELDS: Final = 4
"""How many values the form takes in one proposal."""
_MENDABLE: Final = frozenset({403, 409, 422})


@router.get("/ops/incidents")
async def groups(visit: Operator) -> Response:
    """Open incidents by cause, and the newest retries."""
    found = await visit.api.get("workflow", "/incidents/groups")
    retries = await visit.api.get("workflow", "/incidents/retries", limit=10)
    people = await visit.deps.books.names()
    return visit.page(
        "ops/incidents.html", groups=found, retries=retries, stages=STAGES, outcomes=OUTCOMES, people=people
    )


@router.get("/ops/incidents/groups/{group}")
async def group(visit: Operator, group: Name) -> Response:
    """The incidents of one cause."""
    found = await visit.api.get("workflow", f"/incidents/groups/{group}", limit=_SHOWN)
    known = {one["incident_id"]: one for one in await whole(visit.api, "workflow", "/incidents", "incidents")}
    rows = [known[name] for name in found["incidents"] if name in known]
    return visit.page("ops/incident_group.html", group=found, incidents=rows)


@router.get("/ops/incidents/{incident_id}")
async def incident(visit: Reader, incident_id: IncidentId) -> Response:
    """One incident: what failed, why, and the changes proposed for its case."""
    return await _page(visit, incident_id)


@router.post("/ops/incidents/{incident_id}/give-up")
async def give_up(visit: Operator, incident_id: IncidentId) -> Response:
    """Forget the act that failed; its step can be done anew."""
    try:
        await visit.api.post("workflow", f"/incidents/{incident_id}/give-up")
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        return await _page(visit, incident_id, refused=refused)
    return visit.see("/ops/incidents")


@router.post("/ops/incidents/{incident_id}/edits")
async def propose(visit: Operator, incident_id: IncidentId) -> Response:
    """Propose other values; another person decides."""
    form = await visit.request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    body = {
        "variables": _values(typed, "variable"),
        "answers": _values(typed, "answer"),
        "reason": typed.get("reason", ""),
    }
    try:
        await visit.api.post("workflow", f"/incidents/{incident_id}/edits", body)
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        return await _page(visit, incident_id, typed=typed, refused=refused)
    return visit.see(f"/ops/incidents/{incident_id}")


@router.post("/ops/incidents/{incident_id}/edits/{edit_id}")
async def decide(
    visit: Approver,
    incident_id: IncidentId,
    edit_id: Name,
    verb: Annotated[str, Form(pattern=r"^(approve|reject)$")],
    remark: Words = "",
) -> Response:
    """Approve or reject a proposed change."""
    try:
        await visit.api.post("workflow", f"/incidents/{incident_id}/edits/{edit_id}/{verb}", {"remark": remark})
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        return await _page(visit, incident_id, typed={"remark": remark}, refused=refused)
    return visit.see(f"/ops/incidents/{incident_id}")


def _values(typed: dict[str, str], kind: str) -> dict[str, Any]:
    """The values of one kind that were typed: JSON where they are JSON, else text."""
    found = {}
    for number in range(_FIELDS):
        name = typed.get(f"name{number}", "").strip()
        if name and typed.get(f"kind{number}") == kind:
            found[name] = _value(typed.get(f"value{number}", "").strip())
    return found


def _value(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


async def _page(
    visit: Visit, incident_id: str, *, typed: dict[str, str] | None = None, refused: Refused | None = None
) -> Response:
    return visit.page(
        "ops/incident.html",
        status=refused.status if refused else 200,
        incident=await visit.api.get("workflow", f"/incidents/{incident_id}"),
        edits=EDITS,
        plain=partial(json.dumps, ensure_ascii=False),
        fields=_FIELDS,
        typed=typed or {},
        people=await visit.deps.books.names(),
        refusal=refused.problem if refused else None,
    )
