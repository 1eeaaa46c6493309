"""Background work that must go on: what crashes is logged and started again, never silently gone."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from services.kernel import logs
from services.kernel.app.away import is_away
from services.kernel.telemetry import Metrics

log = logs.get(__name__)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 15.0
_HEALTHY: Final = 60.0
"""Seconds of work after which a crash counts as the first one again."""


async def keep(name: str, work: Callable[[], Awaitable[None]], *, stopping: asyncio.Event, metrics: Metrics) -> None:
    """Do `work` until `stopping`; again after a growing pause when it ends on its own."""
    pause = _FIRST_PAUSE
    while not stopping.is_set():
        began = time.monotonic()
        try:
            await work()
            if stopping.is_set():
                return
            log.error("background work ended by itself", task=name)
        except Exception as error:  # noqa: BLE001 - the keeper's whole purpose
            _note(name, error)
        metrics.restarts.labels(name).inc()
        if time.monotonic() - began > _HEALTHY:
            pause = _FIRST_PAUSE
        await pause_for(pause, stopping)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def pause_for(seconds: float, stopping: asyncio.Event) -> None:
    """Wait, but not beyond `stopping`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()


def _note(name: str, error: Exception) -> None:
    if is_away(error):
        log.warning("background work waits for an absent server", task=name, reason=type(error).__name__)
    else:
        log.error("background work crashed", task=name, exc_info=error)
