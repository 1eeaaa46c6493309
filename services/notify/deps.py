"""What the messenger works with, built once in `__main__` and passed in."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kernel.clock import Clock
from services.kernel.seals import Seals
from services.kernel.store import Aggregates
from services.notify.books import Books
from services.notify.bounces import Codes
from services.notify.digests import Digests
from services.notify.exchange.exchange import Exchange
from services.notify.hours import QuietHours
from services.notify.ledgers import Ledger
from services.notify.links import Link
from services.notify.messages import Message, Patience
from services.notify.preferences import Preferences
from services.notify.providers import Providers
from services.notify.subscriptions.outside import Outside
from services.notify.suppressions import Suppressions
from services.notify.tries import Hands
from services.notify.wordbooks import Wordbooks


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a handler may use."""

    messages: Aggregates[Message]
    ledger: Ledger
    hands: Hands
    links: Aggregates[Link]
    books: Books
    templates: Wordbooks
    preferences: Preferences
    suppressions: Suppressions
    digests: Digests
    quiet: QuietHours
    providers: Providers
    receipt_keys: Mapping[str, Sequence[bytes]]
    codes: Mapping[str, Codes]
    patience: Patience
    outside: Outside
    exchange: Exchange
    clock: Clock
    seals: Seals
    link_key: Ed25519PrivateKey
    public_url: str
    message_days: int
    signature: str

    @property
    def wake(self) -> asyncio.Event:
        """Setting it makes the sender look at what is due at once."""
        return self.hands.room
