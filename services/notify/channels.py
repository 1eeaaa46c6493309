"""What every way out is: it takes a parcel, or says whether it ever will (docs/domain.md §6.7)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from services.notify.suppressions import Cause


class Refused(Exception):
    """The channel will never take this message: wrong address, refused content.

    `closes` says that it will never take any other to this address either.
    """

    def __init__(self, said: str, *, closes: Cause | None = None) -> None:
        super().__init__(said)
        self.closes = closes


class Unreachable(Exception):
    """The channel did not take it now; a later try may work.

    `unsure` says that it may have taken it all the same: an answer that was lost, an error of its own.
    """

    def __init__(self, said: str, *, unsure: bool = False) -> None:
        super().__init__(said)
        self.unsure = unsure

    @classmethod
    def because(cls, trouble: Exception, *, unsure: bool = False) -> "Unreachable":
        """With the kind of trouble in the words kept for the operator."""
        return cls(f"{type(trouble).__name__}: {trouble}".removesuffix(": "), unsure=unsure)


class Busy(Exception):
    """The channel takes no more for so long, by its own rules: waiting counts as no try."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"busy for {wait.total_seconds():.0f} s")
        self.wait = wait


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
        """Hand the parcel over. Raises Refused, Unreachable or Busy."""

    async def close(self) -> None:
        """Let go of the connections that are kept open."""
