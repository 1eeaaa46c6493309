"""Arithmetic and logic of FEEL. Errors: `Miscalculated`, only where a number or a text leaves all bounds."""

from datetime import timedelta
from decimal import Context, Decimal, DecimalException, localcontext
from typing import Final

from services.workflow.engine.decisions.comparing import Value
from services.workflow.engine.decisions.moments import Months, add, subtract
from services.workflow.engine.language.errors import Miscalculated

MAX_TEXT: Final = 100_000
_PRECISION: Final = Context(prec=34)
_SCALES: Final = (timedelta, Months)


def truth(value: Value) -> bool | None:
    """Give a yes or no; nothing for anything else."""
    return value if isinstance(value, bool) else None


def both(left: bool | None, right: bool | None) -> bool | None:
    """`and` in three values."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def either(left: bool | None, right: bool | None) -> bool | None:
    """`or` in three values."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def arithmetic(word: str, left: Value, right: Value) -> Value:
    """Reckon with two values; nothing where their kinds do not fit. Raises `Miscalculated`."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _numbers(word, left, right)
    if word == "+" and isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_TEXT:
            raise Miscalculated(zh="文本太长", en="the text is too long")
        return left + right
    if word == "+":
        return add(left, right)
    if word == "-":
        return subtract(left, right)
    return _scaled(word, left, right)


def _numbers(word: str, left: Decimal, right: Decimal) -> Value:
    try:
        with localcontext(_PRECISION):
            match word:
                case "+":
                    return left + right
                case "-":
                    return left - right
                case "*":
                    return left * right
                case "/":
                    return left / right if right else None
                case _:
                    return left**right
    except (DecimalException, OverflowError):
        raise Miscalculated(zh="数字太大", en="the number is too large") from None


def _scaled(word: str, left: Value, right: Value) -> Value:
    """Multiply and divide durations."""
    if word == "*" and isinstance(left, Decimal):
        left, right = right, left
    if not isinstance(left, _SCALES) or word not in ("*", "/"):
        return None
    try:
        if word == "/" and type(left) is type(right):
            return _ratio(left, right)
        if isinstance(right, Decimal) and (word == "*" or right):
            factor = right if word == "*" else 1 / right
            return Months(int(left.count * factor)) if isinstance(left, Months) else left * float(factor)
    except (OverflowError, ZeroDivisionError, DecimalException):
        return None
    return None


def _ratio(left: Value, right: Value) -> Value:
    whole, part = (left.count, right.count) if isinstance(left, Months) else (_micro(left), _micro(right))
    return _numbers("/", Decimal(whole), Decimal(part))


def _micro(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
