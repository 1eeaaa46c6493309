"""The case query password (案件查询密码, B-32): made, made comparable, hashed and verified off the event loop."""

import secrets
from typing import Final

from services.intake.identities import tidy
from services.kernel.passwords import Hashes

ALPHABET: Final = "34679ACDEFGHJKMNPQRTUVWXY"
"""No 0/O, 1/I/L, 2/Z, 5/S or 8/B: the password is read aloud, written by hand and typed on old telephones."""

LENGTH: Final = 8


def invent() -> str:
    """A new password from the operating system's random source: about 37 bits, behind a lock after five tries."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(password: str) -> str:
    """The password as printed: two groups of four."""
    return f"{password[:4]} {password[4:]}"


class Passwords:
    """The hashes of query passwords, however people type them."""

    def __init__(self, threads: int = 2) -> None:
        self._hashes = Hashes(threads=threads)

    async def hash(self, password: str) -> str:
        """The hash to keep in place of the password."""
        return await self._hashes.hash(tidy(password))

    async def matches(self, password: str, kept: str | None) -> bool:
        """Whether the password is the one that was hashed; `kept` is None when there is no such case."""
        return await self._hashes.matches(tidy(password), kept)

    def close(self) -> None:
        """Let the threads go; waits for the hashes under way."""
        self._hashes.close()
