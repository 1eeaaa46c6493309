"""A whole running system to measure, and users who work in it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.permit import ANSWERS, ITEM, TASKS, files
from services.local.client import Api
from services.local.layout import Layout
from services.local.runner import Run

_APPLICANT = {"kind": "person", "name": "冯某某", "id_no": "512002200001010018", "phone": "13800000001"}


@asynccontextmanager
async def office(folder: Path, *, driver: str) -> AsyncIterator[Api]:
    """Everything up and furnished, the bench process deployed; stopped in the end."""
    run = Run(Layout.free(folder), driver=driver)
    await run.start()
    try:
        await run.furnish()
        async with Api(run.layout) as api:
            body = {"files": files()}
            await api.call("POST", "workflow", "/definitions", who="u.it", body=body, query={"activate": "true"})
            yield api
    finally:
        await run.stop()


@dataclass(slots=True)
class Samples:
    """What the users saw, in seconds."""

    completions: list[float] = field(default_factory=list)
    events: list[float] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0

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


async def work(api: Api, case_no: str, samples: Samples) -> None:
    """Complete every task of a case; each counts from the request until the next task is seen."""
    [step] = await _steps(api, case_no)
    for number in range(TASKS):
        began = time.perf_counter()
        path = f"/tasks/{step['task_id']}/complete"
        await api.call("POST", "workflow", path, who="u.handler.d06", body={"answers": ANSWERS})
        steps = await _steps(api, case_no)
        samples.completions.append(time.perf_counter() - began)
        if number + 1 < TASKS:
            [step] = steps


async def users(api: Api, cases: list[str], samples: Samples, *, at_once: int) -> None:
    """So many users, each with a share of the cases, working as fast as they are answered."""
    queue = asyncio.Queue[str]()
    for case_no in cases:
        queue.put_nowait(case_no)

    async def user() -> None:
        while not queue.empty():
            await work(api, queue.get_nowait(), samples)

    samples.began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(user())
    samples.ended = time.perf_counter()


async def event_latency(api: Api, cases: list[str], samples: Samples) -> None:
    """From the moment intake wrote a case to the moment workflow wrote its first step."""
    for case_no in cases:
        receipt = await api.call("GET", "intake", f"/cases/{case_no}", who="u.window")
        case = await api.call("GET", "workflow", f"/cases/{case_no}", who="u.ops")
        received, started = datetime.fromisoformat(receipt["received_at"]), datetime.fromisoformat(case["started_at"])
        samples.events.append((started - received).total_seconds())


async def _steps(api: Api, case_no: str) -> list[dict[str, Any]]:
    """The open steps of a case as the officer sees them; none while the case is not there yet."""
    page = await api.send_any("GET", "workflow", f"/cases/{case_no}", who="u.handler.d06")
    steps: list[dict[str, Any]] = page.json()["steps"] if page.is_success else []
    return steps
