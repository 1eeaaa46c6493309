"""Incidents: an act that the process could not carry out is kept, and tried again when the cause is gone."""

import hashlib
import re
from datetime import datetime
from typing import Final

from services.contracts.workflow import IncidentOpened, IncidentResolved, IncidentRetried
from services.kernel.problem import Problem
from services.workflow.instances.models import Act, Incident, Instance, Status, Verb
from services.workflow.instances.records import Ending, Mended
from services.workflow.instances.turns import Decided

_VARYING: Final = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’|[0-9a-f]{8,}(?:-[0-9a-f]+)*|[0-9]+", re.IGNORECASE)
"""What differs between failures of one cause: quoted values, ids, numbers."""


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
    known = next((each for each in instance.incidents if _is_same(each.act, act)), None)
    if known is not None:
        return Decided(_counted(instance, known, element=element, zh=zh, en=en))
    incident = Incident(
        incident_id=_id_of(instance, act), element=element, zh=zh, en=en, act=act, opened_at=at, cause=cause_of(en)
    )
    said = IncidentOpened(
        case_no=instance.case_no,
        incident_id=incident.incident_id,
        element=element or None,
        reason=incident.reason,
        opened_at=at,
        cause=incident.cause,
    )
    return Decided(instance.model_copy(update={"incidents": (*instance.incidents, incident)}), (said,))


def failed_again(
    instance: Instance, incident: Incident, *, element: str, zh: str, en: str, by: str, at: datetime
) -> Decided:
    """Somebody tried the kept act again, in vain: the incident bears the newest reason, and the try is said."""
    after = _counted(instance, incident, element=element, zh=zh, en=en)
    again = incident_of(after, incident.incident_id)
    said = IncidentRetried(
        case_no=instance.case_no,
        incident_id=again.incident_id,
        element=element or None,
        reason=again.reason,
        cause=again.cause,
        person=by,
        tries=again.tries,
        at=at,
    )
    return Decided(after, (said,))


def resolved(instance: Instance, incident: Incident, how: Ending, *, by: str, at: datetime) -> Decided:
    """Close an incident whose act went through, whose cause has gone by itself, or which is given up."""
    rest = tuple(each for each in instance.incidents if each.incident_id != incident.incident_id)
    mended = Mended(
        incident_id=incident.incident_id,
        element=incident.element,
        cause=incident.cause,
        target=incident.act.target,
        opened_at=incident.opened_at,
        resolved_at=at,
        resolved_by=by,
        tries=incident.tries,
        how=how,
    )
    said = IncidentResolved(
        case_no=instance.case_no, incident_id=incident.incident_id, resolved_by=by, resolved_at=at, how=how
    )
    after = instance.model_copy(update={"incidents": rest, "mended": (*instance.mended, mended)})
    return Decided(after, (said,))


def incident_of(instance: Instance, incident_id: str) -> Incident:
    """The open incident of this id; raises `IncidentNotFound`."""
    found = next((each for each in instance.incidents if each.incident_id == incident_id), None)
    if found is None:
        raise IncidentNotFound(incident_id=incident_id)
    return found


def is_carried_out(instance: Instance, incident: Incident) -> bool:
    """Whether what the incident kept has really happened, by the look of the case and not by what a retry answered.

    A completed task is closed as completed, an answered request and a fired timer wait no more, a started case runs.
    """
    if any(each.incident_id == incident.incident_id for each in instance.incidents):
        return False
    target = incident.act.target
    match incident.act.verb:
        case Verb.COMPLETE:
            closed = instance.closed_task(target)
            return closed is not None and closed.completed
        case Verb.START:
            return instance.status is not Status.WAITING
        case Verb.ANSWER | Verb.FAIL:
            return all(each.task_id != target for each in instance.external)
        case Verb.FIRE:
            return all(each.timer_id != target for each in instance.timers)
        case _:
            return any(each.incident_id == incident.incident_id and each.how is Ending.DONE for each in instance.mended)


def cause_of(reason: str) -> str:
    """The same for reasons that differ in numbers, ids and quoted values only."""
    plain = _VARYING.sub("#", reason.lower())
    return hashlib.sha256(" ".join(plain.split()).encode()).hexdigest()[:12]


def _counted(instance: Instance, known: Incident, *, element: str, zh: str, en: str) -> Instance:
    changes = {"element": element, "zh": zh, "en": en, "tries": known.tries + 1, "cause": cause_of(en)}
    again = known.model_copy(update=changes)
    others = tuple(each for each in instance.incidents if each.incident_id != known.incident_id)
    return instance.model_copy(update={"incidents": (*others, again)})


def _is_same(known: Act, act: Act) -> bool:
    """Whether an act was kept before. Of one signal thrown twice each is an act of its own."""
    return bool(act.target) and (known.target, known.origin) == (act.target, act.origin)


def _id_of(instance: Instance, act: Act) -> str:
    """An id that the same failure of the same act always gets, however often it is handled."""
    named = f"{instance.case_no}/{act.verb}/{act.target}/{act.at.isoformat()}{act.origin and '/'}{act.origin}"
    return hashlib.sha256(named.encode()).hexdigest()[:20]
