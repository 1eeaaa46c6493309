"""What an expression is reckoned in: the variables it sees, the office, and how much work is left to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.values import MAX_ITEMS, Value, mismatch

MAX_ROUNDS: Final = 20_000


@dataclass(slots=True)
class Surroundings:
    """One reckoning. `layers` are the variables, innermost first; a variable that is nowhere is None."""

    layers: Sequence[Mapping[str, Value]]
    office: Office
    rounds: int = MAX_ROUNDS
    loops: list[tuple[str, Value]] = field(default_factory=list)

    def variable(self, name: str) -> Value:
        """Give the value of a variable: of a loop round this place, else the innermost layer that has it."""
        for bound, value in reversed(self.loops):
            if bound == name:
                return value
        for layer in self.layers:
            if name in layer:
                return layer[name]
        return None

    def each(
        self,
        name: str,
        source: Value,
        tests: Sequence[Callable[["Surroundings"], Value]],
        result: Callable[["Surroundings"], Value],
    ) -> list[Value]:
        """Reckon `[result for name in source if tests]`. Raises `Miscalculated` when it goes round too often."""
        if not isinstance(source, list | dict):
            raise mismatch(source, by="for")
        found: list[Value] = []
        self.loops.append((name, None))
        for value in source:
            self.rounds -= 1
            if self.rounds < 0 or len(found) >= MAX_ITEMS:
                raise Miscalculated(zh="循环次数太多", en="the loop goes round too often")
            self.loops[-1] = (name, value)
            if all(test(self) for test in tests):
                found.append(result(self))
        self.loops.pop()
        return found
