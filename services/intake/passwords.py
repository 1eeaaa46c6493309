"""The case query password (案件查询密码, B-32): made, made comparable, hashed and verified off the event loop."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from services.intake.identities import tidy

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
    """Hashes with Argon2id (RFC 9106; 19 MiB, 2 passes, 1 lane) in a few threads of its own.

    One hash takes some 20 ms of one core. `argon2-cffi` lets go of the interpreter meanwhile, so threads are
    enough; their number bounds both the cores and the memory that a flood of lookups can take.
    """

    def __init__(self, threads: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._nobody = self._hasher.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        """The hash to keep in place of the password."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, tidy(password))

    async def matches(self, password: str, kept: str | None) -> bool:
        """Whether the password is the one that was hashed.

        `kept` is None when there is no such case: the same work is then done on a hash that nobody has the password
        of, so the time taken does not tell whether the case exists.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._verify, kept or self._nobody, tidy(password))

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except VerifyMismatchError:
            return False

    def close(self) -> None:
        """Let the threads go; waits for the hashes under way."""
        self._threads.shutdown()
