"""The constraints of the BPMN standard: each is provoked once, and names its element."""

import pytest

from services.workflow.engine.bundles import compile_diagrams
from services.workflow.engine.findings import standard
from services.workflow.engine.models import Severity
from services.workflow.engine.rules.standard import ALSO_STANDARD, is_standard
from tests.workflow.engine import faulty_data, faulty_events, faulty_flows
from tests.workflow.engine.drawing import drawn, end, flows, node, process, start
from tests.workflow.engine.faulty_standard import between, pools, sent

CASES = [*faulty_flows.CASES, *faulty_events.CASES, *faulty_data.CASES]


@pytest.mark.parametrize(("rule", "element", "file"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_the_constraint_is_found_at_its_element(rule: str, element: str, file: bytes) -> None:
    compiled = compile_diagrams({"diagram.bpmn": file})
    found = [finding.element for finding in compiled.findings if finding.rule == rule]
    assert element in found, [(finding.rule, finding.element, finding.en) for finding in compiled.findings]
    assert compiled.bundle is None


def test_every_constraint_of_the_catalogue_is_provoked_by_a_test() -> None:
    assert {case[0] for case in CASES} == set(standard())


def test_every_constraint_has_words_in_both_languages() -> None:
    for rule in standard().values():
        assert any("一" <= sign <= "鿿" for sign in rule.zh + rule.remedy_zh), rule.id
        assert rule.en
        assert rule.remedy_en
        assert rule.severity is Severity.ERROR


def test_a_rule_of_the_house_or_of_the_engine_is_none_of_the_standard() -> None:
    assert not any(map(is_standard, ("GH-E301", "GH-E201", "GH-E704", "GH-W402")))
    assert all(map(is_standard, (*ALSO_STANDARD, *standard())))


@pytest.mark.parametrize(
    "file",
    [
        between(node("task", "x")),
        drawn(pools(sent("x", "other")), process(start(), node("task", "x"), end(), flows("s", "x", "e"))),
        between(node("task", "x")).replace(b"UTF-8", b"us-ascii"),
        between(node("task", "x", "<bpmn:incoming>f_s_x</bpmn:incoming><bpmn:outgoing>f_x_e</bpmn:outgoing>"))
        .replace(b'name="s">', b'name="s"><bpmn:outgoing>f_s_x</bpmn:outgoing>')
        .replace(b'name="e">', b'name="e"><bpmn:incoming>f_x_e</bpmn:incoming>'),
        drawn(
            process(start(), end(), flows("s", "e")),
            process(node("task", "lonely", startQuantity="0"), start("zs"), id="z", executable="false"),
        ),
    ],
    ids=["plain", "pools", "ascii", "listed", "drawn for the reader only"],
)
def test_a_drawing_that_keeps_to_the_standard_is_not_accused(file: bytes) -> None:
    found = compile_diagrams({"diagram.bpmn": file}).findings
    assert [finding for finding in found if is_standard(finding.rule)] == []
