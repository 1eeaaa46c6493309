"""Several documents in one write, for many callers: each is stored or known to be there, and each caller answered."""

import asyncio
from collections.abc import Sequence

import pytest
from pymongo.errors import AutoReconnect

from services.kernel.store import Body, Index, Moment, Store, Together


class Slip(Body, frozen=True):
    number: str
    about: str | None = None


async def test_given_one_that_is_there_then_those_before_it_are_stored_and_none_behind_it(store: Store) -> None:
    slips = store.aggregates("slips", Slip, key="number")
    await slips.create(Slip(number="3"))

    assert await slips.create_in_turn([Slip(number=each) for each in "12345"]) == 2

    assert [slip.number for slip in await slips.query({}, sort=[("_id", 1)], limit=9)] == ["1", "2", "3"]
    assert await slips.create_in_turn([Slip(number="4"), Slip(number="5")]) == 2
    assert await slips.load("5") == (Slip(number="5"), 1)


async def test_given_a_unique_value_that_is_taken_then_it_counts_as_there(store: Store) -> None:
    slips = store.aggregates("slips", Slip, key="number")
    await store.indexes("slips", Index("body.about", unique=True, where={"body.about": {"$gt": ""}}))
    await slips.create(Slip(number="1", about="x"))

    assert await slips.create_in_turn([Slip(number="2"), Slip(number="3", about="x"), Slip(number="4")]) == 1


async def test_of_several_changes_those_at_a_revision_gone_by_change_nothing(store: Store) -> None:
    slips = store.aggregates("slips", Slip, key="number")
    await slips.create_in_turn([Slip(number="1"), Slip(number="2")])
    await slips.save(Slip(number="2", about="faster"), 1)

    assert await slips.save_together([(Slip(number="1", about="x"), 1), (Slip(number="2", about="x"), 1)]) == 1

    assert await slips.load("1") == (Slip(number="1", about="x"), 2)
    assert await slips.load("2") == (Slip(number="2", about="faster"), 2)


async def test_what_comes_while_a_write_is_under_way_goes_into_one_write() -> None:
    calls: list[Sequence[int]] = []
    door = asyncio.Event()

    async def work(items: Sequence[int]) -> Sequence[int]:
        calls.append(items)
        await door.wait()
        return [item * 2 for item in items]

    together = Together(work)
    first = asyncio.create_task(together.add(1))
    while not calls:  # noqa: ASYNC110 - one turn of the loop at a time
        await asyncio.sleep(0)
    others = [asyncio.create_task(together.add(n)) for n in (2, 3, 4)]
    await asyncio.sleep(0)
    others[1].cancel()
    door.set()

    assert await asyncio.gather(first, others[0], others[2]) == [2, 4, 8]
    assert calls == [[1], [2, 3, 4]]


async def test_what_may_linger_waits_for_others() -> None:
    calls: list[Sequence[int]] = []

    async def work(items: Sequence[int]) -> Sequence[int]:
        calls.append(items)
        return items

    together = Together(work, linger=0.2)
    first = asyncio.create_task(together.add(1))
    for _ in range(5):
        await asyncio.sleep(0)
    assert await asyncio.gather(first, together.add(2)) == [1, 2]
    assert calls == [[1, 2]]


async def test_who_comes_within_a_moment_goes_on_with_the_others() -> None:
    moment, gone = Moment(0.2), list[int]()

    async def go(n: int) -> None:
        await moment.over()
        gone.append(n)

    first = asyncio.create_task(go(1))
    for _ in range(5):
        await asyncio.sleep(0)
    assert gone == []
    await asyncio.gather(first, go(2), go(3))
    assert sorted(gone) == [1, 2, 3]


async def test_a_failure_is_told_to_those_whose_items_were_in_the_call_and_to_nobody_else() -> None:
    async def work(items: Sequence[int]) -> Sequence[int]:
        if 13 in items:
            raise ValueError(items)
        return items

    together = Together(work)
    answers = await asyncio.gather(together.add(13), together.add(1), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError, ValueError]
    assert await together.add(1) == 1


@pytest.mark.parametrize(("patience", "survives"), [(5.0, True), (0.0, False)])
async def test_while_the_database_is_away_it_is_asked_again_for_a_while(patience: float, survives: bool) -> None:
    away = [AutoReconnect("gone"), AutoReconnect("gone")]

    async def work(items: Sequence[int]) -> Sequence[int]:
        if away:
            raise away.pop()
        return items

    together = Together(work, patience=patience)
    answers = await asyncio.gather(together.add(1), return_exceptions=True)
    assert (answers == [1]) is survives
