"""The versions of the rule table, kept in memory: every timer event asks for the one in force."""

from datetime import datetime, timedelta
from typing import Final

from services.kernel.clock import Clock
from services.kernel.store import Aggregates
from services.supervision.rules import RuleTable, default_table

_MANY: Final = 1000
_KEPT_FOR: Final = timedelta(seconds=5)


class Tables:
    """All versions that there are. One made here counts at once, one made by another process within five seconds."""

    def __init__(self, versions: Aggregates[RuleTable], clock: Clock) -> None:
        self._versions, self._clock = versions, clock
        self._known: tuple[RuleTable, ...] = ()
        self._read_at: datetime | None = None

    async def known(self) -> tuple[RuleTable, ...]:
        """Every version, the one that ships with the service first."""
        wall = self._clock.wall()
        if self._read_at is None or not timedelta() <= wall - self._read_at < _KEPT_FOR:
            made = await self._versions.query({}, sort=[("_id", 1)], limit=_MANY)
            self._known, self._read_at = (default_table(), *made), wall
        return self._known

    async def add(self, version: RuleTable) -> None:
        """Keep a new version. Raises AlreadyExists."""
        self._read_at = None
        await self._versions.create(version)
        self._read_at = None  # it may have been read while it was being made
