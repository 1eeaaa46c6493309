"""Activities that run more than once: multi-instance and loop."""

from dataclasses import dataclass
from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import Event, Node
from services.workflow.engine.language.texts import Expression
from services.workflow.engine.models import EngineFault, Refusal, Refused
from services.workflow.engine.running.events import throw
from services.workflow.engine.running.nodes import PERSONS, NodeSpec
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.tokens import Token

MAX_INSTANCES: Final = 500
COUNTER: Final = "loopCounter"

_COUNT: Final = "count"
_ITEMS: Final = "items"
_RESULTS: Final = "results"
_NEXT: Final = "next"
_BY: Final = "by"


@dataclass(frozen=True, slots=True)
class Tells:
    """An event thrown when an instance is done: each time, only the `first` time, or once `condition` holds.

    When the condition holds the other instances are called off.
    """

    event: Event
    first: bool
    condition: Expression | None


@dataclass(frozen=True, slots=True)
class Round:
    """How a multi-instance activity goes round.

    `result` is the variable that receives the list of results, `output` the variable of one instance that is its
    result; without `output` an instance gives its answers, or everything it set. `tells` are the events it throws of
    itself.
    """

    sequential: bool
    collection: Expression | None
    cardinality: Expression | None
    item: str
    completion: Expression | None
    result: str
    output: str
    tells: tuple["Tells", ...] = ()


