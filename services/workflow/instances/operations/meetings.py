"""What meetings mean for a case: nothing is signed while one has yet to decide, or its conditions are open (B-48)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.contracts.workflow import MeetingConditionClosed, MeetingResolutionHanded
from services.kernel.problem import Problem
from services.workflow.instances.models import Instance, Task
from services.workflow.instances.resolutions import Condition, Resolution
from services.workflow.instances.turns import Decided

LEADERS: Final = frozenset({"leader_in_charge", "bureau_head"})
"""`permit:decision_body` of a step that a leader signs."""

MEETINGS: Final = frozenset(
    {"division_meeting", "professional_meeting", "bureau_meeting", "office_meeting", "specialist_committee"}
)
"""`permit:decision_body` of a step that waits for a meeting."""

_TURNS_DOWN: Final = frozenset({"refuse", "disagree", "reject", "return", "deny"})
"""A decision that grants nothing: no condition need be fulfilled for it."""


class MeetingUndecided(Problem):
    """A leader cannot sign while a meeting has yet to decide of the same case."""

    status = 409
    code = "meeting-undecided"
    zh = "案件 {case_no} 的“{steps}”还没有作出决定，不能签发"
    en = "case {case_no} cannot be signed: {steps} has yet to decide"
    remedy_zh = "请在会议作出决定并交回后再签发"
    remedy_en = "sign once the decision of the meeting is in"


class ConditionsOpen(Problem):
    """A decision in principle stands once its conditions are closed."""

    status = 409
    code = "meeting-conditions-open"
    zh = "案件 {case_no} 原则通过的条件还没有了结：{conditions}"
    en = "case {case_no} was agreed to in principle, and these conditions are open: {conditions}"
    remedy_zh = "请逐条登记落实情况和依据，再签发；不予许可的不受此限"
    remedy_en = "close each with its evidence, then sign; to refuse needs none of them"


class ConditionUnknown(Problem):
    """The case has no such condition."""

    status = 404
    code = "meeting-condition-unknown"
    zh = "案件 {case_no} 没有会议条件 {condition}"
    en = "case {case_no} has no condition {condition}"
    remedy_zh = "请刷新案件"
    remedy_en = "load the case again"


def check_decided(instance: Instance, task: Task, answers: Mapping[str, Any]) -> None:
    """Raise `MeetingUndecided`, `ConditionsOpen` for a signature that comes too early."""
    if task.decision_body not in LEADERS:
        return
    waiting = [other.name for other in instance.tasks if other.decision_body in MEETINGS]
    if waiting:
        raise MeetingUndecided(case_no=instance.case_no, steps="、".join(waiting))
    left = open_conditions(instance)
    if left and answers.get("decision") not in _TURNS_DOWN:
        raise ConditionsOpen(case_no=instance.case_no, conditions="；".join(each.text for each in left))


def open_conditions(instance: Instance) -> list[Condition]:
    """What meetings asked for and nobody has closed."""
    return [each for one in instance.resolutions for each in one.conditions if each.closed_at is None]


def resolved(
    moved: Decided, task: Task, resolution: Resolution, *, session_id: str, person: str, at: datetime
) -> Decided:
    """The case with what a meeting decided of it, after the process took it."""
    said = MeetingResolutionHanded(
        case_no=moved.instance.case_no,
        task_id=task.task_id,
        element=task.element,
        session_id=session_id,
        body=resolution.body_id,
        held_on=resolution.held_on,
        minutes_no=resolution.minutes_no,
        decision=resolution.decision,
        conditions=tuple(each.text for each in resolution.conditions),
        person=person,
        at=at,
    )
    resolutions = (*moved.instance.resolutions, resolution)
    return Decided(moved.instance.model_copy(update={"resolutions": resolutions}), (*moved.said, said))


def condition_closed(instance: Instance, condition_id: str, *, evidence: str, person: str, at: datetime) -> Decided:
    """The case with a condition fulfilled; the first to close it stands. Raises ConditionUnknown."""
    known = {each.condition_id: each for one in instance.resolutions for each in one.conditions}
    if condition_id not in known:
        raise ConditionUnknown(case_no=instance.case_no, condition=condition_id)
    condition = known[condition_id]
    if condition.closed_at is not None:
        return Decided(instance)
    done = condition.model_copy(update={"closed_by": person, "closed_at": at, "evidence": evidence})
    after = instance.model_copy(update={"resolutions": tuple(_with(one, done) for one in instance.resolutions)})
    said = MeetingConditionClosed(
        case_no=instance.case_no,
        condition_id=condition_id,
        condition=condition.text,
        evidence=evidence,
        person=person,
        at=at,
        left=len(open_conditions(after)),
    )
    return Decided(after, (said,))


def _with(resolution: Resolution, condition: Condition) -> Resolution:
    conditions = tuple(
        condition if each.condition_id == condition.condition_id else each for each in resolution.conditions
    )
    return resolution.model_copy(update={"conditions": conditions})
