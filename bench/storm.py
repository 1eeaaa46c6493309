"""`make bench-storm`: a hundred thousand clocks come due within one minute, and people go on working.

Every clock says one thing: its step is late since the last close of business. Supervision sets each light and enters
it in its register, notify makes each message of the ladder; how late each light is follows from the two moments.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import uvloop
from bson.raw_bson import RawBSONDocument
from pymongo import AsyncMongoClient

from bench.fabricated import UNDUE, Mould, put
from bench.figures import Figure, percentile, show
from bench.migration import cases_at_each_step
from bench.office import Office, opened, receive
from bench.parts import each, spent
from bench.permit import ANSWERS, KEY, TASKS, files
from services.kernel.clock import RealClock
from services.kernel.store import Store
from services.workflow.engine.bundles import compile_bundle

CLOCKS: Final = 100_000
_MINUTE: Final = 60.0
_USERS: Final = 8
_THINKS: Final = 0.4
"""Seconds between two completions of a user: eight of them do about fifteen a second."""

_LATE: Final = 5.0
_AT_MOST: Final = 15.0
_COMPLETION: Final = 500.0
_STANDS_STILL: Final = 60.0
_LONGEST_HOLIDAY: Final = 15


class NoLateStep(Exception):
    """No step of a case begun in the last fortnight is late by this moment: the calendar has no working day in it."""


@dataclass(slots=True)
class Storm:
    """What was seen: the lateness of each light and of each message's making, completions, processor time by part."""

    lights: list[float] = field(default_factory=list)
    messages: list[float] = field(default_factory=list)
    completions: list[float] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=dict)
    missing: int = 0


async def measure(count: int) -> Storm:
    """Put the cases there, let the minute come, and wait until every light is set and every message made."""
    folder = Path(tempfile.mkdtemp(prefix="guihua-bench-"))
    try:
        async with opened(folder, driver="motor") as there:
            patterns = await _late_cases(there)
            begins = datetime.now(UTC) + timedelta(seconds=10 + count / 4000)
            store = Store(
                there.run.servers.mongo_url("workflow"), "guihua_workflow", service="bench", clock=RealClock()
            )
            await put(store, _storm(patterns, count, begins))
            await store.close()
            return await _weathered(there, Watch(there, patterns, count, begins))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _late_cases(there: Office) -> list[Mould]:
    """A case at each step of the measured permit whose step is late since the last close of business."""
    bundle = compile_bundle({path: text.encode() for path, text in files().items()}).bundle
    assert bundle is not None
    detail = await there.api.call("GET", "workflow", f"/definitions/{KEY}/versions/1", who="u.it")
    now = datetime.now(UTC)
    for days in range(1, _LONGEST_HOLIDAY):
        at = now - timedelta(days=days)
        _, *standing = cases_at_each_step(bundle, detail["sha256"], version=1, at=at)  # the first began a day earlier
        if all(each.clocks[-1].due_at < now for each in standing):
            return [Mould.of(each.model_copy(update={"next_due_at": UNDUE})) for each in standing]
    raise NoLateStep(now)


def _storm(patterns: list[Mould], count: int, begins: datetime) -> Iterator[RawBSONDocument]:
    for number in range(count):
        yield patterns[number % len(patterns)].cast_due(number, _due(number, count, begins))


