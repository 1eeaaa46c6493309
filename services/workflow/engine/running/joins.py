"""Gateways, from the rules of BPMN 2.0 §13.4: what they wait for and which ways they choose.

A join looks only at the tokens that stand before it and the flows they came by, so it makes no difference how often
a loop has led here before. Excess tokens of a flow stay for the next firing.
"""

from collections.abc import Mapping
from typing import Final

from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import Node
from services.workflow.engine.language.texts import Expression
from services.workflow.engine.running.nodes import GATHERING, NodeSpec, Way
from services.workflow.engine.running.paths import joined
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.tokens import ROOT, Scope, Token

Flows = frozenset[str]

_LIVE: Final = TaskState.READY | TaskState.WAITING | TaskState.STARTED | GATHERING
_HAD: Final = "had"
COUNT: Final = "activationCount"


class ExclusiveSpec(NodeSpec):
    """Takes the first way whose condition holds, else the default way. Every token passes by itself."""

    def chosen(self, token: Token) -> list[Way]:
        """Give the one way. Raises `EngineFault` when there is none."""
        if len(self.ways) == 1 and self.ways[0].condition is None:
            return list(self.ways)
        for way in self.ways:
            if way.condition is not None and not way.is_default and self.holds(token, way.condition, way.flow):
                return [way]
        default = [way for way in self.ways if way.is_default]
        if self.ways and not default:
            raise self.no_way()
        return default


class _JoinSpec(NodeSpec):
    """A gateway where tokens may wait for others."""

    def __init__(self, spec: Plan, node: Node) -> None:
        super().__init__(spec, node)
        self.flows = frozenset(node.incoming)

    def waiting(self, token: Token) -> dict[str, Token]:
        """Give the oldest waiting token of each flow."""
        found: dict[str, Token] = {}
        for other in token.scope.tokens():
            if other.task_spec is self and other.state == TaskState.WAITING and _HAD not in other.internal_data:
                found.setdefault(other.flow, other)
        return found

    def fire(self, arrived: Mapping[str, Token]) -> None:
        """Consume one token of each flow that has one, and let one go on."""
        first, *others = arrived.values()
        first.path = joined(self.name, first.id, {flow: token.path for flow, token in arrived.items()})
        for other in others:
            other.scope.take_out(other)
        first.make_ready()


class ParallelSpec(_JoinSpec):
    """Waits for one token on every incoming flow, then sends one out on every outgoing flow."""

    def receive(self, token: Token) -> bool:
        """Keep the token until there is one on every flow."""
        if len(self.flows) <= 1:
            return True
        self.await_(token, TaskState.WAITING)
        arrived = self.waiting(token)
        if self.flows <= arrived.keys():
            self.fire(arrived)
        return False

    def chosen(self, token: Token) -> list[Way]:  # noqa: ARG002 - conditions play no part
        """Give every way."""
        return list(self.ways)


class InclusiveSpec(_JoinSpec):
    """Waits until no token can reach it any more by a flow that has none yet.

    `reach` gives, for each node of the body, the incoming flows of this gateway that a token there can come by
    without passing this gateway.
    """

    def __init__(self, spec: Plan, node: Node, reach: Mapping[str, frozenset[str]]) -> None:
        super().__init__(spec, node)
        self.reach = reach

    def receive(self, token: Token) -> bool:
        """Keep the token; whether the gateway fires is asked when nothing else moves."""
        if len(self.flows) <= 1:
            return True
        self.await_(token, TaskState.WAITING)
        return False

    def fire_if_complete(self, token: Token) -> bool:
        """Fire unless another token can still come by an empty flow and by none that has a token."""
        arrived = self.waiting(token)
        empty, filled = self.flows - arrived.keys(), self.flows & arrived.keys()
        if empty and self.is_awaited(token.scope, empty, filled):
            return False
        self.fire(arrived)
        return True

    def is_awaited(self, scope: Scope, empty: Flows, filled: Flows) -> bool:
        """Say whether a token can still come by a flow that is empty and by none that is filled."""
        for other in scope.tokens():
            if other.task_spec is self or other.parent.id != ROOT or not other.state & _LIVE:
                continue
            reached = self.reach.get(other.task_spec.bpmn_id, frozenset())
            if reached & empty and not reached & filled and _HAD not in other.internal_data:
                return True
        return False


class ComplexSpec(InclusiveSpec):
    """Fires once its condition holds, then lets nothing through until a token has come by every other flow.

    A flow by which none can come any more is not waited for (BPMN 2.0 §13.4.5). What comes meanwhile by the other
    flows is swallowed. Having fired, the gateway has a token of its own that knows the flows it had.
    """

    activation: Expression | None = None

    def receive(self, token: Token) -> bool:
        """Keep the token until the condition holds."""
        if len(self.flows) <= 1 or self.activation is None:
            return True
        self.await_(token, TaskState.WAITING)
        if not any(other.task_spec is self and _HAD in other.internal_data for other in token.scope.tokens()):
            self._fire_if_active(token)
        return False

    def _fire_if_active(self, token: Token) -> None:
        arrived = self.waiting(token)
        if self.activation is None or not self.holds(token, self.activation, self.bpmn_id, {COUNT: len(arrived)}):
            return
        scope = token.scope
        mark = scope.place(self.name, under=None, number=scope.instance.next_number())
        mark.stay(TaskState.WAITING)
        mark.internal_data = {_HAD: sorted(arrived)}
        self.fire(arrived)
        mark.path = next(iter(arrived.values())).path

    def fire_if_complete(self, token: Token) -> bool:
        """Let the gateway be as it was before it fired, when nothing more is to be swallowed."""
        if _HAD not in token.internal_data:
            return False
        scope, missing = token.scope, self.flows - set(token.internal_data[_HAD])
        arrived = self.waiting(token)
        if missing - arrived.keys() and self.is_awaited(scope, missing - arrived.keys(), frozenset()):
            return False
        for flow in missing & arrived.keys():
            scope.take_out(arrived.pop(flow))
        scope.take_out(token)
        if arrived:
            self._fire_if_active(next(iter(arrived.values())))
        scope.finish()
        return True
