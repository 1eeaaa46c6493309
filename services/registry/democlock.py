"""The demonstration's clock: set here, followed by every process (docs/adr/0008-office-time-and-wall-time.md).

The setting goes out through the broker's bucket. It is kept in the database, and put back when the broker lost it.
"""

from contextlib import suppress
from datetime import datetime

from services.kernel import logs
from services.kernel.clock import DEMO_BUCKET, DEMO_KEY, Anchor, DemoClock
from services.kernel.problem import Problem
from services.kernel.store import AlreadyExists
from services.registry.deps import ClockSetting, Deps

log = logs.get(__name__)


class ClockIsReal(Problem):
    """The clock can be set in a demonstration only."""

    status = 409
    code = "clock-is-real"
    zh = "正式环境的时钟不能设置"
    en = "the clock of a real office cannot be set"
    remedy_zh = "只有演示环境（GUIHUA_CLOCK=demo）可以设置时钟"
    remedy_en = "only a demonstration (GUIHUA_CLOCK=demo) lets its clock be set"


async def set_clock(deps: Deps, *, as_of: datetime, speed: float) -> Anchor:
    """From now on the office has `as_of`, going at `speed`; this process keeps to it at once.

    Raises ClockIsReal, and BrokerAway when the broker does not answer.
    """
    clock = deps.clock
    if not isinstance(clock, DemoClock):
        raise ClockIsReal
    async with deps.clock_lock:
        revision = await _next_revision(deps, clock)
        anchor = Anchor(as_of=as_of, set_at=clock.wall(), speed=speed, revision=revision)
        await _publish(deps, anchor)
        await _keep(deps, anchor)
        clock.set(anchor)
    return anchor


async def put_back(deps: Deps) -> int:
    """Give the broker the setting again that it lost with its disk; processes that start later would not know it."""
    if not isinstance(deps.clock, DemoClock):
        return 0
    async with deps.clock_lock:
        kept = await _kept(deps)
        if kept is not None and await deps.bus.get(DEMO_BUCKET, DEMO_KEY) is None:
            await _publish(deps, kept)
            log.warning("the broker had lost the clock's setting; it was put back", revision=kept.revision)
    return 0


async def _next_revision(deps: Deps, clock: DemoClock) -> int:
    """One more than any process can have seen, even when the broker lost the bucket and processes did not."""
    stored, kept = await deps.bus.get(DEMO_BUCKET, DEMO_KEY), await _kept(deps)
    seen = [Anchor.model_validate_json(stored).revision] if stored else []
    return max(clock.revision, kept.revision if kept else 0, *seen) + 1


async def _publish(deps: Deps, anchor: Anchor) -> None:
    await deps.bus.put(DEMO_BUCKET, DEMO_KEY, anchor.model_dump_json().encode())


async def _kept(deps: Deps) -> Anchor | None:
    found = await deps.clock_settings.find(DEMO_KEY)
    return found[0].anchor if found else None


async def _keep(deps: Deps, anchor: Anchor) -> None:
    setting = ClockSetting(key=DEMO_KEY, anchor=anchor)
    with suppress(AlreadyExists):
        await deps.clock_settings.create(setting)
    await deps.clock_settings.change(DEMO_KEY, lambda _: (setting, ()))
