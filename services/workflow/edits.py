"""Changing values of a case in an incident: load, let the engine amend, save in one write at its revision."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.store import Conflict
from services.workflow import answers as forms
from services.workflow.acts import TRIES, office_for, pause, went_through
from services.workflow.deps import Deps
from services.workflow.engine.models import EngineFault
from services.workflow.instances import edits
from services.workflow.instances.incidents import IncidentNotFound, incident_of
from services.workflow.instances.models import Incident, Instance, Verb
from services.workflow.instances.records import Edit
from services.workflow.instances.schedules import scheduled
from services.workflow.instances.turns import Decided, Unworkable
from services.workflow.queries import case_with_incident

Change = Callable[[Instance, Incident], Awaitable[Decided]]


class EditImpossible(Problem):
    """The process cannot take the values."""

    status = 409
    code = "edit-impossible"
    zh = "流程不能采用修改后的数据：{reason_zh}"
    en = "the process cannot take these values: {reason}"
    remedy_zh = "请驳回该提议，另行提议"
    remedy_en = "reject it and propose something else"


async def propose(
    deps: Deps,
    incident_id: str,
    *,
    variables: Mapping[str, Any],
    answers: Mapping[str, Any],
    reason: str,
    who: Person,
) -> Instance:
    """Propose other values. Raises IncidentNotFound, EditPending, EditForbidden, AnswersInvalid, Conflict."""
    edit = Edit(
        edit_id=secrets.token_hex(8),
        incident_id=incident_id,
        reason=reason,
        variables=dict(variables),
        answers=dict(answers),
        proposed_by=who.code,
        proposed_at=deps.clock.now(),
    )

    async def change(instance: Instance, incident: Incident) -> Decided:
        await _check_form(deps, instance, incident, edit)
        return edits.proposed(instance, incident, edit)

    return await _change(deps, incident_id, change, who)


async def approve(deps: Deps, incident_id: str, edit_id: str, *, remark: str, who: Person) -> Instance:
    """Approve a proposal: the values are changed in the same write.

    Raises IncidentNotFound, EditNotFound, EditBySame, EditOutdated, EditImpossible, ActRefused, Conflict.
    """
    now = deps.clock.now()

    async def change(instance: Instance, incident: Incident) -> Decided:
        edit = edits.approvable(instance, incident, edit_id, person=who.code)
        amended = await _amended(deps, instance, edit, by=who.code)
        done = edits.applied(amended.instance, edit, by=who.code, remark=remark, at=now)
        return Decided(done.instance, (*amended.said, *done.said))

    return await _change(deps, incident_id, change, who)


async def reject(deps: Deps, incident_id: str, edit_id: str, *, remark: str, who: Person) -> Instance:
    """Reject a proposal; nothing is changed. Raises IncidentNotFound, EditNotFound, Conflict."""
    now = deps.clock.now()

    async def change(instance: Instance, incident: Incident) -> Decided:
        edit = edits.edit_of(instance, incident.incident_id, edit_id)
        return edits.rejected(instance, edit, by=who.code, remark=remark, at=now)

    return await _change(deps, incident_id, change, who)


async def _change(deps: Deps, incident_id: str, change: Change, who: Person) -> Instance:
    case_no = await case_with_incident(deps, incident_id, who)
    if case_no is None:
        raise IncidentNotFound(incident_id=incident_id)
    for attempt in range(TRIES):
        instance, revision = await deps.instances.load(case_no)
        decided = await change(instance, incident_of(instance, incident_id))
        try:
            await deps.instances.save(decided.instance, revision, decided.said)
        except Conflict:
            await pause(attempt)
            continue
        return decided.instance
    raise Conflict(key=case_no)


async def _amended(deps: Deps, instance: Instance, edit: Edit, *, by: str) -> Decided:
    """The case with the variables changed in the process itself; nothing moves on."""
    if not edit.variables:
        return Decided(instance)
    office = await office_for(deps, instance)
    act = edits.amending(edit, actor=by, at=deps.clock.now())
    try:
        done = await went_through(deps, instance, act, office=office)
    except (EngineFault, Unworkable) as fault:
        raise EditImpossible(reason_zh=fault.zh, reason=fault.en) from None
    return Decided(scheduled(done.instance, office), done.said)


async def _check_form(deps: Deps, instance: Instance, incident: Incident, edit: Edit) -> None:
    """Answers put in place of those a person gave must fit the same form. Raises AnswersInvalid."""
    act = edits.answered(incident.act, edit.answers)
    task = instance.task(act.target)
    if not edit.answers or act.verb is not Verb.COMPLETE or task is None or instance.pin is None:
        return
    form = await deps.shelf.form(instance.pin.sha256, task.form or "")
    forms.check(act.payload, form, task=task.name, two_officers=task.two_officers)
