"""Events: what waits for a timer, a message, a signal or a condition, and what throws."""

from collections.abc import Iterable
from typing import Final

from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import Event, EventKind, Node
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.texts import Expression
from services.workflow.engine.models import EngineFault, ThrownMessage
from services.workflow.engine.running.nodes import NodeSpec, fault
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.tokens import ROOT, Instance, Token
from services.workflow.engine.timers import Due, Timer, moment_of, next_due

AT: Final = "at"
LEFT: Final = "left"
EVERY: Final = "every"
HELD: Final = "held"


class CatchSpec(NodeSpec):
    """Waits for its event: intermediate catch event, receive task, boundary event, start of an event subprocess.

    A boundary token hangs from the token of its activity, an alternative of an event-based gateway from the
    gateway's. `result` is the variable that receives what the event brings; `opens` the event subprocess it starts.
    """

    def __init__(
        self,
        spec: Plan,
        node: Node,
        *,
        timer: Timer | None = None,
        condition: Expression | None = None,
        result: str = "",
        opens: str = "",
        name: str | None = None,
    ) -> None:
        super().__init__(spec, node, name=name)
        self.timer = timer
        self.condition = condition
        self.result = result
        self.opens = opens
        self.is_guard = bool(opens)

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

    def notice(self, token: Token) -> bool:
        """Let the event happen when its condition holds and did not hold when it was last looked at."""
        if self.condition is None or token.state != TaskState.WAITING or not token.is_alive:
            return False
        held = bool(token.internal_data.get(HELD))
        holds = self.holds(token, self.condition, self.bpmn_id)
        if holds != held:
            token.internal_data[HELD] = holds
        if holds and not held:
            self.occur(token)
            return True
        return False

    def occur(self, token: Token, brought: object = None, *, beside: bool = False) -> None:
        """Let the event happen that a token waits for. `beside`: it interrupts nothing, whatever is drawn."""
        if brought is not None and self.result:
            self.write(token, self.result, brought)
        holder = token.parent
        if self.opens:
            self._open(token)
        elif self.node.attached_to is not None:
            self._go_on(token)
            if self.node.interrupting and not beside:
                holder.scope.take_out(holder)
            else:
                rearm(token)
        elif isinstance(holder.task_spec, EventGatewaySpec):
            holder.task_spec.note_passed(holder)
            self._go_on(token)
            holder.scope.take_out(holder)
        elif LEFT in token.internal_data:
            self._go_on(token)
            rearm(token)
        else:
            token.make_ready()

    def _open(self, token: Token) -> None:
        """Start the event subprocess, beside what goes on in its scope or instead of it."""
        scope = token.scope
        if self.node.interrupting:
            scope.clear()
        else:
            rearm(token)
        scope.put(self.opens)

    def _go_on(self, token: Token) -> None:
        """Start a token here for which the event has happened."""
        scope = token.scope
        going = scope.place(self.name, under=None, number=scope.instance.next_number())
        going.path = token.path
        going.make_ready()


class MultipleSpec(CatchSpec):
    """Waits for one of several events, or for all of them; each of `parts` has a token that hangs from this one's."""

    parts: tuple[str, ...] = ()

    def receive(self, token: Token) -> bool:
        """Arm every part."""
        self.await_(token, TaskState.WAITING)
        self.arm(token)
        return False

    def arm(self, token: Token) -> None:
        """Arm every part."""
        for name in self.parts:
            token.scope.put(name, under=token)


class PartSpec(CatchSpec):
    """One of the events of a multiple event; `all_parts` says whether all are needed."""

    all_parts = False

    def occur(self, token: Token, brought: object = None, *, beside: bool = False) -> None:
        """Let the whole event happen, when this was all it waited for."""
        if brought is not None and self.result:
            self.write(token, self.result, brought)
        whole = token.parent
        if self.all_parts:
            token.scope.take_out(token)
            if whole.children:
                return
        whole.task_spec.occur(whole, beside=beside)
        if whole.is_alive and whole.state == TaskState.WAITING:
            if token.is_alive:
                rearm(token)
            else:
                whole.task_spec.arm(whole)


