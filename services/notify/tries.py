"""One try of one message: what is handed to which channel, and how many are under way at a time."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from services.notify.messages import Message
from services.notify.providers import Provider
from services.notify.templates import Channel

AT_ONCE: Final = 32
"""How many messages are in the hands of the channels at a time."""


@dataclass(frozen=True, slots=True)
class Try:
    """A message that is taken, at its revision, to be handed to a channel now, with the approval link in its text.

    `others` says whether there are further ways.
    """

    message: Message
    revision: int
    channel: Channel
    provider: Provider
    to: str
    text: str
    others: bool


class Hands:
    """The places for messages under way. A message is taken only by who has a place for it.

    So it is handed over long before its lease ends, and nothing is taken any more once the service is `stopping`.
    """

    def __init__(self, stopping: asyncio.Event, *, places: int = AT_ONCE) -> None:
        self._stopping, self._places = stopping, places
        self._free, self._wanted = places, False
        self._given: deque[Try] = deque()
        self.bell = asyncio.Event()
        """Rings when there is something to hand over, or nothing any more."""
        self.room = asyncio.Event()
        """Rings when there is a place for a message that found none, or a message that nobody has taken."""

    @contextmanager
    def places(self, wanted: int) -> Iterator["Places"]:
        """So many places of those wanted, until they are filled or the block is left."""
        granted = 0 if self._stopping.is_set() else min(wanted, self._free)
        self._free -= granted
        self._wanted = self._wanted or granted < wanted
        self.bell.set()
        reserved = Places(granted, self._give)
        try:
            yield reserved
        finally:
            self.release(reserved.left)

    def release(self, places: int = 1) -> None:
        """Places that are free again."""
        self._free += places
        self.bell.set()
        if self._wanted and self._free:
            self._wanted = False
            self.room.set()

    def given(self) -> list[Try]:
        """What was given since the last call; each keeps its place until it is released."""
        found = list(self._given)
        self._given.clear()
        return found

    @property
    def are_empty(self) -> bool:
        """Whether nothing is under way, and nobody is about to give something."""
        return self._free == self._places

    def _give(self, taken: Try) -> None:
        self._given.append(taken)
        self.bell.set()


class Places:
    """Places reserved for the messages of one moment."""

    def __init__(self, granted: int, give: Callable[[Try], None]) -> None:
        self.left, self._give = granted, give

    def give(self, taken: Try) -> None:
        """Hand this one over, in one of the places."""
        self.left -= 1
        self._give(taken)
