"""Which variables a FEEL tree reads."""

from collections.abc import Iterator

from services.workflow.engine.decisions.trees import (
    Binary,
    Call,
    Choice,
    Compared,
    Condition,
    Filter,
    Items,
    Kind,
    Lambda,
    Loop,
    Matches,
    Member,
    Name,
    Negated,
    Range,
    Record,
    Tabled,
    Test,
    Tree,
    Typed,
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


def _names(tree: Tree) -> frozenset[str]:  # noqa: PLR0911 - one kind a line
    """Give the names that are read and not bound inside: loop variables, parameters, entries of contexts."""
    match tree:
        case Name(path):
            return frozenset(path[:1])
        case Loop(_, ways, result):
            inner = _names(result) - {name for name, _ in ways} - {"partial"}
            return inner.union(*(_names(source) for _, source in ways))
        case Record(entries, result):
            values = [value for _, value in entries] + ([] if result is None else [result])
            return frozenset[str]().union(*map(_names, values)) - {name for name, _ in entries}
        case Lambda(parameters, body):
            return _names(body) - set(parameters)
        case Filter(holder, test):
            return _names(holder) | (_names(test) - {"item"})
        case Tabled(table):
            found: frozenset[str] = table.names()
            return found
        case _:
            return frozenset[str]().union(*map(_names, _parts(tree)))


def _parts(tree: Tree) -> Iterator[Tree]:
    match tree:
        case Unary(operand) | Kind(operand, _) | Member(operand, _) | Typed(operand, _):
            yield operand
        case Binary(_, left, right):
            yield from (left, right)
        case Range(low, high):
            yield from (end for end in (low, high) if end is not None)
        case Choice(test, yes, no):
            yield from (test, yes, no)
        case Items(parts):
            yield from parts
        case Call(_, parts, named, function):
            yield from (*parts, *(value for _, value in named), *(() if function is None else (function,)))
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
