"""A process with two reviews side by side and a decision that another post signs too; one with a subprocess."""

from tests.workflow.bundle_support import FORMS, bundle, flow, item, properties, throw, user_task

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  id="Definitions" targetNamespace="http://guihua.example/bpmn">
  <bpmn:process id="joint-permit" name="联合审查" isExecutable="true">
"""
CODE = "PT-91"


def diagram() -> str:
    """Acceptance → preparation → two reviews → leader, whom the experts' post countersigns → decided → granted."""
    return "".join(
        (
            _HEAD,
            '<bpmn:startEvent id="Start_1" name="收件" />',
            user_task("Accept", "受理审查", "P03", "acceptance", limit_wd="5", counts_in_case_clock="no"),
            throw("Accepted", "受理", case_clock="start", milestone="accepted"),
            user_task("Prepare", "承办准备", "P04", "experts", limit_wd="2", result="prepared"),
            '<bpmn:parallelGateway id="Split" name="并行" />',
            user_task("Review", "承办审查", "P04", "review", limit_wd="3"),
            user_task("Survey", "专家审查", "P08", "experts", limit_wd="3", may_send_back="no"),
            '<bpmn:parallelGateway id="Join" name="汇总" />',
            user_task("Lead", "分管领导审核", "P09", "lead", limit_wd="1", cosign="veto", cosign_posts="P08"),
            throw("Decided", "作出决定", case_clock="stop", milestone="decided"),
            user_task("File", "归档", "P04", "filing", limit_wd="5", counts_in_case_clock="no"),
            '<bpmn:endEvent id="Granted" name="准予许可">' + properties(outcome="granted") + "</bpmn:endEvent>",
            flow("Start_1", "Accept"),
            flow("Accept", "Accepted"),
            flow("Accepted", "Prepare"),
            flow("Prepare", "Split"),
            flow("Split", "Review"),
            flow("Split", "Survey"),
            flow("Review", "Join"),
            flow("Survey", "Join"),
            flow("Join", "Lead"),
            flow("Lead", "Decided"),
            flow("Decided", "File"),
            flow("File", "Granted"),
            "</bpmn:process></bpmn:definitions>",
        )
    )


_TWICE = (
    '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">2'
    "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
)
PANEL_CODE = "PT-92"


def panel_diagram() -> str:
    """Acceptance → preparation → subprocess: study → a panel of two → leader → decided → granted."""
    panel = user_task("Panel", "会审", "P04", "experts", limit_wd="2", result="panel")
    return "".join(
        (
            _HEAD.replace("joint-permit", "panel-permit"),
            '<bpmn:startEvent id="Start_1" name="收件" />',
            user_task("Accept", "受理审查", "P03", "acceptance", limit_wd="5", counts_in_case_clock="no"),
            throw("Accepted", "受理", case_clock="start", milestone="accepted"),
            user_task("Prepare", "承办准备", "P04", "experts", limit_wd="2", result="prepared"),
            '<bpmn:subProcess id="Examine" name="会审">',
            '<bpmn:startEvent id="Begin" name="开始会审" />',
            user_task("Study", "研究", "P04", "experts", limit_wd="2", result="study"),
            panel.replace("</bpmn:userTask>", _TWICE),
            '<bpmn:endEvent id="Over" name="会审结束" />',
            flow("Begin", "Study"),
            flow("Study", "Panel"),
            flow("Panel", "Over"),
            "</bpmn:subProcess>",
            user_task("Lead", "分管领导审核", "P09", "lead", limit_wd="1"),
            throw("Decided", "作出决定", case_clock="stop", milestone="decided"),
            '<bpmn:endEvent id="Granted" name="准予许可">' + properties(outcome="granted") + "</bpmn:endEvent>",
            flow("Start_1", "Accept"),
            flow("Accept", "Accepted"),
            flow("Accepted", "Prepare"),
            flow("Prepare", "Examine"),
            flow("Examine", "Lead"),
            flow("Lead", "Decided"),
            flow("Decided", "Granted"),
            "</bpmn:process></bpmn:definitions>",
        )
    )


def with_panel() -> dict[str, str]:
    """The files of the process with the subprocess."""
    return bundle(diagram_bpmn=panel_diagram(), item_toml=item(key="panel-permit", code=PANEL_CODE))


def joint() -> dict[str, str]:
    """The files of the process."""
    files = bundle(diagram_bpmn=diagram(), item_toml=item(key="joint-permit", code=CODE))
    return files | {"forms/filing.json": FORMS["forms/experts.json"]}
