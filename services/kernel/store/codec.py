"""How a body becomes a MongoDB document and comes back the same.

| in Python | in MongoDB | why |
| --- | --- | --- |
| aware `datetime` | date (UTC, whole milliseconds) | indexes and TTL need it; the clocks tick in milliseconds |
| `date`, `time` | `"2026-09-16"`, `"09:00:00"` | BSON has neither; the text sorts like the day |
| `timedelta` | `"P1DT2H"` (ISO 8601) | exact to the microsecond |
| `tuple`, `set`, `frozenset` | array | the model's type brings the kind back |
| `Enum` | its value | |
| `Decimal`, `UUID` | text | exact, and the same in every tool |
| key of a mapping that is no text | text | BSON knows no other key |

The way back is pydantic's: the type in the model decides. So a field `date | str` or `Any` that held a date comes
back as text.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

_DURATION: Final = TypeAdapter(timedelta)
_AS_THEY_ARE: Final = frozenset({str, int, float, bool, bytes, type(None)})


def encoded(value: Any) -> Any:  # noqa: ANN401 - anything a body may hold
    """`value` as BSON can hold it. Raises TypeError for what cannot be stored, ValueError for a naive moment.

    Every write goes through here. Most of what a body holds stays as it is, and a call for each would be dear.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is dict:
        return {
            key if type(key) is str else _key(key): each if type(each) in _AS_THEY_ARE else encoded(each)
            for key, each in value.items()
        }
    if kind is tuple or kind is list:
        return [each if type(each) in _AS_THEY_ARE else encoded(each) for each in value]
    if kind is datetime:
        return _moment(value)
    if kind is date:
        return value.isoformat()
    return encoded(value.value) if isinstance(value, Enum) else _rare(value)


def _rare(value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, BaseModel):
        return encoded(value.model_dump(mode="python"))
    if isinstance(value, Mapping):
        return encoded(dict(value))
    if isinstance(value, list | tuple):
        return [encoded(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((encoded(each) for each in value), key=repr)
    return _scalar(value)


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None:
        msg = f"{value.isoformat()} is a moment without a zone"
        raise ValueError(msg)
    return value


def _scalar(value: object) -> object:
    match value:
        case datetime():
            return _moment(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return _DURATION.dump_python(value, mode="json")
        case Decimal() | UUID():
            return str(value)
        case str() | int() | float() | bytes():
            return value
        case _:
            msg = f"{type(value).__name__} cannot be stored"
            raise TypeError(msg)


def _key(key: object) -> str:
    plain = encoded(key)
    return plain if isinstance(plain, str) else str(plain)
