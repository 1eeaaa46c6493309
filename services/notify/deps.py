"""What the messenger works with, built once in `__main__` and passed in."""

import asyncio
from dataclasses import dataclass, field

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kernel.clock import Clock
from services.kernel.seals import Seals
from services.kernel.store import Aggregates
from services.notify.books import Books
from services.notify.channels import Ways
from services.notify.links import Link
from services.notify.messages import Message, Patience
from services.notify.templates import Template


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a handler may use. Setting `wake` starts the sender at once."""

    messages: Aggregates[Message]
    links: Aggregates[Link]
    books: Books
    templates: tuple[Template, ...]
    ways: Ways
    patience: Patience
    clock: Clock
    seals: Seals
    link_key: Ed25519PrivateKey
    public_url: str
    http: httpx.AsyncClient
    wake: asyncio.Event = field(default_factory=asyncio.Event)
