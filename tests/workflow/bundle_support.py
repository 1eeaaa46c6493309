"""A small permit process for tests, written as an editor would save it; any part can be replaced."""

import io
import json
import zipfile
from collections.abc import Mapping

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  id="Definitions" targetNamespace="http://guihua.example/bpmn">
  <bpmn:message id="Message_Delivered" name="case_delivered" />
  <bpmn:process id="small-permit" name="小许可" isExecutable="true">
"""
_SILENT = """
<bpmn:boundaryEvent id="Silent" name="五日未告知" attachedToRef="Accept"><bpmn:timerEventDefinition id="T">
<bpmn:timeDate xsi:type="bpmn:tFormalExpression">close_of_business(workday_after(case.received_on, 5))</bpmn:timeDate>
</bpmn:timerEventDefinition></bpmn:boundaryEvent>
"""
_TAIL = "</bpmn:process></bpmn:definitions>"


def properties(**settings: str) -> str:
    if not settings:
        return ""
    inside = "".join(f'<camunda:property name="permit:{key}" value="{value}" />' for key, value in settings.items())
    return f"<bpmn:extensionElements><camunda:properties>{inside}</camunda:properties></bpmn:extensionElements>"


def user_task(element: str, name: str, post: str, form: str, **settings: str) -> str:
    told = {"name_en": element, "result": form.replace("-", "_"), **settings}
    return (
        f'<bpmn:userTask id="{element}" name="{name}" camunda:candidateGroups="{post}" camunda:formKey="{form}">'
        f"{properties(**told)}</bpmn:userTask>"
    )


def flow(source: str, target: str, condition: str = "") -> str:
    inside = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    ends = f'id="Flow_{source}_{target}" sourceRef="{source}" targetRef="{target}"'
    return f"<bpmn:sequenceFlow {ends}>{inside}</bpmn:sequenceFlow>"


def throw(element: str, name: str, **settings: str) -> str:
    inside = properties(**settings)
    return f'<bpmn:intermediateThrowEvent id="{element}" name="{name}">{inside}</bpmn:intermediateThrowEvent>'


def gateway(element: str, name: str, default: str) -> str:
    return f'<bpmn:exclusiveGateway id="{element}" name="{name}" default="{default}" />'


def diagram(*, handler_limit: str = "3", handler_post: str = "P04") -> str:
    """Acceptance → review (→ expert review) → leader → decided → number → delivery → granted."""
    return "".join(
        (
            _HEAD,
            '<bpmn:startEvent id="Start_1" name="收件" />',
            user_task("Accept", "受理审查", "P03", "acceptance", limit_wd="5", warn="80%", counts_in_case_clock="no"),
            _SILENT,
            gateway("Accepted_", "受理？", "Flow_Accepted__Refused"),
            '<bpmn:endEvent id="Refused" name="不予受理">' + properties(outcome="not_accepted") + "</bpmn:endEvent>",
            throw("Accepted", "受理", case_clock="start", milestone="accepted"),
            throw("Deemed", "视为受理", case_clock="start", clock_from="case.received_on", milestone="deemed_accepted"),
            user_task(
                "Review", "承办审查", handler_post, "review", limit_wd=handler_limit, warn="80%", two_officers="yes"
            ),
            gateway("Experts_", "专家评审？", "Flow_Experts__Lead"),
            user_task(
                "Experts",
                "专家评审",
                "P08",
                "experts",
                limit_wd="10",
                hold="expert_review",
                hold_notice="review.notice_no",
            ),
            user_task("Lead", "分管领导审核", "P09", "lead", limit_wd="1", warn="80%", quick_approval="yes"),
            throw("Decided", "作出决定", case_clock="stop", milestone="decided"),
            '<bpmn:serviceTask id="Number" name="取号" camunda:type="external" camunda:topic="certificate-number">'
            + properties(result="certificate")
            + "</bpmn:serviceTask>",
            '<bpmn:receiveTask id="Deliver" name="送达" messageRef="Message_Delivered">'
            + properties(post="P13", limit_wd="10", warn="80%", counts_in_case_clock="no", result="delivery")
            + "</bpmn:receiveTask>",
            '<bpmn:endEvent id="Granted" name="准予许可">' + properties(outcome="granted") + "</bpmn:endEvent>",
            *_flows(),
            _TAIL,
        )
    )


def _flows() -> tuple[str, ...]:
    return (
        flow("Start_1", "Accept"),
        flow("Accept", "Accepted_"),
        flow("Accepted_", "Accepted", 'acceptance.decision == "accept"'),
        flow("Accepted_", "Refused"),
        flow("Accepted", "Review"),
        flow("Silent", "Deemed"),
        flow("Deemed", "Review"),
        flow("Review", "Experts_"),
        flow("Experts_", "Experts", "review.notice_no != None"),
        flow("Experts_", "Lead"),
        flow("Experts", "Lead"),
        flow("Lead", "Decided"),
        flow("Decided", "Number"),
        flow("Number", "Deliver"),
        flow("Deliver", "Granted"),
    )


def form(required: tuple[str, ...], **fields: object) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "表单",
        "additionalProperties": False,
        "required": list(required),
        "properties": fields,
    }
    return json.dumps(schema, ensure_ascii=False)


_TEXT = {"type": "string", "minLength": 1, "title": "说明"}
_DECISION = {"type": "string", "enum": ["accept", "refuse", "agree"], "title": "决定"}

FORMS = {
    "forms/acceptance.json": form(("decision",), decision=_DECISION, opinion=_TEXT),
    "forms/review.json": form(
        ("opinion", "officers"),
        opinion=_TEXT,
        notice_no=_TEXT,
        officers={"type": "array", "items": {"type": "string"}, "title": "人员"},
    ),
    "forms/experts.json": form(("opinion",), opinion=_TEXT),
    "forms/lead.json": form(("decision", "opinion"), decision=_DECISION, opinion=_TEXT),
}


def item(*, promised: int = 7, statutory: int = 20, key: str = "small-permit", code: str = "PT-90") -> str:
    return f"""
key = "{key}"
code = "{code}"
name = "小许可"
name_en = "Small permit"
department = "D06"
legal_basis = ["城乡规划法 §40"]
statutory_workdays = {statutory}

[case_clock]
warn = "90%"

[[situations]]
code = "ordinary"
name = "一般"
name_en = "Ordinary"
promised_workdays = {promised}

[[documents]]
code = "D1"
name = "申请表"
name_en = "Application form"
basis = "城乡规划法 §40"
"""


def bundle(**replaced: str | None) -> dict[str, str]:
    """The files of the process; `item_toml=…` and the like replace or (None) leave out a file."""
    files: dict[str, str | None] = {"diagram.bpmn": diagram(), "item.toml": item(), **FORMS}
    for name, content in replaced.items():
        files[name.replace("_", ".")] = content
    return {path: content for path, content in files.items() if content is not None}


def as_bytes(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: content.encode() for path, content in files.items()}


def zipped(files: Mapping[str, bytes], *, folder: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(folder + path, content)
    return buffer.getvalue()
