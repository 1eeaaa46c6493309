"""Who carries messages: several providers a channel, by weight and by how well each is doing.

A provider in trouble loses its share at once and gets it back little by little, as at GOV.UK Notify; it always keeps a
little, so that its recovery is noticed. A message that a provider may have taken already stays with it.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.notify.channels import Way
from services.notify.templates import Channel

LEAST: Final = 0.05
"""The share of a provider in trouble."""

_WINDOW: Final = timedelta(minutes=1)
_ERRORS: Final = 3
"""So many errors within a minute, and each further one halves the share."""

_BACK: Final = 0.1
"""What a share regains with each minute without an error."""

_SLOW: Final = timedelta(seconds=5)
"""An answer that takes longer counts as an error."""


@dataclass(slots=True)
class Health:
    """How one provider has been doing, by wall time. Kept in memory: one process sends (ADR 0009)."""

    _share: float = 1.0
    _since: datetime | None = None
    _errors: deque[datetime] = field(default_factory=deque)

    def share(self, wall: datetime) -> float:
        """How much of its weight counts now, from `LEAST` to 1."""
        if self._since is None:
            return 1.0
        quiet = max(timedelta(), wall - self._since)
        return min(1.0, self._share + _BACK * (quiet // _WINDOW))

    def note(self, *, wall: datetime, took: timedelta, failed: bool) -> None:
        """A try ended."""
        if not failed and took <= _SLOW:
            return
        while self._errors and wall - self._errors[0] > _WINDOW:
            self._errors.popleft()
        self._errors.append(wall)
        share = self.share(wall)
        self._share = max(LEAST, share / 2) if len(self._errors) >= _ERRORS else share
        self._since = wall


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of one channel. `weight` is its part among those of the channel when all are well.

    A receipt for each message comes `receipts_within` that time; None where none is to be expected.
    """

    name: str
    channel: Channel
    way: Way
    weight: int = 100
    receipts_within: timedelta | None = None
    health: Health = field(default_factory=Health, compare=False)


class Providers:
    """All providers, by channel."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._by_channel: dict[Channel, list[Provider]] = {}
        for provider in providers:
            self._by_channel.setdefault(provider.channel, []).append(provider)

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels that the bureau runs."""
        return frozenset(self._by_channel)

    @property
    def all(self) -> Sequence[Provider]:
        """Every provider."""
        return [each for some in self._by_channel.values() for each in some]

    def named(self, channel: Channel, name: str) -> Provider:
        """The provider that was chosen. If it is gone from the settings meanwhile: the first of its channel."""
        some = self._by_channel[channel]
        return next((each for each in some if each.name == name), some[0])

    def choose(self, channel: Channel, *, key: str, wall: datetime, stays_with: str | None) -> Provider:
        """Who gets the message now; `key`, 32 hexadecimal digits, decides by weight, always alike."""
        some = self._by_channel[channel]
        if (known := next((each for each in some if each.name == stays_with), None)) is not None:
            return known
        parts = [each.weight * each.health.share(wall) for each in some]
        left = sum(parts) * int(key[-8:], 16) / 2**32
        for provider, part in zip(some, parts, strict=True):
            if left < part:
                return provider
            left -= part
        return some[-1]

    async def close(self) -> None:
        """Let go of all connections."""
        for provider in self.all:
            await provider.way.close()
