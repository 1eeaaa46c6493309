"""A drawing of a hundred elements: twenty-four blocks of two tasks, in turn side by side and one or the other."""

from typing import Final

from bench.permit import KEY, files

_BLOCKS: Final = 24
ELEMENTS: Final = 4 * _BLOCKS + 4
_ASKED: Final = "opinion_0.decision == &quot;agree&quot;"


def drawing() -> dict[str, bytes]:
    """The files of the definition: the item and the forms of the measured permit."""
    before = "Event_Accepted"
    parts = [_HEAD, _ACCEPTED, _flow("Start_Received", before)]
    for number in range(_BLOCKS):
        parts.append(_block(number, before, is_choice=number % 2 == 1))
        before = f"Join_{number}"
    parts += [_DECIDED, _END, _flow(before, "Event_Decided"), _flow("Event_Decided", "End_Granted"), _TAIL]
    known = {path: text for path, text in files().items() if path in {"item.toml", "forms/opinion-0.json"}}
    return {path: text.encode() for path, text in (known | {"diagram.bpmn": "".join(parts)}).items()}


def _block(number: int, before: str, *, is_choice: bool) -> str:
    fork, join, one, other = (f"{name}_{number}" for name in ("Fork", "Join", "One", "Other"))
    kind = "exclusiveGateway" if is_choice else "parallelGateway"
    default = f' default="Flow_{fork}_{other}"' if is_choice else ""
    condition = f"<bpmn:conditionExpression>{_ASKED}</bpmn:conditionExpression>" if is_choice else ""
    return "".join(
        (
            f'<bpmn:{kind} id="{fork}" name="分 {number}"{default} /><bpmn:{kind} id="{join}" name="合 {number}" />',
            _task(one, "opinion_0" if number == 0 else f"one_{number}"),
            _task(other, f"other_{number}"),
            _flow(before, fork) + _flow(fork, one, condition) + _flow(fork, other),
            _flow(one, join) + _flow(other, join),
        )
    )


def _task(element: str, result: str) -> str:
    settings = _properties(limit_wd="1", warn="80%", counts_in_case_clock="no", name_en=element, result=result)
    return (
        f'<bpmn:userTask id="{element}" name="{element}" camunda:formKey="opinion-0" camunda:candidateGroups="P04">'
        f"{settings}</bpmn:userTask>"
    )


def _flow(source: str, target: str, inner: str = "") -> str:
    ends = f'id="Flow_{source}_{target}" sourceRef="{source}" targetRef="{target}"'
    return f"<bpmn:sequenceFlow {ends}>{inner}</bpmn:sequenceFlow>"


def _properties(**settings: str) -> str:
    written = "".join(f'<camunda:property name="permit:{name}" value="{value}" />' for name, value in settings.items())
    return f"<bpmn:extensionElements><camunda:properties>{written}</camunda:properties></bpmn:extensionElements>"


def _throw(element: str, name: str, **settings: str) -> str:
    inner = _properties(name_en=element, **settings)
    return f'<bpmn:intermediateThrowEvent id="{element}" name="{name}">{inner}</bpmn:intermediateThrowEvent>'


_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="Definitions_hundred" targetNamespace="https://guihua.example">'
    f'<bpmn:process id="{KEY}" name="一百个元素" isExecutable="true">'
    '<bpmn:startEvent id="Start_Received" name="收件" />'
)
_ACCEPTED: Final = _throw("Event_Accepted", "受理", case_clock="start", milestone="accepted")
_DECIDED: Final = _throw("Event_Decided", "作出决定", case_clock="stop", milestone="decided", outcome="granted")
_END: Final = f'<bpmn:endEvent id="End_Granted" name="准予许可">{_properties(outcome="granted")}</bpmn:endEvent>'
_TAIL: Final = "</bpmn:process></bpmn:definitions>"
