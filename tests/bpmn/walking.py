"""Plays a walk: the steps of `walks/*.toml` through the real engine and the real clocks, without servers."""

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from services.contracts.events import Said
from services.contracts.intake import CaseReceived
from services.contracts.registry import DepartmentChanged, PostChanged
from services.contracts.workflow import TaskOpened
from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.answers import check
from services.workflow.books import Books
from services.workflow.clocks.dues import OfficeTime
from services.workflow.clocks.grounds import Policy
from services.workflow.definitions.files import in_folder
from services.workflow.definitions.items import read_item
from services.workflow.engine import bundles, run
from services.workflow.engine.models import Answer, Command, Complete, Fire, Message, Step
from services.workflow.instances.models import Act, Instance, Pin, Verb
from services.workflow.instances.moving import moved, pinned, registered, variables_of
from services.workflow.instances.schedules import next_thing, spoken
from services.workflow.offices import Office
from tests.bpmn.bundles import Bundle

_LONG_AGO: Final = datetime(2017, 1, 3, tzinfo=UTC)
_CALENDAR: Final = Calendar.builtin()
_HOURS: Final = OfficeHours()

Table = dict[str, Any]


@cache
def compiled(bundle: Bundle) -> bundles.Compiled:
    """The bundle as the engine makes it of the folder."""
    return bundles.compile_bundle(in_folder(bundle.folder))


@dataclass
class Walk:
    """A case on its way through a walk, with everything that was said of it and every element it passed."""

    bundle: Bundle
    table: Table
    said: list[Said] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    instance: Instance = field(init=False)

    def __post_init__(self) -> None:
        """Receive the case at half past nine of the day of receipt, and begin its process."""
        case = self.table["case"]
        now = _HOURS.open_of(case["received_on"])
        received = registered(_received(self.bundle, case, now))
        item = read_item((self.bundle.folder / "item.toml").read_bytes())
        pin = Pin(process_key=self.bundle.key, version=1, sha256="0" * 64, terms=item.terms(case["situation"]))
        self.instance, said = pinned(received, pin, now=now)
        self.said += said
        step = run.start(self.engine, self.bundle.key, variables_of(received), now=now, calendar=_CALENDAR)
        self._take(Act(verb=Verb.START, actor="u.window", at=now), step)

    @property
    def engine(self) -> bundles.Bundle:
        """The runnable bundle."""
        found = compiled(self.bundle)
        assert found.bundle is not None, found.findings
        return found.bundle

    def play(self) -> "Walk":
        """Take every step of the walk."""
        for step in self.table["step"]:
            self._wait(step.get("at") or step["advance_to"])
            match step:
                case {"complete": element, "answers": answers, "at": at}:
                    self._complete(element, answers, at)
                case {"answer": element, "result": result, "at": at}:
                    task_id = next(each.task_id for each in self.instance.external if each.element == element)
                    self._do(Verb.ANSWER, task_id, Answer(task_id, result), at, result)
                case {"message": name, "payload": payload, "at": at}:
                    self._do(Verb.MESSAGE, name, Message(name, payload), at, payload)
        return self

    def heard(self, kind: type[Said], **fields: object) -> list[Any]:
        """What was said of one type, as far as the named fields agree."""
        return [
            one
            for one in self.said
            if isinstance(one, kind) and all(getattr(one, name) == value for name, value in fields.items())
        ]

    def _complete(self, element: str, answers: Table, at: datetime) -> None:
        task = next((each for each in self.instance.tasks if each.element == element), None)
        open_now = [each.element for each in self.instance.tasks]
        assert task is not None, f"{element} is not open, but {open_now}"
        check(answers, self.bundle.form(task.form or ""), task=task.name, two_officers=task.two_officers)
        self._do(Verb.COMPLETE, task.task_id, Complete(task.task_id, answers), at, answers)

    def _wait(self, until: datetime) -> None:
        """Let time do what it does up to a moment: fire the diagram's timers, let the clocks speak."""
        while (thing := next_thing(self.instance, _OFFICE)) is not None and thing.at <= until:
            if thing.timer is not None:
                self._do(Verb.FIRE, thing.timer.timer_id, Fire(thing.timer.timer_id), thing.at, {})
            else:
                self.instance, said = spoken(self.instance, until=thing.at, office=_OFFICE)
                self.said += said

    def _do(self, verb: Verb, target: str, command: Command, at: datetime, payload: Table) -> None:
        step = run.apply(self.engine, self.instance.state, command, now=at, calendar=_CALENDAR)
        self._take(Act(verb=verb, target=target, payload=payload, actor="u.test", at=at), step)

    def _take(self, act: Act, step: Step) -> None:
        self.instance, said = moved(self.instance, act, step, now=act.at, office=_OFFICE)
        self.said += said
        self.passed += [each.element for each in step.passed]


def due_of(walk: Walk, element: str) -> date | None:
    """The due date with which a step last opened."""
    opened: list[TaskOpened] = walk.heard(TaskOpened, element=element)
    return opened[-1].due_on


def _received(bundle: Bundle, case: Table, at: datetime) -> CaseReceived:
    day: date = case["received_on"]
    return CaseReceived(
        case_no=f"512000{day:%Y%m%d}{bundle.item['code']}00001",
        item_code=bundle.item["code"],
        situation=case["situation"],
        title=bundle.item["name"],
        received_at=at,
        received_on=day,
        expected_collection_on=day,
        department=case["department"],
        township=case.get("township"),
        facts=case.get("facts", {}),
        documents=(),
        received_by="u.window",
    )


def _rows(kind: str) -> list[Table]:
    text = files("services.local").joinpath(f"office/{kind}s.toml").read_text(encoding="utf-8")
    rows: list[Table] = tomllib.loads(text)[kind]
    return rows


def _books() -> Books:
    """The demo office's posts and departments."""
    posts = [
        PostChanged.model_validate({"limit_workdays": None, "changed_at": _LONG_AGO, **row}) for row in _rows("post")
    ]
    departments = [
        DepartmentChanged.model_validate({"leader_in_charge": None, "township": False, "changed_at": _LONG_AGO, **row})
        for row in _rows("department")
    ]
    return Books({post.code: post for post in posts}, {one.code: one for one in departments}, {})


_OFFICE: Final = Office(OfficeTime(_CALENDAR, _HOURS), _books(), Policy())
