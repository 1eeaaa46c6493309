"""The small permit with an interchange part, so that it can be drawn."""

import re

from tests.workflow.bundle_support import bundle, diagram

_SPOTS = {
    "Start_1": (0, 100, 36),
    "Accept": (80, 78, 100),
    "Silent": (130, 140, 36),
    "Accepted_": (220, 93, 50),
    "Refused": (227, 200, 36),
    "Accepted": (310, 100, 36),
    "Deemed": (310, 200, 36),
    "Review": (390, 78, 100),
    "Experts_": (530, 93, 50),
    "Experts": (505, 190, 100),
    "Lead": (630, 78, 100),
    "Decided": (770, 100, 36),
    "Number": (850, 78, 100),
    "Deliver": (990, 78, 100),
    "Granted": (1130, 100, 36),
}


def _height(width: int) -> int:
    return 80 if width == 100 else width


def drawn_diagram() -> str:
    text = diagram()
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}">'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{_height(width)}"/></bpmndi:BPMNShape>'
        for element, (x, y, width) in _SPOTS.items()
    )
    flows = re.findall(r'sequenceFlow id="(\w+)" sourceRef="(\w+)" targetRef="(\w+)"', text)
    edges = "".join(
        f'<bpmndi:BPMNEdge id="{flow}_di" bpmnElement="{flow}">{_point(source, 1)}{_point(target, 0)}</bpmndi:BPMNEdge>'
        for flow, source, target in flows
    )
    interchange = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
        f' id="Picture"><bpmndi:BPMNPlane id="Plane" bpmnElement="small-permit">{shapes}{edges}'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
    return text.replace("</bpmn:definitions>", f"{interchange}</bpmn:definitions>")


def _point(element: str, side: int) -> str:
    x, y, width = _SPOTS[element]
    return f'<di:waypoint x="{x + side * width}" y="{y + _height(width) / 2:g}"/>'


def drawn_bundle() -> dict[str, str]:
    return {**bundle(), "diagram.bpmn": drawn_diagram()}
