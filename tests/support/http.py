"""An application behind a real socket, for as long as a test needs it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from services.kernel.app.http import listen, server
from tests.support.wait import wait_until


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serve `app` on a free port and give its address; stops when left."""
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    http = server(app, trusted_proxies="")
    async with asyncio.TaskGroup() as group:
        group.create_task(http.serve(sockets=[listening]))
        try:
            await wait_until(lambda: http.started)  # stopped before, it would leave its socket open
            yield f"http://127.0.0.1:{port}"
        finally:
            http.stop()
