"""`make bench-scale`: the same work with two hundred thousand open cases in the database as with a handful.

Processor time is what counts: it is the same whoever else uses the machine. The wall figures hold on an idle one.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import uvloop

from bench import migration
from bench.fabricated import cast, moulds, put
from bench.figures import Figure, percentile, show
from bench.office import Office, Samples, opened, receive_all, settled, users
from bench.parts import spent
from bench.permit import KEY
from services.kernel.clock import RealClock
from services.kernel.store import Store

OPEN_CASES: Final = 200_000
_USERS: Final = 8
_WORKED_ON: Final = 16
_WARM: Final = 8
_ASKED: Final = 100
_LIST_WITHIN: Final = 200.0
_SLOWER: Final = 1.10
_FIGURES_WITHIN: Final = 10.0
_PARTS: Final = ("workflow", "engine", "mongod")
_OFFICER: Final = "u.handler.d06"
_LISTS: Final = {
    "own, of an officer": (_OFFICER, "/tasks"),
    "of the department": (_OFFICER, "/tasks?everyone=true"),
    "of everybody, of a leader": ("u.leader", "/tasks?everyone=true"),
}


async def measure(count: int) -> list[Figure]:
    """A few cases, then `count` of them besides: completions before and after, lists, and figures of a process."""
    folder = Path(tempfile.mkdtemp(prefix="guihua-bench-"))
    try:
        async with opened(folder, driver="motor") as there:
            await _worked(there, _WARM)
            few = await _worked(there, _WORKED_ON)
            began = time.monotonic()
            await _fill(there, count)
            sys.stderr.write(f"{count} cases in {time.monotonic() - began:.0f} s\n")
            await _worked(there, _WARM)
            many = await _worked(there, _WORKED_ON)
            found = _slower(few, many, count)
            for name, (who, path) in _LISTS.items():
                found += await _asked(there, f"{count} cases: tasks {name}", _getting(there, who, path))
            page = _getting(there, _OFFICER, f"/tasks?after={await _behind(there, pages=40)}")
            found += await _asked(there, f"{count} cases: tasks own, behind page 40", page)
            return found + await _counted(there, count // 2)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _worked(there: Office, cases: int) -> Samples:
    samples = await users(there, await receive_all(there.api, cases), at_once=_USERS)
    await settled(there.api)
    return samples


async def _fill(there: Office, count: int) -> None:
    """Half of the cases follow each of two versions."""
    detail = await there.api.call("GET", "workflow", f"/definitions/{KEY}/versions/1", who="u.it")
    url = there.run.servers.mongo_url("workflow")
    store = Store(url, "guihua_workflow", service="workflow", clock=RealClock())
    await put(store, cast(moulds(detail["sha256"], 1), first=0, count=count // 2))
    await put(store, cast(moulds(detail["sha256"], 2), first=count // 2, count=count // 2))
    await store.close()


def _slower(few: Samples, many: Samples, count: int) -> list[Figure]:
    """What a completion costs among many cases, against the same among few."""
    before, after = (sum(samples.parts[part] for part in _PARTS) for samples in (few, many))
    walls = [percentile([seconds * 1000 for seconds in samples.completions], 50) for samples in (few, many)]
    name = f"{count} cases: completion"
    return [
        Figure(f"{name}, processor time", after, "ms", before * _SLOWER, "a tenth more than among few"),
        *(
            Figure(f"{name}, … {part}", many.parts[part], "ms", few.parts[part] * _SLOWER, "as above")
            for part in _PARTS
        ),
        Figure(f"{name}, p50", walls[1], "ms", walls[0] * _SLOWER, "as above; by the wall"),
    ]


async def _behind(there: Office, *, pages: int) -> str:
    """Where the officer's list goes on behind so many pages, or behind the last full one."""
    after = "0"
    for _ in range(pages):
        shown = await there.api.call("GET", "workflow", f"/tasks?after={after}", who=_OFFICER)
        after = shown["next"] or after
    return after


def _getting(there: Office, who: str, path: str) -> Callable[[], Awaitable[Any]]:
    return lambda: there.api.call("GET", "workflow", path, who=who)


async def _asked(there: Office, name: str, ask: Callable[[], Awaitable[Any]]) -> list[Figure]:
    """How long a question takes by the wall, and what it costs."""
    await ask()
    before, walls = spent(there.run), []
    for _ in range(_ASKED):
        began = time.perf_counter()
        await ask()
        walls.append((time.perf_counter() - began) * 1000)
    after = spent(there.run)
    cost = sum(after[part] - before[part] for part in _PARTS) * 1000 / _ASKED
    return [
        Figure(f"{name}, p99", percentile(walls, 99), "ms", _LIST_WITHIN, "200 ms"),
        Figure(f"{name}, processor time", cost, "ms", _LIST_WITHIN, "200 ms"),
    ]


async def _counted(there: Office, count: int) -> list[Figure]:
    """The figures of a process over the cases of one version."""
    before, began = spent(there.run), time.perf_counter()
    told = await there.api.call("GET", "workflow", f"/analytics/{KEY}", who="u.leader", query={"version": "2"})
    took, after = time.perf_counter() - began, spent(there.run)
    assert told["cases"] == count, told["cases"]
    cost = sum(after[part] - before[part] for part in _PARTS)
    limit = "the longest a question to the database may take"
    return [
        Figure(f"figures of a process over {count} cases", took, "s", _FIGURES_WITHIN, limit),
        Figure(f"figures of a process over {count} cases, processor time", cost, "s", _FIGURES_WITHIN, limit),
    ]


def main(count: int) -> None:
    """Measure, print, write var/bench-scale.json."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(measure(count))
        found += runner.run(migration.measure(migration.CASES * count // OPEN_CASES))
    show(found, Path("var/bench-scale.json"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else OPEN_CASES)
