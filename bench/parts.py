"""Processor time of each part of a running system."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from services.local.runner import Run

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def spent(run: Run) -> dict[str, float]:
    """Seconds of processor time that each part has used so far, user and system; the load itself is one of them."""
    parts = {name: _seconds(process.pid) for name, process in run.processes.items()}
    parts["engine"] = sum(_seconds(child) for child in workers(run))
    for name, server in (("mongod", run.servers.mongo), ("nats-server", run.servers.nats)):
        if server and server.process:
            parts[name] = _seconds(server.process.pid)
    return parts | {"load": _seconds(os.getpid())}


def each(before: Mapping[str, float], after: Mapping[str, float], *, count: int) -> dict[str, float]:
    """Milliseconds for each of `count` pieces of work, the dearest part first."""
    found = {name: (after[name] - before[name]) * 1000 / count for name in after}
    return dict(sorted(found.items(), key=lambda part: -part[1]))


def memory(run: Run) -> dict[str, float]:
    """Megabytes of the workflow service and of its engine's workers; what several share counts in parts (PSS)."""
    pid = run.processes["workflow"].pid
    return {"service": _megabytes(pid), "engine": sum(_megabytes(child) for child in workers(run))}


def workers(run: Run) -> list[int]:
    """The processes of the engine: threads of the workflow service started them."""
    pid = run.processes["workflow"].pid
    found = [task.read_text(encoding="ascii").split() for task in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for one in found for child in one]


def _megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
