"""Edits of a real bundle as a person with an editor would make them."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from services.workflow.definitions.files import in_folder

Files = dict[str, bytes]

HOME = Path(__file__).parents[3] / "bpmn"
WORKS, RURAL = "works-planning-permit", "rural-planning-permit"
_DIAGRAM = "diagram.bpmn"


@cache
def _read(key: str) -> Mapping[str, bytes]:
    return in_folder(HOME / key)


def real(key: str) -> Files:
    """The files of a bundle as they lie in `bpmn/`."""
    return dict(_read(key))


def replaced(files: Files, old: str, new: str, *, path: str = _DIAGRAM) -> Files:
    """The files with one text in place of another, which must be there exactly once."""
    text = files[path].decode()
    assert text.count(old) == 1, (text.count(old), old)
    return files | {path: text.replace(old, new).encode()}


def element(files: Files, element_id: str) -> str:
    """The XML of one node."""
    found = re.search(
        rf'<bpmn:(\w+) id="{element_id}"[^>]*?(?:/>|(?<!/)>.*?</bpmn:\1>)', files[_DIAGRAM].decode(), re.DOTALL
    )
    assert found, element_id
    return found[0]


def changed(files: Files, element_id: str, old: str, new: str) -> Files:
    """The files with one text of one node changed."""
    was = element(files, element_id)
    assert was.count(old) == 1, (old, was)
    return replaced(files, was, was.replace(old, new))


def inserted(files: Files, flow_id: str, task: str, task_id: str) -> Files:
    """The files with a new node in the middle of a sequence flow."""
    found = re.search(rf'<bpmn:sequenceFlow id="{flow_id}"[^>]*?targetRef="(\w+)"', files[_DIAGRAM].decode())
    assert found, flow_id
    target = found[1]
    led = replaced(files, found[0], found[0].replace(f'targetRef="{target}"', f'targetRef="{task_id}"'))
    onward = f'<bpmn:sequenceFlow id="Flow_{task_id}" sourceRef="{task_id}" targetRef="{target}" />'
    ends = f"<bpmn:incoming>{flow_id}</bpmn:incoming><bpmn:outgoing>Flow_{task_id}</bpmn:outgoing></bpmn:userTask>"
    drawn = task.replace("</bpmn:userTask>", ends)
    led = _incoming(led, target, flow_id, f"Flow_{task_id}")
    return replaced(led, "</bpmn:process>", f"{drawn}{onward}</bpmn:process>")


def _incoming(files: Files, target: str, was: str, now: str) -> Files:
    said = f"<bpmn:incoming>{was}</bpmn:incoming>"
    return (
        changed(files, target, said, f"<bpmn:incoming>{now}</bpmn:incoming>")
        if said in element(files, target)
        else files
    )


def removed(files: Files, element_id: str) -> Files:
    """The files without a node that has one way out; what led to it leads to what came after it."""
    text = files[_DIAGRAM].decode()
    out = re.search(rf'<bpmn:sequenceFlow id="(\w+)"[^>]*sourceRef="{element_id}" targetRef="(\w+)" />', text)
    assert out, element_id
    text = text.replace(out[0], "").replace(element(files, element_id), "")
    text = text.replace(f'targetRef="{element_id}"', f'targetRef="{out[2]}"')
    text = text.replace(f"<bpmn:flowNodeRef>{element_id}</bpmn:flowNodeRef>", "")
    for kind, drawn in (("Shape", element_id), ("Edge", out[1])):
        shown = rf'<bpmndi:BPMN{kind} [^>]*bpmnElement="{drawn}".*?</bpmndi:BPMN{kind}>'
        text = re.sub(shown, "", text, flags=re.DOTALL)
    text = re.sub(rf"<bpmn:(incoming|outgoing)>{out[1]}</bpmn:\1>", "", text)
    return files | {_DIAGRAM: text.encode()}


def step(task_id: str, name: str, *, post: str, form: str, limit: int = 2, result: str = "") -> str:
    """A user task as the editor writes it."""
    told = {"limit_wd": str(limit), "warn": "80%", "name_en": name, "counts_in_case_clock": "yes"}
    told |= {"result": result} if result else {}
    inside = "".join(f'<camunda:property name="permit:{key}" value="{value}" />' for key, value in told.items())
    return (
        f'<bpmn:userTask id="{task_id}" name="{name}" camunda:candidateGroups="{post}" camunda:formKey="{form}">'
        f"<bpmn:extensionElements><camunda:properties>{inside}</camunda:properties></bpmn:extensionElements>"
        "</bpmn:userTask>"
    )
