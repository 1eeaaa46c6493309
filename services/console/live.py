"""Telling open pages that something moved, so that lists and lights change without a reload."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

_BEAT: Final = 20.0
"""Seconds after which a quiet connection is told that it still lives: proxies hang up on those that say nothing."""


class Live:
    """The pages that listen. One that is slow misses news, never the last: it only learns that it is out of date."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._pages: set[asyncio.Event] = set()
        self._stopping = stopping

    def moved(self) -> None:
        """Something moved: every page that listens looks again."""
        for page in self._pages:
            page.set()

    async def news(self) -> AsyncIterator[str]:
        """Server-sent events (WHATWG HTML §9.2): `moved`, or a comment while nothing does; ends with the service."""
        page = asyncio.Event()
        self._pages.add(page)
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            yield "retry: 3000\n\n"
            while not self._stopping.is_set():
                looking = asyncio.ensure_future(page.wait())
                await asyncio.wait({looking, stopping}, timeout=_BEAT, return_when=asyncio.FIRST_COMPLETED)
                looking.cancel()
                yield "event: moved\ndata: -\n\n" if page.is_set() else ": quiet\n\n"
                page.clear()
        finally:
            stopping.cancel()
            self._pages.discard(page)
