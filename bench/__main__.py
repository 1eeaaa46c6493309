"""`make bench`: how many completions, how late events are, and what the limit is."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.alone import completions_per_second
from bench.figures import Figure, percentile, show
from bench.office import Samples, event_latency, office, receive, users

_USERS: Final = 32
_CASES: Final = 128
_QUIET_CASES: Final = 40


async def measure(driver: str) -> Samples:
    """One whole system under load; first the latency of events while it is quiet."""
    folder, samples = Path(tempfile.mkdtemp(prefix="guihua-bench-")), Samples()
    try:
        async with office(folder, driver=driver) as api:
            quiet = [await receive(api) for _ in range(_QUIET_CASES)]
            await event_latency(api, quiet, samples)
            cases = [await receive(api) for _ in range(_CASES)]
            await users(api, cases, samples, at_once=_USERS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return samples


def figures(driver: str, samples: Samples, *, alone: float) -> list[Figure]:
    """What was measured with one driver, against the engine alone."""
    milliseconds = [seconds * 1000 for seconds in samples.completions]
    late = [seconds * 1000 for seconds in samples.events]
    limit = "the engine alone on one core"
    return [
        Figure(f"{driver}: completions, {_USERS} users, seen in the case", samples.rate, "1/s", alone, limit),
        Figure(f"{driver}: completion p50", percentile(milliseconds, 50), "ms"),
        Figure(f"{driver}: completion p99", percentile(milliseconds, 99), "ms", 500, "the bar of 500 ms"),
        Figure(f"{driver}: event from one service's write to the other's p50", percentile(late, 50), "ms"),
        Figure(f"{driver}: event from one service's write to the other's p99", percentile(late, 99), "ms"),
    ]


def main() -> None:
    """Measure, print, write var/bench.json."""
    sys.stderr.write("engine alone …\n")
    alone, size = completions_per_second()
    found = [
        Figure("engine alone, state packed at each step", alone, "1/s"),
        Figure("state half-way through the permit", size, "bytes", 8192, "8 KB"),
    ]
    for driver in ("motor", "pymongo"):
        sys.stderr.write(f"whole system, {driver} …\n")
        found += figures(driver, asyncio.run(measure(driver)), alone=alone)
    show(found, Path("var/bench.json"))


if __name__ == "__main__":
    main()
