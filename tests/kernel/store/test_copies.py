"""Read copies keep the newest, whatever the order in which facts come."""

import itertools

import pytest
from pydantic import BaseModel

from services.kernel.store import Store


class Fact(BaseModel, frozen=True):
    name: str


@pytest.mark.parametrize("order", [*itertools.permutations([1, 2, 3])])
async def test_the_newest_fact_stays(store: Store, order: tuple[int, ...]) -> None:
    facts = store.collection("facts", Fact)

    for sequence in (*order, *order):
        await facts.put("D06", Fact(name=str(sequence)), unless_newer=sequence)

    assert await facts.get("D06") == Fact(name="3")
    assert await facts.query({"body.name": "3"}, sort=[("_id", 1)], limit=5) == [Fact(name="3")]
    assert await facts.count({}) == 1


async def test_a_fact_is_forgotten(store: Store) -> None:
    facts = store.collection("facts", Fact)
    await facts.put("D06", Fact(name="a"), unless_newer=1)

    await facts.delete("D06")
    await facts.delete("D06")

    assert await facts.get("D06") is None
