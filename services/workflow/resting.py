"""Gives back the memory of heavy work once it is over: an idle service is as small as one that has just started."""

import asyncio
import ctypes
from typing import Final

from services.workflow.deps import Deps

_QUIET_SECONDS: Final = 20.0
_ARENA_MAX: Final = -8


def share_memory() -> None:
    """Have all threads take their memory from one place: of many, each keeps what its busiest moment took.

    Only one thread runs Python at a time, so they hardly ever wait for each other. To be said before they start.
    """
    _libc("mallopt", _ARENA_MAX, 1)


async def rest(deps: Deps) -> int:
    """After heavy work and a quiet while, keep one fresh worker of the engine, and no memory that nobody uses."""
    if not await deps.engines.pool.rest(after=_QUIET_SECONDS):
        return 0
    deps.shelf.forget()
    await asyncio.to_thread(_give_back)
    return 1


def _give_back() -> None:
    """Have the C library return what was freed: by itself it keeps what lies below the newest block in use."""
    _libc("malloc_trim", 0)


def _libc(name: str, *values: int) -> None:
    """Call what only glibc has; another C library keeps house by itself."""
    call = getattr(ctypes.CDLL(None), name, None)
    if call is not None:
        call(*values)
