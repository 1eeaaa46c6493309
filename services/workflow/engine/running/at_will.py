"""Ad-hoc subprocesses: what is in them is done in any order."""

from typing import Final

from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import AtWill, Node
from services.workflow.engine.language.texts import Expression
from services.workflow.engine.running.inside import BodySpec
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.tokens import Scope, Token

_NEXT: Final = "next"
_OVER: Final = "over"


class AtWillSpec(BodySpec):
    """Offers everything side by side, or one after another, each once.

    With a condition it is over when that holds; as long as it does not, everything is offered again.
    """

    def __init__(
        self,
        spec: Plan,
        node: Node,
        body: str,
        goes: AtWill,
        *,
        offered: tuple[str, ...],
        condition: Expression | None,
        name: str | None = None,
    ) -> None:
        super().__init__(spec, node, body, name=name)
        self.goes = goes
        self.offered = offered
        self.condition = condition

    def receive(self, token: Token) -> bool:
        """Offer what is to be done."""
        token.internal_data = {_NEXT: 0, _OVER: False}
        inner = token.scope.instance.open_subprocess(token, self.body, self.variables(token))
        self.await_(token, TaskState.STARTED)
        inner.guard()
        self._offer(token, inner)
        return False

    def one_done(self, token: Token, inner: Scope, one: Token) -> None:
        """Look whether that was enough; offer what comes next when nothing is being done."""
        data = token.internal_data
        if self.condition is not None and not data[_OVER] and self.holds(one, self.condition, self.bpmn_id):
            data[_OVER] = True
            if self.goes.cancels_rest:
                inner.clear()
        if data[_OVER] or inner.is_busy:
            return
        if self.condition is not None or data[_NEXT] < len(self.offered):
            self._offer(token, inner)

    def _offer(self, token: Token, inner: Scope) -> None:
        first = token.internal_data[_NEXT] % len(self.offered)
        offered = self.offered[first : first + 1] if self.goes.sequential else self.offered
        token.internal_data[_NEXT] = first + len(offered)
        for name in offered:
            inner.put(name)
