"""Who is calling, what they may do, and which cases they may see."""

from services.kernel.identity.conflicts import Conflict, conflicts
from services.kernel.identity.guard import allowed, declared
from services.kernel.identity.keys import KeysAway, create_keypair
from services.kernel.identity.permissions import Permission, may
from services.kernel.identity.persons import Person
from services.kernel.identity.refusals import (
    REFUSALS,
    NotAllowed,
    TokenExpired,
    TokenForeign,
    TokenForged,
    TokenMalformed,
    TokenMissing,
    TokenNotYetValid,
)
from services.kernel.identity.scope import Scope, scope_of
from services.kernel.identity.tokens import Identity, Tokens

__all__ = [
    "REFUSALS",
    "Conflict",
    "Identity",
    "KeysAway",
    "NotAllowed",
    "Permission",
    "Person",
    "Scope",
    "TokenExpired",
    "TokenForeign",
    "TokenForged",
    "TokenMalformed",
    "TokenMissing",
    "TokenNotYetValid",
    "Tokens",
    "allowed",
    "conflicts",
    "create_keypair",
    "declared",
    "may",
    "scope_of",
]
