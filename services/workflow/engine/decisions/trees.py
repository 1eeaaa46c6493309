"""The tree a FEEL text becomes."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: Decimal, text, yes/no, nothing, date or moment."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    """A variable and the keys after it: `case.facts.area`. `?` is the value of the input itself."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`."""

    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, comparison, `and`, `or`."""

    operator: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Choice:
    """`if … then … else …`."""

    test: "Tree"
    yes: "Tree"
    no: "Tree"


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Range:
    """`[1..5]`, `]1..5[`, `(1..5)`."""

    low: "Tree"
    high: "Tree"
    with_low: bool
    with_high: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the list in `builtins`."""

    name: str
    arguments: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Within:
    """`x in tests`, `x between a and b`."""

    value: "Tree"
    tests: tuple["Test", ...]


Tree = Constant | Name | Unary | Binary | Choice | Items | Range | Call | Within


@dataclass(frozen=True, slots=True)
class Anything:
    """`-`: every value passes."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`< 5`, `>= date("2026-01-01")`."""

    operator: str
    operand: Tree


@dataclass(frozen=True, slots=True)
class Matches:
    """A value to be equal to, a list to be in, or a range to be inside of."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on `?`, the value of the input, such as `contains(?, "a")`."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Negated:
    """`not(…)`: none of the tests passes."""

    tests: tuple["Test", ...]


Test = Anything | Compared | Matches | Condition | Negated
