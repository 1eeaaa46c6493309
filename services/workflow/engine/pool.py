"""Runs the engine in processes of its own: off the event loop, bounded in memory and time, replaced when they fail.

A worker that hangs is killed, one that dies is replaced; the caller gets an `EngineFault`, and the stored state of
the instance is untouched. Workers keep compiled bundles by key and calendars by version. A pool at rest keeps one.
"""

import asyncio
import logging
import queue
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.engine.bundles import digest
from services.workflow.engine.exchange import (
    ApplyRequest,
    CarryRequest,
    CheckRequest,
    Reply,
    Request,
    StartRequest,
)
from services.workflow.engine.models import WHOLE, Command, EngineFault, Finding, Refusal, Refused, Step
from services.workflow.engine.processes import Limits, Worker, WorkerLost
from services.workflow.engine.verdicts import Carried

_HOURS: Final = OfficeHours()


@dataclass(frozen=True)
class Source:
    """The files of one version of a definition. Keep it: its key is reckoned once."""

    files: Mapping[str, bytes]

    @cached_property
    def key(self) -> str:
        """The name workers know the compiled bundle by."""
        return digest(self.files)


class EnginePool:
    """The engine, awaitable. `open` it before use and `close` it after."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._workers: list[Worker] = []
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._threads = ThreadPoolExecutor(self._limits.workers, thread_name_prefix="engine")
        self._asked_at = time.monotonic()
        self.lost = 0

    def open(self) -> None:
        """Start the first worker; the others start when one is not enough: an idle service keeps no more than one."""
        self._workers = [Worker(self._limits) for _ in range(self._limits.workers)]
        self._workers[-1].start()
        for worker in self._workers:
            self._idle.put(worker)

    @property
    def busy(self) -> int:
        """How many workers have work in hand."""
        return len(self._workers) - self._idle.qsize()

    def pids(self) -> list[int]:
        """Give the process ids of the workers, for the health page."""
        return [worker.pid for worker in self._workers if worker.pid is not None]

    def close(self) -> None:
        """Wait for work in hand and end the workers."""
        self._threads.shutdown()
        for worker in self._workers:
            worker.stop()

    async def rest(self, *, after: float) -> bool:
        """Give back what is not needed any more if nothing was asked for so many seconds: says whether there was.

        One worker stays. It is a new one if drawings were checked: that takes more than running them, and Python
        keeps what it took. Who asks meanwhile waits for the new one.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._rest, after)

    def _rest(self, after: float) -> bool:
        idle: list[Worker] = []
        try:
            while len(idle) < len(self._workers):
                idle.append(self._idle.get_nowait())
            if time.monotonic() - self._asked_at < after or not _is_much(idle):
                return False
            for worker in idle:
                worker.stop()
            idle[0].start()
        except queue.Empty:  # somebody is at work
            return False
        finally:
            for worker in reversed(idle):
                self._idle.put(worker)
        return True

    async def findings(self, source: Source, *, posts: Collection[str] | None = None) -> tuple[Finding, ...]:
        """Look, and give the findings. Raises `EngineFault` when the worker was lost over it."""
        asked = CheckRequest(None if posts is None else frozenset(posts))
        reply = await self._ask(Request(asked, source.key, source.files, None, None, "", None))
        return reply.findings or ()

    async def start(
        self,
        source: Source,
        process_key: str,
        data: Mapping[str, Any],
        *,
        now: datetime,
        calendar: Calendar,
        hours: OfficeHours = _HOURS,
        instance_id: str = "",
        start_event: str = "",
    ) -> Step:
        """Start an instance, as `run.start` does. Raises `Refused`, `EngineFault`."""
        work = StartRequest(process_key, data, instance_id, start_event)
        return await self._step(Request(work, source.key, source.files, now, hours, calendar.version, calendar))

    async def apply(
        self,
        source: Source,
        state: bytes,
        command: Command,
        *,
        now: datetime,
        calendar: Calendar,
        hours: OfficeHours = _HOURS,
    ) -> Step:
        """Apply a command, as `run.apply` does. Raises `Refused`, `EngineFault`."""
        work = ApplyRequest(state, command)
        return await self._step(Request(work, source.key, source.files, now, hours, calendar.version, calendar))

    async def carry(
        self,
        old: Source,
        new: Source,
        states: Sequence[bytes],
        *,
        mapping: Mapping[str, str],
        touched: Mapping[str, frozenset[str]],
        now: datetime,
        calendar: Calendar,
        hours: OfficeHours = _HOURS,
    ) -> tuple[Carried, ...]:
        """Say of each instance what becomes of it under another version, as `carry.migrate` does. Raises EngineFault.

        All of them are one piece of work: give no more at once than `Limits.seconds` allow.
        """
        work = CarryRequest(tuple(states), old.key, old.files, mapping, touched)
        request = Request(work, new.key, new.files, now, hours, calendar.version, calendar)
        return (await self._reply(request)).carried or ()

    async def _reply(self, request: Request) -> Reply:
        reply = await self._ask(request)
        if reply.complaint is not None:
            wrong = reply.complaint
            if wrong.code:
                raise Refused(Refusal(wrong.code), wrong.zh, wrong.en)
            raise EngineFault(wrong.element, wrong.zh, wrong.en)
        return reply

    async def _step(self, request: Request) -> Step:
        reply = await self._reply(request)
        if reply.step is None:
            raise EngineFault(WHOLE, "引擎没有给出结果", "the engine gave no result")
        return reply.step

    async def _ask(self, request: Request) -> Reply:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask_one, request)
        except WorkerLost as lost:
            self.lost += 1
            logging.getLogger(__name__).warning("engine worker replaced: %s", lost)
            raise EngineFault(
                WHOLE, "引擎进程失去响应，已重新启动", f"the engine process was replaced: {lost}"
            ) from lost

    def _ask_one(self, request: Request) -> Reply:
        worker = self._idle.get()
        try:
            return worker.ask(request)
        finally:
            self._asked_at = time.monotonic()
            self._idle.put(worker)


def _is_much(workers: Collection[Worker]) -> bool:
    """Whether more stands ready than what an idle service needs."""
    running = [worker for worker in workers if worker.pid is not None]
    return len(running) > 1 or any(worker.has_checked for worker in running)
