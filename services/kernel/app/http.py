"""The HTTP server inside our own event loop: uvicorn, with our signals and our stop."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from services.kernel import logs

log = logs.get(__name__)

FINISH_WITHIN: Final = 8.0
"""Seconds that requests in flight have to finish when the service stops."""

_IDLE_FOR: Final = 75
"""Seconds that an idle connection is kept: longer than clients (httpx 5) and proxies (nginx 60) keep theirs.

Who asks must be the one who closes, or a request meets a connection that was closed a moment ago.
"""

_CANCEL_AGAIN_AFTER: Final = 0.5


class PortTaken(Exception):
    """Somebody else listens on our address."""


class HttpServer(uvicorn.Server):
    """Serves until `stop`; leaves the signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    def stop(self) -> None:
        """Take no more requests; `serve` returns when those in flight are answered."""
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """A socket on which nobody is answered yet. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        msg = f"无法监听 {host}:{port} / cannot listen on {host}:{port}: {error.strerror}"
        raise PortTaken(msg) from None


def server(app: ASGIApp, *, trusted_proxies: str) -> HttpServer:
    """A server for `app`; `trusted_proxies` (addresses by comma) may say who the client is."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE_FOR,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies or None,
        timeout_graceful_shutdown=int(FINISH_WITHIN),
    )
    return HttpServer(config)


async def cancelled(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel tasks until they have ended: before Python 3.12 `wait_for`, as in the NATS client, may swallow it once."""
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=_CANCEL_AGAIN_AFTER)


async def finished(tasks: set[asyncio.Task[None]], *, within: float) -> None:
    """Wait for tasks to end by themselves; cancel those that do not in time."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=within)
        for task in late:
            log.warning("cancelled: not finished in time", task=task.get_name(), seconds=within)
        await cancelled(late)
