"""A diagram as a picture (SVG), drawn from its interchange part by ourselves: shapes with their ids, lines, labels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from lxml import etree

from services.workflow.engine.documents import read_xml
from services.workflow.engine.findings import Report

_BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC: Final = "{http://www.omg.org/spec/DD/20100524/DC}"
_DD: Final = "{http://www.omg.org/spec/DD/20100524/DI}"
_MARGIN: Final = 24
_CHARACTER: Final = 12
_LINE: Final = 15
_MARKS: Final = {
    "userTask": "人",
    "manualTask": "人",
    "serviceTask": "⚙",
    "scriptTask": "ƒ",
    "businessRuleTask": "▤",
    "receiveTask": "✉",
    "sendTask": "✉",
    "callActivity": "⊞",
}
_GATES: Final = {"exclusiveGateway": "×", "parallelGateway": "+", "inclusiveGateway": "○", "eventBasedGateway": "⬠"}
_EVENTS: Final = {
    "timerEventDefinition": "◷",
    "messageEventDefinition": "✉",
    "errorEventDefinition": "↯",
    "escalationEventDefinition": "▲",
    "signalEventDefinition": "△",
    "terminateEventDefinition": "●",
    "linkEventDefinition": "➔",
}


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is drawn."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """The point in the middle."""
        return self.x + self.width / 2, self.y + self.height / 2


def drawing(source: bytes) -> str:
    """The diagram as SVG; every shape is a group with `data-element`. Empty when it cannot be drawn."""
    root = read_xml(Report("drawing"), source)
    if root is None:
        return ""
    elements = {str(each.get("id")): each for each in root.iter() if each.get("id")}
    shapes = {str(each.get("bpmnElement")): each for each in root.iter(f"{_DI}BPMNShape")}
    edges = {str(each.get("bpmnElement")): each for each in root.iter(f"{_DI}BPMNEdge")}
    if not shapes:
        return ""
    parts = [*_edges(edges, elements), *_shapes(shapes, elements)]
    return _framed(parts, list(_extent(shapes, edges)))


def _framed(parts: list[str], points: list[tuple[float, float]]) -> str:
    left, top = min(x for x, _ in points) - _MARGIN, min(y for _, y in points) - _MARGIN
    width = max(x for x, _ in points) + _MARGIN - left
    height = max(y for _, y in points) + _MARGIN - top
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} {top:g} {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img">{arrow}{"".join(parts)}</svg>'
    )


def _extent(shapes: Mapping[str, etree._Element], edges: Mapping[str, etree._Element]) -> Iterator[tuple[float, float]]:
    for shape in (*shapes.values(), *edges.values()):
        for found in shape.iter(f"{_DC}Bounds"):
            box = _box(found)
            yield box.x, box.y
            yield box.x + box.width, box.y + box.height
        yield from _points(shape)


def _edges(edges: Mapping[str, etree._Element], elements: Mapping[str, etree._Element]) -> Iterator[str]:
    for element, edge in edges.items():
        path = " ".join(f"{x:g},{y:g}" for x, y in _points(edge))
        yield f'<g class="flow" data-element="{escape(element)}"><polyline points="{path}"/>'
        name, label = _name(elements.get(element)), _label(edge)
        if name and label is not None:
            yield _text(name, label.middle, label.width)
        yield "</g>"


def _shapes(shapes: Mapping[str, etree._Element], elements: Mapping[str, etree._Element]) -> Iterator[str]:
    ordered = sorted(shapes.items(), key=lambda each: -_area(each[1]))  # what lies inside is drawn over what is around
    for element, shape in ordered:
        bounds, known = shape.find(f"{_DC}Bounds"), elements.get(element)
        if bounds is None or known is None:
            continue
        kind = str(known.tag).rpartition("}")[2]
        yield f'<g class="{_class(kind)}" data-element="{escape(element)}">'
        yield f"<title>{escape(_name(known) or element)}</title>"
        yield from _figure(kind, known, _box(bounds), shape)
        yield "</g>"


def _figure(kind: str, element: etree._Element, box: Box, shape: etree._Element) -> Iterator[str]:
    (x, y), name = box.middle, _name(element)
    match _class(kind):
        case "event":
            yield f'<circle cx="{x:g}" cy="{y:g}" r="{box.width / 2:g}"/>'
            if kind.startswith(("intermediate", "boundary")):
                yield f'<circle cx="{x:g}" cy="{y:g}" r="{box.width / 2 - 3:g}"/>'
            yield _mark(next((_EVENTS[tag] for tag in _tags(element) if tag in _EVENTS), ""), x, y)
            yield _beside(name, box, shape)
        case "gate":
            path = f"{x:g},{box.y:g} {box.x + box.width:g},{y:g} {x:g},{box.y + box.height:g} {box.x:g},{y:g}"
            yield f'<polygon points="{path}"/>'
            yield _mark(_GATES.get(kind, ""), x, y)
            yield _beside(name, box, shape)
        case "frame":
            yield _rectangle(box)
            yield f'<text x="{box.x + 8:g}" y="{box.y + 16:g}" text-anchor="start">{escape(name)}</text>'
        case "note":
            yield _text(_note(element) or name, (x, y), box.width)
        case _:
            yield _rectangle(box)
            yield f'<text class="mark" x="{box.x + 10:g}" y="{box.y + 15:g}">{_MARKS.get(kind, "")}</text>'
            yield _text(name, (x, y), box.width - 10)


def _class(kind: str) -> str:
    match kind:
        case _ if kind.endswith("Event"):
            return "event"
        case _ if kind.endswith("Gateway"):
            return "gate"
        case "participant" | "lane" | "subProcess" | "transaction" | "adHocSubProcess" | "group":
            return "frame"
        case "textAnnotation" | "dataObjectReference" | "dataStoreReference":
            return "note"
        case _:
            return "task"


def _rectangle(box: Box) -> str:
    return f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="8"/>'


def _mark(mark: str, x: float, y: float) -> str:
    return f'<text class="mark" x="{x:g}" y="{y + 5:g}" text-anchor="middle">{mark}</text>' if mark else ""


def _beside(name: str, box: Box, shape: etree._Element) -> str:
    """The name of a small shape: where its label was put, else below it."""
    if not name:
        return ""
    label = _label(shape)
    if label is not None:
        return _text(name, label.middle, max(label.width, 6 * _CHARACTER))
    x, _ = box.middle
    return _text(name, (x, box.y + box.height + _LINE), 8 * _CHARACTER)


def _text(text: str, middle: tuple[float, float], width: float) -> str:
    lines = _folded(text, max(3, int(width / _CHARACTER)))
    x, y = middle
    first = y - (len(lines) - 1) * _LINE / 2 + 4
    spans = "".join(
        f'<tspan x="{x:g}" y="{first + n * _LINE:g}">{escape(line)}</tspan>' for n, line in enumerate(lines)
    )
    return f'<text text-anchor="middle">{spans}</text>'


def _folded(text: str, most: int) -> list[str]:
    """Lines of at most so many full-width characters; Latin letters count half."""
    lines, length = [""], 0.0
    for character in " ".join(text.split()):
        size = 0.55 if character.isascii() else 1.0
        if length + size > most:
            lines.append("")
            length = 0.0
        lines[-1] += character
        length += size
    return [line.strip() for line in lines if line.strip()]


def _points(edge: etree._Element) -> list[tuple[float, float]]:
    return [(float(each.get("x", "0")), float(each.get("y", "0"))) for each in edge.iter(f"{_DD}waypoint")]


def _box(bounds: etree._Element) -> Box:
    x, y, width, height = (float(bounds.get(name, "0")) for name in ("x", "y", "width", "height"))
    return Box(x, y, width, height)


def _area(shape: etree._Element) -> float:
    bounds = shape.find(f"{_DC}Bounds")
    return 0.0 if bounds is None else _box(bounds).width * _box(bounds).height


def _label(shape: etree._Element) -> Box | None:
    bounds = shape.find(f"{_DI}BPMNLabel/{_DC}Bounds")
    return None if bounds is None else _box(bounds)


def _name(element: etree._Element | None) -> str:
    return "" if element is None else str(element.get("name") or "")


def _note(element: etree._Element) -> str:
    return element.findtext(f"{_BPMN}text") or ""


def _tags(element: etree._Element) -> list[str]:
    return [str(child.tag).rpartition("}")[2] for child in element]
