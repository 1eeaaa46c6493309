"""Between JSON and FEEL, and the parts of values."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final

from services.workflow.engine.decisions.comparing import Value, weighed
from services.workflow.engine.decisions.functions import Function
from services.workflow.engine.decisions.moments import Months, member, written
from services.workflow.engine.decisions.ranges import Interval

_MOMENTS: Final = (date, time, timedelta, Months)


def feel_value(value: Any) -> Value:  # noqa: ANN401 - any JSON
    """Bring JSON into FEEL: numbers become exact decimals."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, list):
        return [feel_value(part) for part in value]
    if isinstance(value, Mapping):
        return {key: feel_value(part) for key, part in value.items()}
    return value


def plain_value(value: Value) -> Any:  # noqa: ANN401 - any JSON
    """Bring a FEEL value back into JSON: whole decimals become whole numbers, moments text. Raises `Miscalculated`."""
    return _plain(weighed(value))


def _plain(value: Value) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta | Months):
        return written(value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return None if isinstance(value, Function | Interval) else value


def part_of(holder: Value, key: str) -> Value:
    """Give a part of a value; of a list the parts of all its items."""
    if isinstance(holder, Mapping):
        return holder.get(key)
    if isinstance(holder, list):
        return [part_of(each, key) for each in holder]
    if isinstance(holder, Interval):
        return holder.member(key)
    return member(holder, key) if isinstance(holder, _MOMENTS) else None
