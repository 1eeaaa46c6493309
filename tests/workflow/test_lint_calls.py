"""Lint looks into called processes: with what a caller hands over for certain, and no further."""

import pytest

from services.workflow.lint import lint_files
from tests.workflow.bundle_support import as_bytes, bundle, diagram, flow, item, throw, user_task


def _rules(files: dict[str, str]) -> dict[str, str]:
    return {finding.rule: f"{finding.zh} {finding.en}" for finding in lint_files(as_bytes(files))}


def _meeting(handed: str, *, written: str = "lead") -> dict[str, str]:
    """A bundle that calls a process in which a meeting of five working days lies on one of two ways."""
    ways = '<bpmn:exclusiveGateway id="Kind" name="哪种会？" default="Kind_Short" />'
    ways += '<bpmn:sequenceFlow id="Kind_Short" sourceRef="Kind" targetRef="E" />'
    ways += '<bpmn:sequenceFlow id="Kind_Long" sourceRef="Kind" targetRef="Meeting">'
    ways += '<bpmn:conditionExpression>kind == "long"</bpmn:conditionExpression></bpmn:sequenceFlow>'
    called = (
        diagram()[: diagram().index("<bpmn:message")]
        + '<bpmn:process id="shared-meeting" name="会议" isExecutable="true"><bpmn:startEvent id="S" />'
        + ways
        + user_task("Meeting", "会议", "P03", "lead", limit_wd="5", result=written)
        + '<bpmn:endEvent id="E" name="会毕" />'
        + flow("S", "Kind")
        + flow("Meeting", "E")
        + "</bpmn:process></bpmn:definitions>"
    )
    call = (
        '<bpmn:callActivity id="Lead" name="会议" calledElement="shared-meeting"><bpmn:extensionElements>'
        f'<camunda:in sourceExpression="{handed}" target="kind" /></bpmn:extensionElements></bpmn:callActivity>'
    )
    outside = user_task("Lead", "分管领导审核", "P09", "lead", limit_wd="1", warn="80%", quick_approval="yes")
    drawn = diagram().replace(outside, call)
    return bundle(diagram_bpmn=drawn, item_toml=item(promised=4)) | {"shared/shared-meeting.bpmn": called}


def test_given_what_the_caller_hands_over_for_certain_then_ways_in_a_called_process_are_foreseen() -> None:
    assert "GH-E704" not in _rules(_meeting("'short'"))
    assert "会议 5" in _rules(_meeting("'long'"))["GH-E704"]
    assert "GH-E704" not in _rules(_meeting("'short' if case.situation == 'ordinary' else 'long'"))


@pytest.mark.parametrize("handed", ["case.facts.kind", "str('short')", "urgent"])
def test_given_what_depends_on_the_case_then_every_way_in_a_called_process_is_possible(handed: str) -> None:
    assert "会议 5" in _rules(_meeting(handed))["GH-E704"]


def test_given_a_step_that_writes_what_was_handed_over_then_it_is_not_certain_any_more() -> None:
    assert "会议 5" in _rules(_meeting("'short'", written="kind"))["GH-E704"]


def _decided_in_a_call(*, on_every_way: bool) -> dict[str, str]:
    """A bundle whose decision is made in a called process, on every way through it or on one of two."""
    ways = '<bpmn:exclusiveGateway id="Sure" name="当场决定？" default="Sure_Decided" />'
    ways += '<bpmn:sequenceFlow id="Sure_Decided" sourceRef="Sure" targetRef="Inside" />'
    later = '<bpmn:sequenceFlow id="Sure_Later" sourceRef="Sure" targetRef="Later">'
    later += "<bpmn:conditionExpression>case.facts.later</bpmn:conditionExpression></bpmn:sequenceFlow>"
    called = (
        diagram()[: diagram().index("<bpmn:message")]
        + '<bpmn:process id="shared-decision" name="决定" isExecutable="true"><bpmn:startEvent id="S" />'
        + user_task("Sign", "签发", "P03", "lead", limit_wd="1")
        + ways
        + ("" if on_every_way else later + '<bpmn:endEvent id="Later" name="以后决定" />')
        + throw("Inside", "作出决定", case_clock="stop", milestone="decided", outcome="granted")
        + '<bpmn:endEvent id="E" name="已决定" />'
        + "".join((flow("S", "Sign"), flow("Sign", "Sure"), flow("Inside", "E")))
        + "</bpmn:process></bpmn:definitions>"
    )
    review = user_task("Lead", "分管领导审核", "P09", "lead", limit_wd="1", warn="80%", quick_approval="yes")
    decided = throw("Decided", "作出决定", case_clock="stop", milestone="decided")
    after = user_task("Decided", "制证", "P12", "lead", limit_wd="9")
    assert review in diagram()
    assert decided in diagram()
    call = '<bpmn:callActivity id="Lead" name="决定" calledElement="shared-decision" />'
    drawn = diagram().replace(review, call).replace(decided, after)
    return bundle(diagram_bpmn=drawn, item_toml=item(promised=4)) | {"shared/shared-decision.bpmn": called}


def test_given_a_decision_in_a_called_process_then_what_comes_after_takes_nothing_of_the_promise() -> None:
    assert _rules(_decided_in_a_call(on_every_way=True)).keys().isdisjoint({"GH-E704", "GH-W724"})
    open_ = _rules(_decided_in_a_call(on_every_way=False))["GH-E704"]
    assert "承办审查 3 → 签发 1 → 制证 9" in open_
