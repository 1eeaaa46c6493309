"""What each kind of node does with a token that comes to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import Node
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.texts import Expression, Script, storable
from services.workflow.engine.models import EngineFault, Passed
from services.workflow.engine.running.paths import Path, joined
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.tokens import Token

CLOCK_FROM: Final = "clock_from"
PERSONS: Final = "userTask"
OUTCOME: Final = "outcome"
GATHERING: Final = TaskState.FUTURE


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a node: a sequence flow, its target and its condition."""

    flow: str
    target: str
    condition: Expression | None = None
    is_default: bool = False


class NodeSpec(BpmnSpecMixin):  # type: ignore[misc]
    """A node that lets every token pass at once; the base of all others.

    Tokens come in by `_update` (the library's word), wait or become ready, are run from the agenda, and leave by
    the ways that `chosen` gives. `takes` tokens make one, which leaves as `gives` on every way. `undone_by` is the
    activity that compensates this one.
    """

    is_guard = False
    is_by_event = False

    def __init__(self, spec: Plan, node: Node, *, name: str | None = None) -> None:
        super().__init__(spec, name or node.id)
        self.node = node
        self.bpmn_id, self.bpmn_name, self.lane = node.id, node.name, node.lane
        self.ways: tuple[Way, ...] = ()
        self.boundaries: tuple[str, ...] = ()
        self.clock_from: Expression | None = None
        self.takes, self.gives = node.takes, node.gives
        self.undone_by = ""

    # ── coming in ──

    def test(self) -> None:
        """Do nothing: the diagram was checked before."""

    def _predict(self, *_: object, **__: object) -> None:
        """Predict nothing: successors are made when the token leaves."""

    def _update_hook(self, token: Token) -> bool:
        """Receive a token; True makes it ready."""
        return (self.takes == 1 or self._gathered(token)) and self.receive(token)

    def _gathered(self, token: Token) -> bool:
        """Keep a token until there are enough of them to begin; the last one stands for all."""
        token.stay(GATHERING)
        waiting = [other for other in token.scope.tokens() if other.task_spec is self and other.state == GATHERING]
        if len(waiting) < self.takes:
            return False
        token.path = joined(self.name, token.id, {f"{other.flow} {other.id}": other.path for other in waiting})
        for other in waiting:
            if other is not token:
                token.scope.take_out(other)
        return True

    def receive(self, token: Token) -> bool:  # noqa: ARG002 - for the nodes where tokens wait
        """Receive a token; True makes it ready at once."""
        return True

    def _on_ready_hook(self, token: Token) -> None:
        token.scope.instance.agenda.append(token)

    def await_(self, token: Token, state: int) -> None:
        """Let a token stay here, with the events attached to this activity armed."""
        token.stay(state)
        for name in self.boundaries:
            token.scope.put(name, under=token)

    # ── running ──

    def _run_hook(self, token: Token) -> bool | None:
        """Do the node's work; None when the token was taken out by it."""
        self.work(token)
        return True if token.is_alive else None

    def work(self, token: Token) -> None:
        """Do what the node is for."""

    # ── leaving ──

    def _on_complete_hook(self, token: Token) -> None:
        for child in token.children:
            token.scope.take_out(child)
        several = token.parent.task_spec
        if token.parent.id >= 0 and hasattr(several, "instance_done"):
            several.instance_done(token.parent, token)
            return
        self.note_passed(token)
        self.note_done(token)
        ways = self.chosen(token)
        if not ways:
            self.note_end(token)
        path = self.path_after(token)
        for way in ways:
            token.scope.instance.happened.flows.append(way.flow)
            for _ in range(self.gives):
                token.scope.put(way.target, flow=way.flow, path=path)

    def chosen(self, token: Token) -> list[Way]:
        """Give the ways a token leaves by: all without condition, and those whose condition holds.

        The default way is taken when no condition holds (BPMN 2.0 §13.3.1). Raises `EngineFault` when there is none.
        """
        if not any(way.condition or way.is_default for way in self.ways):
            return list(self.ways)
        held = [way for way in self.ways if way.condition is not None and self.holds(token, way.condition, way.flow)]
        plain = [way for way in self.ways if way.condition is None and not way.is_default]
        default = [way for way in self.ways if way.is_default]
        found = plain + held if held else plain + default
        if not found:
            raise self.no_way()
        return found

    def no_way(self) -> EngineFault:
        """Say that a token cannot leave."""
        return EngineFault(
            self.bpmn_id,
            "没有一个出口条件成立，也没有默认出口",
            "no condition of an outgoing flow holds and there is no default flow",
        )

    # ── reckoning ──

    def holds(self, token: Token, condition: Expression, element: str, *more: Mapping[str, Any]) -> bool:
        """Reckon a condition, with `more` variables. Raises `EngineFault` naming the element and the text."""
        try:
            return condition.holds((*more, *token.layers), token.scope.instance.office)
        except Miscalculated as error:
            raise fault(element, condition.source, error) from error

    def value(self, token: Token, expression: Expression) -> Any:  # noqa: ANN401 - any JSON
        """Reckon a value. Raises `EngineFault` naming the element and the text."""
        try:
            return storable(expression.value(token.layers, token.scope.instance.office))
        except Miscalculated as error:
            raise fault(self.bpmn_id, expression.source, error) from error

    def write(self, token: Token, name: str, value: object) -> None:
        """Set a variable: of this instance of several when there is one, else of the process."""
        if token.local is not None:
            token.local[name] = value
        else:
            token.scope.variables.write(name, value)

    def note_passed(self, token: Token) -> None:
        """Tell the caller that this element was passed."""
        settings = dict(self.node.settings)
        if self.clock_from is not None:
            settings[CLOCK_FROM] = str(self.value(token, self.clock_from) or "")
        passed = Passed(self.bpmn_id, self.node.tag, self.bpmn_name or "", settings)
        token.scope.instance.happened.passed.append(passed)

    def path_after(self, token: Token) -> Path:
        """Give the path of a token that leaves; what a person did here can be undone from now on."""
        if self.node.tag != PERSONS:
            return token.path
        token.scope.before[token.id] = token.path
        return token.path.past(self.name, token.id)

    def note_end(self, token: Token) -> None:
        """Note that a token of the process itself ended here; an end with an outcome outlasts one without.

        What an event subprocess of the process does, the process does.
        """
        instance, scope = token.scope.instance, token.scope
        scope.seal(token.path)
        while scope.parent_token is not None and scope.parent_token.task_spec.is_by_event:
            scope = scope.parent_token.scope
        if scope is instance and (OUTCOME in self.node.settings or not instance.ended_with_outcome):
            instance.ended_at = self.name
            instance.ended_with_outcome = OUTCOME in self.node.settings

    def note_done(self, token: Token) -> None:
        """Remember that this was completed, when it can be compensated."""
        if self.undone_by:
            token.scope.done.append([self.name, [], token.id])

    # ── what other kinds of node answer ──

    def notice(self, token: Token) -> bool:  # noqa: ARG002 - conditional events do
        """Look whether what a token waits for has come to hold; say whether it went on."""
        return False

    def fire_if_complete(self, token: Token) -> bool:  # noqa: ARG002 - inclusive joins do
        """Say whether a waiting token could go on because nothing more can come."""
        return False


