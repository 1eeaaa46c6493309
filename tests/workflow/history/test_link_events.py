"""How a link of the chain is made, reckoned here by other means; whatever is said verifies as it went out."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events import Envelope
from services.kernel.store.outgoing import chained
from services.workflow.history.chains import in_order, verdict
from services.workflow.history.lines import Line, line_of, withheld

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _said(place: int, data: dict[str, Any]) -> Envelope:
    return Envelope(
        id=f"workflow.instances.C1.{place}.0",
        source="urn:guihua:workflow",
        type="guihua.workflow.task.completed.v1",
        subject="C1",
        time=datetime(2026, 9, 16, 7, 0, place % 60, 123456, tzinfo=UTC),
        sequence=place,
        data=data,
    )


def _sent(link: Envelope) -> Envelope:
    return Envelope.model_validate_json(link.model_dump_json())


@given(st.lists(st.dictionaries(st.text(max_size=8), _VALUES, max_size=4), min_size=1, max_size=5))
def test_given_any_data_then_what_went_over_the_wire_verifies_whole_or_withheld(data: list[dict[str, Any]]) -> None:
    links = [_sent(link) for link in chained([_said(place, each) for place, each in enumerate(data, 1)], "")]
    lines = [Line.model_validate_json(line_of(link).model_dump_json()) for link in links]
    found = verdict(lines, head=links[-1].hash)
    assert found.whole, found
    assert verdict([withheld(line) for line in lines], head=links[-1].hash).whole


def test_given_a_link_then_its_hash_is_what_the_recipe_says() -> None:
    [first, second] = chained([_said(1, {"b": "乙", "a": [1, None]}), _said(2, {})], "")
    digest = hashlib.sha256((first.salt or "").encode() + '{"a":[1,null],"b":"乙"}'.encode()).hexdigest()
    head = ["", first.id, first.source, first.type, "C1", "2026-09-16T07:00:01.123456+00:00", 1, digest]
    written = json.dumps(head, separators=(",", ":"))
    assert (first.previous, first.hash) == ("", hashlib.sha256(written.encode()).hexdigest())
    assert second.previous == first.hash
    assert first.salt != second.salt


def test_given_lines_before_the_chain_then_they_are_counted_and_one_among_the_links_is_a_break() -> None:
    old = [line_of(_said(place, {"place": place})) for place in (1, 2)]
    new = [line_of(link) for link in chained([_said(place, {}) for place in (3, 4)], "")]
    found = verdict([*old, *new], head=new[-1].hash)
    assert (found.whole, found.unchained, found.chained) == (True, 2, 2)
    assert not verdict([old[0], new[0], old[1], new[1]], head=new[-1].hash).whole


@pytest.mark.parametrize("places", [(3, 1, 2), (10, 9, 2)])
def test_given_clocks_that_were_set_back_then_the_order_is_that_of_the_writes(places: tuple[int, ...]) -> None:
    assert [each.sequence for each in in_order([_said(place, {}) for place in places])] == sorted(places)
