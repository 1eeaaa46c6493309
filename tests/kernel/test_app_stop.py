"""What the HTTP side of a service promises about its tasks and its connections."""

import asyncio
from contextlib import suppress

import httpx
from fastapi import FastAPI

from services.kernel.app.http import cancelled, server


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 2:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            swallowed += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await cancelled({task})
    assert task.cancelled()
    assert swallowed == 2


def test_an_idle_connection_is_closed_by_who_asks() -> None:
    theirs = httpx.Limits().keepalive_expiry
    assert theirs is not None
    assert server(FastAPI(), trusted_proxies="").config.timeout_keep_alive > 10 * theirs
