"""Tries of a message and what was heard of them, as they stay on record."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from services.notify.templates import Channel


class Attempt(BaseModel, frozen=True):
    """One try, as it went; `to` is masked. `error` is empty when the channel took the message.

    `unsure` says that the provider may have taken it all the same: the next try is with the same one, under the same
    reference, by which it delivers once. `mark` is the digest by which the address is known to `suppressions`.
    """

    channel: Channel
    to: str
    began_at: datetime
    ended_at: datetime
    error: str
    provider: str = ""
    unsure: bool = False
    mark: str = ""


class Arrival(StrEnum):
    """What a delivery receipt says."""

    DELIVERED = "delivered"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"


class Receipt(BaseModel, frozen=True):
    """What a provider, or a person at the desk, told about a message that was handed over."""

    channel: Channel
    provider: str
    arrival: Arrival
    reason: str
    at: datetime


def masked(address: str) -> str:
    """The first three characters and the last two; enough to recognise, not to use."""
    shown = 8
    return f"{address[:3]}****{address[-2:]}" if len(address) > shown else "****"
