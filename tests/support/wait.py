"""Waiting for something to become true, instead of sleeping."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def wait_until(condition: Callable[[], T | Awaitable[T]], *, within: float = 30) -> T:
    """Ask again and again until the answer is truthy, and give it. Fails after `within` seconds."""
    end = asyncio.get_running_loop().time() + within
    while True:
        answer = condition()
        value = await answer if inspect.isawaitable(answer) else answer
        if value:
            return value
        if asyncio.get_running_loop().time() > end:
            msg = f"not true within {within} s: {inspect.getsource(condition).strip()} (last answer: {value!r})"
            raise AssertionError(msg)
        await asyncio.sleep(0.01)
