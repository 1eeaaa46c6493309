"""One call of a webhook: to the address that was checked, bounded in time and in what is read of the answer."""

import asyncio
from dataclasses import dataclass
from typing import Final

import httpx

from services.notify.subscriptions.addresses import AddressNotAllowed, Borders

READ: Final = 300
"""Bytes of an answer that are kept to be looked at."""

_LIMITS: Final = httpx.Limits(max_connections=64, max_keepalive_connections=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call went: the status and the first bytes of the answer, or what went wrong instead."""

    status: int | None
    began: str = ""
    error: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the other side has it."""
        return self.status is not None and httpx.codes.is_success(self.status)


class Caller:
    """Calls webhooks. Follows no redirect, uses no proxy, and connects to the very address that was allowed."""

    def __init__(self, borders: Borders, *, timeout: float) -> None:
        self.borders, self._timeout = borders, timeout
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "guihua"},
            limits=_LIMITS,
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
        )

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Post it. Whatever goes wrong is in the answer, in words."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(self.borders.check(url), body, headers)
        except AddressNotAllowed as refusal:
            return Answer(None, error=f"address not allowed: {refusal.values['because_en']}")
        except TimeoutError:
            return Answer(None, error=f"no answer within {self._timeout:g} s")
        except (httpx.HTTPError, OSError) as trouble:
            return Answer(None, error=type(trouble).__name__)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, url: httpx.URL, body: bytes, headers: dict[str, str]) -> Answer:
        address = await self.borders.resolve(url)
        there = url.copy_with(host=str(address))
        named = headers | {"Host": url.netloc.decode()}
        secured = {"sni_hostname": url.host}  # the certificate must be the name's, whatever the address
        async with self._client.stream("POST", there, content=body, headers=named, extensions=secured) as answer:
            began = b""
            async for part in answer.aiter_raw(READ):
                began += part
                if len(began) >= READ:
                    break
            return Answer(answer.status_code, began[:READ].decode(errors="replace"))
