"""Child processes that come up in order, are started again when they die, and leave no orphan."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_LONG_LIFE_SECONDS = 30
_LONGEST_PAUSE_SECONDS = 10.0
_LOOK_EVERY_SECONDS = 0.1


class StartFailed(Exception):
    """A process did not become ready; the message says which, and where its log is."""


def _child_setup(nice: int) -> None:
    """In the child: a group of its own, its priority, and death with the parent so that no orphan stays behind."""
    os.setsid()
    os.nice(nice)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(slots=True)
class Process:
    """One child: how to start it and how to know that it is ready. A higher `nice` lets the others go first."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]]
    log: Path
    nice: int = 0
    starts: int = 0
    child: asyncio.subprocess.Process | None = None
    _sink: IO[bytes] | None = field(default=None, repr=False)
    _log_begins: int = 0

    @property
    def pid(self) -> int:
        """The running child's process id."""
        if self.child is None:
            msg = f"{self.name} is not started"
            raise StartFailed(msg)
        return self.child.pid

    async def start(self, *, within: float = 60) -> None:
        """Start and wait until ready. Raises StartFailed."""
        await self._spawn()
        await self._wait_ready(within)

    async def _spawn(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self._sink is None:
            self._sink = self.log.open("ab", buffering=0)
        self._log_begins = self.log.stat().st_size
        self.child = await asyncio.create_subprocess_exec(
            *self.argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self._sink,
            stderr=self._sink,
            env={**os.environ, **self.env},
            preexec_fn=lambda: _child_setup(self.nice),
        )
        self.starts += 1

    async def _wait_ready(self, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                while not await self.ready():
                    if self.child is not None and self.child.returncode is not None:
                        raise StartFailed(self._died(self.child.returncode))
                    await asyncio.sleep(_LOOK_EVERY_SECONDS)
        except TimeoutError:
            msg = f"{self.name} 未在 {within:.0f} 秒内就绪，日志 / not ready in {within:.0f} s, log: {self.log}"
            raise StartFailed(msg) from None

    def _died(self, code: int) -> str:
        """What it said in its last words; plain sentences are meant for people, log lines are JSON."""
        lines = self.log.read_bytes()[self._log_begins :].decode(errors="replace").splitlines()
        sentences = [line for line in lines if line.strip() and not line.startswith("{")]
        last = (sentences or lines)[-1:]
        return f"{self.name} 启动时退出（{code}），日志见 {self.log} / exited at start, see the log: {' '.join(last)}"

    async def keep(self, said: Callable[[str], None]) -> None:
        """Start the child again whenever it dies, with growing pauses; a long life resets them."""
        pause = 0.2
        loop = asyncio.get_running_loop()
        while self.child is not None:
            began = loop.time()
            code = await self.child.wait()
            pause = 0.2 if loop.time() - began > _LONG_LIFE_SECONDS else min(pause * 2, _LONGEST_PAUSE_SECONDS)
            said(f"{self.name} 已退出（{code}），正在重启 / died ({code}), starting again")
            await asyncio.sleep(pause)
            await self._spawn()
            with contextlib.suppress(StartFailed):
                await self._wait_ready(60)

    async def stop(self, *, grace: float = 35) -> int | None:
        """Ask the child to stop and wait; its whole group is killed after the grace time. Gives the exit code."""
        if self.child is not None and self.child.returncode is None:
            self.child.terminate()
            try:
                await asyncio.wait_for(self.child.wait(), grace)
            except TimeoutError:
                os.killpg(self.child.pid, signal.SIGKILL)
                await self.child.wait()
        if self._sink is not None:
            self._sink.close()
            self._sink = None
        return None if self.child is None else self.child.returncode

    def kill(self) -> None:
        """SIGKILL to the child and its whole group, as a power cut would."""
        os.killpg(self.pid, signal.SIGKILL)