def _due(number: int, count: int, begins: datetime) -> datetime:
    """Evenly over the minute."""
    return begins + timedelta(seconds=_MINUTE * number / count)


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at what supervision and notify have written, case by case."""

    there: Office
    patterns: list[Mould]
    count: int
    begins: datetime

    async def until_lit(self) -> None:
        """Wait for every light; gives up when none has come for a minute."""
        async with self._books("supervision") as books:
            seen, moved_at = -1, time.monotonic()
            while seen < self.count and time.monotonic() - moved_at < _STANDS_STILL:
                await asyncio.sleep(1)
                lit = await books["cases"].count_documents({"body.light": "red"})
                if lit != seen:
                    seen, moved_at = lit, time.monotonic()
                    sys.stderr.write(f"{datetime.now(UTC) - self.begins} {lit} lights of {self.count}\n")

    async def until_told(self) -> None:
        """Wait until every message is made: those about lights, and those about the work meanwhile."""
        while not await self._is_quiet():  # noqa: ASYNC110 - it happens in other processes
            await asyncio.sleep(1)

    async def lights(self) -> dict[str, datetime]:
        """The moment of each red light, by case."""
        async with self._books("supervision") as books:
            return {row["_id"]: _lit_at(row) async for row in books["cases"].find({"body.light": "red"})}

    async def messages(self) -> list[tuple[str, datetime]]:
        """The case of each message, and the moment it was made."""
        async with self._books("notify") as books:
            rows = books["messages"].find({}, {"body.case_no": 1, "body.created_at": 1})
            return [(row["body"]["case_no"], row["body"]["created_at"]) async for row in rows]

    def due_at(self) -> dict[str, datetime]:
        """When each case came due, by its number."""
        return {
            self.patterns[number % len(self.patterns)].number_of(number).decode(): _due(number, self.count, self.begins)
            for number in range(self.count)
        }

    async def _is_quiet(self) -> bool:
        for service in ("workflow", "supervision", "notify"):
            status = await self.there.api.call("GET", service, "/status")
            if status["outbox"]["documents"] or any((status["lag"] or {}).values()):
                return False
        return True

    def _books(self, service: str) -> "_Books":
        return _Books(self.there.run.servers.mongo_url(service), f"guihua_{service}")


class _Books:
    """The database of a service, looked at from outside."""

    def __init__(self, url: str, name: str) -> None:
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url, tz_aware=True)
        self._name = name

    async def __aenter__(self) -> Any:  # noqa: ANN401 - a database of documents of any shape
        return self._client[self._name]

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()


def _lit_at(row: dict[str, Any]) -> datetime:
    moments: list[datetime] = [clock["changed_at"] for clock in row["body"]["clocks"].values()]
    return max(moments)


async def _weathered(there: Office, watch: Watch) -> Storm:
    found = Storm()
    await asyncio.sleep(max(0.0, (watch.begins - datetime.now(UTC)).total_seconds()))
    before = spent(there.run)
    async with asyncio.TaskGroup() as group:
        people = [group.create_task(_user(there, found.completions)) for _ in range(_USERS)]
        await watch.until_lit()
        for person in people:
            person.cancel()
    await watch.until_told()
    found.parts = each(before, spent(there.run), count=watch.count)
    due, lit = watch.due_at(), await watch.lights()
    found.lights = [(lit[case_no] - moment).total_seconds() for case_no, moment in due.items() if case_no in lit]
    told = await watch.messages()
    found.messages = [(made - due[case_no]).total_seconds() for case_no, made in told if case_no in due]
    found.missing = watch.count - len(found.lights)
    return found


async def _user(there: Office, seen: list[float]) -> None:
    """Somebody who takes a case and works on it, task by task, with a moment's thought in between, again and again."""
    async with await there.line() as line:
        while True:
            case_no = await receive(there.api)
            [step] = (await line.get(f"/cases/{case_no}"))["steps"]
            for number in range(TASKS):
                began = time.perf_counter()
                await line.post(f"/tasks/{step['task_id']}/complete", {"answers": ANSWERS})
                steps = (await line.get(f"/cases/{case_no}"))["steps"]
                seen.append(time.perf_counter() - began)
                if number + 1 < TASKS:
                    [step] = steps
                await asyncio.sleep(_THINKS)


def figures(storm: Storm, count: int) -> list[Figure]:
    """What is said of it."""
    name = f"{count} clocks due within a minute"
    done = [seconds * 1000 for seconds in storm.completions]
    return [
        Figure(f"{name}: lights that are not set", storm.missing, ""),
        Figure(f"{name}: light late p50", percentile(storm.lights, 50), "s"),
        Figure(f"{name}: light late p99", percentile(storm.lights, 99), "s", _AT_MOST, "15 s; the goal is 5 s"),
        Figure(f"{name}: messages made", len(storm.messages), ""),
        Figure(f"{name}: message made late p99", percentile(storm.messages, 99), "s"),
        Figure(f"{name}: completions meanwhile", len(done), ""),
        Figure(f"{name}: completion meanwhile p99", percentile(done, 99), "ms", _COMPLETION, "500 ms"),
        Figure(f"{name}: processor time of a clock", sum(storm.parts.values()), "ms"),
        *(Figure(f"{name}: … {part}", used, "ms") for part, used in storm.parts.items() if used >= 0.05),
    ]


def main(count: int) -> None:
    """Measure, print, write var/bench-storm.json; fails past fifteen seconds."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = figures(runner.run(measure(count)), count)
        show(found, Path("var/bench-storm.json"))
        sys.exit(any((figure.ratio or 0) > 1 for figure in found))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CLOCKS)
