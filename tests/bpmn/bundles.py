"""The process folders as they lie in `bpmn/`, read without the engine: what is drawn, said and asked for."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from lxml import etree

HOME: Final = Path(__file__).parents[2] / "bpmn"
SHARED_HOME: Final = HOME / "shared"
FOLDERS: Final = tuple(sorted(path.parent for path in HOME.glob("*/item.toml")))

BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC: Final = "{http://www.omg.org/spec/DD/20100524/DC}"
DD: Final = "{http://www.omg.org/spec/DD/20100524/DI}"
CAMUNDA: Final = "{http://camunda.org/schema/1.0/bpmn}"

FLOW_NODES: Final = frozenset(
    {
        *("startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"),
        *("userTask", "serviceTask", "receiveTask", "businessRuleTask", "scriptTask", "callActivity", "subProcess"),
        *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"),
    },
)


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds of a shape or a label."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, other: "Box") -> bool:
        """Whether the other lies inside this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )

    def meets(self, other: "Box", *, gap: float = 0) -> bool:
        """Whether the two come closer than a gap."""
        return (
            self.x < other.x + other.width + gap
            and other.x < self.x + self.width + gap
            and self.y < other.y + other.height + gap
            and other.y < self.y + self.height + gap
        )


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node as the diagram has it."""

    id: str
    tag: str
    name: str
    attributes: Mapping[str, str]
    settings: Mapping[str, str]
    attached_to: str | None
    element: etree._Element


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow as the diagram has it."""

    id: str
    source: str
    target: str
    name: str
    condition: str | None
    is_default: bool


@dataclass(frozen=True)
class Bundle:
    """One process folder, or one drawing of the shared processes."""

    folder: Path
    drawing: str = "diagram.bpmn"

    @property
    def key(self) -> str:
        """The process key: the folder's name, or that of the shared drawing."""
        return self.drawing.removesuffix(".bpmn") if self.is_shared else self.folder.name

    @property
    def is_shared(self) -> bool:
        """Whether it is called by permits, and no permit itself."""
        return self.folder == SHARED_HOME

    @cached_property
    def is_internal(self) -> bool:
        """Whether nobody can apply for it: it begins by a message, a date or a signal, never plainly."""
        return not any(
            start.element.xpath("count(*[contains(local-name(), 'Definition')]) = 0") for start in self.of("startEvent")
        )

    @cached_property
    def root(self) -> etree._Element:
        """The diagram's XML."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.parse(self.folder / self.drawing, parser).getroot()

    @cached_property
    def item(self) -> dict[str, Any]:
        """`item.toml` as plain values."""
        return tomllib.loads((self.folder / "item.toml").read_text(encoding="utf-8"))

    @cached_property
    def forms(self) -> dict[str, dict[str, Any]]:
        """Every form by its key; of a shared drawing those of its steps."""
        found = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(self.folder.glob("forms/*.json"))}
        used = {node.attributes.get(f"{CAMUNDA}formKey") for node in self.of("userTask")} if self.is_shared else found
        return {key: form for key, form in found.items() if key in used}

    @cached_property
    def walks(self) -> dict[str, dict[str, Any]]:
        """Every walk by its file name."""
        home = self.folder / "walks" / (self.key if self.is_shared else "")
        return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(home.glob("*.toml"))}

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every flow node by id."""
        found = (one for one in self.root.iter(f"{BPMN}*") if etree.QName(one).localname in FLOW_NODES)
        return {one.get("id", ""): _node(one) for one in found}

    @cached_property
    def flows(self) -> dict[str, Flow]:
        """Every sequence flow by id."""
        defaults = {node.attributes.get("default") for node in self.nodes.values()}
        return {one.get("id", ""): _flow(one, defaults) for one in self.root.iter(f"{BPMN}sequenceFlow")}

    @cached_property
    def called(self) -> dict[str, "Bundle"]:
        """The shared process that each call activity calls, by the activity's id."""
        calls = ((node.id, node.attributes["calledElement"]) for node in self.of("callActivity"))
        return {node_id: SHARED[process] for node_id, process in calls}

    @cached_property
    def reached(self) -> dict[str, Node]:
        """Every flow node that a case can come to: its own, and those of the processes it calls."""
        return {key: node for one in (*self.called.values(), self) for key, node in one.nodes.items()}

    def form(self, key: str) -> dict[str, Any]:
        """A form of the folder, or else of the shared processes."""
        return self.forms[key] if key in self.forms else SHARED_FORMS[key]

    @cached_property
    def lanes(self) -> dict[str, etree._Element]:
        """Every lane by id."""
        return {one.get("id", ""): one for one in self.root.iter(f"{BPMN}lane")}

    @cached_property
    def shapes(self) -> dict[str, Box]:
        """Bounds of every shape, by the element drawn."""
        return {one.get("bpmnElement", ""): _box(one) for one in self.root.iter(f"{DI}BPMNShape")}

    @cached_property
    def edges(self) -> dict[str, list[Point]]:
        """Way points of every edge, by the element drawn."""
        return {
            one.get("bpmnElement", ""): [_point(way) for way in one.iter(f"{DD}waypoint")]
            for one in self.root.iter(f"{DI}BPMNEdge")
        }

    @cached_property
    def labels(self) -> dict[str, Box]:
        """Bounds of every label that has its own place, by the element it names."""
        drawn = [*self.root.iter(f"{DI}BPMNShape"), *self.root.iter(f"{DI}BPMNEdge")]
        found = ((one.get("bpmnElement", ""), one.find(f"{DI}BPMNLabel")) for one in drawn)
        return {name: _box(label) for name, label in found if label is not None and len(label)}

    def signal_of(self, node_id: str) -> str | None:
        """The name of the signal that an event throws or waits for."""
        names = {one.get("id"): one.get("name") for one in self.root.iter(f"{BPMN}signal")}
        return next(
            (names[one.get("signalRef")] for one in self.nodes[node_id].element.iter(f"{BPMN}signalEventDefinition")),
            None,
        )

    def of(self, *tags: str) -> Iterator[Node]:
        """The nodes of some kinds."""
        return (node for node in self.nodes.values() if node.tag in tags)

    def leaving(self, node_id: str) -> list[Flow]:
        """The flows out of a node."""
        return [flow for flow in self.flows.values() if flow.source == node_id]

    def boundaries(self, node_id: str) -> list[Node]:
        """The boundary events of an activity."""
        return [node for node in self.nodes.values() if node.attached_to == node_id]


