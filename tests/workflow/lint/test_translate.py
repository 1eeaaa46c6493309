"""Drawings made for other engines become ours: the same posts, forms, topics and conditions, and a list of it all."""

from pathlib import Path
from typing import Final

import pytest

from services.workflow.engine.bundles import compile_diagrams
from services.workflow.engine.diagrams.model import Flow, Node, Several
from services.workflow.engine.models import Severity
from services.workflow.lint.mending.translating import Outcome, Translated, translate
from services.workflow.lint.mending.wordings import from_feel, from_juel

FOREIGN: Final = Path(__file__).parent / "foreign"


def _translated(name: str) -> Translated:
    return translate({"diagram.bpmn": (FOREIGN / name).read_bytes()})


def _drawn(result: Translated) -> tuple[dict[str, Node], dict[str, Flow]]:
    compiled = compile_diagrams(result.files)
    assert compiled.bundle is not None, [f for f in compiled.findings if f.severity is Severity.ERROR]
    nodes = {node.id: node for process in compiled.bundle.processes.values() for node in process.body.all_nodes()}
    flows = {key: flow for process in compiled.bundle.processes.values() for key, flow in process.body.flows.items()}
    return nodes, flows


def test_a_camunda_8_drawing_runs_here() -> None:
    nodes, flows = _drawn(_translated("camunda8.bpmn"))
    assert nodes["Review"].settings == {"post": "P04", "form": "handler-review"}
    assert nodes["Number"].topic == "certificate-number"
    called, loop = nodes["Expert"].calls, nodes["Expert"].loop
    assert called is not None
    assert (called.process, called.all_in, called.all_out) == ("expert", True, False)
    assert isinstance(loop, Several)
    assert (loop.collection, loop.item, loop.sequential) == ("experts", "expert", True)
    assert flows["Flow_3"].condition == 'handler_review.decision == "accept" and not (handler_review.urgent)'


def test_a_spiffarena_drawing_runs_here() -> None:
    nodes, _ = _drawn(_translated("spiffarena.bpmn"))
    assert nodes["Fill"].settings == {"post": "P04", "form": "order"}
    assert nodes["Post"].topic == "http-postrequestv2"
    assert nodes["Post"].settings == {"result": "answer"}


def test_a_flowable_drawing_has_its_posts_forms_and_conditions_and_says_what_is_left() -> None:
    result = _translated("flowable.bpmn20.xml")
    told = {(each.element, each.outcome, each.now) for each in result.rewritten}
    assert ("chief", Outcome.TRANSLATED, 'camunda:candidateGroups="P05"') in told
    assert ("chief", Outcome.TRANSLATED, 'camunda:formKey="chief-review"') in told
    assert ("mail", Outcome.TRANSLATED, 'camunda:topic="notify"') in told
    assert ("many", Outcome.TRANSLATED, "chief_review.days > 3 and bool(chief_review.reason)") in told
    assert [each.element for each in result.rewritten if each.outcome is Outcome.LEFT] == ["chief"]
    assert "GH-E012" in {finding.rule for finding in compile_diagrams(result.files).findings}


def test_what_an_engine_would_do_by_java_is_named_by_lint_after_translation() -> None:
    findings = compile_diagrams(_translated("activiti.bpmn").files).findings
    assert [finding.element for finding in findings if finding.rule == "GH-E221"] == ["_4"]
    assert "GH-E012" not in {finding.rule for finding in findings}


def test_the_drawing_itself_stays_byte_for_byte() -> None:
    before = (FOREIGN / "camunda8.bpmn").read_bytes()
    after = _translated("camunda8.bpmn").files["diagram.bpmn"]
    marked = before.index(b"<bpmndi:BPMNDiagram")
    assert after.endswith(before[marked:])


def test_a_drawing_of_ours_is_not_touched() -> None:
    files = {"diagram.bpmn": (FOREIGN / "visio.bpmn").read_bytes(), "forms/x.json": b"{}"}
    assert translate(files) == Translated(files, ())


def test_what_cannot_be_read_is_given_back() -> None:
    files = {"diagram.bpmn": b"<definitions", "other.bpmn": b"\xff\xfe\x00"}
    assert translate(files) == Translated(files, ())


@pytest.mark.parametrize(
    ("source", "ours"),
    [
        ("${approved}", "approved"),
        ("${approved == true}", "approved == true"),
        ("${!approved}", "not approved"),
        ("${a && !b || c ne 'x && y'}", "a and not b or c != 'x && y'"),
        ("${amount ge 10 and amount lt 20}", "amount >= 10 and amount < 20"),
        ("#{status.equals('ok')}", "status == 'ok'"),
        ("${bean.method(1)}", None),
    ],
)
def test_a_condition_of_camunda_7_or_flowable_means_the_same_here(source: str, ours: str | None) -> None:
    assert from_juel(source) == ours


@pytest.mark.parametrize(
    ("source", "ours"),
    [
        ("= a = 1", "a == 1"),
        ('= status != "x = y"', 'status != "x = y"'),
        ("= if a > 1 then b else c", "( b ) if ( a > 1 ) else ( c)"),
        ("= count(items) >= 2", "len(items) >= 2"),
        ("= some x in y satisfies x > 1", None),
    ],
)
def test_a_condition_of_camunda_8_means_the_same_here(source: str, ours: str | None) -> None:
    assert from_feel(source) == ours
