"""The process that is measured: a permit of twelve human tasks in a row, each with a form, a limit and a clock."""

import json
from itertools import pairwise
from typing import Final

KEY: Final = "bench-permit"
ITEM: Final = "BENCH"
TASKS: Final = 12

_FORM: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "意见",
    "x-title-en": "Opinion",
    "type": "object",
    "additionalProperties": False,
    "required": ["decision", "opinion"],
    "properties": {
        "decision": {"title": "结论", "x-title-en": "Decision", "type": "string", "enum": ["agree", "send_back"]},
        "opinion": {"title": "意见", "x-title-en": "Opinion", "type": "string", "minLength": 2, "maxLength": 2000},
    },
}
ANSWERS: Final = {"decision": "agree", "opinion": "同意，材料齐全，符合规划条件。"}


def files() -> dict[str, str]:
    """The files of the definition."""
    forms = {f"forms/opinion-{number}.json": json.dumps(_FORM, ensure_ascii=False) for number in range(TASKS)}
    return {"diagram.bpmn": _diagram(), "item.toml": _ITEM_TOML, **forms}


def _diagram() -> str:
    nodes = ['<bpmn:startEvent id="Start_Received" name="收件"><bpmn:outgoing>Flow_0</bpmn:outgoing></bpmn:startEvent>']
    nodes += [_event("Event_Accepted", "受理", "start", 0), *(_task(number) for number in range(TASKS))]
    nodes += [_event("Event_Decided", "作出决定", "stop", TASKS + 1), _DELIVERED, _END]
    tasks = (f"Task_{number}" for number in range(TASKS))
    order = ["Start_Received", "Event_Accepted", *tasks, "Event_Decided", "Event_Delivered", "End_Granted"]
    flows = [
        f'<bpmn:sequenceFlow id="Flow_{number}" sourceRef="{source}" targetRef="{target}" />'
        for number, (source, target) in enumerate(pairwise(order))
    ]
    return _HEAD + "".join(nodes + flows) + "</bpmn:process></bpmn:definitions>"


def _task(number: int) -> str:
    settings = {
        "limit_wd": "1",
        "warn": "80%",
        "counts_in_case_clock": "yes",
        "name_en": f"Step {number + 1}",
        "result": f"opinion_{number}",
    }
    return (
        f'<bpmn:userTask id="Task_{number}" name="环节{number + 1}" camunda:formKey="opinion-{number}" '
        f'camunda:candidateGroups="P04"><bpmn:extensionElements><camunda:properties>{_properties(settings)}'
        f"</camunda:properties></bpmn:extensionElements><bpmn:incoming>Flow_{number + 1}</bpmn:incoming>"
        f"<bpmn:outgoing>Flow_{number + 2}</bpmn:outgoing></bpmn:userTask>"
    )


def _event(element: str, name: str, clock: str, flow: int) -> str:
    outcome = {"outcome": "granted"} if clock == "stop" else {}
    settings = {"case_clock": clock, "milestone": element.removeprefix("Event_").lower(), "name_en": name, **outcome}
    return (
        f'<bpmn:intermediateThrowEvent id="{element}" name="{name}"><bpmn:extensionElements><camunda:properties>'
        f"{_properties(settings)}</camunda:properties></bpmn:extensionElements>"
        f"<bpmn:incoming>Flow_{flow}</bpmn:incoming><bpmn:outgoing>Flow_{flow + 1}</bpmn:outgoing>"
        f"</bpmn:intermediateThrowEvent>"
    )


def _properties(settings: dict[str, str]) -> str:
    return "".join(f'<camunda:property name="permit:{name}" value="{value}" />' for name, value in settings.items())


_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="Definitions_bench" targetNamespace="https://guihua.example">'
    '<bpmn:message id="Message_Delivered" name="case_delivered" />'
    f'<bpmn:process id="{KEY}" name="基准" isExecutable="true">'
)
_DELIVERY: Final = {
    "post": "P04",
    "limit_wd": "10",
    "warn": "70%",
    "counts_in_case_clock": "no",
    "name_en": "Delivery",
}
_DELIVERED: Final = (
    '<bpmn:receiveTask id="Event_Delivered" name="送达" messageRef="Message_Delivered">'
    "<bpmn:extensionElements><camunda:properties>"
    f"{_properties(_DELIVERY)}"
    "</camunda:properties></bpmn:extensionElements>"
    f"<bpmn:incoming>Flow_{TASKS + 2}</bpmn:incoming><bpmn:outgoing>Flow_{TASKS + 3}</bpmn:outgoing></bpmn:receiveTask>"
)
_END: Final = (
    '<bpmn:endEvent id="End_Granted" name="准予许可"><bpmn:extensionElements><camunda:properties>'
    '<camunda:property name="permit:outcome" value="granted" /></camunda:properties></bpmn:extensionElements>'
    f"<bpmn:incoming>Flow_{TASKS + 3}</bpmn:incoming></bpmn:endEvent>"
)
_ITEM_TOML: Final = f"""
key = "{KEY}"
code = "{ITEM}"
name = "基准事项"
name_en = "Benchmark item"
department = "D06"
township_first = false
legal_basis = ["基准"]
statutory_workdays = 20
acceptance_workdays = 5

[case_clock]
warn = "90%"

[[situations]]
code = "usual"
name = "一般"
name_en = "Usual"
promised_workdays = 15

[[documents]]
code = "application"
name = "申请书"
name_en = "Application form"
situations = ["usual"]
mandatory = true
basis = "行政许可法第二十九条"
"""
