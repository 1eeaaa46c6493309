"""What goes into a body comes out of MongoDB the same."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any
from uuid import UUID

import bson
import pytest
from bson.codec_options import CodecOptions
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from services.kernel.store import Body, encoded


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Size(IntEnum):
    SMALL = 1


class Mark(Enum):
    ONE = "one"


class Part(BaseModel, frozen=True):
    on: date | None
    colours: tuple[Colour, ...]


class Everything(Body, frozen=True):
    text: str
    number: int
    share: float
    moment: datetime
    day: date
    hour: time
    span: timedelta
    pair: tuple[str, date]
    spans: tuple[timedelta, ...]
    roles: frozenset[Colour]
    size: Size
    mark: Mark
    amount: Decimal
    ident: UUID
    raw: bytes
    parts: tuple[Part, ...]
    by_day: dict[date, Colour]
    by_number: dict[int, str]
    by_colour: dict[Colour, Part]
    facts: dict[str, Any]


text = st.text(st.characters(exclude_categories=["Cs"]))
name = text.filter(lambda each: "\0" not in each)
int64 = st.integers(-(2**63), 2**63 - 1)
json = st.recursive(
    st.none() | st.booleans() | int64 | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(name, inner, max_size=3),
    max_leaves=6,
)
moments = (
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 30), timezones=st.timezones())  # noqa: DTZ001
    .map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
    .filter(lambda moment: moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset())
)
"""Not an hour that a clock change repeats or skips: Python finds it unequal to every moment of another zone."""
bodies = st.builds(
    Everything,
    text=text,
    number=int64,
    share=st.floats(allow_nan=False),
    moment=moments,
    hour=st.times(),
    amount=st.decimals(allow_nan=False, allow_infinity=False),
    pair=st.tuples(text, st.dates()),
    facts=st.dictionaries(name, json, max_size=3),
)


@given(bodies)
def test_a_body_comes_back_the_same(body: Everything) -> None:
    stored = bson.encode({"body": encoded(body)})

    assert Everything.model_validate(bson.decode(stored, CodecOptions(tz_aware=True))["body"]) == body


@given(st.lists(st.dates(), min_size=2))
def test_stored_days_sort_like_days(days: list[date]) -> None:
    assert sorted(encoded(day) for day in days) == [encoded(day) for day in sorted(days)]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        encoded({"at": datetime(2026, 11, 23)})  # noqa: DTZ001


def test_what_has_no_encoding_is_refused() -> None:
    with pytest.raises(TypeError, match="object cannot be stored"):
        encoded([object()])
