"""Builds the runnable specification of a process from a diagram that was found sound."""

from collections.abc import Mapping
from typing import Final

from services.workflow.engine.diagrams.model import Again, Body, EventKind, Node, Process, Several
from services.workflow.engine.diagrams.results import result_of
from services.workflow.engine.language.texts import expression, script, unwrapped
from services.workflow.engine.running.deciding import Decision, RuleSpec
from services.workflow.engine.running.events import CatchSpec, EventGatewaySpec, ThrowSpec
from services.workflow.engine.running.inside import BodySpec, CallSpec, Hand
from services.workflow.engine.running.joins import ExclusiveSpec, InclusiveSpec, ParallelSpec
from services.workflow.engine.running.nodes import CLOCK_FROM, ExternalSpec, HumanSpec, NodeSpec, ScriptSpec, Way
from services.workflow.engine.running.reach import linked, reach
from services.workflow.engine.running.several import AgainSpec, Round, SeveralSpec
from services.workflow.engine.running.tokens import Plan
from services.workflow.engine.timers import read_timer

_EACH: Final = " [each]"
_GATEWAYS: Final[dict[str, type[NodeSpec]]] = {
    "exclusiveGateway": ExclusiveSpec,
    "parallelGateway": ParallelSpec,
    "eventBasedGateway": EventGatewaySpec,
}
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
        """Build what is drawn inside a process or subprocess."""
        spec = Plan(name)
        self.built[name] = spec
        for node in body.nodes.values():
            self._node(spec, body, node)
            if node.body is not None:
                self.body(node.body, body_name(self.process_id, node.body.id))
        for node in body.nodes.values():
            self._connect(spec, body, node)
        spec.first = next(node.id for node in body.starts())

    def _node(self, spec: Plan, body: Body, node: Node) -> None:
        if node.loop is None:
            made = self._plain(spec, body, node, node.id)
        else:
            self._plain(spec, body, node, node.id + _EACH)
            made = _repeated(spec, node, node.loop)
        made.boundaries = tuple(boundary.id for boundary in body.boundaries(node.id))
        if CLOCK_FROM in node.settings:
            made.clock_from = expression(node.settings[CLOCK_FROM])

    def _plain(self, spec: Plan, body: Body, node: Node, name: str) -> NodeSpec:
        """Build a node as if it ran once."""
        match node.tag:
            case "userTask":
                return HumanSpec(spec, node, result_of(node), name=name)
            case "scriptTask":
                return ScriptSpec(spec, node, script(node.script or ""), name=name)
            case "subProcess":
                return BodySpec(spec, node, body_name(self.process_id, node.id), name=name)
            case "callActivity":
                return _call(spec, node, name)
            case "inclusiveGateway":
                return InclusiveSpec(spec, node, reach(body, node))
            case _:
                return self._task_or_event(spec, node, name)

    def _task_or_event(self, spec: Plan, node: Node, name: str) -> NodeSpec:
        if node.tag in _GATEWAYS:
            return _GATEWAYS[node.tag](spec, node)
        if node.topic is not None:
            return ExternalSpec(spec, node, result_of(node), name=name)
        if node.tag == "businessRuleTask" and node.decides is not None:
            return RuleSpec(spec, node, self.decisions[node.decides.decision], result_of(node), name=name)
        kind = node.event.kind
        if node.tag in _THROWS and kind is not EventKind.LINK:
            return ThrowSpec(spec, node, name=name)
        if kind in (EventKind.NONE, EventKind.LINK) or node.tag == "startEvent":
            return NodeSpec(spec, node, name=name)
        timer = read_timer(node.event.timers[0]) if node.event.timers else None
        return CatchSpec(spec, node, timer=timer, result=result_of(node), name=name)

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
    )
    return SeveralSpec(spec, node, one, goes)
