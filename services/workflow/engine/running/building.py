"""Builds the runnable specification of a process from a diagram that was found sound."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from services.workflow.engine.diagrams.model import (
    GATEWAYS,
    SUBPROCESSES,
    Again,
    Body,
    Event,
    EventKind,
    Node,
    Process,
    Several,
)
from services.workflow.engine.diagrams.results import result_of
from services.workflow.engine.language.texts import expression, script, unwrapped
from services.workflow.engine.running.at_will import AtWillSpec
from services.workflow.engine.running.deciding import Decision, RuleSpec
from services.workflow.engine.running.events import CatchSpec, EventGatewaySpec, MultipleSpec, PartSpec, ThrowSpec
from services.workflow.engine.running.inside import BodySpec, ByEventSpec, CallSpec, Hand
from services.workflow.engine.running.joins import ComplexSpec, ExclusiveSpec, InclusiveSpec, ParallelSpec
from services.workflow.engine.running.nodes import CLOCK_FROM, ExternalSpec, HumanSpec, NodeSpec, ScriptSpec, Way
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.reach import linked, reach
from services.workflow.engine.running.several import AgainSpec, Round, SeveralSpec, Tells
from services.workflow.engine.running.undoing import UNDO, UNDO_ALL, CancelSpec, UndoSpec
from services.workflow.engine.timers import read_timer

_EACH: Final = " [each]"
_GATEWAYS: Final[dict[str, type[NodeSpec]]] = {
    "exclusiveGateway": ExclusiveSpec,
    "parallelGateway": ParallelSpec,
    "eventBasedGateway": EventGatewaySpec,
}
_THROWN: Final[dict[EventKind, type[NodeSpec]]] = {EventKind.COMPENSATE: UndoSpec, EventKind.CANCEL: CancelSpec}
_THROWS: Final = frozenset({"endEvent", "intermediateThrowEvent", "sendTask"})


def build(process: Process, decisions: Mapping[str, Decision]) -> dict[str, Plan]:
    """Build a process and every subprocess in it: specifications by name. The process' own name is its id."""
    built: dict[str, Plan] = {}
    _Builder(process.id, decisions, built).body(process.body, process.id)
    return built


def body_name(process_id: str, body_id: str) -> str:
    """Give the name of a subprocess' specification: unique in a bundle, the same in every version."""
    return process_id if body_id == process_id else f"{process_id}/{body_id}"


