"""What all vendors' HTTP interfaces have in common: JSON there and back, and an error code inside an HTTP 200."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import httpx

from services.notify.channels import Unreachable
from services.notify.gateways import check, may_have_arrived

_CONNECTIONS: Final = httpx.Limits(max_connections=16, max_keepalive_connections=4, keepalive_expiry=20)


class Line:
    """One vendor's host, over connections that stay open; redirects are not followed."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "guihua"},
            limits=_CONNECTIONS,
            timeout=timeout / 2,
            follow_redirects=False,
        )
        self._url, self._timeout = url.rstrip("/"), timeout

    async def ask(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None
    ) -> dict[str, Any]:
        """The JSON object of the answer. Raises Unreachable and Refused."""
        answer = await self._send(method, path, params=params, json=body)
        with suppress(ValueError):
            found = answer.json()
            if isinstance(found, dict):
                return found
        unreadable = "the answer is not JSON"
        raise Unreachable(unreadable, unsure=True)

    async def tell(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Post something whose answer says nothing but whether it was taken. Raises Unreachable and Refused."""
        await self._send("POST", "", content=body, headers=headers)

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """What goes wrong is told without the address: vendors have their keys in it."""
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._client.request(method, self._url + path, **request)
        except (httpx.HTTPError, TimeoutError) as trouble:
            raise Unreachable(type(trouble).__name__, unsure=may_have_arrived(trouble)) from None
        check(answer)
        return answer

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def code_of(answer: Mapping[str, Any], name: str = "errcode") -> int:
    """The vendor's code; anything that is none counts as an error that may pass."""
    try:
        return int(answer.get(name, -1))
    except (TypeError, ValueError):
        return -1


def now() -> float:
    """Monotonic seconds, for rates and the life of tokens."""
    return asyncio.get_running_loop().time()
