"""A service as its own process, as it runs in production."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.wait import wait_until

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Process:
    """A child process that logs into a file of its own."""

    child: asyncio.subprocess.Process
    log: Path
    url: str = ""

    def lines(self) -> list[dict[str, Any]]:
        """What it logged so far."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines() if line[:1] == "{"]

    def said(self) -> str:
        """All it wrote, standard error included."""
        return self.log.read_text(encoding="utf-8")

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines about one kind of event."""
        return [line for line in self.lines() if line["event"] == event]

    async def serving(self) -> "Process":
        """Wait until it serves, and learn where."""
        lines = await wait_until(lambda: self.logged("serving") or self._fail_if_ended(), within=60)
        self.url = f"http://127.0.0.1:{lines[0]['port']}"
        return self

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask it something."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as client:
            return await client.get(path, headers=headers)

    async def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Tell it something."""
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            return await client.post(path, json=body, headers=headers)

    def terminate(self) -> None:
        """SIGTERM."""
        self.child.send_signal(signal.SIGTERM)

    async def ended(self, *, within: float) -> int:
        """Its exit code; fails when it does not end in time."""
        return await asyncio.wait_for(self.child.wait(), within)

    def _fail_if_ended(self) -> list[dict[str, Any]]:
        assert self.child.returncode is None, f"ended with {self.child.returncode}:\n{self.said()}"
        return []


@asynccontextmanager
async def process(module: str, environment: Mapping[str, str], log: Path) -> AsyncIterator[Process]:
    """Start `python -m module`; kill what is left of it in the end."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GUIHUA_")}
    with log.open("wb") as to:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, cwd=ROOT, env=inherited | environment, stdout=to, stderr=to
        )
    try:
        yield Process(child, log)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
