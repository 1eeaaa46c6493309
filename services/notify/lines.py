"""HTTP/1.1 connections to a gateway, kept open between messages.

A general client spends a millisecond on a request, and two when many are under way. A gateway is sent one kind of
request by the thousand, so this client does only that.
"""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, cast

import httptools
import httpx

_KEPT: Final = 32
"""How many connections wait for the next message."""

_INTERIM: Final = 200
"""Answers below this number announce another one (RFC 9110 §15.2)."""


_CLOSED: Final = "the connection was closed"


class LineBroken(Exception):
    """The connection could not be made, was closed, or carried what is not HTTP."""


class _Stale(Exception):
    """A connection that was kept open was closed by the other side before it answered anything."""


class Lines:
    """Connections to one address. Redirects are not followed; what the answer says besides its status is not read."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        address = httpx.URL(url)
        self._host, self._tls = address.raw_host.decode("ascii"), address.scheme == "https"
        self._port = address.port or (443 if self._tls else 80)
        login = f"{address.username}:{address.password}".encode()
        known = {"Authorization": f"Basic {b64encode(login).decode()}"} if address.username else {}
        lines = {"Host": address.netloc.decode("ascii"), **known, **headers}
        if any(mark in f"{name}{value}" for name, value in lines.items() for mark in "\r\n\0"):
            msg = "a header of the gateway holds a line break"
            raise ValueError(msg)
        head = [f"POST {address.raw_path.decode('ascii')} HTTP/1.1", *(f"{name}: {lines[name]}" for name in lines)]
        self._head = "\r\n".join(head).encode("utf-8")
        self._context: ssl.SSLContext | None = None
        self._idle: list[_Line] = []

    async def post(self, body: bytes, *, key: str) -> int:
        """Send a body of JSON under an `Idempotency-Key`; gives the status of the answer. Raises LineBroken.

        A connection that turns out to be closed is replaced once: under the same key twice is once.
        """
        head = f"\r\nIdempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        wire = self._head + head.encode("ascii") + body
        while (line := self._kept()) is not None:
            with suppress(_Stale):
                return await self._ask(line, wire)
        return await self._ask(await self._new(), wire)

    def close(self) -> None:
        """Close what waits."""
        for line in self._idle:
            line.close()
        self._idle.clear()

    async def _ask(self, line: "_Line", wire: bytes) -> int:
        try:
            status = await line.ask(wire)
        except BaseException:  # cancelled too: what may still come belongs to nobody
            line.close()
            raise
        if line.may_be_kept and len(self._idle) < _KEPT:
            self._idle.append(line)
        else:
            line.close()
        return status

    def _kept(self) -> "_Line | None":
        while self._idle:
            if (line := self._idle.pop()).may_be_kept:
                return line
        return None

    async def _new(self) -> "_Line":
        if self._tls and self._context is None:
            self._context = await asyncio.to_thread(httpx.create_ssl_context)
        loop = asyncio.get_running_loop()
        try:
            _, line = await loop.create_connection(_Line, self._host, self._port, ssl=self._context)
        except OSError as trouble:
            said = f"{type(trouble).__name__}: {trouble}"
            raise LineBroken(said) from trouble
        return line


class _Line(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._is_fresh, self._is_silent, self._ended = True, True, False
        self.may_be_kept = True

    async def ask(self, wire: bytes) -> int:
        """Send a request and give the status of its answer. Raises LineBroken, _Stale."""
        if self._transport is None or not self.may_be_kept:
            raise LineBroken(_CLOSED)
        self._answer = asyncio.get_running_loop().create_future()
        self._is_silent, self._ended = True, False
        self._transport.write(wire)
        try:
            return await self._answer
        finally:
            self._answer, self._is_fresh = None, False

    def close(self) -> None:
        """End the connection."""
        self.may_be_kept = False
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by descent

    def data_received(self, data: bytes) -> None:
        """Something of an answer came."""
        if self._answer is None:  # nobody asked
            self.close()
            return
        self._is_silent = False
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as nonsense:
            self._fail(LineBroken(f"{type(nonsense).__name__}: {nonsense}"))

    def on_headers_complete(self) -> None:
        """Called by the parser: an answer without a stated length ends with the connection."""
        self._ended = self._parser.get_status_code() >= _INTERIM

    def on_message_complete(self) -> None:
        """Called by the parser: an answer is there."""
        status = self._parser.get_status_code()
        if status >= _INTERIM and self._answer is not None and not self._answer.done():
            self.may_be_kept = self.may_be_kept and self._parser.should_keep_alive()
            self._answer.set_result(status)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side closed it, or it broke."""
        self.may_be_kept = False
        if self._ended and self._answer is not None and not self._answer.done():
            self._answer.set_result(self._parser.get_status_code())
        said = f"{type(exc).__name__}: {exc}" if exc else _CLOSED
        self._fail(_Stale(said) if self._is_silent and not self._is_fresh else LineBroken(said))

    def _fail(self, error: Exception) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
