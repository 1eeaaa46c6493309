"""`guihua run` as a person starts it: one process, its children, and what it says."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.local.layout import SERVICES, Layout
from tests.support.process import ROOT
from tests.support.tree import descendants
from tests.support.wait import wait_until

_UP_WITHIN = 100.0


@dataclass(slots=True)
class Life:
    """One run of the system, from its start to its end."""

    child: asyncio.subprocess.Process
    layout: Layout
    output: Path

    def said(self) -> str:
        """All that the person sees."""
        return self.output.read_text(encoding="utf-8")

    async def up(self) -> "Life":
        """Wait until it says that it is ready."""
        await wait_until(lambda: "已就绪" in self.said() or self.child.returncode is not None, within=_UP_WITHIN)
        assert self.child.returncode is None, self.said()
        return self

    async def ended(self, *, within: float = 60) -> int:
        """Its exit code."""
        return await asyncio.wait_for(self.child.wait(), within)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.child.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL to the runner alone, as the out-of-memory killer does."""
        self.child.kill()

    def processes(self) -> set[int]:
        """The ids of all processes below the runner."""
        return descendants(self.child.pid)

    def lines(self, service: str) -> list[dict[str, object]]:
        """What a service logged so far."""
        text = (self.layout.var / "logs" / f"{service}.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@asynccontextmanager
async def life(layout: Layout, output: Path) -> AsyncIterator[Life]:
    """Start the system; in the end stop what is left of it."""
    with output.open("wb") as to:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.scenarios.running", str(layout.var), json.dumps(layout.ports)),
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "200"},
            stdout=to,
            stderr=to,
        )
    try:
        yield Life(child, layout, output)
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()


def stopped_in_order(life: Life) -> list[str]:
    """Complaints of services that met an absent server while they stopped, or did not finish."""
    complaints = []
    for service in SERVICES:
        lines = life.lines(service)
        begun = max(n for n, line in enumerate(lines) if line["event"] == "stopping")
        complaints += [f"{service}: {line}" for line in lines[begun:] if line["level"] in {"warning", "error"}]
        if lines[-1]["event"] != "stopped" or lines[-1]["exit_code"] != 0:
            complaints.append(f"{service}: {lines[-1]}")
    return complaints
