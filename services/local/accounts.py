"""The local run's accounts: tokens for the people of the office, signed with the run's own key."""

from datetime import timedelta
from typing import Final

from services.contracts.words import Role
from services.kernel.identity import Person, Tokens, create_keypair
from services.local.layout import Layout

REGISTRAR: Final = Person(code="u.registrar", name="登记员", roles=frozenset({Role.REGISTRAR}), department="D12")
"""Who fills the books before anybody is in them."""


def ensure_keys(layout: Layout) -> None:
    """Make the key pair at first use."""
    if not layout.private_key.exists():
        create_keypair(layout.private_key.parent)


def token(layout: Layout, person: Person, *, hours: float = 12) -> str:
    """A bearer token that speaks for the person."""
    return Tokens(layout.private_key).issue(person, timedelta(hours=hours))
