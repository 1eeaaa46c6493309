"""The ways of cases to a version: what the engine makes of them, many at once, and what the rules say to it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.workflow.deps import Deps
from services.workflow.engine.pool import Source
from services.workflow.engine.verdicts import Carried
from services.workflow.instances.models import Instance
from services.workflow.migrations.carrying import Judged, Target, judged
from services.workflow.migrations.models import Plan
from services.workflow.migrations.touching import Touched, touched

_AT_ONCE: Final = 50
"""Cases in one piece of the engine's work: a piece must be done within its time limit."""


@dataclass
class Journeys:
    """Carries cases to the version of a plan. What two versions have in common is reckoned once."""

    deps: Deps
    plan: Plan
    sha256: str
    migration_id: str
    by: str
    _sources: dict[str, Source] = field(default_factory=dict, init=False)
    _touched: dict[str, Touched] = field(default_factory=dict, init=False)

    async def judged(self, cases: Sequence[Instance]) -> list[tuple[Instance, Judged]]:
        """What becomes of each case, in their order; nothing is stored."""
        by_version: dict[str, list[Instance]] = {}
        for case in cases:
            if case.pin is not None:
                by_version.setdefault(case.pin.sha256, []).append(case)
        pieces = [
            (sha256, alike[start : start + _AT_ONCE])
            for sha256, alike in by_version.items()
            for start in range(0, len(alike), _AT_ONCE)
        ]
        carried: dict[str, Carried] = {}
        for sha256, piece in pieces:
            found = await self._carried(sha256, piece)
            carried |= {case.case_no: each for case, each in zip(piece, found, strict=True)}
        office, target = await self.deps.copies.office(), self.target()
        verdicts: list[tuple[Instance, Judged]] = []
        for case in cases:
            if case.pin is not None:
                verdicts.append((case, judged(case, carried[case.case_no], target, office)))
                await asyncio.sleep(0)  # each takes a moment, and others wait for the event loop
        return verdicts

    def target(self) -> Target:
        """Where the cases go, as of now."""
        return Target(self.migration_id, self.plan.to_version, self.sha256, self.by, self.deps.clock.now())

    async def _carried(self, old: str, cases: Sequence[Instance]) -> tuple[Carried, ...]:
        time = (await self.deps.copies.office()).time
        was, now = await self._source(old), await self._source(self.sha256)
        if old not in self._touched:
            self._touched[old] = await asyncio.to_thread(touched, was.files, now.files)
        return await self.deps.engines.pool.carry(
            was,
            now,
            [case.state for case in cases],
            mapping=self.plan.mapping,
            touched=self._touched[old],
            now=self.deps.clock.now(),
            calendar=time.calendar,
            hours=time.hours,
        )

    async def _source(self, sha256: str) -> Source:
        if sha256 not in self._sources:
            self._sources[sha256] = Source((await self.deps.shelf.take(sha256)).contents)
        return self._sources[sha256]
