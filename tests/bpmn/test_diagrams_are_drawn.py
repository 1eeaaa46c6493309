"""A diagram is whole and legible: everything has a place, a name and a stable id, and nothing lies on anything else."""

import re
from collections import Counter
from itertools import combinations, pairwise
from typing import Final

import pytest

from tests.bpmn.bundles import BPMN, DI, DRAWN, Box, Bundle, Point

each_bundle = pytest.mark.parametrize("bundle", DRAWN, ids=lambda bundle: bundle.key)

PREFIXES: Final = {
    "startEvent": "Start_",
    "endEvent": "End_",
    "intermediateThrowEvent": "Event_",
    "intermediateCatchEvent": "Event_",
    "boundaryEvent": "Boundary_",
    "callActivity": "Call_",
    "userTask": "Task_",
    "scriptTask": "Script_",
    "serviceTask": "Service_",
    "receiveTask": "Receive_",
    "businessRuleTask": "Rule_",
    "exclusiveGateway": "Gateway_",
    "parallelGateway": "Gateway_",
}
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
CHARACTER: Final = 11
"""Width and, with a little air, height of a Chinese character in a label, in pixels."""


def test_there_are_processes_to_learn_from() -> None:
    assert {"works-planning-permit", "rural-planning-permit"} <= {bundle.key for bundle in DRAWN}


@each_bundle
def test_given_a_diagram_then_the_process_bears_the_key_and_is_executable(bundle: Bundle) -> None:
    processes = list(bundle.root.iter(f"{BPMN}process"))
    assert [process.get("id") for process in processes] == [bundle.key]
    assert processes[0].get("isExecutable") == "true"


@each_bundle
def test_given_a_diagram_then_every_node_flow_and_lane_is_drawn(bundle: Bundle) -> None:
    assert (bundle.nodes.keys() | bundle.lanes.keys()) - bundle.shapes.keys() == set()
    assert bundle.flows.keys() - bundle.edges.keys() == set()
    assert all(len(points) > 1 for points in bundle.edges.values())


@each_bundle
def test_given_a_diagram_then_nothing_is_drawn_that_is_not_there(bundle: Bundle) -> None:
    known = {element.get("id") for element in bundle.root.iter(f"{BPMN}*")}
    assert (bundle.shapes.keys() | bundle.edges.keys()) - known == set()


@each_bundle
def test_given_a_diagram_then_ids_are_unique_and_say_what_they_are(bundle: Bundle) -> None:
    counted = Counter(element.get("id") for element in bundle.root.iter() if element.get("id"))
    assert [name for name, times in counted.items() if times > 1] == []
    for node in bundle.nodes.values():
        assert re.fullmatch(PREFIXES[node.tag] + r"[A-Z][A-Za-z]+", node.id), node.id
    for flow in bundle.flows.values():
        assert re.fullmatch(r"Flow_[A-Z][A-Za-z]+_[A-Z][A-Za-z]+", flow.id), flow.id


@each_bundle
def test_given_a_node_then_it_has_a_chinese_name_unless_it_only_joins(bundle: Bundle) -> None:
    for node in bundle.nodes.values():
        joins = node.tag.endswith("Gateway") and len(bundle.leaving(node.id)) == 1
        splits_all = node.tag == "parallelGateway"
        assert CHINESE.search(node.name) or joins or splits_all, node.id


@each_bundle
def test_given_a_question_then_every_answer_is_named_or_leads_to_a_named_end(bundle: Bundle) -> None:
    for gateway in bundle.of("exclusiveGateway"):
        answers = bundle.leaving(gateway.id)
        if len(answers) > 1:
            assert gateway.name.endswith("？"), gateway.id
            assert all(flow.name or bundle.nodes[flow.target].tag == "endEvent" for flow in answers), gateway.id


@each_bundle
def test_given_a_question_then_every_answer_has_a_condition_but_the_default(bundle: Bundle) -> None:
    for flow in bundle.flows.values():
        asked = bundle.nodes[flow.source].tag == "exclusiveGateway" and len(bundle.leaving(flow.source)) > 1
        assert (flow.condition is not None) == (asked and not flow.is_default), flow.id


