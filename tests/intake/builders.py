"""The people, papers and events of the tests, each with a sensible whole and room for one difference."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.contracts.events import Said
from services.contracts.supervision import LightChanged
from services.contracts.words import ClockKind, HoldGround, Light, Outcome, Role, StepKind
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    CaseStarted,
    DefinitionActivated,
    ExpectedDateMoved,
    ExternalRequested,
    Item,
    MilestoneReached,
    RequiredDocument,
    Situation,
    TaskCancelled,
    TaskCompleted,
    TaskOpened,
    TimerHeld,
    TimerResumed,
    WithdrawalRefused,
)
from services.intake.applications import Application
from services.intake.cases import Case, Registration, receive
from services.intake.moments import Moment
from services.intake.submissions import Submission
from services.kernel.identity import Person
from services.kernel.seals import Seals

NUMBER = "51200020261123PT0500017"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, ten in the morning in the office
TODAY = date(2026, 11, 23)
MOMENT = Moment(at=NOW, on=TODAY, wall=NOW)
SEALS = Seals.of("a key for tests only: at least 32 characters", service="intake")

RESIDENT = "512002200001010018"
STRANGER = "11010119491001001X"
COMPANY = "91512000MADEM00463"

CLERK = Person(code="u.window", name="周某", roles=frozenset({Role.CLERK}), department="D09")
HANDLER = Person(code="u.handler.d06", name="钱某", roles=frozenset({Role.OFFICER}), department="D06")
FOREIGN = Person(code="u.handler.d08", name="孙某", roles=frozenset({Role.OFFICER}), department="D08")
SUPERVISOR = Person(code="u.supervisor", name="吴某", roles=frozenset({Role.SUPERVISOR}), department="D02")
TOWN = Person(code="u.town.window", name="郑某", roles=frozenset({Role.CLERK}), department="T01", township=True)

WORKS = Item(
    code="PT-05",
    name="建设工程规划许可证核发",
    name_en="Works planning permit",
    department="D06",
    legal_basis=("城乡规划法 §40",),
    statutory_workdays=20,
    acceptance_workdays=5,
    township_first=False,
    situations=(
        Situation(code="building", name="建筑工程", name_en="Building", promised_workdays=7),
        Situation(code="dilapidated", name="危房重建", name_en="Rebuilding", promised_workdays=10),
    ),
    documents=(
        RequiredDocument(
            code="PT05-01",
            name="申请表",
            name_en="Application form",
            situations=(),
            mandatory=True,
            basis="城乡规划法 §40",
        ),
        RequiredDocument(
            code="PT05-02",
            name="土地使用证明",
            name_en="Proof of land use",
            situations=("building",),
            mandatory=True,
            basis="城乡规划法 §40",
        ),
        RequiredDocument(
            code="PT05-03",
            name="危房鉴定报告",
            name_en="Dilapidation report",
            situations=("dilapidated",),
            mandatory=True,
            basis="城市危险房屋管理规定 §7",
        ),
        RequiredDocument(
            code="PT05-04",
            name="效果图",
            name_en="Renderings",
            situations=(),
            mandatory=False,
            basis="办事指南",
        ),
    ),
)

RURAL = WORKS.model_copy(
    update={"code": "PT-06", "name": "乡村建设规划许可证核发", "department": "D08", "township_first": True}
)


def application(**changes: object) -> Application:
    """A complete application for a building."""
    return Application.model_validate(application_json(**changes))


def application_json(**changes: object) -> dict[str, Any]:
    """The same as a request body."""
    return {
        "item_code": "PT-05",
        "situation": "building",
        "title": "雁城科技产业园二期标准厂房",
        "applicant": {
            "kind": "organisation",
            "name": "示例开发有限公司",
            "id_no": COMPANY,
            "phone": "13800000001",
            "agent": {"name": "刘某", "id_no": RESIDENT},
        },
        "facts": {"floor_area_m2": 12000, "is_key_project": False},
        "documents": [
            {"code": "PT05-01", "originals": 1},
            {"code": "PT05-02", "copies": 2},
        ],
        **changes,
    }


def activated(item: Item = WORKS, *, version: int = 1) -> DefinitionActivated:
    """The process of an item in force."""
    return DefinitionActivated(
        process_key=item.code.lower(),
        version=version,
        sha256="0" * 64,
        activated_at=NOW,
        activated_by="u.it",
        item=item,
    )


def received(**changes: object) -> Case:
    """A case as the window keeps it after receiving `application`."""
    entry = application(**changes)
    at = Registration(
        case_no=NUMBER,
        submission=Submission(digest="first", fingerprint="f"),
        password_hash="hash",
        township_name=None,
        received_on=TODAY,
        expected_collection_on=date(2026, 12, 3),
        now=MOMENT,
    )
    situation = next(each for each in WORKS.situations if each.code == entry.situation)
    case, _ = receive(entry, WORKS, situation, who=CLERK, at=at, seals=SEALS)
    return case


def started(no: str = NUMBER) -> CaseStarted:
    return CaseStarted(
        case_no=no,
        item_code="PT-05",
        situation="building",
        title="t",
        process_key="pt-05",
        version=1,
        department="D06",
        township=None,
    )


def accepted(no: str = NUMBER, *, due: date = date(2026, 12, 2)) -> CaseAccepted:
    return CaseAccepted(
        case_no=no,
        accepted_on=TODAY,
        deemed=False,
        promised_due_on=due,
        statutory_due_on=date(2026, 12, 21),
        provisional=False,
    )


def moved(no: str = NUMBER, *, due: date = date(2026, 12, 9)) -> ExpectedDateMoved:
    return ExpectedDateMoved(case_no=no, was_due_on=date(2026, 12, 2), promised_due_on=due, reason="专家评审")


def decided(no: str = NUMBER) -> CaseDecided:
    return CaseDecided(
        case_no=no,
        outcome=Outcome.GRANTED,
        decided_on=TODAY,
        decided_by="u.head",
        promised_overdue_workdays=0,
        statutory_overdue_workdays=0,
    )


def ready(no: str = NUMBER, *, milestone: str = "ready_for_delivery") -> MilestoneReached:
    return MilestoneReached(case_no=no, milestone=milestone, name="待送达", reached_at=NOW, facts={})


def ended(no: str = NUMBER, *, outcome: Outcome = Outcome.GRANTED) -> CaseEnded:
    return CaseEnded(case_no=no, outcome=outcome, end_element="end", ended_at=NOW)


def withdrawn_too_late(no: str = NUMBER) -> WithdrawalRefused:
    return WithdrawalRefused(
        case_no=no,
        code="case-is-decided",
        reason_zh="已作出决定",
        reason_en="it is decided",
        requested_at=NOW,
        at=NOW,
    )


def opened(
    no: str = NUMBER,
    *,
    task: str = "t1",
    name: str = "科室审核",
    department: str = "D06",
    kind: StepKind = StepKind.HUMAN,
    after: int = 0,
) -> TaskOpened:
    return TaskOpened(
        case_no=no,
        task_id=task,
        element="review",
        name=name,
        name_en="Section review",
        kind=kind,
        post="P06",
        department=department,
        assignee=None,
        title="t",
        opened_at=NOW + timedelta(minutes=after),
        due_on=None,
        quick_approval=False,
    )


def asked_outside(no: str = NUMBER, *, task: str = "x1", name: str = "取电子监管号") -> ExternalRequested:
    return ExternalRequested(
        case_no=no,
        task_id=task,
        topic="certificate-number",
        element="number",
        name=name,
        requested_at=NOW,
        variables={},
    )


def completed(no: str = NUMBER, *, task: str = "t1", name: str = "科室审核") -> TaskCompleted:
    return TaskCompleted(
        case_no=no,
        task_id=task,
        element="review",
        name=name,
        post="P06",
        department="D06",
        person="u.chief.d06",
        completed_at=NOW,
        completed_on=TODAY,
        due_on=None,
        overdue_workdays=0,
        channel="desk",
        signature=None,
        saved_workdays=0,
        alternative_on=None,
        answers={},
    )


def cancelled(no: str = NUMBER, *, task: str = "t1") -> TaskCancelled:
    return TaskCancelled(case_no=no, task_id=task, element="review", cancelled_at=NOW)


def _timer(no: str, kind: ClockKind, clock_id: str) -> dict[str, Any]:
    return {
        "case_no": no,
        "title": "t",
        "item_code": "PT-05",
        "clock_id": clock_id,
        "kind": kind,
        "name": "承诺时限",
        "element": None,
        "post": None,
        "department": "D06",
        "person": None,
        "light_rules": (),
        "limit_workdays": 7,
        "started_on": TODAY,
        "due_on": date(2026, 12, 2),
        "due_at": NOW,
        "provisional": False,
    }


def held(
    no: str = NUMBER,
    *,
    kind: ClockKind = ClockKind.PROMISED,
    ground: HoldGround = HoldGround.EXPERT_REVIEW,
    clock_id: str = "",
) -> TimerHeld:
    return TimerHeld(
        **_timer(no, kind, clock_id or kind.value),
        held_at=NOW,
        ground=ground,
        basis="行政许可法 §45",
        notice_no="专评〔2026〕1号",
    )


def resumed(no: str = NUMBER, *, kind: ClockKind = ClockKind.PROMISED, clock_id: str = "") -> TimerResumed:
    return TimerResumed(
        **_timer(no, kind, clock_id or kind.value), resumed_at=NOW, was_due_on=date(2026, 12, 2), held_workdays=3
    )


def lit(no: str = NUMBER, *, light: Light = Light.YELLOW) -> LightChanged:
    return LightChanged(
        case_no=no,
        title="t",
        clock_id="promised",
        kind=ClockKind.PROMISED,
        name="承诺时限",
        light=light,
        was=Light.GREEN,
        case_light=light,
        rule="SL-01",
        rule_version=1,
        department="D06",
        person=None,
        due_on=date(2026, 12, 2),
        overdue_workdays=0,
        changed_at=NOW,
        recipients=(),
    )


def story() -> list[Said]:
    """Everything that may be said of one case from start to end, in order."""
    return [
        started(),
        opened(),
        accepted(),
        held(),
        held(kind=ClockKind.STATUTORY),
        lit(),
        resumed(),
        resumed(kind=ClockKind.STATUTORY),
        moved(),
        completed(),
        opened(task="t2", name="分管领导审核", department="D00", after=1),
        cancelled(task="t2"),
        decided(),
        withdrawn_too_late(),
        asked_outside(),
        ready(),
        opened(task="t3", name="送达", department="D09", kind=StepKind.RECEIVE, after=2),
        completed(task="t3", name="送达"),
        lit(light=Light.RED),
        ended(),
    ]
