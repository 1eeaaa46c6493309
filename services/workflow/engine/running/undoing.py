"""Compensation: what was completed is undone, the latest first, by the activities drawn for that."""

from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import EventKind
from services.workflow.engine.running.nodes import NodeSpec
from services.workflow.engine.running.paths import NEW
from services.workflow.engine.running.tokens import Scope, Token

UNDO: Final = " undo"
"""What the name of the specification that holds a body's compensating activities ends in."""

UNDO_ALL: Final = "[undo]"
"""The node that undoes everything done in a subprocess that has no compensation of its own."""

_LEFT: Final = "left"


class UndoSpec(NodeSpec):
    """Undoes an activity or everything done in its scope, one after another, and goes on when that is over."""

    def receive(self, token: Token) -> bool:
        """Begin with the latest; ready at once when there is nothing to undo."""
        token.internal_data = {_LEFT: self._taken(token)}
        if token.internal_data[_LEFT]:
            token.path = NEW  # what is compensated cannot be taken back
        return not self._undo_next(token)

    def _taken(self, token: Token) -> list[Any]:
        """Take what is to be undone from what the scope remembers: nothing is undone twice."""
        done, wanted = _around(token.scope).done, self.node.event.undoes
        taken = [entry for entry in done if wanted in ("", entry[0])]
        done[:] = [entry for entry in done if entry not in taken]
        return taken

    def _undo_next(self, token: Token) -> bool:
        left = token.internal_data[_LEFT]
        if not left:
            return False
        name, inside, _ = left.pop()
        token.stay(TaskState.STARTED)
        plan = _around(token.scope).spec
        spec = plan.task_specs[name]
        where, what = (plan.name + UNDO, spec.undone_by) if spec.undone_by else (spec.body, spec.undone_inside)
        inner = token.scope.instance.open_subprocess(token, where, token.scope.variables)
        inner.done = inside
        inner.put(what or UNDO_ALL)
        return True

    def body_done(self, token: Token, inner: Scope) -> None:  # noqa: ARG002 - the scope is over
        """Go on to the next."""
        token.scope.instance.subprocesses.pop(token.id, None)
        if not self._undo_next(token):
            token.make_ready()


class CancelSpec(UndoSpec):
    """Ends a transaction as if nothing had been done in it: what was done is undone, and its boundary event hears."""

    def receive(self, token: Token) -> bool:
        """Stop everything else in the transaction, then undo."""
        for other in token.scope.task_tree.children:
            if other is not token:
                token.scope.take_out(other)
        return super().receive(token)

    def work(self, token: Token) -> None:
        """Leave the transaction by its cancel boundary event."""
        self.note_passed(token)
        transaction = token.scope.parent_token
        for event in transaction.children if transaction is not None else ():
            if event.task_spec.node.event.kind is EventKind.CANCEL:
                event.task_spec.occur(event)


def _around(scope: Scope) -> Scope:
    """Give the scope whose activities are meant: of an event subprocess the one it belongs to."""
    while scope.parent_token is not None and scope.parent_token.task_spec.is_by_event:
        scope = scope.parent_token.scope
    return scope
