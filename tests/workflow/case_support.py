"""Cases as rule tests want them: an office with books, and steps as an engine would give them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from services.contracts.events import Said
from services.contracts.intake import CaseReceived
from services.contracts.registry import DepartmentChanged, PersonChanged, PostChanged
from services.contracts.words import Attendance, Role, StepKind
from services.workflow.books import Books
from services.workflow.clocks.grounds import Policy
from services.workflow.engine.models import ArmedTimer, Ended, ExternalTask, OpenTask, Passed, Step
from services.workflow.instances.models import Act, Instance, Pin, Terms, Verb
from services.workflow.instances.moving import moved, pinned, registered
from services.workflow.offices import Office
from tests.workflow.clock_support import TIME, at

CASE_NO = "51200020260917PT0500001"
LONG_AGO = at("2026-01-05")


def post(code: str, *departments: str) -> PostChanged:
    return PostChanged(
        code=code,
        name=f"{code}岗",
        name_en=code,
        duty="",
        may_decide="",
        limit_workdays=None,
        departments=departments,
        changed_at=LONG_AGO,
    )


def department(code: str, *, township: bool = False) -> DepartmentChanged:
    return DepartmentChanged(
        code=code, name=f"{code}科", name_en=code, leader_in_charge=None, township=township, changed_at=LONG_AGO
    )


def person(
    code: str,
    *posts: str,
    deputy: str | None = None,
    attendance: Attendance = Attendance.ON_DUTY,
) -> PersonChanged:
    return PersonChanged(
        code=code,
        name=f"{code}某",
        department=posts[0].partition("@")[2] if posts else "D06",
        posts=posts,
        roles=(Role.OFFICER,),
        deputy=deputy,
        attendance=attendance,
        phone="",
        mail="",
        chat=None,
        active=True,
        changed_at=LONG_AGO,
    )


def books(*people: PersonChanged) -> Books:
    posts = (
        post("P03", "D09"),
        post("P04", "D05", "D06", "D08"),
        post("P08", "D06"),
        post("P09", "D06", "D08"),
        post("P11", "D00"),
        post("P22", "T01", "T02"),
    )
    departments = (
        department("D06"),
        department("D09"),
        department("T01", township=True),
        department("T02", township=True),
    )
    return Books(
        posts={each.code: each for each in posts},
        departments={each.code: each for each in departments},
        people={each.code: each for each in people},
    )


OFFICE = Office(TIME, books(), Policy())


def received(**other: object) -> CaseReceived:
    values: dict[str, Any] = {
        "case_no": CASE_NO,
        "item_code": "PT-05",
        "situation": "ordinary",
        "title": "某小学教学楼",
        "received_at": at("2026-09-16", "15:00"),
        "received_on": date(2026, 9, 16),
        "expected_collection_on": date(2026, 9, 28),
        "department": "D06",
        "township": None,
        "facts": {"area": 1200},
        "documents": (),
        "received_by": "u.window",
    }
    return CaseReceived(**{**values, **other})


PIN = Pin(
    process_key="pt05",
    version=1,
    sha256="0" * 64,
    terms=Terms(statutory_workdays=20, promised_workdays=7, warn="90%"),
)


def human(task_id: str, *, post: str = "P04", **settings: str) -> OpenTask:
    return OpenTask(task_id, f"Task_{task_id}", f"环节{task_id}", StepKind.HUMAN, {"post": post, **settings})


def waiting(task_id: str, message: str, **settings: str) -> OpenTask:
    return OpenTask(task_id, f"Task_{task_id}", f"等待{task_id}", StepKind.RECEIVE, settings, message=message)


def timer(timer_id: str, moment: datetime) -> ArmedTimer:
    return ArmedTimer(timer_id, f"Timer_{timer_id}", f"计时{timer_id}", moment, {})


def external(task_id: str, topic: str) -> ExternalTask:
    return ExternalTask(task_id, f"Service_{task_id}", f"外部{task_id}", topic, {}, {"case": {"case_no": CASE_NO}})


def passed(element: str, kind: str = "userTask", **settings: str) -> Passed:
    return Passed(element, kind, element, settings)


S = TypeVar("S", bound=Said)


@dataclass
class Case:
    """A case that is led on by hand: each move says what the engine would have made of it."""

    office: Office = OFFICE
    instance: Instance = field(default_factory=lambda: registered(received()))
    step: Step = field(default_factory=lambda: Step(b"", (), (), (), (), (), (), None, {}))
    said: list[Said] = field(default_factory=list)

    def start(self, now: datetime, *tasks: OpenTask, **rest: object) -> "Case":
        self._take(*pinned(self.instance, PIN, now=now))
        return self.move(Verb.START, "", now, *tasks, **rest)

    def move(
        self,
        verb: Verb,
        target: str,
        now: datetime,
        *tasks: OpenTask,
        actor: str = "u.handler.d06",
        took_effect: datetime | None = None,
        payload: Mapping[str, Any] | None = None,
        channel: str = "desk",
        **rest: object,
    ) -> "Case":
        """One act; `tasks` are all that is open afterwards, `rest` other fields of the step."""
        plain = Step(b"state", tasks, (), (), (), (), (), None, self.step.data)
        self.step = replace(plain, **rest)
        act = Act(
            verb=verb, target=target, payload=dict(payload or {}), actor=actor, at=took_effect or now, channel=channel
        )
        self._take(*moved(self.instance, act, self.step, now=now, office=self.office))
        return self

    def heard(self) -> list[str]:
        """What was said since last asked, by short name."""
        names = [type(each).__name__ for each in self.said]
        self.said.clear()
        return names

    def last(self, kind: type[S]) -> S:
        """The newest event of a kind."""
        return next(each for each in reversed(self.said) if isinstance(each, kind))

    def _take(self, instance: Instance, said: tuple[Said, ...]) -> None:
        self.instance = instance
        self.said += said


def ended(outcome: str = "granted") -> Ended:
    return Ended("End_1", {"outcome": outcome})


def accepted(**office: Office) -> Case:
    """A case accepted on 2026-09-17, at the handler."""
    case = Case(**office)
    case.start(at("2026-09-16", "15:30"), human("a", post="P03", limit_wd="5", warn="80%"))
    case.move(
        Verb.COMPLETE,
        "a",
        at("2026-09-17"),
        human("b", limit_wd="3"),
        actor="u.accept",
        payload={"decision": "accept"},
        passed=(passed("Task_a"), passed("Accepted", "intermediateThrowEvent", case_clock="start")),
    )
    return case