class _Builder:
    """Builds one process."""

    def __init__(
        self,
        process_id: str,
        decisions: Mapping[str, Decision],
        built: dict[str, Plan],
    ) -> None:
        self.process_id = process_id
        self.decisions = decisions
        self.built = built

    def body(self, body: Body, name: str) -> None:
        """Build what is drawn inside a process or subprocess, and the activities that compensate in it."""
        spec = Plan(name)
        self.built[name] = spec
        drawn = [node for node in body.nodes.values() if not node.undoes and not _is_compensation(node)]
        for node in drawn:
            self._node(spec, body, node)
        self._undoing(body, name)
        for node in drawn:
            self._connect(spec, body, node)
        self._begin(spec, body)
        UndoSpec(spec, Node(UNDO_ALL, "intermediateThrowEvent", event=Event(EventKind.COMPENSATE)))
        spec.watches = any(isinstance(each, CatchSpec) and each.condition for each in spec.task_specs.values())

    def _begin(self, spec: Plan, body: Body) -> None:
        """Say how a scope begins: with its start event, and with the events of its event subprocesses armed."""
        starts = sorted(body.starts(), key=lambda node: node.event.kind is not EventKind.NONE)
        spec.starts = tuple(node.id for node in starts)
        spec.first = next(iter(spec.starts), "")
        guards: list[str] = []
        for node in body.by_events():
            for event in node.body.starts() if node.body is not None else ():
                if event.event.kind is not EventKind.COMPENSATE:
                    self._catch(spec, event, event.id, opens=node.id)
                    guards.append(event.id)
        spec.guards = tuple(guards)

    def _undoing(self, body: Body, name: str) -> None:
        """Build the activities that only undo, where nothing leads to them and nothing away."""
        undoing = [node for node in body.nodes.values() if node.undoes]
        if undoing:
            spec = Plan(name + UNDO)
            self.built[spec.name] = spec
            for node in undoing:
                self._node(spec, body, node)

    def _node(self, spec: Plan, body: Body, node: Node) -> None:
        if node.body is not None:
            inner = body_name(self.process_id, node.body.id)
            self.body(node.body, inner)
            self.built[inner].at_will = node.at_will is not None
        if node.loop is None:
            made = self._plain(spec, body, node, node.id)
        else:
            self._plain(spec, body, node, node.id + _EACH).takes = 1
            made = _repeated(spec, node, node.loop)
        boundaries = body.boundaries(node.id)
        made.boundaries = tuple(boundary.id for boundary in boundaries if not _is_compensation(boundary))
        made.undone_by = next((boundary.undone_by for boundary in boundaries if _is_compensation(boundary)), "")
        if CLOCK_FROM in node.settings:
            made.clock_from = expression(node.settings[CLOCK_FROM])

    def _plain(self, spec: Plan, body: Body, node: Node, name: str) -> NodeSpec:
        """Build a node as if it ran once."""
        match node.tag:
            case "userTask":
                return HumanSpec(spec, node, result_of(node), name=name)
            case "scriptTask":
                return ScriptSpec(spec, node, script(node.script or ""), name=name)
            case "callActivity":
                return _call(spec, node, name)
            case tag if tag in SUBPROCESSES:
                return self._inside(spec, node, name)
            case tag if tag in GATEWAYS:
                return _gateway(spec, body, node)
            case _:
                return self._task_or_event(spec, node, name)

    def _inside(self, spec: Plan, node: Node, name: str) -> NodeSpec:
        inner = body_name(self.process_id, node.id)
        if node.by_event:
            return ByEventSpec(spec, node, inner, name=name)
        if node.at_will is not None and node.body is not None:
            offered = tuple(each.id for each in node.body.offered())
            condition = expression(node.at_will.condition) if node.at_will.condition else None
            return AtWillSpec(spec, node, inner, node.at_will, offered=offered, condition=condition, name=name)
        made = BodySpec(spec, node, inner, name=name)
        made.undone_inside = next((each.id for each in _undone_inside(node)), "")
        return made

    def _task_or_event(self, spec: Plan, node: Node, name: str) -> NodeSpec:
        kind = node.event.kind
        if node.topic is not None:
            return ExternalSpec(spec, node, result_of(node), name=name)
        if node.tag == "businessRuleTask" and node.decides is not None:
            return RuleSpec(spec, node, self.decisions[node.decides.decision], result_of(node), name=name)
        if node.tag == "startEvent" or node.begins or kind in (EventKind.NONE, EventKind.LINK):
            return NodeSpec(spec, node, name=name)
        if node.tag in _THROWS:
            return _THROWN.get(kind, ThrowSpec)(spec, node, name=name)
        return self._catch(spec, node, name)

    def _catch(self, spec: Plan, node: Node, name: str, *, opens: str = "") -> NodeSpec:
        """Build what waits for an event; of a multiple event also its parts."""
        event = node.event
        timer = read_timer(event.timers[0]) if event.timers else None
        condition = expression(event.condition) if event.kind is EventKind.CONDITIONAL else None
        if not event.parts:
            result = result_of(node)
            return CatchSpec(spec, node, timer=timer, condition=condition, result=result, opens=opens, name=name)
        whole = MultipleSpec(spec, node, opens=opens, name=name)
        whole.parts = tuple(f"{name} [{number}]" for number in range(len(event.parts)))
        for part_name, part in zip(whole.parts, event.parts, strict=True):
            made = self._part(spec, replace(node, event=part), part_name)
            made.all_parts, made.is_guard = event.all_parts, bool(opens)
        return whole

    def _part(self, spec: Plan, node: Node, name: str) -> PartSpec:
        event = node.event
        timer = read_timer(event.timers[0]) if event.timers else None
        condition = expression(event.condition) if event.kind is EventKind.CONDITIONAL else None
        return PartSpec(spec, node, timer=timer, condition=condition, result=result_of(node), name=name)

    def _connect(self, spec: Plan, body: Body, node: Node) -> None:
        made = spec.task_specs[node.id]
        flows = [body.flows[flow] for flow in node.outgoing]
        for flow in flows:
            made.connect(spec.task_specs[flow.target])
        if isinstance(made, EventGatewaySpec):
            made.alternatives = tuple(flow.target for flow in flows)
            return
        made.ways = tuple(
            Way(
                flow.id,
                flow.target,
                expression(flow.condition) if flow.condition and flow.id != node.default else None,
                flow.id == node.default,
            )
            for flow in flows
        ) + tuple(Way("", target) for target in linked(body, node))


def _gateway(spec: Plan, body: Body, node: Node) -> NodeSpec:
    match node.tag:
        case "inclusiveGateway":
            return InclusiveSpec(spec, node, reach(body, node))
        case "complexGateway":
            made = ComplexSpec(spec, node, reach(body, node))
            made.activation = expression(node.activation) if node.activation else None
            return made
        case tag:
            return _GATEWAYS[tag](spec, node)


def _is_compensation(node: Node) -> bool:
    """Say whether a boundary event is one that is never waited for: it only says what undoes the activity."""
    return node.tag == "boundaryEvent" and node.event.kind is EventKind.COMPENSATE


def _undone_inside(node: Node) -> Iterator[Node]:
    """Give the event subprocess that compensates the subprocess it is drawn in."""
    for each in node.body.by_events() if node.body is not None else ():
        if each.body is not None and any(start.event.kind is EventKind.COMPENSATE for start in each.body.starts()):
            yield each


def _call(spec: Plan, node: Node, name: str) -> CallSpec:
    calls = node.calls
    if calls is None:
        raise AssertionError(node.id)  # the reader gives every call activity its call
    return CallSpec(
        spec,
        node,
        calls.process,
        ins=tuple(Hand(each.target, expression(each.expression or each.source or "")) for each in calls.ins),
        outs=tuple(Hand(each.target, expression(each.expression or each.source or "")) for each in calls.outs),
        name=name,
    )


def _repeated(spec: Plan, node: Node, loop: Several | Again) -> NodeSpec:
    one = node.id + _EACH
    if isinstance(loop, Again):
        return AgainSpec(
            spec,
            node,
            one,
            condition=expression(loop.condition) if loop.condition else None,
            maximum=int(unwrapped(loop.maximum)) if loop.maximum else None,
            test_before=loop.test_before,
        )
    goes = Round(
        sequential=loop.sequential,
        collection=expression(loop.collection) if loop.collection else None,
        cardinality=expression(loop.cardinality) if loop.cardinality else None,
        item=loop.item or "",
        completion=expression(loop.completion) if loop.completion else None,
        result=loop.output or result_of(node),
        output=loop.output_item or "",
        tells=tuple(
            Tells(each.event, loop.behavior == "One", None if each.condition is None else expression(each.condition))
            for each in loop.tells
        ),
    )
    return SeveralSpec(spec, node, one, goes)
