"""The demonstration's clock: set here, followed by every process (docs/adr/0008-office-time-and-wall-time.md)."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from services.kernel.clock import DEMO_BUCKET, DEMO_KEY, Anchor, DemoClock
from services.kernel.problem import Problem
from services.registry.deps import Deps

_KEPT_WITHIN: Final = timedelta(seconds=5)


class ClockIsReal(Problem):
    """The clock can be set in a demonstration only."""

    status = 409
    code = "clock-is-real"
    zh = "正式环境的时钟不能设置"
    en = "the clock of a real office cannot be set"
    remedy_zh = "只有演示环境（GUIHUA_CLOCK=demo）可以设置时钟"
    remedy_en = "only a demonstration (GUIHUA_CLOCK=demo) lets its clock be set"


async def set_clock(deps: Deps, *, as_of: datetime, speed: float) -> Anchor:
    """From now on the office has `as_of`, going at `speed`; returns when this process keeps to it.

    Raises ClockIsReal; TimeoutError and BrokerAway when the broker does not answer.
    """
    clock = deps.clock
    if not isinstance(clock, DemoClock):
        raise ClockIsReal
    async with deps.clock_lock:
        revision = await _next_revision(deps, clock)
        anchor = Anchor(as_of=as_of, set_at=clock.wall(), speed=speed, revision=revision)
        await deps.bus.put(DEMO_BUCKET, DEMO_KEY, anchor.model_dump_json().encode())
        async with asyncio.timeout(_KEPT_WITHIN.total_seconds()):
            while clock.revision < anchor.revision:
                await clock.changed(1)
    return anchor


async def _next_revision(deps: Deps, clock: DemoClock) -> int:
    """One more than any process can have seen, even when the broker lost the bucket and processes did not."""
    stored = await deps.bus.get(DEMO_BUCKET, DEMO_KEY)
    return max(clock.revision, Anchor.model_validate_json(stored).revision if stored else 0) + 1
