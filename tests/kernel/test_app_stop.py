"""What the HTTP side of a service promises about its tasks."""

import asyncio
from contextlib import suppress

from services.kernel.app.http import cancelled


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
