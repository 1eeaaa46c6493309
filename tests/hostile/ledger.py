"""Which status of which operation was really seen, and what was answered otherwise than expected."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from services.kernel.identity import Person
from tests.hostile.city import EVERYBODY, PROBLEM, City, refusal

_REFUSED: Final = 400
_ROUNDS: Final = 10


@dataclass(slots=True)
class Ledger:
    """Asks the city, and keeps account."""

    city: City
    seen: set[tuple[str, str, int]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    async def ask(
        self,
        status: int,
        operation: str,
        who: Person | str | None = EVERYBODY,
        *,
        names: dict[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """Ask, as `intake POST /cases/{case_no}/delivery`, what must be answered with this status."""
        answer = await self.any(operation, who, names=names, **request)
        if answer.status_code != status:
            self.faults.append(f"{operation}: {answer.status_code} instead of {status}: {answer.text[:300]}")
        return answer

    async def any(
        self,
        operation: str,
        who: Person | str | None = EVERYBODY,
        *,
        names: dict[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """Ask, whatever the answer; it is noted, and a refusal must be complete."""
        service, method, path = operation.split(" ")
        answer = await self.city.ask(service, method, path.format(**(names or {})), who, **request)
        if answer.status_code >= _REFUSED and answer.headers["content-type"] == PROBLEM:
            refusal(answer)
        self.note(operation, answer.status_code)
        return answer

    async def race(self, operation: str, made: Callable[[int], Sequence[dict[str, Any]]]) -> None:
        """Ask several at one moment: somebody must be told that another was faster, in one of some rounds."""
        for turn in range(_ROUNDS):
            answers = await asyncio.gather(*(self.any(operation, **request) for request in made(turn)))
            if any(answer.status_code == httpx.codes.CONFLICT for answer in answers):
                return
        self.faults.append(f"{operation}: nobody was told that another was faster")

    def note(self, operation: str, status: int) -> None:
        """It was answered so."""
        service, method, path = operation.split(" ")
        self.seen.add((service, f"{method} {path}", status))
