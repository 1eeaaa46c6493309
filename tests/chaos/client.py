"""A client that never gives up: an absent service is asked again with the same key, a 409 means look again."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx

from services.local.client import Api, Refusal
from tests.chaos.figures import Figures

_PATIENCE: Final = 180.0
_PAUSE: Final = 0.25


class LookAgain(Exception):
    """Somebody was faster, or it is too early: the lists say what is to be done now."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.code = str(refusal.problem.get("code"))


class GaveUp(Exception):
    """A service did not come back."""


@dataclass(frozen=True, slots=True)
class Client:
    """The services' APIs through a storm. Raises Refusal only for what no storm explains."""

    api: Api
    figures: Figures

    async def get(self, service: str, path: str, *, who: str, **query: object) -> Any:
        """Ask until there is an answer."""
        return await self.ask("GET", service, path, who=who, query=query)

    async def ask(
        self,
        method: str,
        service: str,
        path: str,
        *,
        who: str,
        body: object = None,
        query: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> Any:
        """Ask until there is an answer. Raises LookAgain for 409 and 404, GaveUp after three minutes."""
        try:
            async with asyncio.timeout(_PATIENCE):
                while True:
                    self.figures.requests += 1
                    try:
                        return await self.api.call(method, service, path, who=who, body=body, query=query, key=key)
                    except httpx.TransportError:
                        self.figures.retries["no connection"] += 1
                    except Refusal as refusal:
                        self._judge(refusal)
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            msg = f"{method} {service}{path}"
            raise GaveUp(msg) from None

    def _judge(self, refusal: Refusal) -> None:
        match refusal.status:
            case HTTPStatus.SERVICE_UNAVAILABLE:
                self.figures.retries["503"] += 1
            case HTTPStatus.CONFLICT | HTTPStatus.NOT_FOUND:
                self.figures.came_too_late += 1
                raise LookAgain(refusal) from refusal
            case _:
                raise refusal
