"""Short messages and work chat, through a generic HTTP gateway (docs/domain.md §6.7)."""

import asyncio
from typing import Final

import orjson
from pydantic import SecretStr

from services.notify.channels import Parcel, Refused, Unreachable
from services.notify.lines import LineBroken, Lines

_REFUSED_FOR_GOOD: Final = frozenset({400, 410, 413, 414, 422})
"""What a gateway answers when it will never take this very message; anything else may be put right."""

_OK: Final = range(200, 300)


class Gateway:
    """`POST <url>` with an `Idempotency-Key`, over connections that stay open.

    `signature` is put before the text as 【…】, as every short message in China bears one.
    """

    def __init__(self, url: str, token: SecretStr | None, *, timeout: float, signature: str = "") -> None:
        headers = {"Accept": "*/*", "User-Agent": "guihua"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token.get_secret_value()}"
        self._lines = Lines(url, headers)
        self._timeout, self._signature = timeout, signature

    async def send(self, parcel: Parcel) -> None:
        """Hand one message to the gateway."""
        text = f"【{self._signature}】{parcel.text}" if self._signature else parcel.text
        body = orjson.dumps({"to": parcel.to, "subject": parcel.subject, "text": text})
        try:
            async with asyncio.timeout(self._timeout):
                status = await self._lines.post(body, key=parcel.reference)
        except LineBroken as trouble:
            raise Unreachable(str(trouble)) from trouble
        except TimeoutError as trouble:
            late = "timeout"
            raise Unreachable(late) from trouble
        if status not in _OK:
            said = f"HTTP {status}"
            raise (Refused if status in _REFUSED_FOR_GOOD else Unreachable)(said)

    def close(self) -> None:
        """Close the connections."""
        self._lines.close()
