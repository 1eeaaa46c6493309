"""Work that time starts runs when it should, and goes on whatever happens to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.kernel.app.keeping import keep
from services.kernel.app.tickers import Ticker, tick
from services.kernel.bus import BrokerAway
from services.kernel.clock import FrozenClock
from services.kernel.telemetry import Metrics
from tests.kernel.conftest import Lines
from tests.support.wait import wait_until

MORNING = datetime(2026, 9, 16, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Desk:
    """What a ticker works on: `papers` to do, and how often it looked."""

    papers: int = 0
    looked: int = 0
    poke: asyncio.Event = field(default_factory=asyncio.Event)


async def work(desk: Desk) -> int:
    desk.looked += 1
    done = min(desk.papers, 2)
    desk.papers -= done
    return done


@asynccontextmanager
async def ticking(
    desk: Desk,
    clock: FrozenClock,
    *,
    every: timedelta = HOUR,
    run: Callable[[Desk], Awaitable[int]] = work,
    duty: asyncio.Event | None = None,
) -> AsyncIterator[Metrics]:
    stopping, metrics = asyncio.Event(), Metrics()
    ticker = Ticker("work", every=every, run=run, wake=lambda desk: desk.poke, alone=duty is not None)
    work = tick(ticker, desk, clock=clock, metrics=metrics, stopping=stopping, duty=duty or asyncio.Event())
    task = asyncio.create_task(work)
    try:
        yield metrics
    finally:
        stopping.set()
        await asyncio.wait_for(task, timeout=5)


async def test_it_runs_at_once_and_again_while_there_is_more_to_do() -> None:
    desk = Desk(papers=5)
    async with ticking(desk, FrozenClock(MORNING)) as metrics:
        await wait_until(lambda: desk.looked == 4)
        assert desk.papers == 0
        assert b'guihua_ticker_runs_total{outcome="worked",ticker="work"} 3.0' in metrics.text()
        assert b'guihua_ticker_runs_total{outcome="idle",ticker="work"} 1.0' in metrics.text()


async def test_it_runs_every_so_often() -> None:
    desk = Desk()
    async with ticking(desk, FrozenClock(MORNING), every=timedelta(milliseconds=10)):
        await wait_until(lambda: desk.looked >= 3)


async def test_given_the_office_clock_is_set_then_it_runs_at_once() -> None:
    desk, clock = Desk(), FrozenClock(MORNING)
    async with ticking(desk, clock):
        await wait_until(lambda: desk.looked == 1)
        clock.set(MORNING + HOUR)
        await wait_until(lambda: desk.looked == 2)


async def test_given_the_office_clock_is_set_during_a_run_then_it_runs_once_more() -> None:
    desk, clock = Desk(), FrozenClock(MORNING)

    async def work_while_the_clock_is_set(desk: Desk) -> int:
        if desk.looked == 0:
            clock.set(MORNING + HOUR)
        return await work(desk)

    async with ticking(desk, clock, run=work_while_the_clock_is_set):
        await wait_until(lambda: desk.looked == 2)


async def test_given_its_event_is_set_even_during_a_run_then_it_runs_again() -> None:
    desk = Desk()

    async def work_while_poked(desk: Desk) -> int:
        if desk.looked == 0:
            desk.poke.set()
        return await work(desk)

    async with ticking(desk, FrozenClock(MORNING), run=work_while_poked):
        await wait_until(lambda: desk.looked == 2)
        desk.poke.set()
        await wait_until(lambda: desk.looked == 3)


async def test_given_a_run_under_way_when_told_to_stop_then_it_is_finished() -> None:
    desk, begun, go_on = Desk(papers=1), asyncio.Event(), asyncio.Event()

    async def slow_work(desk: Desk) -> int:
        begun.set()
        await go_on.wait()
        return await work(desk)

    stopping = asyncio.Event()
    ticker = Ticker("work", every=HOUR, run=slow_work)
    clock = FrozenClock(MORNING)
    task = asyncio.create_task(
        tick(ticker, desk, clock=clock, metrics=Metrics(), stopping=stopping, duty=asyncio.Event())
    )
    await begun.wait()
    stopping.set()
    go_on.set()
    await asyncio.wait_for(task, timeout=5)
    assert desk.papers == 0


async def test_work_that_crashes_or_ends_is_logged_and_begun_again(lines: Lines) -> None:
    stopping, metrics, begun = asyncio.Event(), Metrics(), 0

    async def stumble() -> None:
        nonlocal begun
        begun += 1
        match begun:
            case 1:
                raise ZeroDivisionError
            case 2:
                msg = "both"
                raise ExceptionGroup(msg, [BrokerAway("NATS"), BrokerAway("NATS")])
            case 3:
                return
            case _:
                await stopping.wait()

    kept = asyncio.create_task(keep("listener", stumble, stopping=stopping, metrics=metrics))
    await wait_until(lambda: begun == 4)
    stopping.set()
    await asyncio.wait_for(kept, timeout=5)
    assert [(line["level"], line["event"]) for line in lines()] == [
        ("error", "background work crashed"),
        ("warning", "background work waits for an absent server"),
        ("error", "background work ended by itself"),
    ]
    assert b'guihua_task_restarts_total{task="listener"} 3.0' in metrics.text()


async def test_given_it_pauses_after_a_crash_when_told_to_stop_then_it_stops_at_once() -> None:
    stopping = asyncio.Event()

    async def stumble() -> None:
        stopping.set()
        raise ZeroDivisionError

    await asyncio.wait_for(keep("x", stumble, stopping=stopping, metrics=Metrics()), timeout=0.4)


async def test_what_one_of_several_processes_does_is_done_only_on_duty() -> None:
    desk, on_duty = Desk(papers=2), asyncio.Event()
    async with ticking(desk, FrozenClock(MORNING), duty=on_duty):
        await asyncio.sleep(0)
        desk.poke.set()
        await asyncio.sleep(0)
        assert desk.looked == 0
        on_duty.set()
        await wait_until(lambda: desk.papers == 0)
        on_duty.clear()
        await wait_until(lambda: desk.looked == 2)
        desk.poke.set()
        await asyncio.sleep(0)
        on_duty.set()
        await wait_until(lambda: desk.looked >= 3)


async def test_given_no_duty_it_ends_when_the_service_stops() -> None:
    desk = Desk()
    async with ticking(desk, FrozenClock(MORNING), duty=asyncio.Event()):
        pass
    assert desk.looked == 0
