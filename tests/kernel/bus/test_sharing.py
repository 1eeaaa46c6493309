"""Several processes of one service hear side by side: each case in order, whoever of them freezes or dies."""

import sys
import time
from pathlib import Path

import pytest

from services.contracts.intake import CaseDelivered
from services.kernel.bus import BrokerAway
from services.kernel.bus.events import subjects_by_stream
from services.kernel.bus.queues import Queue
from tests.support.bureau import Bureau, Worker, bureau
from tests.support.desk import Heard, bus_of, hearing, note, window
from tests.support.office import Office
from tests.support.wait import wait_until

HEARS = {CaseDelivered: note}


async def test_given_three_processes_when_one_freezes_and_one_is_killed_then_cases_go_on_in_order_and_once(
    office: Office, tmp_path: Path
) -> None:
    """The bureau itself compares the books at its end, to the last proof and its place."""
    async with bureau(office, tmp_path, workers=3, cases=18) as town:
        await town.shared_out(most=6)
        frozen, killed, third = town.workers
        its = await wait_until(lambda: frozen.cases(since=time.time() - 2), within=20)
        since = time.time()
        frozen.freeze()
        await wait_until(lambda: its <= counted([killed, third], since), within=30)
        since = time.time()
        await killed.kill()
        await wait_until(lambda: set(town.cases) <= counted([third], since), within=30)
        frozen.thaw()
        await town.shared_out(most=8)


async def test_given_one_process_again_then_what_was_not_heard_of_the_queue_is_heard(office: Office) -> None:
    """Nobody works on the queue of several processes; who then hears alone takes all that was said since."""
    heard, bus = Heard(), await bus_of(office, "workflow")
    async with window(office) as intake:
        await intake.deliver("c1", "0")
        queue = Queue(bus, subjects_by_stream(HEARS))
        await wait_until(lambda: filled(queue, 1))
        async with hearing(office, heard, HEARS):
            await wait_until(lambda: heard.proofs == ["0"])
        assert "GUIHUA_WORKFLOW_SHARDS" not in await office.streams()
    await bus.close()


async def test_the_queue_says_that_it_is_not_fed_while_a_stream_is_missing(office: Office) -> None:
    bus = await bus_of(office, "workflow")
    queue = Queue(bus, subjects_by_stream(HEARS))
    await queue.ensure()
    assert not queue.complete
    async with window(office) as intake:
        await intake.deliver("c1", "0")
        await wait_until(lambda: filled(queue, 1))
        assert queue.complete
    await bus.close()


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_given_four_processes_frozen_and_killed_by_turns_then_no_event_waits_five_seconds(
    office: Office, tmp_path: Path
) -> None:
    async with bureau(office, tmp_path, workers=4, cases=36) as town:
        await town.shared_out(most=4)
        for turn in range(10):
            await blow(town, town.alive[turn % 2], freeze=turn % 3 != 2)
        await town.hire()
        await town.shared_out(most=4)


async def blow(town: Bureau, worker: Worker, *, freeze: bool) -> None:
    """Freeze or kill one; its cases must go on elsewhere within five seconds, those of the others at once."""
    settled = time.time()
    await wait_until(lambda: set(town.cases) <= counted(town.alive, settled), within=30)
    its, since = worker.cases(since=settled), time.time()
    if freeze:
        worker.freeze()
    else:
        await worker.kill()
        await town.hire()
    await wait_until(lambda: its <= counted([each for each in town.alive if each is not worker], since), within=30)
    theirs = set(town.cases) - its
    waited, others = town.longest(its, since=since - 0.5), town.longest(theirs, since=since - 0.5)
    sys.stdout.write(f"{'frozen' if freeze else 'killed'}: {waited:.1f} s, the others {others:.1f} s\n")
    assert max(waited, others) < 5
    if freeze:
        worker.thaw()
    await town.shared_out(most=4)


def counted(workers: list[Worker], since: float) -> set[str]:
    """The cases of which these processes counted an event since."""
    return set().union(*(worker.cases(since=since) for worker in workers))


async def filled(queue: Queue, count: int) -> bool:
    """Whether so many events wait in the queue."""
    await queue.ensure()
    try:
        return await queue.lag() == count
    except BrokerAway:
        return False
