"""Plays a walk: through the engine, the clocks and the rules of a case; nothing is stored or said aloud.

The player does no I/O: `played` asks for what the engine is to do and is given what came of it, so that the service
plays in its worker processes and a command line plays at once, by the same rules.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from services.contracts.events import Said
from services.contracts.intake import CaseReceived
from services.contracts.workflow import CaseAccepted, CaseDecided, CaseEnded, TaskOpened, TimerWarned
from services.workflow.answers import AnswersInvalid, check
from services.workflow.definitions.items import ItemFile
from services.workflow.definitions.starts import Starts
from services.workflow.definitions.walks import WalkFailure, WalkFile, WalkStep
from services.workflow.engine.diagrams.results import STARTER
from services.workflow.engine.models import Answer, Command, Complete, EngineFault, Fire, Message, Refused, Signal, Step
from services.workflow.instances.models import Act, Instance, Pin, Task, Verb
from services.workflow.instances.moving import moved, pinned, registered, variables_of
from services.workflow.instances.schedules import next_thing, spoken
from services.workflow.instances.turns import Unworkable
from services.workflow.offices import Office

_ACTOR: Final = "system:walk"
_PIN: Final = "0" * 64
_MOST_THINGS: Final = 2_000
"""How often time may do something before one step: years of a clock's working days."""

_NOTHING: Final = "无 / nothing"

FormOf = Callable[[str], Mapping[str, Any]]
"""Gives the JSON Schema of a form by its key."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Ask the engine to start the case."""

    process_key: str
    variables: Mapping[str, Any]
    case_no: str
    at: datetime
    start_event: str = ""


@dataclass(frozen=True, slots=True)
class Do:
    """Ask the engine to apply a command."""

    state: bytes
    command: Command
    at: datetime


Ask = Begin | Do
Play = Generator[Ask, Step, WalkFailure | None]


@dataclass(frozen=True, slots=True)
class Stage:
    """What walks are played on: the item, its forms, what begins its cases, and the office.

    `seen` gathers the elements and flows passed.
    """

    item: ItemFile
    form_of: FormOf
    office: Office
    seen: set[str] = field(default_factory=set)
    starts: Starts = field(default_factory=Starts)


