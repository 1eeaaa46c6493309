"""The gate answers while a person waits: a hundred elements in under a second on a quiet core."""

import time

import pytest

from services.workflow.engine.bundles import compile_bundle
from services.workflow.lint.linting import bureau_findings
from tests.workflow.engine.drawing import drawn, end, flow, flows, node, process, settings, start, user
from tests.workflow.engine.playing import with_forms

BAR = 1.0
FAILS_AT = 3.0
"""Seconds of processor time: three times the bar, so that a busy machine does not fail it."""


def _block(number: int, after: str) -> tuple[str, str]:
    """A choice between two tasks, and a fork into two more: ten elements. Gives the drawing and its last element."""
    x, m, f, j, t = (f"{name}{number}" for name in "xmfjt")
    a, b, c, d = (f"{name}{number}" for name in "abcd")
    parts = (
        node("exclusiveGateway", x, default=f"otherwise{number}"),
        *(user(name, result=name) for name in (a, b, c, d)),
        node("exclusiveGateway", m),
        node("parallelGateway", f),
        node("parallelGateway", j),
        node("intermediateThrowEvent", t),
        flows(after, x),
        flow(x, a, "case.x"),
        flow(x, b, id=f"otherwise{number}"),
        flows(a, m, f, c, j, t),
        flows(b, m),
        flows(f, d, j),
    )
    return "".join(parts), t


def test_a_diagram_of_a_hundred_elements_is_checked_in_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    body, last = [start()], "s"
    for number in range(10):
        part, last = _block(number, last)
        body.append(part)
    files = with_forms(drawn(process(*body, end("z", settings(outcome="granted")), flows(last, "z"))))
    begun = time.process_time()
    findings = (*compile_bundle(files).findings, *bureau_findings(files))
    took = time.process_time() - begun
    with capsys.disabled():
        print(f"\nthe gate took {took:.2f} s over 100 elements (bar {BAR} s), {len(findings)} findings")  # noqa: T201
    assert [finding.rule for finding in findings if finding.rule.startswith("GH-E") and finding.rule < "GH-E7"] == []
    assert took < FAILS_AT