@each_bundle
def test_given_a_lane_then_it_is_a_post_and_holds_its_nodes(bundle: Bundle) -> None:
    for lane_id, lane in bundle.lanes.items():
        assert CHINESE.search(lane.get("name", "")), lane_id
        for reference in lane.findall(f"{BPMN}flowNodeRef"):
            node = bundle.nodes[reference.text or ""]
            attached = node.attached_to is not None
            assert attached or bundle.shapes[lane_id].holds(bundle.shapes[node.id]), (lane_id, node.id)


@each_bundle
def test_given_a_step_then_it_lies_in_the_lane_of_its_post(bundle: Bundle) -> None:
    homes = {
        reference.text: lane.get("name", "")
        for lane in bundle.lanes.values()
        if lane.find(f"{BPMN}childLaneSet") is None
        for reference in lane.findall(f"{BPMN}flowNodeRef")
    }
    for node in bundle.nodes.values():
        post = node.settings.get("post") or node.attributes.get("{http://camunda.org/schema/1.0/bpmn}candidateGroups")
        if post:
            assert homes[node.id].endswith(f" {post}"), node.id


@each_bundle
def test_given_two_shapes_then_they_do_not_touch(bundle: Bundle) -> None:
    for one, other in combinations(bundle.nodes.values(), 2):
        if other.id != one.attached_to and one.id != other.attached_to:
            assert not bundle.shapes[one.id].meets(bundle.shapes[other.id], gap=8), (one.id, other.id)


@each_bundle
def test_given_a_flow_then_it_is_rectangular_and_runs_through_no_shape(bundle: Bundle) -> None:
    for flow in bundle.flows.values():
        ends = {flow.source, flow.target}
        near = {*ends, bundle.nodes[flow.source].attached_to}
        near |= {node.id for end in ends for node in bundle.boundaries(end)}
        for start, end in pairwise(bundle.edges[flow.id]):
            assert start[0] == end[0] or start[1] == end[1], flow.id
            for node_id in bundle.nodes.keys() - near:
                assert not _stretch(start, end).meets(bundle.shapes[node_id]), (flow.id, node_id)


@each_bundle
def test_given_two_flows_then_they_do_not_cross(bundle: Bundle) -> None:
    stretches = [(flow, start, end) for flow in bundle.flows.values() for start, end in pairwise(bundle.edges[flow.id])]
    for (one, start, end), (other, first, last) in combinations(stretches, 2):
        fork = one.source == other.source and bundle.edges[one.id][0] == bundle.edges[other.id][0]
        if one.id != other.id and not fork:
            assert not _stretch(start, end).meets(_stretch(first, last)), (one.id, other.id)


@each_bundle
def test_given_a_name_outside_its_shape_then_its_label_is_large_enough_and_covers_nothing(bundle: Bundle) -> None:
    named = {node.id: node.name for node in bundle.nodes.values() if not node.tag.endswith(("Task", "Activity"))}
    named |= {flow.id: flow.name for flow in bundle.flows.values()}
    for element, name in named.items():
        if name:
            label = bundle.labels[element]
            lines = round(label.height / (CHARACTER + 3))
            assert lines * label.width >= len(name) * CHARACTER * 0.6, element
            others = bundle.nodes.keys() - {element}  # beside a diamond the label may use the corner of its box
            assert [other for other in others if label.meets(bundle.shapes[other])] == [], element


@each_bundle
def test_given_two_labels_then_they_do_not_overlap(bundle: Bundle) -> None:
    for (one, box), (other, second) in combinations(bundle.labels.items(), 2):
        assert not box.meets(second), (one, other)


@each_bundle
def test_given_a_diagram_then_it_has_one_plane(bundle: Bundle) -> None:
    assert len(list(bundle.root.iter(f"{DI}BPMNPlane"))) == 1


def _stretch(start: Point, end: Point) -> Box:
    """A straight piece of a flow as a thin box."""
    (x, y), (right, bottom) = sorted([start, end])
    top, bottom = sorted([y, bottom])
    return Box(x, top, right - x + 0.1, bottom - top + 0.1)
