"""Work that time starts: each ticker runs again and again, and at once while there is more to do."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from services.kernel.clock import Clock
from services.kernel.telemetry import Metrics

D = TypeVar("D")


@dataclass(frozen=True)  # no slots: a generic frozen class with slots cannot be built as `X[D](…)` (Python 3.11)
class Ticker(Generic[D]):
    """Something to do every so often, by wall time.

    `run` says how many things it did; more than none, and it is asked again at once. It also runs when the office
    clock is set, and when the event that `wake` names is set (it is cleared before the run). What must not run twice at
    the same moment is `alone`: of several processes of a service only the one on duty runs it.
    """

    name: str
    every: timedelta
    run: Callable[[D], Awaitable[int]]
    wake: Callable[[D], asyncio.Event] | None = None
    alone: bool = False


async def tick(
    ticker: Ticker[D], deps: D, *, clock: Clock, metrics: Metrics, stopping: asyncio.Event, duty: asyncio.Event
) -> None:
    """Run the ticker until `stopping`; a run under way is finished. What `run` raises ends it: the keeper restarts."""
    woken = ticker.wake(deps) if ticker.wake else asyncio.Event()
    every = ticker.every.total_seconds()
    planned = time.monotonic()
    while not stopping.is_set():
        if ticker.alone and not duty.is_set():
            await _first(duty.wait(), stopping.wait(), seconds=None)
            planned = time.monotonic()
            continue
        woken.clear()
        began, revision = time.monotonic(), clock.revision
        metrics.tick_late.labels(ticker.name).observe(max(0.0, began - planned))
        done = await _run(ticker, deps, metrics)
        again = done > 0 or clock.revision != revision  # set during the run: nobody would wake us for it any more
        planned = began if again else began + every
        if not again:
            await _first(clock.changed(every), woken.wait(), stopping.wait(), seconds=planned - time.monotonic())


async def _run(ticker: Ticker[D], deps: D, metrics: Metrics) -> int:
    outcome = "failed"
    try:
        done = await ticker.run(deps)
        outcome = "worked" if done else "idle"
    finally:
        metrics.ticks.labels(ticker.name, outcome).inc()
    await asyncio.sleep(0)  # a ticker that never waits must not starve the others
    return done


async def _first(*waits: Awaitable[object], seconds: float | None) -> None:
    """Return when the first of these is done, or after `seconds`."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    limit = None if seconds is None else max(0.0, seconds)
    try:
        await asyncio.wait(tasks, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
