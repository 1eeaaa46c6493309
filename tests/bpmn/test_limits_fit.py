"""On every path the steps' limits fit into the promise and the promise into the law (docs/domain.md §0.12)."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from tests.bpmn.bundles import BUNDLES, CAMUNDA, Bundle, Flow, Node

SITUATIONS: Final = [
    pytest.param(bundle, row["code"], row["promised_workdays"], id=f"{bundle.key}/{row['code']}")
    for bundle in BUNDLES
    for row in bundle.item["situations"]
]
SITUATION: Final = "case.situation"
each_situation = pytest.mark.parametrize(("bundle", "situation", "promised"), SITUATIONS)
_ASKS: Final = re.compile(r'([\w.]+) == "(\w+)"')

Path = tuple[str, ...]
Known = Mapping[str, str]
"""What is certain on a path: the situation, and the constants that a caller hands over."""


@each_situation
def test_given_every_path_then_the_limits_that_count_fit_the_promise(
    bundle: Bundle, situation: str, promised: int
) -> None:
    paths, law = list(decisions(bundle, situation)), bundle.item["statutory_workdays"]
    assert paths or is_without_clocks(bundle)
    for path in paths:
        assert counted(bundle, path, situation) <= promised <= (law or promised), path


@each_situation
def test_given_every_path_then_it_reaches_a_decision_or_an_end(bundle: Bundle, situation: str, promised: int) -> None:
    del promised
    for start in bundle.of("startEvent"):
        for path in walked(bundle, {SITUATION: situation}, (start.id,)):
            last = bundle.nodes[path[-1]]
            assert last.tag == "endEvent", path


def test_given_a_building_without_meetings_then_the_seven_days_are_used_as_published() -> None:
    bundle = next(one for one in BUNDLES if one.key == "works-planning-permit")
    plain = [path for path in decisions(bundle, "building") if "Task_ExpertNotice" not in path]
    assert {counted(bundle, path) for path in plain} == {6}  # P04 3 + P06 1 + P09 1 + P11 1; P12 1 after the decision
    assert max(counted(bundle, path) for path in decisions(bundle, "building")) == 7  # and the notice of the review


def decisions(bundle: Bundle, situation: str) -> Iterator[Path]:
    """Every way from an acceptance to the decision. A way back is walked once: it does not restart the clocks."""
    for node in bundle.nodes.values():
        if starts_clocks(bundle, node):
            for path in walked(bundle, {SITUATION: situation}, (node.id,)):
                stops = [n for n, one in enumerate(path) if bundle.nodes[one].settings.get("case_clock") == "stop"]
                if stops:
                    yield path[: stops[0] + 1]


def walked(bundle: Bundle, known: Known, path: Path) -> Iterator[Path]:
    """Every path onwards that visits no element twice, as far as is known."""
    ways = [flow.target for flow in bundle.leaving(path[-1]) if open_in(bundle, flow, known)]
    ways += [boundary.id for boundary in bundle.boundaries(path[-1])]
    if not ways:
        yield path
    for way in ways:
        if way not in path:
            yield from walked(bundle, known, (*path, way))


def open_in(bundle: Bundle, flow: Flow, known: Known) -> bool:
    """Whether a flow can be taken; conditions on what is not known may come out either way."""
    if flow.condition is None:
        rivals = [one.condition or "" for one in bundle.leaving(flow.source) if one.id != flow.id]
        return not (flow.is_default and any(answers(rival, known) == {True} for rival in rivals))
    found = answers(flow.condition, known)
    return not found or True in found


def answers(condition: str, known: Known) -> set[bool]:
    """How the questions of a condition come out that can be answered."""
    return {known[name] == value for name, value in _ASKS.findall(condition) if name in known}


def is_without_clocks(bundle: Bundle) -> bool:
    """Whether it is no licence and no clock of a case runs: consultations, services, what the bureau begins."""
    clocked = any("case_clock" in node.settings for node in bundle.reached.values())
    return bundle.item["statutory_workdays"] == 0 and not clocked


def starts_clocks(bundle: Bundle, node: Node) -> bool:
    """Whether the case's clocks start at an element, or in the process that it calls."""
    inside = bundle.called[node.id].nodes.values() if node.id in bundle.called else ()
    return any(each.settings.get("case_clock") == "start" for each in (node, *inside))


def counted(bundle: Bundle, path: Path, situation: str = "") -> int:
    """The working days that a path's steps take from the case's clocks: of a called process, its longest path."""
    return sum(taken(bundle, bundle.nodes[one], situation) for one in path)


def taken(bundle: Bundle, node: Node, situation: str) -> int:
    """The working days of one element of a path."""
    if node.id in bundle.called:
        inner = bundle.called[node.id]
        clocked = [each.id for each in inner.nodes.values() if starts_clocks(inner, each)]
        begins = clocked or [start.id for start in inner.of("startEvent")]
        known = {SITUATION: situation, **handed(node)}
        return max(counted(inner, path, situation) for each in begins for path in walked(inner, known, (each,)))
    return int(node.settings["limit_wd"]) if node.settings.get("counts_in_case_clock") == "yes" else 0


def handed(call: Node) -> Known:
    """The constants that a call hands over."""
    given = ((each.get("target", ""), each.get("sourceExpression", "")) for each in call.element.iter(f"{CAMUNDA}in"))
    return {name: text.strip('"') for name, text in given if re.fullmatch(r'"\w+"', text)}
