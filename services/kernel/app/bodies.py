"""Requests that nobody may send: unreadable addresses, and bodies that are too large, too slow or not clean JSON.

FastAPI's own reading lets through what later breaks a database or an answer: NaN, numbers without end, NUL, lone
surrogates, nesting a thousand deep.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.problem import BodyTooLarge, BodyTooSlow, BodyUnreadable, Problem, UnreadableAddress, answer

_DEEPEST: Final = 50
"""How deep JSON may nest; MongoDB stores at most 100 levels, of which our documents use some."""
_LONGEST_NUMBER: Final = 40
_LARGEST_INTEGER: Final = 2**63 - 1
_SECONDS: Final = 60.0
_LINGERS: Final = 5.0
_LINGERS_OVER: Final = 100_000_000
"""For how many seconds, and over how many bytes, we listen to one whom we shall refuse."""


class CleanRequests:
    """Refuses such requests before they reach a route (ASGI)."""

    def __init__(self, app: ASGIApp, *, limit: int, files_at: Callable[[str], int | None] = lambda _: None) -> None:
        """`files_at` gives the limit at a path that takes files; what is JSON there keeps to `limit`."""
        self._app = app
        self._limit, self._files_at = limit, files_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            check_address(scope)
            receive = await self._checked(Headers(scope=scope), receive, path=scope["path"])
        except Problem as problem:
            await answer(Request(scope), problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _checked(self, headers: Headers, receive: Receive, *, path: str) -> Receive:
        is_json = _is_json(headers.get("content-type", ""))
        limit = self._limit if is_json else self._files_at(path) or self._limit
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > _LONGEST_NUMBER or int(length) > limit:
            await _let_pass(receive)
            raise BodyTooLarge
        if not is_json:
            return _limited(receive, limit)
        body = await self._read(receive)
        if body:
            check_json(body)
        return _replayed(body, receive)

    async def _read(self, receive: Receive) -> bytes:
        """The whole body, for the JSON that is read at once anyway."""
        chunks: list[bytes] = []
        counted = _limited(receive, self._limit)
        try:
            async with asyncio.timeout(_SECONDS):
                while True:
                    message = await counted()
                    chunks.append(message.get("body", b""))
                    if not message.get("more_body", False):
                        return b"".join(chunks)
        except HTTPException:
            raise BodyTooLarge from None
        except TimeoutError:
            raise BodyTooSlow from None


def check_address(scope: Scope) -> None:
    """Raises UnreadableAddress for NUL or invalid UTF-8 in the path or the query."""
    query = unquote_to_bytes(scope.get("query_string", b""))
    # The server has decoded the path and put U+FFFD in the place of what was not UTF-8.
    if "\x00" in scope["path"] or "\ufffd" in scope["path"] or b"\x00" in query or not _is_utf8(query):
        raise UnreadableAddress


def check_json(body: bytes) -> None:
    """Raises BodyUnreadable for JSON that is not RFC 8259 in UTF-8, or holds what we cannot store."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, parse_constant=_no_constant, parse_int=_integer, parse_float=_number)
    except UnicodeDecodeError:
        raise BodyUnreadable(reason="it is not UTF-8", reason_zh="不是 UTF-8 编码") from None
    except json.JSONDecodeError as error:
        reason = f"JSON ends or breaks at character {error.pos}"
        raise BodyUnreadable(reason=reason, reason_zh=f"JSON 在第 {error.pos} 个字符处不完整或有误") from None
    except RecursionError:
        raise _too_deep() from None
    _check_value(value)


def _check_value(root: object) -> None:
    """Walk level by level: depth is bounded before anything recursive touches the value."""
    level: list[Any] = [root]
    for _ in range(_DEEPEST):
        inner: list[Any] = []
        for value in level:
            match value:
                case str():
                    _check_text(value)
                case dict():
                    _check_texts(value)
                    inner.extend(value.values())
                case list():
                    inner.extend(value)
        if not inner:
            return
        level = inner
    raise _too_deep()


def _check_texts(texts: Iterable[str]) -> None:
    for text in texts:
        _check_text(text)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise BodyUnreadable(reason="a text holds a NUL character", reason_zh="文字中含有空字符(NUL)")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise BodyUnreadable(reason="a text holds half a surrogate pair", reason_zh="文字中含有不成对的代理字符")


def _no_constant(name: str) -> None:
    raise BodyUnreadable(reason=f"{name} is not JSON", reason_zh=f"JSON 中不能有 {name}")


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER or abs(int(digits)) > _LARGEST_INTEGER:
        raise _too_large_number()
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _too_large_number()
    return number


def _too_large_number() -> BodyUnreadable:
    return BodyUnreadable(reason="a number is beyond 64 bits", reason_zh="数字超出 64 位范围")


def _too_deep() -> BodyUnreadable:
    return BodyUnreadable(reason=f"it nests deeper than {_DEEPEST} levels", reason_zh=f"嵌套超过 {_DEEPEST} 层")


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _limited(receive: Receive, limit: int) -> Receive:
    """Count what comes in, whatever the header said. HTTP's own exception: FastAPI lets no other one through."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            await _let_pass(receive)
            raise HTTPException(status_code=413)
        return message

    return counted


async def _let_pass(receive: Receive) -> None:
    """Take in what the client is still sending, for a while: hung up on, it would never read our refusal."""
    passed = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGERS):
            while passed < _LINGERS_OVER:
                message = await receive()
                passed += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read once more, then whatever else the connection says."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
