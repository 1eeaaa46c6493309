"""Gives a FEEL tree its value, in three-valued logic: what cannot be compared is neither true nor false.

Errors: `Miscalculated`, only where a number or the work leaves all bounds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from services.workflow.engine.decisions.arithmetic import arithmetic, both, either, truth
from services.workflow.engine.decisions.builtins import FUNCTIONS, Function
from services.workflow.engine.decisions.cells import Cell, Scope
from services.workflow.engine.decisions.comparing import Value, compare
from services.workflow.engine.decisions.converting import feel_value, part_of
from services.workflow.engine.decisions.kinds import fits, is_of
from services.workflow.engine.decisions.moments import Months
from services.workflow.engine.decisions.ranges import MAX_ITEMS, Interval, gone_through
from services.workflow.engine.decisions.trees import (
    Anything,
    Binary,
    Call,
    Choice,
    Compared,
    Condition,
    Constant,
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
from services.workflow.engine.language.errors import Miscalculated

MAX_DEPTH: Final = 60


def passes(tests: Sequence[Test], cell: Cell) -> bool:
    """Say whether one of the tests of a cell passes."""
    return any(_test(test, cell) is True for test in tests)


def value_of(tree: Tree, cell: Cell) -> Value:  # noqa: PLR0911 - one kind a line
    """Give the value of a tree."""
    cell.budget.step()
    match tree:
        case Constant(value):
            return value
        case Name(path):
            return _variable(path, cell)
        case Binary(word, left, right):
            return _binary(word, left, right, cell)
        case Call():
            return _call(tree, cell)
        case Within(value, tests):
            return _within(value, tests, cell)
        case Choice(test, yes, no):
            return value_of(yes if value_of(test, cell) is True else no, cell)
        case _:
            return _shaped(tree, cell)


def _shaped(tree: Tree, cell: Cell) -> Value:  # noqa: C901, PLR0911 - one kind a line
    match tree:
        case Unary(operand):
            value = value_of(operand, cell)
            return -value if isinstance(value, Decimal | timedelta | Months) else None
        case Items(items):
            return [value_of(item, cell) for item in items]
        case Range(low, high, with_low, with_high):
            return _interval(low, high, with_low, with_high, cell)
        case Member(holder, key):
            return part_of(value_of(holder, cell), key)
        case Filter(holder, test):
            return _filtered(value_of(holder, cell), test, cell)
        case Loop(word, ways, result):
            return _looped(word, ways, result, cell)
        case Record(entries, result):
            return _recorded(entries, result, cell)
        case Lambda():
            return _function(tree, cell)
        case Kind(value, type_name):
            return is_of(value_of(value, cell), type_name)
        case Typed(value, kind):
            return fits(value_of(value, cell), kind)
        case Tabled(table):
            return table.value(cell)
        case _:
            return None


# ── tests ──


def _test(test: Test, cell: Cell) -> bool | None:
    match test:
        case Anything():
            return True
        case Negated(tests):
            results = [_test(each, cell) for each in tests]
            return False if True in results else (None if None in results else True)
        case Compared(word, operand):
            return compare(word, cell.value, value_of(operand, cell))
        case Condition(operand):
            return truth(value_of(operand, cell))
        case Matches(operand):
            return _matches(operand, cell)


def _matches(operand: Tree, cell: Cell) -> bool | None:
    value = value_of(operand, cell)
    if isinstance(value, Interval) and not isinstance(cell.value, Interval):
        return value.holds(cell.value)
    if isinstance(value, list) and not isinstance(cell.value, list):
        return any(_one_of(cell.value, each) for each in value)
    if isinstance(value, list) and compare("=", cell.value, value) is not True:
        return any(compare("=", cell.value, each) is True for each in value)
    if isinstance(value, bool) and not isinstance(cell.value, bool) and not isinstance(operand, Constant):
        return value  # a condition on another variable
    return compare("=", cell.value, value)


def _one_of(value: Value, each: Value) -> bool:
    return (each.holds(value) if isinstance(each, Interval) else compare("=", value, each)) is True


def _within(value: Tree, tests: Sequence[Test], cell: Cell) -> bool | None:
    """Say whether a value passes one of the tests; nothing when none passes and one cannot be told."""
    inner = replace(cell, value=value_of(value, cell))
    found = [_lying_in(test, inner) for test in tests]
    return True if True in found else (None if None in found else False)


def _lying_in(test: Test, cell: Cell) -> bool | None:
    """Say whether a value is in what a test names; nothing where that is nothing."""
    if isinstance(test, Matches) and cell.value is not None and not isinstance(test.operand, Constant):
        return None if value_of(test.operand, cell) is None else _test(test, cell)
    return None if test == Matches(Constant(None)) and cell.value is not None else _test(test, cell)


# ── names and parts ──


def _variable(path: tuple[str, ...], cell: Cell) -> Value:
    if path[0] == "?":
        return _at_path(cell.value, path)
    layer = next((each for each in cell.layers if path[0] in each), None)
    if isinstance(layer, Scope):
        return _at_path(layer[path[0]], path)
    if layer is not None:
        key = (id(layer), path)
        if key not in cell.budget.read:
            cell.budget.read[key] = feel_value(_at_path(layer[path[0]], path))
        return cell.budget.read[key]
    if path[0] in FUNCTIONS and len(path) == 1:
        return builtin(path[0], cell)
    return _variable((*path[0].split("."), *path[1:]), cell) if "." in path[0] else None


def _at_path(holder: Value, path: tuple[str, ...]) -> Value:
    for key in path[1:]:
        holder = part_of(holder, key)
    return holder


def _filtered(holder: Value, test: Tree, cell: Cell) -> Value:
    items = holder if isinstance(holder, list) else ([] if holder is None else [holder])
    if not _reads_item(test):
        place = value_of(test, cell.within({"item": items[0]}) if items else cell)
        if isinstance(place, Decimal):
            return _at(items, place)
    found = []
    for item in items:
        layer = {**item, "item": item} if isinstance(item, Mapping) else {"item": item}
        if value_of(test, cell.within(layer)) is True:
            found.append(item)
    return found


def _reads_item(test: Tree) -> bool:
    return isinstance(test, Binary | Within | Kind) and not (
        isinstance(test, Binary) and test.operator in ("+", "-", "*", "/", "**")
    )


def _at(items: list[Value], place: Decimal) -> Value:
    if place != place.to_integral_value() or not place or abs(place) > len(items):
        return None
    return items[int(place) - 1 if place > 0 else int(place)]


# ── loops, contexts, functions ──


def _looped(word: str, ways: tuple[tuple[str, Tree], ...], result: Tree, cell: Cell) -> Value:
    found: list[Value] = []
    for layer in _rounds(ways, cell, {}):
        cell.budget.step()
        value = value_of(result, cell.within({**layer, "partial": found} if word == "for" else layer))
        if word != "for" and value is (word == "some"):
            return value
        found.append(value)
        if len(found) > MAX_ITEMS:
            raise Miscalculated(zh="列表太长", en="the list is too long")
    if word == "for":
        return found
    return (word == "every") if all(isinstance(value, bool) for value in found) else None


def _rounds(ways: tuple[tuple[str, Tree], ...], cell: Cell, layer: dict[str, Value]) -> Iterator[dict[str, Value]]:
    """Go through the combinations of the loop variables; a later one may read the earlier ones."""
    if not ways:
        yield layer
        return
    (name, source), *rest = ways
    for value in gone_through(value_of(source, cell.within(layer))):
        yield from _rounds(tuple(rest), cell, {**layer, name: value})


def _recorded(entries: tuple[tuple[str, Tree], ...], result: Tree | None, cell: Cell) -> Value:
    found = Scope()
    for name, tree in entries:
        found[name] = value_of(tree, cell.within(found))
    return found if result is None else value_of(result, cell.within(found))


def _function(tree: Lambda, cell: Cell) -> Function:
    def run(*values: Value) -> Value:
        cell.budget.step()
        cell.budget.depth += 1
        if cell.budget.depth > MAX_DEPTH:
            raise Miscalculated(zh="函数调用太深", en="functions call each other too deeply")
        types = tree.types or ("",) * len(values)
        kept = [fits(value, kind) for value, kind in zip(values, types, strict=True)]
        lost = any(now is None and was is not None for was, now in zip(values, kept, strict=True))
        found = None if lost else value_of(tree.body, cell.within(dict(zip(tree.parameters, kept, strict=True))))
        cell.budget.depth -= 1
        return found

    return Function(tree.parameters, run)


def builtin(name: str, cell: Cell) -> Function:
    """Give a function of the list as a value."""
    known = FUNCTIONS[name]
    return Function(known.names, lambda *values: known.run(cell.office, *values))


def _call(tree: Call, cell: Cell) -> Value:
    plain = [value_of(argument, cell) for argument in tree.arguments]
    named = {name: value_of(argument, cell) for name, argument in tree.named}
    if tree.function is None:
        shadowed = next((layer[tree.name] for layer in cell.layers if tree.name in layer), None)
        if isinstance(shadowed, Function):
            return shadowed.call(plain, named)
        return FUNCTIONS[tree.name].call(cell.office, plain, named)
    function = value_of(tree.function, cell)
    return function.call(plain, named) if isinstance(function, Function) else None


def _interval(low: Tree | None, high: Tree | None, with_low: bool, with_high: bool, cell: Cell) -> Value:
    first = None if low is None else value_of(low, cell)
    last = None if high is None else value_of(high, cell)
    if (low is not None and first is None) or (high is not None and last is None):
        return None
    comparable = None in (first, last) or compare("<=", first, last) is not None
    return Interval(first, last, with_low=with_low, with_high=with_high) if comparable else None


# ── operators ──


def _binary(word: str, left: Tree, right: Tree, cell: Cell) -> Value:
    first = value_of(left, cell)
    if word == "and":
        return False if first is False else both(truth(first), truth(value_of(right, cell)))
    if word == "or":
        return True if first is True else either(truth(first), truth(value_of(right, cell)))
    second = value_of(right, cell)
    if word in ("+", "-", "*", "/", "**"):
        return arithmetic(word, first, second)
    return compare(word, first, second)