def _arm(token: Token, due: Due) -> None:
    token.internal_data = {AT: due.at.isoformat()}
    if due.left:
        token.internal_data |= {LEFT: due.left, EVERY: due.every}


def rearm(token: Token) -> None:
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
    """Throws its events and goes on, or ends there."""

    def work(self, token: Token) -> None:
        """Throw."""
        for event in self.node.event.each:
            match event.kind:
                case EventKind.ERROR:
                    self.note_passed(token)
                    raise_error(token, event.code or "", "", element=self.bpmn_id)
                case EventKind.TERMINATE:
                    self.note_passed(token)
                    self.note_end(token)
                    token.scope.clear()
                    token.scope.done.clear()
                    token.scope.finish()
                case _:
                    throw(token, event)


def throw(token: Token, event: Event, *, beside: Token | None = None) -> None:
    """Throw a message, a signal or an escalation. What hangs from `beside` hears it without interrupting."""
    happened = token.scope.instance.happened
    match event.kind:
        case EventKind.MESSAGE:
            node = token.task_spec.node
            happened.thrown.append(ThrownMessage(node.id, event.name, {}, dict(node.settings)))
        case EventKind.SIGNAL:
            happened.signals.append(event.name)
            signal(token.scope.instance, event.name, beside=beside)
        case EventKind.ESCALATION:
            caught(token, EventKind.ESCALATION, event.code, beside=beside)
        case _:
            pass


def signal(instance: Instance, name: str, brought: object = None, *, beside: Token | None = None) -> bool:
    """Reach every token of the whole instance that waits for the signal; say whether one did."""
    waiting = [
        other
        for scope in instance.scopes()
        for other in scope.tokens()
        if isinstance(other.task_spec, CatchSpec) and other.task_spec.waits_for(other, EventKind.SIGNAL, name)
    ]
    for other in waiting:
        if other.is_alive:
            other.task_spec.occur(other, brought, beside=beside is not None and _hangs_from(other, beside))
    return bool(waiting)


def _hangs_from(token: Token, holder: Token) -> bool:
    return token.parent is holder or (token.parent.id != ROOT and token.parent.parent is holder)


def raise_error(token: Token, code: str, message: str, *, element: str) -> None:
    """Throw a BPMN error from a token outwards. Raises `EngineFault` when no boundary event catches it."""
    if not caught(token, EventKind.ERROR, code, {"code": code, "message": message}):
        raise EngineFault(
            element,
            f"错误“{code}”没有被任何边界事件或事件子流程捕获：{message:.200}",
            f"the error {code!r} is caught by no boundary event or event subprocess: {message:.200}",
        )


def caught(
    token: Token, kind: EventKind, code: str | None, brought: object = None, *, beside: Token | None = None
) -> bool:
    """Let the nearest event outwards that fits catch an error or escalation; say whether one did.

    Nearest are boundary events, then event subprocesses of the scope. Of those equally near the one with the code
    comes before the one for any. What an event subprocess throws is never for itself.
    """
    holder: Token | None = token
    while holder is not None:
        fitting = _catchers(holder.children, kind, code)
        if not fitting and holder.parent.id == ROOT:
            guards = [guard for guard in holder.scope.task_tree.children if guard.task_spec.is_guard]
            started = holder.task_spec.name
            fitting = [one for one in _catchers(guards, kind, code) if one.task_spec.opens != started]
        if fitting:
            best = min(fitting, key=lambda one: not one.task_spec.node.event.code)
            best.task_spec.occur(best, brought, beside=holder is beside)
            return True
        holder = holder.parent if holder.parent.id != ROOT else holder.scope.parent_token
    return False


def _catchers(tokens: Iterable[Token], kind: EventKind, code: str | None) -> list[Token]:
    """Give those that wait for an error or escalation, be it as part of a multiple event."""
    found: list[Token] = []
    for token in tokens:
        spec = token.task_spec
        if isinstance(spec, MultipleSpec):
            found += _catchers(token.children, kind, code)
        elif isinstance(spec, CatchSpec) and spec.node.event.kind is kind and spec.node.event.code in (None, "", code):
            found.append(token)
    return found