def fault(element: str, source: str, error: Miscalculated) -> EngineFault:
    """Turn a failed reckoning into a fault that names the element and the text."""
    return EngineFault(element, f"{error.zh}（表达式：{source:.200}）", f"{error.en} in: {source:.200}")


class ScriptSpec(NodeSpec):
    """Runs assignments."""

    def __init__(self, spec: Plan, node: Node, script: Script, *, name: str | None = None) -> None:
        super().__init__(spec, node, name=name)
        self.script = script

    def work(self, token: Token) -> None:
        """Set the variables the script assigns: in the process, except an item of several."""
        try:
            changes = self.script.changes(token.layers, token.scope.instance.office)
        except Miscalculated as error:
            raise fault(self.bpmn_id, self.script.source, error) from error
        for name, value in changes.items():
            if token.local is not None and name in token.local:
                token.local[name] = value
            else:
                token.scope.variables.write(name, value)


class HumanSpec(NodeSpec):
    """Waits for a person; `result` is the variable that receives the answers."""

    def __init__(self, spec: Plan, node: Node, result: str, *, name: str | None = None) -> None:
        super().__init__(spec, node, name=name)
        self.result = result
        self.manual = True

    def _on_ready_hook(self, token: Token) -> None:
        self.await_(token, TaskState.READY)


class ExternalSpec(NodeSpec):
    """Waits for an outside system; `result` is the variable that receives its answer."""

    def __init__(self, spec: Plan, node: Node, result: str, *, name: str | None = None) -> None:
        super().__init__(spec, node, name=name)
        self.result = result

    def receive(self, token: Token) -> bool:
        """Keep the token until the answer comes."""
        self.await_(token, TaskState.STARTED)
        return False
