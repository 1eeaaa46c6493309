"""Subprocesses and called processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import Node
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.texts import Expression, storable
from services.workflow.engine.running.nodes import NodeSpec, fault
from services.workflow.engine.running.paths import Path
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.reentry import kept, reopens
from services.workflow.engine.running.tokens import Scope, Token
from services.workflow.engine.running.variables import MISSING, Variables

CASE: Final = "case"
DONE: Final = "done"
INSIDE: Final = "inside"


@dataclass(frozen=True, slots=True)
class Hand:
    """One value handed over: the expression that gives it and the variable that takes it."""

    target: str
    source: Expression


class BodySpec(NodeSpec):
    """A subprocess drawn inside: it shares the variables around it, except as one instance of several.

    `undone_inside` is the event subprocess in it that compensates it.
    """

    isolates = False

    def __init__(self, spec: Plan, node: Node, body: str, *, name: str | None = None) -> None:
        super().__init__(spec, node, name=name)
        self.body = body
        self.undone_inside = ""

    def receive(self, token: Token) -> bool:
        """Start the subprocess; the token stays until it is over."""
        inner = token.scope.instance.open_subprocess(token, self.body, self.variables(token))
        self.await_(token, TaskState.STARTED)
        inner.begin()
        return False

    def variables(self, token: Token) -> Variables:
        """Give the variables the subprocess runs with."""
        around = token.scope.variables
        return around if token.local is None else Variables(dict(token.local), around)

    def body_done(self, token: Token, inner: Scope) -> None:
        """Take over what the subprocess made, and let the token go on."""
        self.take_over(token, inner)
        if inner.done and not self.isolates:
            token.internal_data[DONE] = inner.done
        if type(self) is BodySpec and not (inner.done or self.undone_by or self.undone_inside) and reopens(inner.spec):
            token.internal_data[INSIDE] = tuple(kept(inner, self.name))
        token.scope.instance.subprocesses.pop(token.id, None)
        token.make_ready()

    def path_after(self, token: Token) -> Path:
        """Give the path of a token that leaves, with what people did inside and can be undone from here."""
        path = token.path
        for node, number, where in token.internal_data.get(INSIDE, ()):
            token.scope.before[number], token.scope.inside[number] = token.path, where
            path = path.past(node, number)
        return path

    def note_done(self, token: Token) -> None:
        """Remember what was completed in here, when it can be compensated."""
        inner = token.internal_data.get(DONE, [])
        if inner or self.undone_by or self.undone_inside:
            token.scope.done.append([self.name, inner, token.id])

    def take_over(self, token: Token, inner: Scope) -> None:
        """Merge the variables of one instance of several into those around it."""
        if token.local is not None:
            inner.variables.hand_up(tuple(token.local))
            token.local = dict(inner.variables.own)


class ByEventSpec(BodySpec):
    """An event subprocess: started by its event, and no step on the way of the process."""

    is_by_event = True

    def note_end(self, token: Token) -> None:
        """Note nothing: its own end event did."""


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
