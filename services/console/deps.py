"""What the console works with, built once in `__main__` and passed in."""

from dataclasses import dataclass

from services.console.accounts import Account
from services.console.backends import Backends
from services.console.books import Books
from services.console.drafts import Draft
from services.console.live import Live
from services.console.providers import Provider
from services.console.sessions import Session
from services.console.settings import ConsoleSettings
from services.kernel.clock import Clock
from services.kernel.identity import Tokens
from services.kernel.passwords import Hashes
from services.kernel.seals import Seals
from services.kernel.store import Aggregates


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a page may use."""

    settings: ConsoleSettings
    clock: Clock
    accounts: Aggregates[Account]
    sessions: Aggregates[Session]
    drafts: Aggregates[Draft]
    books: Books
    backends: Backends
    tokens: Tokens
    passwords: Hashes
    seals: Seals
    live: Live
    provider: Provider | None
