"""What a FEEL tree is reckoned in: variables, the office, the value of the input, and how much work is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from services.kernel.worktime import Calendar
from services.workflow.engine.decisions.comparing import Value
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.office import Office

MAX_STEPS: Final = 200_000
NOWHERE: Final = Office(datetime(2026, 1, 1, tzinfo=UTC), Calendar.builtin())
"""For what is reckoned when a file is read, which no clock and no calendar may change."""


@dataclass(slots=True)
class Budget:
    """How much work a decision may still take."""

    steps: int = MAX_STEPS
    depth: int = 0
    read: dict[tuple[int, tuple[str, ...]], Value] = field(default_factory=dict)
    """What was read of the process's variables, brought into FEEL once."""

    def step(self) -> None:
        """Count one step. Raises `Miscalculated` when there have been too many."""
        self.steps -= 1
        if self.steps < 0:
            raise Miscalculated(zh="决策计算步骤太多", en="the decision takes too many steps")


class Scope(dict[str, Value]):
    """Variables made inside a decision: their values are FEEL's already."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell is reckoned in: the variables, the office, and the value of its input (`?`)."""

    layers: Sequence[Mapping[str, Any]]
    office: Office
    value: Value = None
    budget: Budget = field(default_factory=Budget, compare=False)

    def within(self, layer: Mapping[str, Any]) -> "Cell":
        """Give the same with more variables in front."""
        return replace(self, layers=(layer if isinstance(layer, Scope) else Scope(layer), *self.layers))
