"""What time it is. The only module that asks the machine; everything else is given the moment or asks a `Clock`.

Office time is what every legal moment uses. Wall time is for tokens, lockouts, retries and back-off. They differ
only in a demonstration, where the office's clock can be set and sped up, the same in all processes (A-01).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Protocol

from pydantic import AwareDatetime, BaseModel, Field

DEMO_BUCKET: Final = "GUIHUA_CLOCK"
"""The key-value bucket that holds the demonstration's anchor."""

DEMO_KEY: Final = "anchor"
"""The key of the anchor in its bucket."""

_FASTEST: Final = 1_000_000


class Clock(Protocol):
    """Tells the time; can be waited on for being set."""

    @property
    def revision(self) -> int:
        """How many times the clock was set; 0 for a clock that nobody sets."""

    def now(self) -> datetime:
        """Office time, aware, UTC. Every legal moment uses this."""

    def wall(self) -> datetime:
        """Real time, aware, UTC, always."""

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - returning late is the normal case, no error
        """Return when the clock was set, or after `timeout` seconds of wall time."""


class Anchor(BaseModel, frozen=True):
    """The setting of a demonstration's clock: at wall time `set_at` the office had `as_of`.

    `speed` is office seconds per real second; 0 stands still. A higher `revision` replaces a lower one.
    """

    as_of: AwareDatetime
    set_at: AwareDatetime
    speed: Annotated[float, Field(ge=0, le=_FASTEST, allow_inf_nan=False)]
    revision: Annotated[int, Field(ge=1)]

    def at(self, wall: datetime) -> datetime:
        """Office time at the given wall time; a process whose own clock lags never shows less than `as_of`."""
        elapsed = max(wall - self.set_at, timedelta(0))
        try:
            return (self.as_of + elapsed * self.speed).astimezone(UTC)
        except OverflowError:  # left running at high speed past the year 9999
            return datetime.max.replace(tzinfo=UTC)


class _Bell:
    """Wakes everyone who waits at the moment it rings."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def wait(self, seconds: float) -> None:
        rung = self._rung
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await rung.wait()


class RealClock:
    """Office time is real time."""

    revision = 0

    def now(self) -> datetime:
        """Real time."""
        return _machine_time()

    def wall(self) -> datetime:
        """Real time."""
        return _machine_time()

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - see Clock
        """Wait out `timeout`: nobody sets this clock."""
        await asyncio.sleep(timeout)


class FrozenClock:
    """Office time stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)
        self._bell = _Bell()
        self.revision = 0

    def now(self) -> datetime:
        """The moment the clock was last set to."""
        return self._at

    def wall(self) -> datetime:
        """Real time."""
        return _machine_time()

    def set(self, at: datetime) -> None:
        """Move the office to another moment and wake all waiters."""
        self._at = _aware(at)
        self.revision += 1
        self._bell.ring()

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - see Clock
        """Return when `set` was called, or after `timeout` seconds."""
        await self._bell.wait(timeout)


class DemoClock:
    """Office time as the latest anchor says; real time until there is one."""

    def __init__(self) -> None:
        self._anchor: Anchor | None = None
        self._bell = _Bell()

    @property
    def revision(self) -> int:
        """The revision of the anchor in force; 0 while there is none."""
        return self._anchor.revision if self._anchor else 0

    @property
    def anchor(self) -> Anchor | None:
        """The anchor in force."""
        return self._anchor

    def now(self) -> datetime:
        """Office time by the anchor."""
        wall = _machine_time()
        return _in_milliseconds(self._anchor.at(wall)) if self._anchor else wall

    def wall(self) -> datetime:
        """Real time."""
        return _machine_time()

    def set(self, anchor: Anchor) -> None:
        """Take a newer anchor over and wake all waiters; an older one, or the same again, changes nothing."""
        if anchor.revision > self.revision:
            self._anchor = anchor
            self._bell.ring()

    async def follow(self, anchors: AsyncIterator[Anchor]) -> None:
        """Keep to the anchors as they come; returns when the source ends."""
        async for anchor in anchors:
            self.set(anchor)

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - see Clock
        """Return when a newer anchor came, or after `timeout` seconds."""
        await self._bell.wait(timeout)


def clock_of(setting: str) -> RealClock | FrozenClock | DemoClock:
    """The clock that a setting names: `real`, `demo`, or `frozen:<ISO moment with zone>`.

    Raises ValueError for anything else.
    """
    match setting.partition(":"):
        case ("real", "", ""):
            return RealClock()
        case ("demo", "", ""):
            return DemoClock()
        case ("frozen", ":", moment):
            return FrozenClock(datetime.fromisoformat(moment))
        case _:
            msg = "real、demo 或 frozen:2026-09-16T09:00:00+08:00 / real, demo or frozen:2026-09-16T09:00:00+08:00"
            raise ValueError(msg)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        msg = f"{at.isoformat()} 没有时区,如 +08:00 / has no zone such as +08:00"
        raise ValueError(msg)
    return at.astimezone(UTC)


def _machine_time() -> datetime:
    return _in_milliseconds(datetime.now(UTC))


def _in_milliseconds(moment: datetime) -> datetime:
    """The moment as precise as the database keeps it, so that what was saved equals what is loaded."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
