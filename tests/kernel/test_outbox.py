"""Nothing that was saved is lost, nothing acts twice: not when processes, the broker or its disk are gone."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from services.contracts.intake import CaseDelivered
from services.kernel.bus import Stream
from services.kernel.clock import RealClock
from services.kernel.outbox import Relay
from services.kernel.store import Aggregates, Driver, Store
from tests.support.desk import Desk, Heard, Tally, Window, bus_of, count, delivered, hearing, note, store_of, window
from tests.support.office import Office
from tests.support.wait import wait_until

HEARS = {CaseDelivered: count}


@pytest.fixture(params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return request.param


@pytest.fixture
async def tallies(office: Office) -> AsyncIterator[Aggregates[Tally]]:
    store = store_of(office, "workflow")
    yield store.aggregates("tallies", Tally, key="case_no")
    await store.close()


async def effects(tallies: Aggregates[Tally]) -> dict[str, tuple[str, ...]]:
    return {tally.case_no: tally.proofs for tally in await tallies.query({}, sort=[("_id", 1)], limit=100)}


async def truth(intake: Window) -> dict[str, tuple[str, ...]]:
    desks = await intake.desks.query({}, sort=[("_id", 1)], limit=100)
    return {desk.case_no: desk.proofs for desk in desks if desk.proofs}


def agree(intake: Window, tallies: Aggregates[Tally]) -> Callable[[], Awaitable[bool]]:
    async def agreed() -> bool:
        return await effects(tallies) == await truth(intake)

    return agreed


async def saves_until_killed(office: Office, driver: Driver, *, how: str, saves: int) -> list[str]:
    """Run the saver and kill -9 it after so many acknowledged saves; gives these."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.saver", how),
        env={**os.environ, **office.settings_of("intake"), "GUIHUA_MONGO_DRIVER": driver},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    acknowledged: list[str] = []
    async for line in process.stdout:  # to the end: what came before the kill was acknowledged
        if line.startswith(b"saved ") and line.endswith(b"\n"):
            acknowledged.append(line.split()[1].decode())
        if len(acknowledged) == saves and process.returncode is None:
            process.kill()
    await process.wait()
    return acknowledged


async def test_what_was_saved_before_a_kill_is_said_by_the_next_process(
    office: Office, driver: Driver, tallies: Aggregates[Tally]
) -> None:
    acknowledged = await saves_until_killed(office, driver, how="silent", saves=50)

    async with window(office, driver) as intake, hearing(office, tallies, HEARS):
        await wait_until(intake.is_all_sent)
        await wait_until(agree(intake, tallies))

        said = {proof for proofs in (await effects(tallies)).values() for proof in proofs}
        assert said >= set(acknowledged)
        assert await intake.store.journal.out_of_order() == []


async def test_kills_between_saving_publishing_and_clearing_lose_and_double_nothing(
    office: Office, driver: Driver, tallies: Aggregates[Tally]
) -> None:
    acknowledged: list[str] = []
    async with hearing(office, tallies, HEARS):
        for saves in (20, 33, 47):
            acknowledged += await saves_until_killed(office, driver, how="relay", saves=saves)
        async with window(office, driver) as intake:
            await wait_until(intake.is_all_sent)
            await wait_until(agree(intake, tallies))

            said = {proof for proofs in (await effects(tallies)).values() for proof in proofs}
            assert said >= set(acknowledged)
            assert await intake.store.journal.out_of_order() == []


async def test_while_the_broker_is_away_saving_goes_on_and_events_come_after(
    office: Office, driver: Driver, tallies: Aggregates[Tally]
) -> None:
    async with window(office, driver) as intake, hearing(office, tallies, HEARS):
        await intake.deliver("1", "B-1")
        await wait_until(agree(intake, tallies))
        office.kill_broker()
        await wait_until(lambda: not intake.bus.client.is_connected)
        assert not await intake.bus.is_ready()
        for n in range(2, 6):
            await intake.deliver("1", f"B-{n}")
        assert await intake.store.count_unsent() == 1
        await office.start_broker()

        await wait_until(intake.bus.is_ready)
        await wait_until(agree(intake, tallies), within=20)
        await wait_until(intake.is_all_sent)


async def test_when_the_broker_lost_its_disk_everything_is_said_again_and_nothing_acts_twice(
    office: Office, driver: Driver, tallies: Aggregates[Tally]
) -> None:
    async with window(office, driver) as intake, hearing(office, tallies, HEARS):
        for n in range(20):
            await intake.deliver(str(n % 4), f"B-{n}")
        await wait_until(intake.is_all_sent)
        await wait_until(agree(intake, tallies))
        before = await effects(tallies)
        office.kill_broker()
        shutil.rmtree(office.servers.folder / "nats")
        await office.start_broker()

        heard = Heard()
        await wait_until(lambda: stream_holds(office, 20), within=20)
        async with hearing(office, heard, {CaseDelivered: note}, service="supervision"):
            await wait_until(lambda: len(heard.events) == 20)
        assert [heard.of(str(case)) for case in range(4)] == [list(before[str(case)]) for case in range(4)]
        await intake.deliver("1", "after")
        await wait_until(agree(intake, tallies), within=20)
        assert {case: proofs for case, proofs in (await effects(tallies)).items() if case != "1"} == {
            case: proofs for case, proofs in before.items() if case != "1"
        }


