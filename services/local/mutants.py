"""Diagrams with one fault each, to see whether the walks of a process folder would notice it."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final, cast

from lxml import etree

_BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA: Final = "{http://camunda.org/schema/1.0/bpmn}"
_DRAWING: Final = "diagram.bpmn"
_NEVER: Final = "close_of_business(workday_after(today(), 900))"
_SOURCE, _TARGET = "sourceRef", "targetRef"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A folder's files with one fault: which, and at which element."""

    fault: str
    element: str
    files: Mapping[str, bytes]


_Fault = Callable[[etree._Element], None]  # noqa: SLF001 - lxml's own type
_Faults = Iterator[tuple[str, _Fault]]


def mutants(files: Mapping[str, bytes], drawing: str = _DRAWING) -> Iterator[Mutant]:
    """Every diagram that differs from a drawing of the folder in one fault of these kinds.

    A condition turned round, the targets of two ways exchanged, a timer that never comes, a way back that leads
    elsewhere, a limit one working day longer.
    """
    tree = etree.fromstring(files[drawing], etree.XMLParser(resolve_entities=False, no_network=True))
    for kind, faults in _KINDS.items():
        for element, _ in faults(tree):
            copy = deepcopy(tree)
            next(fault for name, fault in faults(copy) if name == element)(copy)
            yield Mutant(kind, element, {**files, drawing: etree.tostring(copy)})


def _turned(tree: etree._Element) -> _Faults:
    for flow in tree.iter(f"{_BPMN}sequenceFlow"):
        condition = flow.find(f"{_BPMN}conditionExpression")
        if condition is not None and condition.text:
            yield flow.get("id", ""), partial(_turn, condition)


def _turn(condition: etree._Element, _: etree._Element) -> None:
    text = (condition.text or "").strip().removeprefix("${").removesuffix("}")
    condition.text = f"${{not ({text})}}"


def _exchanged(tree: etree._Element) -> _Faults:
    for gateway in tree.iter(f"{_BPMN}exclusiveGateway"):
        flows = [flow for flow in tree.iter(f"{_BPMN}sequenceFlow") if flow.get(_SOURCE) == gateway.get("id")]
        for one, other in pairwise(flows):
            if one.get(_TARGET) != other.get(_TARGET):
                yield f"{one.get('id')}/{other.get('id')}", partial(_exchange, one, other)


def _exchange(one: etree._Element, other: etree._Element, tree: etree._Element) -> None:
    there, here = other.get(_TARGET, ""), one.get(_TARGET, "")
    _lead(one, there, tree)
    _lead(other, here, tree)


def _never(tree: etree._Element) -> _Faults:
    for event in (*tree.iter(f"{_BPMN}boundaryEvent"), *tree.iter(f"{_BPMN}intermediateCatchEvent")):
        for when in event.iter(f"{_BPMN}timeDate", f"{_BPMN}timeDuration"):
            yield event.get("id", ""), partial(_postpone, when)


def _postpone(when: etree._Element, _: etree._Element) -> None:
    when.text = _NEVER if when.tag == f"{_BPMN}timeDate" else "P9000D"


def _led_astray(tree: etree._Element) -> _Faults:
    places = {shape.get("bpmnElement"): _left(shape) for shape in tree.iter("{*}BPMNShape")}
    tasks = [task.get("id", "") for task in tree.iter(f"{_BPMN}userTask")]
    for flow in tree.iter(f"{_BPMN}sequenceFlow"):
        source, target = flow.get(_SOURCE, ""), flow.get(_TARGET, "")
        elsewhere = next((each for each in tasks if each not in {source, target}), None)
        if elsewhere is not None and places.get(target, 0) < places.get(source, 0):
            yield flow.get("id", ""), partial(_lead, flow, elsewhere)


def _left(shape: etree._Element) -> float:
    bounds = shape.find("{*}Bounds")
    return 0.0 if bounds is None else float(bounds.get("x", 0))


def _lead(flow: etree._Element, target: str, tree: etree._Element) -> None:
    """Let a flow lead elsewhere, with what the nodes say of it."""
    name = flow.get("id")
    for incoming in tree.iter(f"{_BPMN}incoming"):
        if incoming.text == name:
            cast("etree._Element", incoming.getparent()).remove(incoming)  # noqa: SLF001
            break
    flow.set(_TARGET, target)
    node = next(each for each in tree.iter() if each.get("id") == target)
    told = etree.Element(f"{_BPMN}incoming")
    told.text = name
    before = [f"{_BPMN}{tag}" for tag in ("documentation", "extensionElements", "incoming")]
    node.insert(sum(child.tag in before for child in node), told)


def _longer(tree: etree._Element) -> _Faults:
    for setting in tree.iter(f"{_CAMUNDA}property"):
        if setting.get("name") == "permit:limit_wd":
            owner = next(each for each in setting.iterancestors() if each.get("id"))
            yield owner.get("id", ""), partial(_lengthen, setting)


def _lengthen(setting: etree._Element, _: etree._Element) -> None:
    setting.set("value", str(int(setting.get("value", "0")) + 1))


_KINDS: Final[Mapping[str, Callable[[etree._Element], _Faults]]] = {
    "condition turned round": _turned,
    "targets exchanged": _exchanged,
    "timer never comes": _never,
    "way back astray": _led_astray,
    "limit longer": _longer,
}
