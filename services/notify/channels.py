"""What every way out is: it takes a parcel, or says whether it ever will (docs/domain.md §6.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from services.notify.templates import Channel


class Refused(Exception):
    """The channel will never take this message: wrong address, refused content."""


class Unreachable(Exception):
    """The channel did not take it now; a later try may work."""

    @classmethod
    def because(cls, trouble: Exception) -> "Unreachable":
        """With the kind of trouble in the words kept for the operator."""
        return cls(f"{type(trouble).__name__}: {trouble}".removesuffix(": "))


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed over. `reference` is the same at every try, so that whoever takes it twice delivers it once."""

    reference: str
    to: str
    subject: str
    text: str


class Way(Protocol):
    """One channel."""

    async def send(self, parcel: Parcel) -> None:
        """Hand the parcel over. Raises Refused or Unreachable."""

    async def close(self) -> None:
        """Let go of the connections that are kept open."""


Ways = Mapping[Channel, Way]