async def test_a_stream_deleted_under_a_running_service_comes_back_whole(office: Office) -> None:
    async with window(office) as intake:
        await intake.deliver("1", "B-1")
        await wait_until(intake.is_all_sent)
        await (await office.broker()).jetstream().delete_stream("GUIHUA_INTAKE")

        await wait_until(lambda: stream_holds(office, 1), within=15)


async def test_what_was_published_but_not_in_the_journal_yet_outlives_the_stream(office: Office) -> None:
    store, bus = store_of(office, "intake"), await bus_of(office, "intake")
    desks = store.aggregates("desks", Desk, key="case_no")
    await store.prepare()
    relay = Relay(store, bus, Stream.of("intake"))
    await desks.create(Desk(case_no="1"), [delivered("1", "B-1")])
    assert await relay.flush(within=10)
    await desks.create(Desk(case_no="2"), [delivered("2", "B-2")])
    await relay._publish(await store.unsent(limit=10))  # and here the process is held up
    assert len(await store.journal.find()) == 1

    await (await office.broker()).jetstream().delete_stream("GUIHUA_INTAKE")
    running = asyncio.create_task(relay.run())
    await wait_until(lambda: stream_holds(office, 2), within=15)

    assert len(await store.journal.find()) == 2
    running.cancel()
    await asyncio.wait([running])
    await bus.close()
    await store.close()


async def test_the_stream_of_the_adapters_is_kept_by_the_service_that_hears_them(office: Office) -> None:
    store, bus = store_of(office, "workflow"), await bus_of(office, "workflow")
    relay = asyncio.create_task(Relay(store, bus, Stream.of("workflow")).run())

    await wait_until(lambda: there(office, {"GUIHUA_WORKFLOW", "GUIHUA_EXTERNAL"}))

    relay.cancel()
    await asyncio.wait([relay])
    await bus.close()
    await store.close()


async def there(office: Office, streams: set[str]) -> bool:
    return streams <= set(await office.streams())


async def test_what_is_left_is_sent_before_the_end(office: Office) -> None:
    async with window(office) as intake:
        await asyncio.gather(*(intake.deliver(str(n), "B-1") for n in range(30)))

        assert await intake.relay.flush(within=10)
        assert await intake.is_all_sent()
        office.kill_broker()
        await intake.deliver("1", "B-2")
        assert not await intake.relay.flush(within=0.5)
        await office.start_broker()


async def test_the_journal_tells_a_case_from_the_beginning(office: Office) -> None:
    async with window(office) as intake:
        for proof in ("B-1", "B-2", "B-3"):
            await intake.deliver("1", proof)
        await intake.deliver("2", "B-9")
        await wait_until(intake.is_all_sent)
        journal = intake.store.journal

        first, second = await journal.find("1", limit=2)
        (third,) = await journal.find("1", after=second.order)

        assert [each.envelope.data["proof_no"] for each in (first, second, third)] == ["B-1", "B-2", "B-3"]
        assert len(await journal.find()) == 4
        assert await journal.out_of_order() == []


async def test_a_journal_that_somebody_meddled_with_is_noticed(office: Office) -> None:
    async with window(office) as intake:
        for proof in ("B-1", "B-2", "B-3"):
            await intake.deliver("1", proof)
        await wait_until(intake.is_all_sent)
        rows = office.mongo["guihua_intake"]["journal"]
        await rows.update_one({"_id": "intake.desks.1.3.0"}, {"$set": {"order": "0"}})

        assert await intake.store.journal.out_of_order() != []


async def stream_holds(office: Office, messages: int) -> bool:
    if "GUIHUA_INTAKE" not in await office.streams():
        return False
    info = await (await office.broker()).jetstream().stream_info("GUIHUA_INTAKE")
    return info.state.messages == messages


class SlowClock(RealClock):
    """Of a machine that nobody keeps on time."""

    def wall(self) -> datetime:
        return super().wall() - timedelta(seconds=3)


async def test_given_a_machine_whose_clock_is_behind_then_the_journal_has_a_cases_events_in_order(
    office: Office,
) -> None:
    """Two processes on two machines write the same document by turns; the chain of its events must not look broken."""
    async with window(office) as intake:
        own = office.settings_of("intake")
        behind = Store(own["GUIHUA_MONGO_URL"], own["GUIHUA_MONGO_DATABASE"], service="intake", clock=SlowClock())
        others = behind.aggregates("desks", Desk, key="case_no")
        for proof in range(6):
            desks = intake.desks if proof % 2 == 0 else others
            said = [delivered("1", str(proof))]
            if proof == 0:
                await desks.create(Desk(case_no="1"), said)
            else:
                await desks.change("1", lambda desk, said=said: (desk, said))
        await wait_until(intake.is_all_sent)
        entries = await intake.store.journal.find("1")
        assert [entry.envelope.data["proof_no"] for entry in entries] == [str(proof) for proof in range(6)]
        await behind.close()
