"""Short messages and work chat, through a generic HTTP gateway (docs/domain.md §6.7)."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final

import httpx

from services.notify.channels import Parcel, Refused, Unreachable

_REFUSED_FOR_GOOD: Final = frozenset({400, 410, 413, 414, 422})
"""What a gateway answers when it will never take this very message; anything else may be put right."""

_OWN_ERROR: Final = 500
_AWAY: Final = 503

_CLIENTS: Final = 8
"""httpx looks at all of a client's connections for each request; with 32 requests at once, eight clients of a few
connections each take a third of the processor time that one client takes."""

_LIMITS: Final = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=20)


class Gateway:
    """`POST <url>` with an `Idempotency-Key`, over connections that stay open; redirects are not followed.

    `signature` is put before the text as 【…】, as every short message in China bears one.
    """

    def __init__(self, url: str, token: str | None, *, timeout: float, signature: str = "") -> None:
        headers = {"User-Agent": "guihua"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        phase = timeout / 2  # a phase that ends by itself closes its connection; the whole try has an end besides
        trusted = httpx.create_ssl_context()
        self._clients = [
            httpx.AsyncClient(headers=headers, verify=trusted, limits=_LIMITS, timeout=phase, follow_redirects=False)
            for _ in range(_CLIENTS)
        ]
        self._busy: Counter[httpx.AsyncClient] = Counter()
        self._url, self._timeout, self._signature = url, timeout, signature

    async def send(self, parcel: Parcel) -> None:
        """Hand one message to the gateway."""
        text = f"【{self._signature}】{parcel.text}" if self._signature else parcel.text
        body = {"to": parcel.to, "subject": parcel.subject, "text": text}
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._post(body, key=parcel.reference)
        except (httpx.HTTPError, TimeoutError) as trouble:
            raise Unreachable.because(trouble, unsure=may_have_arrived(trouble)) from trouble
        check(answer)

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients:
            await client.aclose()

    async def _post(self, body: dict[str, str], *, key: str) -> httpx.Response:
        """A connection that was kept open may be closed by the other side: then once more, under the same key."""
        client = min(self._clients, key=lambda each: self._busy[each])
        self._busy[client] += 1
        try:
            with suppress(httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                return await client.post(self._url, json=body, headers={"Idempotency-Key": key})
            return await client.post(self._url, json=body, headers={"Idempotency-Key": key})
        finally:
            self._busy[client] -= 1


def check(answer: httpx.Response) -> None:
    """Raises Refused or Unreachable for a status that is no success."""
    if answer.is_success:
        return
    status = answer.status_code
    if status in _REFUSED_FOR_GOOD:
        raise Refused(f"HTTP {status}")  # noqa: EM102, TRY003 - the words for the record
    raise Unreachable(f"HTTP {status}", unsure=status >= _OWN_ERROR and status != _AWAY)  # noqa: EM102, TRY003 - as above


def may_have_arrived(trouble: Exception) -> bool:
    """Whether the other side may have got the request: not if there never was a connection."""
    return not isinstance(trouble, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
