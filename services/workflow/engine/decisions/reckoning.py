"""Gives a FEEL tree its value, in three-valued logic: what cannot be compared is neither true nor false.

Errors: `Miscalculated`, only where a number leaves all bounds.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, DecimalException
from typing import Any, Final

from services.workflow.engine.decisions.builtins import FUNCTIONS, Value
from services.workflow.engine.decisions.trees import (
    Anything,
    Binary,
    Call,
    Choice,
    Compared,
    Condition,
    Constant,
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
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.values import moment

_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell is reckoned in: the variables, the office, and the value of its input (`?`)."""

    layers: Sequence[Mapping[str, Any]]
    office: Office
    value: Value = None


def feel_value(value: Any) -> Value:  # noqa: ANN401 - any JSON
    """Bring JSON into FEEL: numbers become exact decimals."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, list):
        return [feel_value(part) for part in value]
    return value


def plain_value(value: Value) -> Any:  # noqa: ANN401 - any JSON
    """Bring a FEEL value back into JSON: whole decimals become whole numbers, dates ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [plain_value(part) for part in value]
    return value


def passes(tests: Sequence[Test], cell: Cell) -> bool:
    """Say whether one of the tests of a cell passes."""
    return any(_test(test, cell) is True for test in tests)


def value_of(tree: Tree, cell: Cell) -> Value:
    """Give the value of a tree."""
    match tree:
        case Constant(value):
            return value
        case Name(path):
            return _variable(path, cell)
        case Binary(word, left, right):
            return _binary(word, left, right, cell)
        case Call(name, arguments):
            return FUNCTIONS[name][2](cell.office, *(value_of(argument, cell) for argument in arguments))
        case Within(value, tests):
            return _within(value, tests, cell)
        case _:
            return _shaped(tree, cell)


def _shaped(tree: Unary | Choice | Items | Range, cell: Cell) -> Value:
    match tree:
        case Unary(operand):
            value = value_of(operand, cell)
            return -value if isinstance(value, Decimal) else None
        case Choice(test, yes, no):
            return value_of(yes if value_of(test, cell) is True else no, cell)
        case Items(items):
            return [value_of(item, cell) for item in items]
        case Range():
            return None


def _test(test: Test, cell: Cell) -> bool | None:
    match test:
        case Anything():
            return True
        case Negated(tests):
            results = [_test(each, cell) for each in tests]
            return False if True in results else (None if None in results else True)
        case Compared(word, operand):
            return _compare(word, cell.value, value_of(operand, cell))
        case Condition(operand):
            return _truth(value_of(operand, cell))
        case Matches(operand):
            return _matches(operand, cell)


def _matches(operand: Tree, cell: Cell) -> bool | None:
    if isinstance(operand, Range):
        low = _compare(">=" if operand.with_low else ">", cell.value, value_of(operand.low, cell))
        high = _compare("<=" if operand.with_high else "<", cell.value, value_of(operand.high, cell))
        return _and(low, high)
    value = value_of(operand, cell)
    if isinstance(value, list) and not isinstance(cell.value, list):
        return any(_compare("=", cell.value, each) is True for each in value)
    if isinstance(value, bool) and not isinstance(cell.value, bool) and not isinstance(operand, Constant):
        return value  # a condition on another variable
    return _compare("=", cell.value, value)


def _within(value: Tree, tests: Sequence[Test], cell: Cell) -> bool:
    return passes(tests, Cell(cell.layers, cell.office, value_of(value, cell)))


def _variable(path: tuple[str, ...], cell: Cell) -> Value:
    if path[0] == "?":
        return cell.value
    holder: Any = next((layer[path[0]] for layer in cell.layers if path[0] in layer), None)
    for key in path[1:]:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return feel_value(holder)


def _binary(word: str, left: Tree, right: Tree, cell: Cell) -> Value:
    first, second = value_of(left, cell), value_of(right, cell)
    if word == "and":
        return _and(_truth(first), _truth(second))
    if word == "or":
        return _or(_truth(first), _truth(second))
    if word in _ARITHMETIC:
        return _arithmetic(word, first, second)
    return _compare(word, first, second)


def _truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def _or(left: bool | None, right: bool | None) -> bool | None:
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def _arithmetic(word: str, left: Value, right: Value) -> Value:
    if word == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if not isinstance(left, Decimal) or not isinstance(right, Decimal) or (word == "/" and not right):
        return None
    try:
        return _ARITHMETIC[word](left, right)
    except DecimalException:
        raise Miscalculated(zh="数字太大", en="the number is too large") from None


def _compare(word: str, left: Value, right: Value) -> bool | None:
    """Compare two values of one kind; an ISO text meets a date as a date."""
    if isinstance(left, date) and isinstance(right, str):
        right = moment(right)
    elif isinstance(right, date) and isinstance(left, str):
        left = moment(left)
    if word in ("=", "!="):
        same = _same(left, right)
        return same if same is None or word == "=" else not same
    comparable = type(left) is type(right) and isinstance(left, Decimal | str | date)
    if not comparable or _offsets_differ(left, right):
        return None
    return _ORDER[word](left, right)


def _same(left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return left is right
    return bool(left == right) if type(left) is type(right) else None


def _offsets_differ(left: Value, right: Value) -> bool:
    return isinstance(left, datetime) and (left.tzinfo is None) != (right.tzinfo is None)
