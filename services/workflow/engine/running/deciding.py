"""Business rule tasks: a decision table answers."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from services.workflow.engine.diagrams.model import Node
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.office import Office
from services.workflow.engine.models import EngineFault
from services.workflow.engine.running.nodes import NodeSpec
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.tokens import Token


class Decision(Protocol):
    """What a business rule task asks of a decision."""

    def answer(self, layers: Sequence[Mapping[str, Any]], office: Office, *, mapping: str) -> Any:  # noqa: ANN401
        """Decide. Raises `Miscalculated`."""


class RuleSpec(NodeSpec):
    """Asks a decision table; `result` is the variable that receives the answer."""

    def __init__(self, spec: Plan, node: Node, decision: Decision, result: str, *, name: str | None = None) -> None:
        super().__init__(spec, node, name=name)
        self.decision = decision
        self.result = result

    def work(self, token: Token) -> None:
        """Decide and keep the answer. Raises `EngineFault` naming the task."""
        mapping = self.node.decides.mapping if self.node.decides else ""
        try:
            answer = self.decision.answer(token.layers, token.scope.instance.office, mapping=mapping)
        except Miscalculated as error:
            raise EngineFault(self.bpmn_id, error.zh, error.en) from error
        self.write(token, self.result, answer)
