"""The functions of FEEL that cells may use. All bounded; wrong kinds give nothing (null), as DMN says."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from services.workflow.engine.language.office import Office
from services.workflow.engine.language.values import moment

Value = Any
"""What FEEL reckons with: Decimal, text, yes/no, nothing, date, moment, list, object."""


def _texts(compute: Callable[..., Value]) -> Callable[..., Value]:
    """Make a function of texts give nothing for anything else."""

    def run(_: Office, *values: Value) -> Value:
        return compute(*values) if all(isinstance(value, str) for value in values) else None

    return run


def _numbers(compute: Callable[..., Value]) -> Callable[..., Value]:
    """Make a function of numbers, given one by one or as a list, give nothing for anything else."""

    def run(_: Office, *values: Value) -> Value:
        given = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
        return compute(given) if given and all(isinstance(value, Decimal) for value in given) else None

    return run


def _date(office: Office, value: Value) -> Value:
    if isinstance(value, str):
        value = moment(value)
    return office.day(value) if isinstance(value, date) else None


def _string(_: Office, value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str | Decimal) else None


def _number(_: Office, value: Value) -> Value:
    if isinstance(value, Decimal):
        return value
    plain = isinstance(value, str) and len(value) <= 40 and value.strip().lstrip("+-").replace(".", "", 1).isdecimal()  # noqa: PLR2004
    return Decimal(value.strip()) if plain else None


def _count(_: Office, values: Value) -> Value:
    return Decimal(len(values)) if isinstance(values, list) else None


def _list_contains(_: Office, values: Value, wanted: Value) -> Value:
    return wanted in values if isinstance(values, list) else None


def _not(_: Office, value: Value) -> Value:
    return not value if isinstance(value, bool) else None


def _modulo(values: list[Decimal]) -> Value:
    left, right = values
    return left - right * (left / right).to_integral_value(ROUND_FLOOR) if right else None


FUNCTIONS: Final[dict[str, tuple[int, int, Callable[..., Value]]]] = {
    "date": (1, 1, _date),
    "today": (0, 0, lambda office: office.hours.day_of(office.now)),
    "string": (1, 1, _string),
    "number": (1, 1, _number),
    "not": (1, 1, _not),
    "count": (1, 1, _count),
    "list contains": (2, 2, _list_contains),
    "contains": (2, 2, _texts(lambda text, part: part in text)),
    "starts with": (2, 2, _texts(lambda text, part: text.startswith(part))),
    "ends with": (2, 2, _texts(lambda text, part: text.endswith(part))),
    "upper case": (1, 1, _texts(str.upper)),
    "lower case": (1, 1, _texts(str.lower)),
    "string length": (1, 1, _texts(lambda text: Decimal(len(text)))),
    "abs": (1, 1, _numbers(lambda values: abs(values[0]))),
    "floor": (1, 1, _numbers(lambda values: values[0].to_integral_value(ROUND_FLOOR))),
    "ceiling": (1, 1, _numbers(lambda values: values[0].to_integral_value(ROUND_CEILING))),
    "modulo": (2, 2, _numbers(_modulo)),
    "min": (1, 20, _numbers(min)),
    "max": (1, 20, _numbers(max)),
    "sum": (1, 20, _numbers(sum)),
}
"""Name → least and most arguments, and the function (the office comes first)."""
