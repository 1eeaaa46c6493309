"""A whole running system to measure, and users who work in it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.line import Line
from bench.parts import each, spent, workers
from bench.permit import ANSWERS, ITEM, TASKS, files
from services.local.client import Api
from services.local.layout import SERVICES, Layout
from services.local.runner import Run

_WINDOWS = 4
_RESTED_WITHIN = 120
_MOVING = frozenset({"messages-under-way"})
"""Lines of the sweeper that go to nought by themselves."""
_OFFICER = "u.handler.d06"
_APPLICANT = {"kind": "person", "name": "冯某某", "id_no": "512002200001010018", "phone": "13800000001"}


@dataclass(frozen=True, slots=True)
class Office:
    """A whole running system, and the way in for those who are not measured."""

    run: Run
    api: Api

    async def line(self) -> Line:
        """A connection of the officer's own to the workflow service."""
        layout = self.run.layout
        return Line(layout.host, layout.ports["workflow"], token=await self.api.token(_OFFICER))


@asynccontextmanager
async def opened(folder: Path, *, driver: str) -> AsyncIterator[Office]:
    """Everything up and furnished, the bench process deployed; stopped in the end."""
    run = Run(Layout.free(folder), driver=driver)
    await run.start()
    try:
        await run.furnish()
        async with Api(run.layout) as api:
            body = {"files": files()}
            await api.call("POST", "workflow", "/definitions", who="u.it", body=body, query={"activate": "true"})
            yield Office(run, api)
    finally:
        await run.stop()


@dataclass(slots=True)
class Samples:
    """What the users saw, in seconds; `parts` is the processor time of each completion in milliseconds, by part.

    `settled` is when the last message about it all was sent.
    """

    completions: list[float] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0
    settled: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Completions a second over the whole time."""
        return len(self.completions) / (self.ended - self.began)


async def receive(api: Api) -> str:
    """One case at the window; gives its number when the first task is there."""
    application = {"item_code": ITEM, "situation": "usual", "title": "基准案件", "applicant": _APPLICANT}
    papers = [{"code": "application", "originals": 1, "copies": 0}]
    body = {**application, "facts": {}, "documents": papers}
    receipt = await api.call("POST", "intake", "/cases", who="u.window", body=body)
    case_no: str = receipt["case_no"]
    while not (await _steps(api, case_no)):  # noqa: ASYNC110 - the event would be in another process
        await asyncio.sleep(0.02)
    return case_no


async def receive_all(api: Api, count: int) -> list[str]:
    """So many cases, a few at a time."""
    windows = asyncio.Semaphore(_WINDOWS)

    async def one() -> str:
        async with windows:
            return await receive(api)

    return await asyncio.gather(*(one() for _ in range(count)))


async def _work(line: Line, case_no: str, samples: Samples) -> None:
    """Complete every task of a case; each counts from the request until the next task is seen."""
    [step] = (await line.get(f"/cases/{case_no}"))["steps"]
    for number in range(TASKS):
        began = time.perf_counter()
        await line.post(f"/tasks/{step['task_id']}/complete", {"answers": ANSWERS})
        steps = (await line.get(f"/cases/{case_no}"))["steps"]
        samples.completions.append(time.perf_counter() - began)
        if number + 1 < TASKS:
            [step] = steps


async def users(there: Office, cases: list[str], *, at_once: int) -> Samples:
    """So many users, each with a share of the cases, working as fast as they are answered."""
    samples, queue = Samples(), asyncio.Queue[str]()
    for case_no in cases:
        queue.put_nowait(case_no)

    async def user() -> None:
        async with await there.line() as line:
            while not queue.empty():
                await _work(line, queue.get_nowait(), samples)

    before = spent(there.run)
    samples.began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(user())
    samples.ended = time.perf_counter()
    await settled(there.api)
    samples.settled = time.perf_counter()
    samples.parts = each(before, spent(there.run), count=len(samples.completions))
    return samples


async def settled(api: Api) -> None:
    """Wait until everything that was said is handled and every message about it is sent."""
    while not await _is_settled(api):  # noqa: ASYNC110 - it happens in other processes
        await asyncio.sleep(0.25)


async def _is_settled(api: Api) -> bool:
    for service in SERVICES:
        status = await api.call("GET", service, "/status")
        late = sum(count for line, count in status["backlog"].items() if line in _MOVING)
        if late or status["outbox"]["documents"] or any((status["lag"] or {}).values()):
            return False
    return True


async def rested(there: Office) -> None:
    """Wait until the workflow service has given back what deploying took: one worker is left of its engine."""
    async with asyncio.timeout(_RESTED_WITHIN):
        while len(workers(there.run)) > 1:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(1)


async def event_latency(api: Api, cases: list[str]) -> list[float]:
    """Seconds from the moment intake wrote a case to the moment workflow wrote its first step."""
    late = []
    for case_no in cases:
        receipt = await api.call("GET", "intake", f"/cases/{case_no}", who="u.window")
        case = await api.call("GET", "workflow", f"/cases/{case_no}", who="u.ops")
        received, started = datetime.fromisoformat(receipt["received_at"]), datetime.fromisoformat(case["started_at"])
        late.append((started - received).total_seconds())
    return late


async def _steps(api: Api, case_no: str) -> list[dict[str, Any]]:
    """The open steps of a case as the officer sees them; none while the case is not there yet."""
    page = await api.send_any("GET", "workflow", f"/cases/{case_no}", who=_OFFICER)
    steps: list[dict[str, Any]] = page.json()["steps"] if page.is_success else []
    return steps
