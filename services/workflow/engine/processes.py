"""One worker of the pool as the service sees it: a process of its own, the pipe to it, and what it has had already."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from multiprocessing import Pipe
from typing import Final

import msgspec

from services.workflow.engine.exchange import CheckRequest, Reply, Request, packed_request, read_reply

_KILLED_WITHIN: Final = 5.0
_STARTED_WITHIN: Final = 60.0
_PATH: Final = os.pathsep.join(path for path in sys.path if path)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many workers, the address space of each, how long one piece of work may take, and what a worker is."""

    workers: int = 2
    memory_mb: int = 1024
    seconds: float = 10.0
    module: str = "services.workflow.engine.worker"


class WorkerLost(Exception):
    """A worker hung or died over a piece of work."""


class Worker:
    """One process and the pipe to it. It starts with its first piece of work, unless it is told to before."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sent: set[str] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self.has_checked = False

    def start(self) -> None:
        """Start the process."""
        self._sent.clear()
        self._started = self.has_checked = False
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, nothing of the caller's
                [
                    sys.executable,
                    "-m",
                    self._limits.module,
                    str(theirs.fileno()),
                    str(self._limits.memory_mb),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={"PYTHONPATH": _PATH, "PYTHONUTF8": "1"},
            )

    def ask(self, request: Request) -> Reply:
        """Have a piece of work done. Raises `WorkerLost`; the worker has then been replaced."""
        if self._process is None:
            self.start()
        elif self._process.poll() is not None:  # died while idle: nothing was in its hands
            self._pipe.close()
            self.start()
        reply = self._exchange(self._without_known(request))
        if reply.missing:
            reply = self._exchange(request)
        self._sent |= {request.bundle_key, request.calendar_key}
        self.has_checked |= isinstance(request.work, CheckRequest)
        return reply

    def _without_known(self, request: Request) -> Request:
        if request.bundle_key in self._sent:
            request = replace(request, files=None)
        if request.calendar_key in self._sent:
            request = replace(request, calendar=None)
        return request

    def _exchange(self, request: Request) -> Reply:
        try:
            self._await_start()
            self._pipe.send_bytes(packed_request(request))
            if self._pipe.poll(self._limits.seconds):
                return read_reply(self._pipe.recv_bytes())
            reason = f"no answer within {self._limits.seconds:g} s"
        except (OSError, EOFError, msgspec.MsgspecError) as error:
            reason = f"{type(error).__name__} {error}".strip()
        self.stop()
        self.start()
        raise WorkerLost(reason)

    def _await_start(self) -> None:
        """Wait for the new process to report: its start does not count as work. Raises `EOFError` when it does not."""
        if not self._started:
            if not self._pipe.poll(_STARTED_WITHIN):
                raise EOFError
            self._pipe.recv_bytes()
            self._started = True

    @property
    def pid(self) -> int | None:
        """The process id; None before it is first needed."""
        return None if self._process is None else self._process.pid

    def stop(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._pipe.close()
            self._process.kill()
            self._process.wait(_KILLED_WITHIN)
            self._process = None
