"""Subprocesses and called processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import Node
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.texts import Expression, storable
from services.workflow.engine.running.nodes import NodeSpec, fault
from services.workflow.engine.running.tokens import Plan, Scope, Token
from services.workflow.engine.running.variables import MISSING, Variables

CASE: Final = "case"
START: Final = "Start"


@dataclass(frozen=True, slots=True)
class Hand:
    """One value handed over: the expression that gives it and the variable that takes it."""

    target: str
    source: Expression


class BodySpec(NodeSpec):
    """A subprocess drawn inside: it shares the variables around it, except as one instance of several."""

    isolates = False

    def __init__(self, spec: Plan, node: Node, body: str, *, name: str | None = None) -> None:
        super().__init__(spec, node, name=name)
        self.body = body

    def receive(self, token: Token) -> bool:
        """Start the subprocess; the token stays until it is over."""
        inner = token.scope.instance.open_subprocess(token, self.body, self.variables(token))
        self.await_(token, TaskState.STARTED)
        inner.put(inner.spec.first)
        return False

    def variables(self, token: Token) -> Variables:
        """Give the variables the subprocess runs with."""
        around = token.scope.variables
        return around if token.local is None else Variables(dict(token.local), around)

    def body_done(self, token: Token, inner: Scope) -> None:
        """Take over what the subprocess made, and let the token go on."""
        self.take_over(token, inner)
        token.scope.instance.subprocesses.pop(token.id, None)
        token.make_ready()

    def take_over(self, token: Token, inner: Scope) -> None:
        """Merge the variables of one instance of several into those around it."""
        if token.local is not None:
            inner.variables.hand_up(tuple(token.local))
            token.local = dict(inner.variables.own)


class CallSpec(BodySpec):
    """A called process: sees `case` and what is handed in, gives back what is declared, and nothing else."""

    isolates = True

    def __init__(
        self,
        spec: Plan,
        node: Node,
        body: str,
        *,
        ins: tuple[Hand, ...],
        outs: tuple[Hand, ...],
        name: str | None = None,
    ) -> None:
        super().__init__(spec, node, body, name=name)
        self.ins = ins
        self.outs = outs

    def variables(self, token: Token) -> Variables:
        """Give the callee its own variables."""
        own: dict[str, Any] = {}
        calls = self.node.calls
        if calls is not None and calls.all_in:
            for layer in reversed(token.layers):
                own |= layer
        case = next((layer[CASE] for layer in token.layers if CASE in layer), MISSING)
        if case is not MISSING:
            own[CASE] = case
        own |= {hand.target: self.value(token, hand.source) for hand in self.ins}
        return Variables(own)

    def take_over(self, token: Token, inner: Scope) -> None:
        """Take the declared results, and all of them when the diagram says `variables="all"`."""
        calls, theirs = self.node.calls, inner.variables
        if calls is not None and calls.all_out:
            for name, value in theirs.own.items():
                if name != CASE:
                    self.write(token, name, value)
        for hand in self.outs:
            self.write(token, hand.target, self._given(hand, inner, theirs.layers))

    def _given(self, hand: Hand, inner: Scope, layers: tuple[Mapping[str, Any], ...]) -> object:
        try:
            return storable(hand.source.value(layers, inner.instance.office))
        except Miscalculated as error:
            raise fault(self.bpmn_id, hand.source.source, error) from error
