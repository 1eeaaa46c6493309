"""`make bench`: how many completions, how late events are, where the processor time goes, and what the limit is."""

import asyncio
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvloop

from bench import engine
from bench.alone import completions_per_second
from bench.figures import Figure, percentile, show
from bench.office import Samples, event_latency, opened, receive, receive_all, rested, settled, users
from bench.parts import memory

_USERS: Final = {32: 500.0, 64: 300.0}
"""How many users work at once, and the bar for the 99th percentile of their completions in milliseconds."""

_AT_LEAST: Final = 900.0
_IDLE: Final = 120.0
_CASES_A_USER: Final = 2
_WARM: Final = 8
_QUIET_CASES: Final = 40


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured with one driver: memory while nobody works, seconds of an event, and each number of users."""

    idle: dict[str, float]
    events: list[float]
    loads: dict[int, Samples]


async def measure(driver: str) -> Measured:
    """One whole system: the latency of events while it is quiet, then under load; what was begun warms it up."""
    folder = Path(tempfile.mkdtemp(prefix="guihua-bench-"))
    try:
        async with opened(folder, driver=driver) as there:
            await rested(there)
            idle = memory(there.run)
            quiet = [await receive(there.api) for _ in range(_QUIET_CASES)]
            late, loads = await event_latency(there.api, quiet), {}
            await users(there, quiet[:_WARM], at_once=_WARM)
            for count in _USERS:
                cases = await receive_all(there.api, count * _CASES_A_USER)
                await settled(there.api)
                loads[count] = await users(there, cases, at_once=count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Measured(idle, late, loads)


def figures(driver: str, measured: Measured, *, alone: float) -> list[Figure]:
    """What was measured with one driver, against the engine alone."""
    late = [seconds * 1000 for seconds in measured.events]
    both = sum(measured.idle.values())
    found = [
        Figure(
            f"{driver}: memory of workflow and its engine, idle after all was deployed", both, "MB", _IDLE, "120 MB"
        ),
        *(Figure(f"{driver}: … {part}", used, "MB") for part, used in measured.idle.items()),
        Figure(f"{driver}: event from one service's write to the other's p50", percentile(late, 50), "ms"),
        Figure(f"{driver}: event from one service's write to the other's p99", percentile(late, 99), "ms"),
    ]
    for count, samples in measured.loads.items():
        found += _of_load(f"{driver}, {count} users", samples, bar=_USERS[count], alone=alone)
    return found


def _of_load(name: str, samples: Samples, *, bar: float, alone: float) -> list[Figure]:
    milliseconds = [seconds * 1000 for seconds in samples.completions]
    limit = "the engine alone on one core"
    return [
        Figure(f"{name}: completions, seen in the case", samples.rate, "1/s", alone, limit),
        Figure(f"{name}: completion p50", percentile(milliseconds, 50), "ms"),
        Figure(f"{name}: completion p99", percentile(milliseconds, 99), "ms", bar, f"the bar of {bar:.0f} ms"),
        Figure(f"{name}: until every message was sent", samples.settled - samples.ended, "s"),
        Figure(f"{name}: processor time of a completion", sum(samples.parts.values()), "ms"),
        *(Figure(f"{name}: … {part}", spent, "ms") for part, spent in samples.parts.items() if spent >= 0.1),
    ]


def main() -> None:
    """Measure, print, write var/bench.json."""
    sys.stderr.write("engine alone …\n")
    alone, size = completions_per_second()
    found = [
        Figure("engine alone, state packed at each step", alone, "1/s", _AT_LEAST, "the least it has to do"),
        Figure("state half-way through the permit", size, "bytes", 8192, "8 KB"),
        *engine.figures(),
    ]
    for driver in ("motor", "pymongo"):
        sys.stderr.write(f"whole system, {driver} …\n")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found += figures(driver, runner.run(measure(driver)), alone=alone)
    show(found, Path("var/bench.json"))


if __name__ == "__main__":
    main()
