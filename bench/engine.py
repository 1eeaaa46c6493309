"""The engine by itself, in processor time: starts, large cases, long loops, the check of a drawing."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

from bench.figures import Figure
from bench.hundred import ELEMENTS, drawing
from bench.permit import ANSWERS, KEY, files
from services.kernel.worktime import Calendar
from services.workflow.definitions.files import in_folder
from services.workflow.engine.bundles import Bundle, compile_bundle, compile_diagrams
from services.workflow.engine.models import Complete, Severity, Step
from services.workflow.engine.run import apply, start
from services.workflow.lint import lint_files

_NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_CALENDAR: Final = Calendar.builtin()
_REAL: Final = "works-planning-permit"
_TIMES: Final = 50
_ROUNDS: Final = 100
_PAPERS: Final = 3_400
_NAMES: Final = ("总平面图", "建筑方案", "授权委托书", "勘测定界图", "日照分析报告")
_CASE: Final = {"case_no": "1", "item_code": "BENCH", "situation": "usual", "received_on": "2026-11-23", "facts": {}}


def figures() -> list[Figure]:
    """Every figure with its limit."""
    return [_start(), *_large(), _loop(), _check()]


def _spent(work: Callable[[], object], *, times: int = _TIMES) -> float:
    """Milliseconds of processor time; the best of many, since others use the machine too."""
    return min(_once(work) for _ in range(times)) * 1000


def _once(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _start() -> Figure:
    """The start of a case of the largest real process."""
    bundle = _compiled(in_folder(Path("bpmn") / _REAL))
    spent = _spent(lambda: _begun(bundle, _REAL, {"case": _CASE}))
    return Figure(f"start of a case of {_REAL}", spent * 1000, "µs", 2000, "2 ms")


def _large() -> list[Figure]:
    """A completion in a case that carries 400 KB of data, as long lists of papers and findings are."""
    bundle = _compiled({path: text.encode() for path, text in files().items()})
    chance = Random(7)  # noqa: S311 - the same data every time
    papers = [
        {"code": f"D{number}", "name": f"{chance.choice(_NAMES)} {number}", "sha256": f"{chance.getrandbits(256):064x}"}
        for number in range(_PAPERS)
    ]
    data = {"case": _CASE, "papers": papers}
    size = len(json.dumps(data, ensure_ascii=False).encode()) / 1024
    step = _begun(bundle, KEY, data)
    command = Complete(step.tasks[0].id, ANSWERS)
    spent = _spent(lambda: apply(bundle, step.state, command, now=_NOW, calendar=_CALENDAR))
    name = f"case with {size:.0f} KB of data"
    return [
        Figure(f"{name}: completion in the engine", spent, "ms", 20, "20 ms"),
        Figure(f"{name}: its state", len(step.state) / 1024, "KB", size, "the data themselves"),
    ]


def _loop() -> Figure:
    """What a step costs in the hundredth round of a loop, against the first: what is over must cost nothing."""
    bundle = compile_diagrams({"diagram.bpmn": _ROUND.encode()}).bundle
    assert bundle is not None
    step, spent = _begun(bundle, "again", {"case": {}}), []
    for _ in range(_ROUNDS):
        state, command = step.state, Complete(step.tasks[0].id, {"again": True})
        spent.append(_spent(lambda s=state, c=command: apply(bundle, s, c, now=_NOW, calendar=_CALENDAR), times=20))
        step = apply(bundle, state, command, now=_NOW, calendar=_CALENDAR)
    first, last = (min(some) * 1000 for some in (spent[:5], spent[-5:]))
    return Figure(f"a step in round {_ROUNDS} of a loop", last, "µs", first * 1.5, "one and a half times the first")


def _check() -> Figure:
    """Everything that is looked at before a drawing is deployed."""
    drawn = drawing()
    spent = _spent(lambda: lint_files(drawn), times=3)
    errors = [finding.rule for finding in lint_files(drawn) if finding.severity is Severity.ERROR]
    assert not errors, errors
    return Figure(f"check of a drawing of {ELEMENTS} elements", spent, "ms", 1000, "1 s")


def _begun(bundle: Bundle, key: str, data: dict[str, Any]) -> Step:
    return start(bundle, key, data, now=_NOW, calendar=_CALENDAR, instance_id="1")


def _compiled(known: dict[str, bytes]) -> Bundle:
    bundle = compile_bundle(known).bundle
    assert bundle is not None
    return bundle


_ROUND: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="Definitions_again" targetNamespace="https://guihua.example">'
    '<bpmn:process id="again" isExecutable="true"><bpmn:startEvent id="s" /><bpmn:exclusiveGateway id="m" />'
    '<bpmn:userTask id="a" camunda:candidateGroups="P04" camunda:formKey="form" />'
    '<bpmn:exclusiveGateway id="g" default="out" /><bpmn:endEvent id="e" />'
    '<bpmn:sequenceFlow id="in" sourceRef="s" targetRef="m" /><bpmn:sequenceFlow id="do" sourceRef="m" targetRef="a" />'
    '<bpmn:sequenceFlow id="done" sourceRef="a" targetRef="g" />'
    '<bpmn:sequenceFlow id="out" sourceRef="g" targetRef="e" />'
    '<bpmn:sequenceFlow id="back" sourceRef="g" targetRef="m"><bpmn:conditionExpression>form.again'
    "</bpmn:conditionExpression></bpmn:sequenceFlow></bpmn:process></bpmn:definitions>"
)
