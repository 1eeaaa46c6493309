"""The gate before public lookups: it keeps `attempts` in the database, so that every replica counts together."""

import ipaddress
from contextlib import suppress
from datetime import datetime

from services.intake.attempts import Limits, TooManyLookups, Tries, cleared, entered, struck, untried
from services.kernel.store import Aggregates, AlreadyExists, Conflict, NotFound


class Gate:
    """Lets tries in and takes the right ones back. Wall time, whole milliseconds as the database keeps them."""

    def __init__(self, tries: Aggregates[Tries]) -> None:
        self._tries = tries

    async def enter(self, key: str, limits: Limits, *, at: datetime) -> None:
        """Count a try for the key; raises LookupLocked or TooManyLookups, also when too many come at once."""
        try:
            await self._tries.change(key, lambda tries: (entered(tries, limits, now=at), ()))
        except NotFound:
            await self._first(key, limits, at=at)
        except Conflict:
            raise TooManyLookups(seconds=1) from None

    async def _first(self, key: str, limits: Limits, *, at: datetime) -> None:
        try:
            await self._tries.create(entered(untried(key, at), limits, now=at))
        except AlreadyExists:  # somebody else was first at the same moment
            await self.enter(key, limits, at=at)

    async def forgive(self, key: str, limits: Limits, *, at: datetime) -> None:
        """Take back the try that was counted `at`: it was right. It stays counted when too many come at once."""
        with suppress(Conflict):
            await self._tries.change(key, lambda tries: (struck(tries, limits, at=at), ()))

    async def forget(self, key: str) -> None:
        """Take back every wrong try for a number whose password is known; as above when too many come at once."""
        with suppress(Conflict):
            await self._tries.change(key, lambda tries: (cleared(tries), ()))


def counted_address(address: str) -> str:
    """The address that is counted: of IPv6 the first 64 bits, because one household has all the others."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False).network_address)
