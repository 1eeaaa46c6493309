"""The tree a FEEL text becomes."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: Decimal, text, yes/no, nothing, date, moment, time or duration."""

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
    """`[1..5]`, `]1..5[`, `(1..5)`; a comparison alone, `(> 5)`, has one end."""

    low: "Tree | None"
    high: "Tree | None"
    with_low: bool
    with_high: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function: of the list in `builtins`, or of what a name or an expression gives."""

    name: str
    arguments: tuple["Tree", ...]
    named: tuple[tuple[str, "Tree"], ...] = ()
    function: "Tree | None" = None


@dataclass(frozen=True, slots=True)
class Within:
    """`x in tests`, `x between a and b`."""

    value: "Tree"
    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class Member:
    """`x.key`, where x is more than a variable."""

    holder: "Tree"
    key: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`list[condition]` or `list[number]`."""

    holder: "Tree"
    test: "Tree"


@dataclass(frozen=True, slots=True)
class Loop:
    """`for a in x, b in y return …`, `some … satisfies …`, `every … satisfies …`."""

    word: str
    ways: tuple[tuple[str, "Tree"], ...]
    result: "Tree"


@dataclass(frozen=True, slots=True)
class Record:
    """A context: `{name: value}`. An entry sees those before it; `result` is what it gives, else the whole."""

    entries: tuple[tuple[str, "Tree"], ...]
    result: "Tree | None" = None


@dataclass(frozen=True, slots=True)
class Lambda:
    """`function(a, b) …`, and a business knowledge model."""

    parameters: tuple[str, ...]
    body: "Tree"
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """`x instance of type`."""

    value: "Tree"
    type_name: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A value that is of a declared type, or nothing."""

    value: "Tree"
    type: Any


@dataclass(frozen=True, slots=True)
class Tabled:
    """A decision table that stands where an expression may."""

    table: Any


Tree = (
    Constant
    | Name
    | Unary
    | Binary
    | Choice
    | Items
    | Range
    | Call
    | Within
    | Member
    | Filter
    | Loop
    | Record
    | Lambda
    | Kind
    | Typed
    | Tabled
)


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