def _node(element: etree._Element) -> Node:
    settings = {
        entry.get("name", "").removeprefix("permit:"): entry.get("value", "")
        for entry in element.findall(f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property")
    }
    attributes = {str(key): str(value) for key, value in element.attrib.items()}
    return Node(
        element.get("id", ""),
        etree.QName(element).localname,
        element.get("name", ""),
        attributes,
        settings,
        element.get("attachedToRef"),
        element,
    )


def _flow(element: etree._Element, defaults: set[str | None]) -> Flow:
    condition = element.findtext(f"{BPMN}conditionExpression")
    return Flow(
        element.get("id", ""),
        element.get("sourceRef", ""),
        element.get("targetRef", ""),
        element.get("name", ""),
        condition.strip() if condition else None,
        element.get("id") in defaults,
    )


def _box(element: etree._Element) -> Box:
    bounds = element.find(f"{DC}Bounds")
    assert bounds is not None, element.get("id")
    return Box(*(float(bounds.get(side, "nan")) for side in ("x", "y", "width", "height")))


def _point(way: etree._Element) -> Point:
    return float(way.get("x", "nan")), float(way.get("y", "nan"))


BUNDLES: Final = tuple(Bundle(folder) for folder in FOLDERS)
SHARED: Final = {path.stem: Bundle(SHARED_HOME, path.name) for path in sorted(SHARED_HOME.glob("*.bpmn"))}
SHARED_FORMS: Final = {key: form for shared in SHARED.values() for key, form in shared.forms.items()}
SIGNALS: Final = {
    signal
    for bundle in BUNDLES
    for node in bundle.of("intermediateThrowEvent", "endEvent")
    for signal in (bundle.signal_of(node.id),)
    if signal
}
"""Every signal that some process throws."""

TEMPLATES: Final = tuple(Bundle(path.parent) for path in sorted((HOME / "templates").glob("*/item.toml")))
DRAWN: Final = (*BUNDLES, *SHARED.values(), *TEMPLATES)
