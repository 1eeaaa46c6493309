"""Plays diagrams in the tests: compile, start, complete by element, and look at what is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from services.kernel.worktime import Calendar
from services.workflow.engine.bundles import Bundle, compile_bundle, compile_diagrams
from services.workflow.engine.models import (
    Answer,
    Cancel,
    Command,
    Complete,
    Fail,
    Finding,
    Fire,
    Message,
    Severity,
    Step,
)
from services.workflow.engine.run import apply, start
from tests.workflow.engine.drawing import drawn, process

NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CALENDAR: Final = Calendar.builtin()
FORM: Final = b'{"type": "object", "properties": {"decision": {}, "opinion": {}}}'


def with_forms(diagram: bytes, *more: str, **other: bytes) -> dict[str, bytes]:
    """A definition's files: the diagram, the form `form`, and those named."""
    forms = {f"forms/{name}.json": FORM for name in ("form", *more)}
    return {"diagram.bpmn": diagram, **forms, **{key.replace("__", "."): value for key, value in other.items()}}


def rules_of(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in findings]


def errors_of(files: Mapping[str, bytes]) -> list[str]:
    return [finding.rule for finding in compile_bundle(files).findings if finding.severity is Severity.ERROR]


def bundle_of(*parts: str, dmn: bytes | None = None) -> Bundle:
    """A bundle of one diagram with these parts, by the engine's rules alone."""
    files = {"diagram.bpmn": drawn(*parts)}
    if dmn is not None:
        files["decisions.dmn"] = dmn
    compiled = compile_diagrams(files)
    assert compiled.bundle is not None, [f"{f.rule} {f.element} {f.en}" for f in compiled.findings]
    return compiled.bundle


@dataclass
class Play:
    """A running instance in a test. Every step goes through the codec, as in life."""

    bundle: Bundle
    step: Step
    now: datetime = NOW

    @classmethod
    def of(cls, *parts: str, data: Mapping[str, Any] | None = None, dmn: bytes | None = None, head: str = "") -> Self:
        """Draw process `p` of these parts and start it."""
        return cls.start(bundle_of(head, process(*parts), dmn=dmn), data=data)

    @classmethod
    def start(cls, bundle: Bundle, key: str = "p", data: Mapping[str, Any] | None = None) -> Self:
        return cls(bundle, start(bundle, key, {"case": {}} | dict(data or {}), now=NOW, calendar=CALENDAR))

    def do(self, command: Command) -> Self:
        self.step = apply(self.bundle, self.step.state, command, now=self.now, calendar=CALENDAR)
        return self

    # ── commands by element ──

    def task(self, element: str, index: int | None = None) -> str:
        return next(
            task.id for task in self.step.tasks if task.element == element and (index is None or task.index == index)
        )

    def complete(self, element: str, index: int | None = None, /, **answers: Any) -> Self:
        return self.do(Complete(self.task(element, index), answers))

    def answer(self, element: str, result: Any) -> Self:
        return self.do(Answer(self.external(element), result))

    def fail(self, element: str, code: str) -> Self:
        return self.do(Fail(self.external(element), code))

    def external(self, element: str) -> str:
        return next(task.id for task in self.step.external if task.element == element)

    def timer(self, element: str) -> str:
        return next(timer.id for timer in self.step.timers if timer.element == element)

    def fire(self, element: str) -> Self:
        return self.do(Fire(self.timer(element)))

    def hear(self, name: str, /, **payload: Any) -> Self:
        return self.do(Message(name, payload))

    def cancel(self, reason: str = "withdrawn") -> Self:
        return self.do(Cancel(reason))

    def later(self, **delta: float) -> Self:
        self.now += timedelta(**delta)
        return self

    # ── what is open ──

    @property
    def open(self) -> list[str]:
        """Elements of the open tasks, human and receive, sorted."""
        return sorted(task.element for task in self.step.tasks)

    @property
    def armed(self) -> list[str]:
        return sorted(timer.element for timer in self.step.timers)

    @property
    def passed(self) -> list[str]:
        return [passed.element for passed in self.step.passed]

    @property
    def data(self) -> Mapping[str, Any]:
        return self.step.data

    @property
    def ended(self) -> str | None:
        return None if self.step.ended is None else self.step.ended.element
