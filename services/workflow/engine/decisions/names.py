"""Which variables a FEEL tree reads."""

from collections.abc import Iterator

from services.workflow.engine.decisions.trees import (
    Binary,
    Call,
    Choice,
    Compared,
    Condition,
    Items,
    Matches,
    Name,
    Negated,
    Range,
    Test,
    Tree,
    Unary,
    Within,
)

INPUT = "?"
"""The value of the input itself."""


def names_of(tree: Tree) -> frozenset[str]:
    """Give the variables that an expression reads."""
    return _names(tree) - {INPUT}


def asks_input(tree: Tree) -> bool:
    """Say whether an expression looks at the value of its input."""
    return INPUT in _names(tree)


def _names(tree: Tree) -> frozenset[str]:
    found, ahead = set[str](), [tree]
    while ahead:
        part = ahead.pop()
        if isinstance(part, Name):
            found.add(part.path[0])
        ahead.extend(_parts(part))
    return frozenset(found)


def _parts(tree: Tree) -> Iterator[Tree]:
    match tree:
        case Unary(operand):
            yield operand
        case Binary(_, left, right) | Range(left, right, _, _):
            yield from (left, right)
        case Choice(test, yes, no):
            yield from (test, yes, no)
        case Call(_, parts) | Items(parts):
            yield from parts
        case Within(value, tests):
            yield value
            yield from (operand for test in tests for operand in operands(test))
        case _:
            pass


def operands(test: Test) -> Iterator[Tree]:
    """Go through the expressions a test holds."""
    match test:
        case Compared(_, operand) | Matches(operand) | Condition(operand):
            yield operand
        case Negated(tests):
            yield from (operand for each in tests for operand in operands(each))
        case _:
            pass
