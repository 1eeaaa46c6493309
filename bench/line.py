"""A user's own connection: HTTP/1.1 kept alive, with as little work as it takes.

The load shares the machine with what it measures; a general client costs more for each request than the whole engine.
"""

import asyncio
from types import TracebackType
from typing import Any, Final, Self

import orjson

_ANSWER_WITHIN: Final = 60.0
_GOOD: Final = 300


class Refused(Exception):
    """A service said no."""


class Line:
    """One connection to one service, on behalf of one person."""

    def __init__(self, host: str, port: int, *, token: str) -> None:
        self._host, self._port = host, port
        self._headers = f"Host: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """The JSON of an answer. Raises Refused."""
        return await self._ask(f"GET {path} HTTP/1.1\r\n{self._headers}\r\n".encode())

    async def post(self, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        """The JSON of the answer to a JSON body. Raises Refused."""
        content = orjson.dumps(body)
        kind = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        return await self._ask(f"POST {path} HTTP/1.1\r\n{self._headers}{kind}\r\n".encode() + content)

    async def _ask(self, request: bytes) -> Any:  # noqa: ANN401 - JSON
        self._writer.write(request)
        async with asyncio.timeout(_ANSWER_WITHIN):
            head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            content = await self._reader.readexactly(length)
        if int(head[9:12]) >= _GOOD:
            raise Refused(content.decode())
        return orjson.loads(content)