class _Left(Exception):
    """The case does not do what the walk says."""

    def __init__(self, *, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.expected, self.got = expected, got


def played(path: str, walk: WalkFile, stage: Stage) -> Play:
    """Play a walk; gives the first place where it leaves its path, or None. Asks for the engine's steps.

    `EngineFault` and `Refused` are to be thrown in where the engine raises them.
    """
    game = Game(walk, stage)
    where = "start"
    try:
        yield from game.begin()
        for number, step in enumerate(walk.step, start=1):
            where = f"step {number} {step.what}"
            yield from game.take(step)
        where = "expect"
        game.compare()
    except _Left as left:
        return WalkFailure(walk=path, step=where, expected=left.expected, got=left.got)
    except (EngineFault, Unworkable) as fault:
        return WalkFailure(walk=path, step=where, expected="继续 / to go on", got=_told(fault))
    except Refused as refused:
        return WalkFailure(walk=path, step=where, expected="继续 / to go on", got=f"{refused.zh} / {refused.en}")
    return None


@dataclass(slots=True)
class Game:
    """A case on its way through a walk, with everything that was said of it and every element it passed."""

    walk: WalkFile
    stage: Stage
    said: list[Said] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    instance: Instance = field(init=False)

    def begin(self) -> Generator[Ask, Step, None]:
        """Receive the case at opening of the day of receipt, and start its process."""
        now = self.stage.office.time.hours.open_of(self.walk.case.received_on)
        received = registered(_received(self.walk, self.stage.item, now))
        terms = self.stage.item.terms(self.walk.case.situation)
        pin = Pin(process_key=self.stage.item.key, version=1, sha256=_PIN, terms=terms)
        self.instance, said = pinned(received, pin, now=now)
        self.said += said
        case, begun_by = self.walk.case, self.walk.case.start or ""
        self._check_brought(begun_by)
        starter = {STARTER: {"person": _ACTOR, "department": ""}} if begun_by else {}
        variables = {**starter, **case.brought, **variables_of(received)}
        step = yield Begin(self.stage.item.key, variables, received.case_no, now, begun_by)
        self._take(Act(verb=Verb.START, target=begun_by, actor=_ACTOR, at=now), step)

    def take(self, step: WalkStep) -> Generator[Ask, Step, None]:
        """Let time pass up to a step, then do it."""
        yield from self._wait(step.until)
        if step.complete is not None:
            task = self._open(step.complete)
            self._check(task, step.answers)
            yield from self._do(Verb.COMPLETE, task.task_id, Complete(task.task_id, step.answers), step.until)
        elif step.answer is not None:
            task_id = self._asked(step.answer)
            yield from self._do(Verb.ANSWER, task_id, Answer(task_id, step.result), step.until)
        elif step.message is not None:
            yield from self._do(Verb.MESSAGE, step.message, Message(step.message, step.payload), step.until)
        elif step.signal is not None:
            yield from self._do(Verb.SIGNAL, step.signal, Signal(step.signal, step.payload), step.until)

    def compare(self) -> None:
        """Raise `_Left` for the first thing that came out differently."""
        wanted = self.walk.expect
        ended = self._last(CaseEnded)
        _same("end", wanted.end, ended.end_element if ended else self._standing())
        _same("outcome", wanted.outcome, ended.outcome if ended else None)
        rest = iter(self.passed)
        for element in wanted.passed:
            if element not in rest:
                raise _Left(expected=f"passed … {element}", got=" → ".join(self.passed[-30:]))
        accepted, decided = self._last(CaseAccepted), self._last(CaseDecided)
        _same("accepted_on", wanted.accepted_on, accepted.accepted_on if accepted else None)
        _same("decided_on", wanted.decided_on, decided.decided_on if decided else None)
        for kind, day in (("promised", wanted.promised_due_on), ("statutory", wanted.statutory_due_on)):
            clock = self.instance.clock(kind)
            _same(f"{kind}_due_on", day, clock.due_on if clock else None)
        for step in wanted.step:
            self._compare_step(step.element, due_on=step.due_on, warn_on=step.warn_on)

    def _compare_step(self, element: str, *, due_on: date | None, warn_on: date | None) -> None:
        opened = self._last(TaskOpened, element=element)
        _same(f"{element} due_on", due_on, opened.due_on if opened else None)
        if warn_on is not None:
            warned = self._last(TimerWarned, element=element)
            zone = self.stage.office.time
            _same(f"{element} warn_on", warn_on, zone.day_of(warned.warned_at) if warned else None)

    def _last(self, kind: type[Said], **fields: str) -> Any:  # noqa: ANN401 - an event of the type asked for
        said = reversed(self.said)
        fits = (one for one in said if isinstance(one, kind) and all(getattr(one, k) == v for k, v in fields.items()))
        return next(fits, None)

    def _standing(self) -> str:
        elements = [*(task.element for task in self.instance.tasks), *(each.element for each in self.instance.external)]
        return "停在 / stands at " + ", ".join(elements or [each.element for each in self.instance.timers])

    def _open(self, element: str) -> Task:
        task = next((each for each in self.instance.tasks if each.element == element), None)
        if task is None:
            raise _Left(expected=f"{element} 待办 / open", got=self._standing() if self.instance.state else _NOTHING)
        return task

    def _asked(self, element: str) -> str:
        asked = next((each for each in self.instance.external if each.element == element), None)
        if asked is None:
            raise _Left(expected=f"{element} 等待答复 / waits for an answer", got=self._standing())
        return asked.task_id

    def _check_brought(self, begun_by: str) -> None:
        """What begins the case fits the form of its start event."""
        event = self.stage.starts.event(begun_by)
        if event is not None and event.form:
            self._check_form(self.walk.case.brought.get(event.result, {}), event.form, begun_by)

    def _check(self, task: Task, answers: Mapping[str, Any]) -> None:
        self._check_form(answers, task.form or "", task.name, two_officers=task.two_officers)

    def _check_form(self, answers: Mapping[str, Any], form: str, name: str, *, two_officers: bool = False) -> None:
        try:
            check(answers, self.stage.form_of(form), task=name, two_officers=two_officers)
        except AnswersInvalid as invalid:
            wrong = "; ".join(f"{error.where}: {error.zh} / {error.en}" for error in invalid.errors)
            raise _Left(expected="表单可以提交 / answers that fit the form", got=wrong) from None

    def _wait(self, until: datetime) -> Generator[Ask, Step, None]:
        """Let time do what it does up to a moment: fire the diagram's timers, let the clocks speak."""
        office = self.stage.office
        for _ in range(_MOST_THINGS):
            thing = next_thing(self.instance, office)
            if thing is None or thing.at > until:
                return
            if thing.timer is not None:
                yield from self._do(Verb.FIRE, thing.timer.timer_id, Fire(thing.timer.timer_id), thing.at)
            else:
                self.instance, said = spoken(self.instance, until=thing.at, office=office)
                self.said += said
        raise _Left(
            expected="时间继续 / time to pass", got=f"{_MOST_THINGS} 次计时后仍未到 / timers never end before {until}"
        )

    def _do(self, verb: Verb, target: str, command: Command, at: datetime) -> Generator[Ask, Step, None]:
        step = yield Do(self.instance.state, command, at)
        payload = {Complete: "answers", Message: "payload", Signal: "payload", Answer: "result"}.get(type(command), "")
        told = getattr(command, payload, {}) if payload else {}
        payload_told = dict(told) if isinstance(told, Mapping) else {"value": told}
        self._take(Act(verb=verb, target=target, payload=payload_told, actor=_ACTOR, at=at), step)

    def _take(self, act: Act, step: Step) -> None:
        self.instance, said = moved(self.instance, act, step, now=act.at, office=self.stage.office)
        self.said += said
        passed = [each.element for each in step.passed]
        self.passed += passed
        self.stage.seen.update(passed, step.flows)


def _same(what: str, wanted: object, got: object) -> None:
    if wanted != got:
        raise _Left(expected=f"{what} = {_shown(wanted)}", got=_shown(got))


def _shown(value: object) -> str:
    return _NOTHING if value is None else str(value)


def _told(fault: EngineFault | Unworkable) -> str:
    return f"{fault.element}: {fault.zh} / {fault.en}" if fault.element else f"{fault.zh} / {fault.en}"


def _received(walk: WalkFile, item: ItemFile, at: datetime) -> CaseReceived:
    day = walk.case.received_on
    return CaseReceived(
        case_no=f"512000{day:%Y%m%d}{item.code.replace('-', '')}00001",
        item_code=item.code,
        situation=walk.case.situation,
        title=item.name,
        received_at=at,
        received_on=day,
        expected_collection_on=day,
        department=walk.case.department,
        township=walk.case.township,
        facts=walk.case.facts,
        documents=(),
        received_by=_ACTOR,
    )
