"""The state of a service's work in numbers: for /status, and for the gauges of /metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel
from starlette.datastructures import State

from services.kernel.app.away import is_away
from services.kernel.app.kernel import Kernel
from services.kernel.telemetry import Metrics

V = TypeVar("V")

_WITHIN: Final = 2.0


class ClockState(BaseModel, frozen=True):
    """What time it is here, and how often the office's clock was set."""

    now: datetime
    wall: datetime
    revision: int


class Outbox(BaseModel, frozen=True):
    """Documents with something said but not yet sent, and since when the oldest waits."""

    documents: int
    oldest_at: datetime | None


class Status(BaseModel, frozen=True):
    """The work in numbers. None: the server that knows is away."""

    service: str
    clock: ClockState
    outbox: Outbox | None
    lag: dict[str, int] | None
    dead_letters: int | None
    backlog: dict[str, int | None]

    def write_to(self, metrics: Metrics) -> None:
        """Set the gauges; those whose number is not known keep their last value."""
        if self.outbox is not None:
            oldest = self.outbox.oldest_at or self.clock.wall
            metrics.outbox.set(self.outbox.documents)
            metrics.outbox_age.set(max(0.0, (self.clock.wall - oldest).total_seconds()))
        if self.dead_letters is not None:
            metrics.dead_letters.set(self.dead_letters)
        for stream, events in (self.lag or {}).items():
            metrics.lag.labels(stream).set(events)
        for line, count in self.backlog.items():
            if count is not None:
                metrics.backlog.labels(line).set(count)


async def survey(state: State) -> Status:
    """Ask for each number, for at most two seconds each; an absent server leaves its own unknown.

    Work is counted where it comes from before where it goes to, heard, at work, said: what moves on meanwhile may be
    counted twice but is never missed, so a status with nothing in it tells of a service at rest.
    """
    kernel: Kernel = state.kernel
    backlog: Mapping[str, Callable[[Any], Awaitable[int]]] = state.backlog
    lag = await _known(state.listener.lag())
    dead, *lines = await asyncio.gather(
        _known(kernel.store.dead_letters.count()), *(_known(count(state.deps)) for count in backlog.values())
    )
    outbox = await _known(_outbox(kernel))
    clock = kernel.clock
    return Status(
        service=kernel.store.service,
        clock=ClockState(now=clock.now(), wall=clock.wall(), revision=clock.revision),
        outbox=outbox,
        lag=lag,
        dead_letters=dead,
        backlog=dict(zip(backlog, lines, strict=True)),
    )


async def _outbox(kernel: Kernel) -> Outbox:
    waiting = await kernel.store.unsent(limit=1)
    oldest = min((row["at"] for unsent in waiting for row in unsent.rows), default=None)
    return Outbox(documents=await kernel.store.count_unsent(), oldest_at=oldest)


async def _known(question: Awaitable[V]) -> V | None:
    try:
        async with asyncio.timeout(_WITHIN):
            return await question
    except Exception as error:
        if is_away(error):
            return None
        raise
