"""The contract with provincial platforms: what an adapter must do. `reference.py` is one.

An adapter speaks the platform's language and nothing else: it keeps no state but its connection and decides nothing
about a case. The records it is given come again under the same number until they were taken.
"""

from datetime import date
from typing import Protocol

from services.notify.exchange.records import Record


class RecordRefused(Exception):
    """The platform will not take this record as it is; its words are the reason."""


class PlatformAway(Exception):
    """The platform did not take it now, or nobody knows whether it did: the same record comes again."""


class Platform(Protocol):
    """One provincial platform."""

    @property
    def name(self) -> str:
        """As it is called in addresses: `/exchange/{name}/answers`."""

    async def push(self, record: Record) -> str:
        """Tell one record; gives the platform's own number for it, if it has one.

        A record that the platform knows already by its number counts as taken. Raises RecordRefused, PlatformAway.
        """

    async def held(self, on: date) -> frozenset[str]:
        """The numbers of all records that the platform took on this day (China). Raises PlatformAway."""

    async def close(self) -> None:
        """Let go of the connections."""
