"""The functions of FEEL on numbers."""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
)
from typing import Final

from services.workflow.engine.decisions.comparing import Value
from services.workflow.engine.decisions.functions import Builtin
from services.workflow.engine.language.office import Office

PRECISION: Final = Context(prec=34)
_SCALE: Final = 6_176
_MOST_DIGITS: Final = 200


def _one(compute: Callable[[Decimal], Value]) -> Callable[..., Value]:
    """Make a function of one number give nothing for anything else, and where it has no value."""

    def run(_: Office, value: Value) -> Value:
        try:
            return compute(value) if isinstance(value, Decimal) else None
        except (DecimalException, OverflowError):
            return None

    return run


def _rounded(way: str) -> Callable[..., Value]:
    """Make a function that rounds to a number of digits behind the point."""

    def run(_: Office, value: Value, digits: Value = Decimal(0)) -> Value:
        whole = isinstance(digits, Decimal) and abs(digits) <= _SCALE
        if not isinstance(value, Decimal) or not whole:
            return None
        places = int(digits)
        if places > _MOST_DIGITS:
            return value
        try:
            found = value.quantize(Decimal(1).scaleb(-places), rounding=way, context=Context(prec=_MOST_DIGITS * 2))
        except DecimalException:
            return None
        return found + 0 if places >= 0 else Decimal(int(found))

    return run


def _modulo(_: Office, left: Value, right: Value) -> Value:
    if not isinstance(left, Decimal) or not isinstance(right, Decimal) or not right:
        return None
    try:
        quotient = PRECISION.divide(left, right).to_integral_value(ROUND_FLOOR)
        return PRECISION.subtract(left, PRECISION.multiply(right, quotient))
    except DecimalException:
        return None


def _parity(rest: int) -> Callable[[Decimal], Value]:
    return lambda value: value == value.to_integral_value() and int(value) % 2 == rest


def _plain(value: Decimal) -> Decimal:
    return value.to_integral_value() if value == value.to_integral_value() else value


_NS: Final = ("n", "scale")
NUMBERS: Final[dict[str, Builtin]] = {
    "decimal": Builtin(_rounded(ROUND_HALF_EVEN), _NS, 2, 2),
    "floor": Builtin(_rounded(ROUND_FLOOR), _NS, 1, 2),
    "ceiling": Builtin(_rounded(ROUND_CEILING), _NS, 1, 2),
    "round up": Builtin(_rounded(ROUND_UP), _NS, 2, 2),
    "round down": Builtin(_rounded(ROUND_DOWN), _NS, 2, 2),
    "round half up": Builtin(_rounded(ROUND_HALF_UP), _NS, 2, 2),
    "round half down": Builtin(_rounded(ROUND_HALF_DOWN), _NS, 2, 2),
    "modulo": Builtin(_modulo, ("dividend", "divisor"), 2, 2),
    "sqrt": Builtin(_one(lambda n: _plain(PRECISION.sqrt(n)) if n >= 0 else None), ("number",), 1, 1),
    "log": Builtin(_one(lambda n: _plain(PRECISION.ln(n)) if n > 0 else None), ("number",), 1, 1),
    "exp": Builtin(_one(lambda n: PRECISION.exp(n) if abs(n) < 1_000 else None), ("number",), 1, 1),  # noqa: PLR2004
    "odd": Builtin(_one(_parity(1)), ("number",), 1, 1),
    "even": Builtin(_one(_parity(0)), ("number",), 1, 1),
}
