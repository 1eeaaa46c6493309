"""When the database is away, nothing is acknowledged that was not done, and work goes on when it is back."""

import asyncio

import pytest
from pymongo.errors import OperationFailure

from services.contracts.intake import CaseDelivered
from services.kernel.store import Driver, is_away
from tests.support.desk import Desk, Tally, count, hearing, store_of, window
from tests.support.office import Office
from tests.support.wait import wait_until


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_ready_is_the_truth_within_five_seconds(office: Office, driver: Driver) -> None:
    store = store_of(office, "intake", driver)
    assert await store.is_ready()
    office.kill_database()
    async with asyncio.timeout(5):
        assert not await store.is_ready()
    await office.start_database()
    await wait_until(store.is_ready)
    await store.close()


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_a_save_fails_in_bounded_time_and_says_that_it_may_be_tried_again(office: Office, driver: Driver) -> None:
    store = store_of(office, "intake", driver)
    desks = store.aggregates("desks", Desk, key="case_no")
    await desks.create(Desk(case_no="1"))
    office.kill_database()
    async with asyncio.timeout(12):
        with pytest.raises(Exception) as failure:  # noqa: PT011 - the drivers raise one of several
            await desks.save(Desk(case_no="1"), 1)
    await office.start_database()

    assert is_away(failure.value)
    assert await desks.load("1") == (Desk(case_no="1"), 1)
    await store.close()


@pytest.mark.parametrize(
    ("code", "may_work_later"),
    [(94, True), (134, True), (211, True), (13, False), (2, False), (11000, False)],
)
def test_what_a_server_that_was_just_started_answers_is_no_mistake_of_ours(code: int, *, may_work_later: bool) -> None:
    refusal = OperationFailure("No keys found for HMAC that is valid for time", code)
    assert is_away(refusal) == may_work_later


async def test_an_event_that_meets_no_database_is_handled_when_there_is_one(office: Office) -> None:
    store = store_of(office, "workflow")
    tallies = store.aggregates("tallies", Tally, key="case_no")
    async with window(office) as intake, hearing(office, tallies, {CaseDelivered: count}, pauses=()):
        await intake.deliver("1", "B-1")
        await wait_until(lambda: tallies.find("1"))
        event = intake.relay._stream.name
        office.kill_database()
        subject, wire = "guihua.intake.case.delivered.v1.1", await last_wire(office, event)
        await (await office.broker()).jetstream().publish(subject, wire.replace(b"1.1.0", b"1.9.0"))
        await office.start_database()

        await wait_until(lambda: tallied(tallies, 2), within=30)
    await store.close()


async def last_wire(office: Office, stream: str) -> bytes:
    message = await (await office.broker()).jetstream().get_last_msg(stream, "guihua.intake.>")
    return message.data or b""


async def tallied(tallies: object, proofs: int) -> bool:
    found = await tallies.find("1")
    return found is not None and len(found[0].proofs) == proofs
