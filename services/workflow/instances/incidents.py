"""Incidents: an act that the process could not carry out is kept, and tried again when the cause is gone."""

import hashlib
from datetime import datetime

from services.contracts.workflow import IncidentOpened, IncidentResolved
from services.kernel.problem import Problem
from services.workflow.instances.models import Act, Incident, Instance
from services.workflow.instances.turns import Decided


class IncidentNotFound(Problem):
    """No such incident; it may have been resolved."""

    status = 404
    code = "incident-not-found"
    zh = "没有故障 {incident_id}，可能已经处理"
    en = "there is no incident {incident_id}; it may have been resolved"
    remedy_zh = "请刷新故障列表"
    remedy_en = "load the list of incidents again"


class StillFaulty(Problem):
    """The act was tried again and failed again."""

    status = 409
    code = "incident-persists"
    zh = "重试失败：{reason}"
    en = "the retry failed: {reason}"
    remedy_zh = "请先排除原因（流程定义、岗位台账或数据），再重试"
    remedy_en = "remove the cause first (definition, books or data), then retry"


def opened(instance: Instance, act: Act, *, element: str, zh: str, en: str, at: datetime) -> Decided:
    """Keep an act that failed. One that failed before is counted; it is said once."""
    known = instance.incident_about(act.target) if act.target else None
    if known is not None:
        again = known.model_copy(update={"element": element, "zh": zh, "en": en, "tries": known.tries + 1})
        others = tuple(each for each in instance.incidents if each is not known)
        return Decided(instance.model_copy(update={"incidents": (*others, again)}))
    incident = Incident(incident_id=_id_of(instance, act), element=element, zh=zh, en=en, act=act, opened_at=at)
    said = IncidentOpened(
        case_no=instance.case_no,
        incident_id=incident.incident_id,
        element=element or None,
        reason=incident.reason,
        opened_at=at,
    )
    return Decided(instance.model_copy(update={"incidents": (*instance.incidents, incident)}), (said,))


def resolved(instance: Instance, incident: Incident, *, by: str, at: datetime) -> Decided:
    """Close an incident whose act went through, or whose cause has gone by itself."""
    rest = tuple(each for each in instance.incidents if each.incident_id != incident.incident_id)
    said = IncidentResolved(case_no=instance.case_no, incident_id=incident.incident_id, resolved_by=by, resolved_at=at)
    return Decided(instance.model_copy(update={"incidents": rest}), (said,))


def incident_of(instance: Instance, incident_id: str) -> Incident:
    """The open incident of this id; raises `IncidentNotFound`."""
    found = next((each for each in instance.incidents if each.incident_id == incident_id), None)
    if found is None:
        raise IncidentNotFound(incident_id=incident_id)
    return found


def _id_of(instance: Instance, act: Act) -> str:
    """An id that the same failure of the same act always gets, however often it is handled."""
    named = f"{instance.case_no}/{act.verb}/{act.target}/{act.at.isoformat()}"
    return hashlib.sha256(named.encode()).hexdigest()[:20]
