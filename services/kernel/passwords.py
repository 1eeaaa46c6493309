"""Passwords at rest: Argon2id (RFC 9106; 19 MiB, 2 passes, 1 lane), hashed and verified off the event loop."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError


class Hashes:
    """Hashes in a few threads of its own.

    One hash takes some 20 ms of one core. `argon2-cffi` lets go of the interpreter meanwhile, so threads are
    enough; their number bounds both the cores and the memory that a flood of tries can take.
    """

    def __init__(self, *, threads: int) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._nobody = self._hasher.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        """The hash to keep in place of the password."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def matches(self, password: str, kept: str | None) -> bool:
        """Whether the password is the one that was hashed.

        `kept` is None when nothing is known of whom it should be: the same work is then done on a hash that nobody
        has the password of, so the time taken does not tell.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._verify, kept or self._nobody, password)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except VerifyMismatchError:
            return False

    def close(self) -> None:
        """Let the threads go; waits for the hashes under way."""
        self._threads.shutdown()
