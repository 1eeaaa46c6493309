"""Many callers, one write: what is asked for while a write is under way goes into the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from services.kernel.store.drivers import is_away

T = TypeVar("T")
R = TypeVar("R")

_MOST: Final = 200
_AGAIN_AFTER: Final = 0.25


class Together(Generic[T, R]):
    """Gathers items of many callers for `work`, which gives one answer for each item, in their order.

    A caller alone is served at once; under load a call of `work` carries as many items as came during the one before.
    What nobody waits for may `linger` so many seconds for others to come.

    While the database is away `work` is called again for `patience` seconds. What it raises is raised to every caller
    whose item was in that call.
    """

    def __init__(
        self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, patience: float = 0.0, linger: float = 0.0
    ) -> None:
        self._work, self._patience, self._linger = work, patience, linger
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def add(self, item: T) -> R:
        """The answer to one item, once the call that carried it is done."""
        place: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, place))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work_off())
        return await place

    async def _work_off(self) -> None:
        while self._waiting:
            if self._linger and len(self._waiting) < _MOST:
                await asyncio.sleep(self._linger)
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            try:
                answers = await self._answers([item for item, _ in batch])
            except Exception as error:  # noqa: BLE001 - it belongs to the callers
                _tell(batch, error)
            else:
                for (_, place), answer in zip(batch, answers, strict=True):
                    if not place.done():  # else the caller has gone
                        place.set_result(answer)

    async def _answers(self, items: Sequence[T]) -> Sequence[R]:
        end = asyncio.get_running_loop().time() + self._patience
        while True:
            try:
                return await self._work(items)
            except Exception as error:
                if not is_away(error) or asyncio.get_running_loop().time() > end:
                    raise
            await asyncio.sleep(_AGAIN_AFTER)


class Moment:
    """Lets all who come within a moment go on at once, so that what each writes then goes in one write.

    For what is heard from other services, where nobody waits for the answer.
    """

    def __init__(self, seconds: float = 0.01) -> None:
        self._together: Together[None, None] = Together(_as_they_are, linger=seconds)

    async def over(self) -> None:
        """Wait until the moment is over."""
        await self._together.add(None)


async def _as_they_are(waiting: Sequence[None]) -> Sequence[None]:
    return waiting


def _tell(batch: Sequence[tuple[T, asyncio.Future[R]]], error: Exception) -> None:
    for _, place in batch:
        if not place.done():
            place.set_exception(error)
