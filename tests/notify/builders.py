"""What the other services say, and who works here, for the messenger's tests."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from services.contracts.intake import ContactGiven
from services.contracts.registry import PersonChanged
from services.contracts.supervision import BulletinPublished, LightChanged
from services.contracts.words import Attendance, ClockKind, Light, Outcome, Role, StepKind
from services.contracts.workflow import (
    CaseAccepted,
    CaseEnded,
    DecisionDropped,
    DecisionKept,
    IncidentOpened,
    MilestoneReached,
    TaskCancelled,
    TaskCompleted,
    TaskOpened,
)
from services.kernel.identity import Person

NOW: Final = datetime(2017, 4, 21, 7, 30, tzinfo=UTC)
CASE: Final = "51200020170421PT0500017"
TASK: Final = "6f0e8f0a-5a3c-4a0e-9d51-6b1f0a7f0001"
PHONE: Final = "13912345678"
OUT: Final = Attendance.OUT_OF_OFFICE

LEADER: Final = Person(code="u.leader", name="何某", roles=frozenset({Role.LEADER}), department="D00")
LEADER2: Final = Person(code="u.leader2", name="吕某", roles=frozenset({Role.LEADER}), department="D00")
HANDLER: Final = Person(code="u.handler.d06", name="李某", roles=frozenset({Role.OFFICER}), department="D06")
OPERATOR: Final = Person(code="u.ops", name="金某", roles=frozenset({Role.OPERATOR}), department="D11")
SUPERVISOR: Final = Person(code="u.supervisor", name="孔某", roles=frozenset({Role.SUPERVISOR}), department="D02")

_ROLES: Final[Mapping[str, Role]] = {
    "u.leader": Role.LEADER,
    "u.leader2": Role.LEADER,
    "u.ops": Role.OPERATOR,
    "u.supervisor": Role.SUPERVISOR,
}


def person(code: str, *posts: str, **changes: Any) -> PersonChanged:
    """A person as the registry has them."""
    usual: dict[str, Any] = {
        "code": code,
        "name": "某某",
        "department": posts[0].partition("@")[2] if posts else "D00",
        "posts": posts,
        "roles": (_ROLES.get(code, Role.OFFICER),),
        "deputy": None,
        "attendance": Attendance.ON_DUTY,
        "phone": "13800000019",
        "mail": f"{code}@guihua.example",
        "chat": code,
        "active": True,
        "changed_at": NOW,
    }
    return PersonChanged.model_validate({**usual, **changes})


def leader(**changes: Any) -> PersonChanged:
    """The leader in charge."""
    return person("u.leader", "P09@D00", **changes)


def contact(case_no: str = CASE, phone: str = PHONE) -> ContactGiven:
    return ContactGiven(
        case_no=case_no, name="张某", phone=phone, title="张某住宅", expected_collection_on=date(2017, 5, 12)
    )


def accepted(case_no: str = CASE) -> CaseAccepted:
    return CaseAccepted(
        case_no=case_no,
        accepted_on=date(2017, 4, 24),
        deemed=False,
        promised_due_on=date(2017, 5, 12),
        statutory_due_on=date(2017, 5, 23),
        provisional=False,
    )


def ready(case_no: str = CASE) -> MilestoneReached:
    return MilestoneReached(case_no=case_no, milestone="ready_for_delivery", name="待出件", reached_at=NOW, facts={})


def ended(case_no: str = CASE) -> CaseEnded:
    return CaseEnded(case_no=case_no, outcome=Outcome.GRANTED, end_element="End", ended_at=NOW)


def opened(**changes: Any) -> TaskOpened:
    """A step for the leader in charge that may be decided by link."""
    usual: dict[str, Any] = {
        "case_no": CASE,
        "task_id": TASK,
        "element": "Task_LeaderApproval",
        "name": "分管领导审批",
        "name_en": "Approval",
        "kind": StepKind.HUMAN,
        "post": "P09",
        "department": "D00",
        "assignee": None,
        "title": "后西街科技景观",
        "opened_at": NOW,
        "due_on": date(2017, 4, 24),
        "quick_approval": True,
    }
    return TaskOpened.model_validate({**usual, **changes})


def ordinary(**changes: Any) -> TaskOpened:
    """A step for the handlers of D06, to be done at the desk."""
    desk = {"post": "P04", "department": "D06", "name": "经办审查", "quick_approval": False}
    return opened(**{**desk, **changes})


def _decision() -> dict[str, Any]:
    return {
        "case_no": CASE,
        "task_id": TASK,
        "element": "Task_LeaderApproval",
        "name": "分管领导审批",
        "person": "u.leader",
        "at": NOW,
        "title": "后西街科技景观",
        "decided_at": NOW,
        "recipients": ("u.leader",),
    }


def decision_kept() -> DecisionKept:
    """The decision by link came while the case was suspended."""
    return DecisionKept(**_decision(), suspended_by="u.head")


def decision_dropped(*, reason: str) -> DecisionDropped:
    """It did not fit any more when the case was resumed."""
    return DecisionDropped(**_decision(), reason=reason)


def completed(**changes: Any) -> TaskCompleted:
    usual: dict[str, Any] = {
        "case_no": CASE,
        "task_id": TASK,
        "element": "Task_LeaderApproval",
        "name": "分管领导审批",
        "post": "P09",
        "department": "D00",
        "person": "u.leader",
        "completed_at": NOW,
        "completed_on": NOW.date(),
        "due_on": None,
        "overdue_workdays": 0,
        "channel": "desk",
        "signature": None,
        "saved_workdays": 0,
        "alternative_on": None,
        "answers": {},
    }
    return TaskCompleted.model_validate({**usual, **changes})


def cancelled(task_id: str = TASK) -> TaskCancelled:
    return TaskCancelled(case_no=CASE, task_id=task_id, element="Task_LeaderApproval", cancelled_at=NOW)


def red(*recipients: str, case_no: str = CASE) -> LightChanged:
    return LightChanged(
        case_no=case_no,
        title="后西街科技景观",
        clock_id="step:1",
        kind=ClockKind.STEP,
        name="经办审查",
        light=Light.RED,
        was=Light.YELLOW,
        case_light=Light.RED,
        rule="SL-01",
        rule_version=1,
        department="D06",
        person="u.handler.d06",
        due_on=date(2017, 4, 24),
        overdue_workdays=1,
        changed_at=NOW,
        recipients=recipients,
    )


def bulletin(*recipients: str) -> BulletinPublished:
    return BulletinPublished(
        bulletin_id="2017-01",
        year=2017,
        issue=1,
        heading="督查通报 2017年第1期",
        text="某科室超过两周未办结。",
        case_nos=(CASE,),
        departments=("D06",),
        published_at=NOW,
        published_by="u.head",
        recipients=recipients,
    )


def incident() -> IncidentOpened:
    return IncidentOpened(case_no=CASE, incident_id="i1", element="Task_X", reason="坏了", opened_at=NOW)