class SeveralSpec(NodeSpec):
    """Runs the activity `one` once for each item, side by side or one after another."""

    def __init__(self, spec: Plan, node: Node, one: str, goes: Round) -> None:
        super().__init__(spec, node)
        self.one = one
        self.goes = goes

    def receive(self, token: Token) -> bool:
        """Start the instances; ready at once when there are none."""
        items = self._items(token)
        token.internal_data = {_COUNT: len(items), _RESULTS: {}, _NEXT: 0}
        if self.goes.sequential:
            token.internal_data[_ITEMS] = items
        if self.goes.result:
            self.write(token, self.goes.result, [])
        if not items:
            return True
        self.await_(token, TaskState.STARTED)
        for item in items[:1] if self.goes.sequential else items:
            self._start_next(token, item)
        return False

    def _items(self, token: Token) -> list[Any]:
        if self.goes.collection is not None:
            value = self.value(token, self.goes.collection)
            items = list(value) if isinstance(value, list | dict) else None
        else:
            value = self.value(token, self.goes.cardinality) if self.goes.cardinality else None
            whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INSTANCES
            items = list(range(int(value))) if value is not None and whole else None
        if items is None:
            raise EngineFault(
                self.bpmn_id,
                f"多实例需要列表或次数，得到的是：{value!r:.80}",
                f"the instances need a list or a number, not {value!r:.80}",
            )
        if len(items) > MAX_INSTANCES:
            raise EngineFault(
                self.bpmn_id,
                f"多实例超过 {MAX_INSTANCES} 个",
                f"there are more than {MAX_INSTANCES} instances",
            )
        return items

    def _start_next(self, token: Token, item: object) -> None:
        index = token.internal_data[_NEXT]
        token.internal_data[_NEXT] = index + 1
        local: dict[str, Any] = {COUNTER: index}
        if self.goes.item:
            local[self.goes.item] = item
        token.scope.put(self.one, under=token, local=local)

    def instance_done(self, token: Token, one: Token) -> None:
        """Note the result of an instance; start the next, or go on when it was the last or enough are done."""
        data, local = token.internal_data, one.local or {}
        data[_RESULTS][str(local[COUNTER])] = self._result(one)
        if one.task_spec.node.tag == PERSONS:
            data.setdefault(_BY, {})[str(local[COUNTER])] = [one.id, local.get(self.goes.item)]
        results = data[_RESULTS]
        self._write_results(token)
        told = self._told(token)
        if len(results) == data[_COUNT] or told or (self.goes.completion and self._holds(token, self.goes.completion)):
            for other in token.children:
                if other is not one:
                    token.scope.take_out(other)
            token.make_ready()
        elif self.goes.sequential:
            self._start_next(token, data[_ITEMS][data[_NEXT]])

    def done_by_people(self, token: Token) -> list[tuple[int, int]]:
        """Give which instances people have done, and the numbers of their tokens."""
        return [(int(index), number) for index, (number, _) in token.internal_data.get(_BY, {}).items()]

    def take_back(self, token: Token, index: int) -> None:
        """Open an instance again as if it had not been done; of those one after another only the latest.

        Raises `Refused`.
        """
        data = token.internal_data
        if self.goes.tells or (self.goes.sequential and index != data[_NEXT] - 2):
            raise Refused(
                Refusal.PATH_LOST,
                "该份办结后已触发事件，或其后的份已办结，无法准确还原",
                "what was done has thrown an event, or a later one of them is done; it cannot be restored exactly",
            )
        _, item = data[_BY].pop(str(index))
        del data[_RESULTS][str(index)]
        self._write_results(token)
        local: dict[str, Any] = {COUNTER: index}
        if self.goes.item:
            local[self.goes.item] = item
        if self.goes.sequential:
            data[_NEXT] -= 1
            for other in token.children:
                if other.task_spec.name == self.one:
                    token.scope.take_out(other)
        token.scope.put(self.one, under=token, local=local)

    def _write_results(self, token: Token) -> None:
        results = token.internal_data[_RESULTS]
        if self.goes.result:
            self.write(token, self.goes.result, [results[key] for key in sorted(results, key=int)])

    def _result(self, one: Token) -> object:
        local = one.local or {}
        if self.goes.output:
            return next((layer[self.goes.output] for layer in one.layers if self.goes.output in layer), None)
        answers = getattr(one.task_spec, "result", "")
        if answers:
            return local.get(answers)
        return {name: value for name, value in local.items() if name != COUNTER}

    def _told(self, token: Token) -> bool:
        """Throw the events that are to be thrown now; say whether one calls off the other instances.

        They never interrupt this activity: its end is decided by its instances (BPMN 2.0, table 10.30).
        """
        enough = False
        for tells in self.goes.tells:
            if tells.first and len(token.internal_data[_RESULTS]) > 1:
                continue
            if tells.condition is None or self._holds(token, tells.condition):
                throw(token, tells.event, beside=token)
                enough = enough or tells.condition is not None
        return enough

    def _holds(self, token: Token, condition: Expression) -> bool:
        done, count = len(token.internal_data[_RESULTS]), token.internal_data[_COUNT]
        counts = {
            "nrOfInstances": count,
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": token.internal_data[_NEXT] - done,
        }
        return self.holds(token, condition, self.bpmn_id, counts)


class AgainSpec(NodeSpec):
    """Runs the activity `one` again while a condition holds."""

    def __init__(
        self,
        spec: Plan,
        node: Node,
        one: str,
        *,
        condition: Expression | None,
        maximum: int | None,
        test_before: bool,
    ) -> None:
        super().__init__(spec, node)
        self.one = one
        self.condition = condition
        self.maximum = maximum
        self.test_before = test_before

    def receive(self, token: Token) -> bool:
        """Start the first round, unless the condition is asked before and does not hold."""
        token.internal_data = {_NEXT: 0}
        if self.test_before and not self._goes_on(token):
            return True
        self.await_(token, TaskState.STARTED)
        token.scope.put(self.one, under=token)
        return False

    def instance_done(self, token: Token, one: Token) -> None:  # noqa: ARG002 - SeveralSpec uses it
        """Go round again, or go on."""
        token.internal_data[_NEXT] += 1
        if self._goes_on(token):
            token.scope.put(self.one, under=token)
        else:
            token.make_ready()

    def _goes_on(self, token: Token) -> bool:
        if self.maximum is not None and token.internal_data[_NEXT] >= self.maximum:
            return False
        return self.condition is None or self.holds(token, self.condition, self.bpmn_id)
