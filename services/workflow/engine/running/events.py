"""Events: what waits for a timer, a message or a signal, and what throws."""

from typing import Final

from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import EventKind, Node
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.models import EngineFault, ThrownMessage
from services.workflow.engine.running.nodes import NodeSpec, fault
from services.workflow.engine.running.tokens import Plan, Token
from services.workflow.engine.timers import Due, Timer, moment_of, next_due

AT: Final = "at"
LEFT: Final = "left"
EVERY: Final = "every"


class CatchSpec(NodeSpec):
    """Waits for its event: intermediate catch event, receive task, or boundary event.

    A boundary token hangs from the token of its activity, an alternative of an event-based gateway from the
    gateway's. `result` is the variable that receives what the event brings.
    """

    def __init__(
        self,
        spec: Plan,
        node: Node,
        *,
        timer: Timer | None = None,
        result: str = "",
        name: str | None = None,
    ) -> None:
        super().__init__(spec, node, name=name)
        self.timer = timer
        self.result = result

    def receive(self, token: Token) -> bool:
        """Arm the event."""
        if self.timer is not None:
            _arm(token, self._due(token, self.timer))
        self.await_(token, TaskState.WAITING)
        return False

    def _due(self, token: Token, timer: Timer) -> Due:
        try:
            return timer.due(token.layers, token.scope.instance.office)
        except Miscalculated as error:
            source = timer.literal if timer.reckoned is None else timer.reckoned.source
            raise fault(self.bpmn_id, source, error) from error

    def waits_for(self, token: Token, kind: EventKind, name: str) -> bool:
        """Say whether a token waits here for this event."""
        return token.state == TaskState.WAITING and self.node.event.kind is kind and self.node.event.name == name

    def occur(self, token: Token, brought: object = None) -> None:
        """Let the event happen that a token waits for."""
        if brought is not None and self.result:
            self.write(token, self.result, brought)
        holder = token.parent
        if self.node.attached_to is not None:
            self._go_on(token)
            if self.node.interrupting:
                holder.scope.take_out(holder)
            else:
                _rearm(token)
        elif isinstance(holder.task_spec, EventGatewaySpec):
            holder.task_spec.note_passed(holder)
            self._go_on(token)
            holder.scope.take_out(holder)
        else:
            token.make_ready()

    def _go_on(self, token: Token) -> None:
        """Start a token here for which the event has happened."""
        scope = token.scope
        going = scope.place(self.name, under=None, number=scope.instance.next_number())
        going.path = token.path
        going.make_ready()


def _arm(token: Token, due: Due) -> None:
    token.internal_data = {AT: due.at.isoformat()}
    if due.left:
        token.internal_data |= {LEFT: due.left, EVERY: due.every}


def _rearm(token: Token) -> None:
    """Keep a non-interrupting event armed: a message for ever, a cycle for its next occurrence, a timer no more."""
    at = token.internal_data.get(AT)
    if at is None:
        return
    due = next_due(moment_of(at), token.internal_data.get(LEFT, 0), token.internal_data.get(EVERY, ""))
    if due is None:
        token.scope.take_out(token)
    else:
        _arm(token, due)


class EventGatewaySpec(NodeSpec):
    """Waits for the first of several events; `alternatives` are the catching nodes behind it."""

    alternatives: tuple[str, ...] = ()

    def receive(self, token: Token) -> bool:
        """Arm every alternative."""
        token.stay(TaskState.STARTED)
        for name in self.alternatives:
            token.scope.put(name, under=token)
        return False


class ThrowSpec(NodeSpec):
    """Throws a message, a signal or an escalation and goes on, or ends there."""

    def work(self, token: Token) -> None:
        """Throw."""
        event = self.node.event
        match event.kind:
            case EventKind.MESSAGE:
                said = ThrownMessage(self.bpmn_id, event.name, {}, dict(self.node.settings))
                token.scope.instance.happened.thrown.append(said)
            case EventKind.SIGNAL:
                _signal(token, event.name)
            case EventKind.ESCALATION:
                caught(token, EventKind.ESCALATION, event.code)
            case EventKind.ERROR:
                self.note_passed(token)
                raise_error(token, event.code or "", "", element=self.bpmn_id)
            case EventKind.TERMINATE:
                self.note_passed(token)
                self.note_end(token)
                token.scope.clear()
                token.scope.finish()
            case _:
                pass


def _signal(token: Token, name: str) -> None:
    """Reach every token of the whole instance that waits for the signal."""
    instance = token.scope.instance
    waiting = [
        other
        for scope in instance.scopes()
        for other in scope.tokens()
        if isinstance(other.task_spec, CatchSpec) and other.task_spec.waits_for(other, EventKind.SIGNAL, name)
    ]
    for other in waiting:
        if other.is_alive:
            other.task_spec.occur(other)


def raise_error(token: Token, code: str, message: str, *, element: str) -> None:
    """Throw a BPMN error from a token outwards. Raises `EngineFault` when no boundary event catches it."""
    if not caught(token, EventKind.ERROR, code, {"code": code, "message": message}):
        raise EngineFault(
            element,
            f"错误“{code}”没有被任何边界事件捕获：{message:.200}",
            f"the error {code!r} is caught by no boundary event: {message:.200}",
        )


def caught(token: Token, kind: EventKind, code: str | None, brought: object = None) -> bool:
    """Let the nearest boundary event outwards that fits catch an error or escalation; say whether one did."""
    holder: Token | None = token
    while holder is not None:
        for child in holder.children:
            event = child.task_spec.node.event
            if isinstance(child.task_spec, CatchSpec) and event.kind is kind and event.code in (None, "", code):
                child.task_spec.occur(child, brought)
                return True
        holder = holder.parent if holder.parent.id >= 0 else holder.scope.parent_token
    return False
