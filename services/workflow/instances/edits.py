"""Changing values of a case so that an incident can be mended: one person proposes, another approves."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.contracts.workflow import IncidentEditDecided, IncidentEditProposed
from services.kernel.problem import Problem
from services.workflow.instances.models import Act, Incident, Instance, Verb
from services.workflow.instances.records import Edit, EditState
from services.workflow.instances.turns import Decided

_PATH: Final = re.compile(r"[^\W\d]\w*(\.\w+){0,9}")
_NAME: Final = re.compile(r"[^\W\d][\w-]*")
_OURS: Final = "case"
_FACTS: Final = "case.facts."
_ANSWERS: Final = "answers."


class EditNotFound(Problem):
    """No such proposal, or it was decided."""

    status = 404
    code = "edit-not-found"
    zh = "没有待批的数据修改提议 {edit_id}"
    en = "no change {edit_id} is proposed (any more)"
    remedy_zh = "请刷新故障"
    remedy_en = "load the incident again"


class EditPending(Problem):
    """A change is proposed already; it has to be decided first."""

    status = 409
    code = "edit-pending"
    zh = "该故障已有待批的修改提议 {edit_id}"
    en = "a change {edit_id} is proposed for this incident already"
    remedy_zh = "请先批准或驳回该提议"
    remedy_en = "approve or reject it first"


class EditForbidden(Problem):
    """A value that nobody may change so, or nothing to change at all."""

    status = 422
    code = "edit-forbidden"
    zh = "不能修改“{path}”：{reason_zh}"
    en = "{path!r} cannot be changed: {reason}"
    remedy_zh = "请核对路径；可修改流程变量、case.facts.* 和未生效的答复"
    remedy_en = "check the path; variables of the process, case.facts.* and the answers kept can be changed"


class EditBySame(Problem):
    """Who proposes a change does not approve it."""

    status = 403
    code = "edit-four-eyes"
    zh = "数据修改不能由提议人自己批准"
    en = "who proposed the change cannot approve it"
    remedy_zh = "请由另一名有权人员批准"
    remedy_en = "let another person approve it"


class EditOutdated(Problem):
    """The values are not those that the change was proposed for."""

    status = 409
    code = "edit-outdated"
    zh = "“{path}”在提议之后已变化，提议不再适用"
    en = "{path!r} has changed since the proposal"
    remedy_zh = "请驳回该提议，按现状重新提议"
    remedy_en = "reject it and propose anew"


def proposed(instance: Instance, incident: Incident, edit: Edit) -> Decided:
    """Keep a proposal. Raises `EditPending`, `EditForbidden`."""
    pending = pending_edit(instance, incident.incident_id)
    if pending is not None:
        raise EditPending(edit_id=pending.edit_id)
    _check_paths(instance, incident, edit)
    kept = edit.model_copy(update={"before": _now(instance, incident, edit)})
    said = IncidentEditProposed(
        case_no=instance.case_no,
        incident_id=incident.incident_id,
        edit_id=kept.edit_id,
        variables=kept.variables,
        answers=kept.answers,
        before=kept.before,
        person=kept.proposed_by,
        reason=kept.reason,
        at=kept.proposed_at,
    )
    return Decided(instance.model_copy(update={"edits": (*instance.edits, kept)}), (said,))


def approvable(instance: Instance, incident: Incident, edit_id: str, *, person: str) -> Edit:
    """The proposal, if the person may approve it now. Raises `EditNotFound`, `EditBySame`, `EditOutdated`."""
    edit = edit_of(instance, incident.incident_id, edit_id)
    if edit.proposed_by == person:
        raise EditBySame
    now = _now(instance, incident, edit)
    for path, value in edit.before.items():
        if now[path] != value:
            raise EditOutdated(path=path)
    return edit


def amending(edit: Edit, *, actor: str, at: datetime) -> Act:
    """What is asked of the process."""
    return Act(verb=Verb.AMEND, payload=edit.variables, actor=actor, at=at)


def applied(instance: Instance, edit: Edit, *, by: str, remark: str, at: datetime) -> Decided:
    """The variables are changed: so are the answers kept, and the proposal is decided."""
    incidents = tuple(
        each.model_copy(update={"act": answered(each.act, edit.answers)})
        if each.incident_id == edit.incident_id
        else each
        for each in instance.incidents
    )
    return _decided(instance.model_copy(update={"incidents": incidents}), edit, EditState.APPLIED, by, remark, at)


def rejected(instance: Instance, edit: Edit, *, by: str, remark: str, at: datetime) -> Decided:
    """The proposal is dropped, by another or by who made it; it stays on record."""
    return _decided(instance, edit, EditState.REJECTED, by, remark, at)


def edit_of(instance: Instance, incident_id: str, edit_id: str) -> Edit:
    """The proposal of this id that is not decided; raises `EditNotFound`."""
    edit = pending_edit(instance, incident_id)
    if edit is None or edit.edit_id != edit_id:
        raise EditNotFound(edit_id=edit_id)
    return edit


def pending_edit(instance: Instance, incident_id: str) -> Edit | None:
    """What is proposed for an incident and not decided."""
    found = (each for each in instance.edits if each.incident_id == incident_id)
    return next((each for each in found if each.state is EditState.PROPOSED), None)


def answered(act: Act, answers: Mapping[str, Any]) -> Act:
    """The act kept, with other answers; an answer that is null is taken away."""
    payload = {name: value for name, value in {**act.payload, **answers}.items() if value is not None}
    return act.model_copy(update={"payload": payload}) if answers else act


def _check_paths(instance: Instance, incident: Incident, edit: Edit) -> None:
    if not edit.variables and not edit.answers:
        raise EditForbidden(path="", reason="nothing is to be changed", reason_zh="没有要修改的内容")
    if edit.variables and not instance.state:
        raise EditForbidden(
            path=next(iter(edit.variables)), reason="the process has not started", reason_zh="流程尚未启动"
        )
    for path in edit.variables:
        if not _PATH.fullmatch(path):
            raise EditForbidden(path=path, reason="this is no path of a variable", reason_zh="不是变量路径")
        if path.partition(".")[0] == _OURS and not path.startswith(_FACTS):
            raise EditForbidden(path=path, reason="it identifies the case", reason_zh="属于案件标识")
    for name in edit.answers:
        if not _NAME.fullmatch(name):
            raise EditForbidden(path=name, reason="this is no name of an answer", reason_zh="不是答复字段名")
    if edit.answers and incident.act.verb not in (Verb.COMPLETE, Verb.ANSWER, Verb.MESSAGE, Verb.SIGNAL):
        name = next(iter(edit.answers))
        raise EditForbidden(path=name, reason="the incident keeps no answers", reason_zh="该故障没有保存的答复")


def _now(instance: Instance, incident: Incident, edit: Edit) -> dict[str, Any]:
    """What stands now where the proposal would change something."""
    variables = {path: _value_at(instance.data, path) for path in edit.variables}
    return variables | {_ANSWERS + name: incident.act.payload.get(name) for name in edit.answers}


def _value_at(data: Any, path: str) -> Any:  # noqa: ANN401 - variables of a process hold anything
    for part in path.split("."):
        match data:
            case Mapping():
                data = data.get(part)
            case list() if part.isdecimal() and int(part) < len(data):
                data = data[int(part)]
            case _:
                return None
    return data


def _decided(instance: Instance, edit: Edit, state: EditState, by: str, remark: str, at: datetime) -> Decided:
    known = edit.model_copy(update={"state": state, "decided_by": by, "decided_at": at, "remark": remark})
    edits = tuple(known if each.edit_id == edit.edit_id else each for each in instance.edits)
    said = IncidentEditDecided(
        case_no=instance.case_no,
        incident_id=edit.incident_id,
        edit_id=edit.edit_id,
        approved=state is EditState.APPLIED,
        proposed_by=edit.proposed_by,
        person=by,
        remark=remark,
        at=at,
    )
    return Decided(instance.model_copy(update={"edits": edits}), (said,))
