"""Several processes of `workflow` that hear side by side, one window that never stops, and what came of it."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from services.kernel.bus.queues import SHARDS
from services.kernel.store import Aggregates
from tests.support.desk import Tally, Window, store_of, window
from tests.support.office import Office
from tests.support.wait import wait_until

PAUSE = 0.5


@dataclass(slots=True)
class _Lines:
    """The whole lines of a file that is being written, each read once."""

    file: Path
    _place: int = 0

    def more(self) -> list[str]:
        """Those that came since."""
        with self.file.open("rb") as read:
            read.seek(self._place)
            whole = read.read().rpartition(b"\n")[0]
        self._place += len(whole) + 1 if whole else 0
        return whole.decode().splitlines()


@dataclass(slots=True)
class Worker:
    """One process, and what it said."""

    child: asyncio.subprocess.Process
    log: _Lines
    told: _Lines
    _held: set[str] = field(default_factory=set)
    _counted: list[tuple[str, str, float]] = field(default_factory=list)

    @property
    def counted(self) -> list[tuple[str, str, float]]:
        """Case, proof and moment of each event that it counted."""
        lines = (line.split() for line in self.told.more() if line.startswith("counted "))
        self._counted += [(case_no, proof, float(at)) for _, case_no, proof, at in lines]
        return self._counted

    @property
    def held(self) -> set[str]:
        """The shards it believes to have."""
        for entry in map(json.loads, self.log.more()):
            if entry["event"] == "shard taken":
                self._held.add(entry["shard"])
            elif entry["event"] == "shard left":
                self._held.discard(entry["shard"])
        return self._held - {"duty"}

    def freeze(self) -> None:
        """SIGSTOP."""
        self.child.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self.child.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        """SIGKILL."""
        with suppress(ProcessLookupError):
            self.child.kill()
        await self.child.wait()

    def cases(self, *, since: float) -> set[str]:
        """The cases of which it counted an event since."""
        return {case_no for case_no, _, at in self.counted if at > since}


@dataclass(slots=True)
class Bureau:
    """The window that delivers to all cases again and again, the processes that count, and the books of both."""

    office: Office
    folder: Path
    intake: Window
    tallies: Aggregates[Tally]
    cases: list[str]
    closing: AsyncExitStack
    workers: list[Worker] = field(default_factory=list)
    said: dict[tuple[str, str], float] = field(default_factory=dict)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def hire(self) -> Worker:
        """Start one more process."""
        env = {**os.environ, **self.office.settings_of("workflow")}
        log, told = (self.folder / f"worker-{len(self.workers)}.{kind}" for kind in ("log", "told"))
        with log.open("wb") as out, told.open("wb") as err:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.support.hearer", "shared"), env=env, stdout=out, stderr=err
            )
        worker = Worker(child, _Lines(log), _Lines(told))
        self.workers.append(worker)
        self.closing.push_async_callback(worker.kill)
        return worker

    @property
    def alive(self) -> list[Worker]:
        """The processes that were not killed."""
        return [worker for worker in self.workers if worker.child.returncode is None]

    async def deliver(self) -> None:
        """One more proof of each case, again and again, until `closed`."""
        number = 0
        while not self.closed.is_set():
            await asyncio.gather(*(self._deliver(case_no, str(number)) for case_no in self.cases))
            number += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self.closed.wait()

    async def _deliver(self, case_no: str, proof: str) -> None:
        self.said[case_no, proof] = time.time()
        await self.intake.deliver(case_no, proof)

    async def shared_out(self, *, most: int) -> None:
        """Wait until every shard is held and nobody has more than so many."""

        def fair() -> bool:
            parts = [worker.held for worker in self.alive]
            return sum(map(len, parts)) == SHARDS == len(set().union(*parts)) and max(map(len, parts)) <= most

        await wait_until(fair, within=60)

    async def is_counted(self) -> bool:
        """Whether everything said so far is in the books."""
        return sum(len(tally.proofs) for tally in await self._tallies()) == len(self.said)

    async def complaints(self) -> list[str]:
        """Cases whose proofs are not exactly those said, in their order."""
        said: dict[str, list[str]] = {case_no: [] for case_no in self.cases}
        for case_no, proof in sorted(self.said, key=lambda each: int(each[1])):
            said[case_no].append(proof)
        found = {tally.case_no: list(tally.proofs) for tally in await self._tallies()}
        return [f"{case_no}: {found.get(case_no)}" for case_no in said if found.get(case_no) != said[case_no]]

    async def _tallies(self) -> list[Tally]:
        return await self.tallies.query({}, sort=[("_id", 1)], limit=10_000)

    def longest(self, cases: set[str], *, since: float, until: float = float("inf")) -> float:
        """The longest that an event of these cases waited, of those said in between."""
        first: dict[tuple[str, str], float] = {}
        for worker in self.workers:
            for case_no, proof, at in worker.counted:
                first[case_no, proof] = min(at, first.get((case_no, proof), at))
        waits = [
            first.get(key, time.time()) - at for key, at in self.said.items() if key[0] in cases and since <= at < until
        ]
        return max(waits, default=0.0)


@asynccontextmanager
async def bureau(office: Office, folder: Path, *, workers: int, cases: int) -> AsyncIterator[Bureau]:
    """So many processes at work on so many cases; in the end everything said must be counted, once and in order."""
    async with AsyncExitStack() as closing:
        intake = await closing.enter_async_context(window(office))
        store = store_of(office, "workflow")
        closing.push_async_callback(store.close)
        tallies = store.aggregates("tallies", Tally, key="case_no")
        found = Bureau(office, folder, intake, tallies, [f"c{number}" for number in range(cases)], closing)
        for _ in range(workers):
            await found.hire()
        delivering = asyncio.create_task(found.deliver())
        try:
            yield found
            found.closed.set()
            await delivering
            await wait_until(found.is_counted, within=60)
            assert await found.complaints() == []
        finally:
            delivering.cancel()
