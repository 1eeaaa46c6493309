"""企业微信: messages of an application to its members, and the robot of a group chat.

Rules of the vendor (developer.work.weixin.qq.com): a robot takes 20 messages a minute and markdown of 4096 bytes, an
application 30 a minute for each member and text of 2048 bytes; its token is kept and renewed before it ends.
"""

import asyncio
from datetime import timedelta
from typing import Any, Final

from services.notify.channels import Busy, Parcel, Refused, Unreachable
from services.notify.rates import Rate
from services.notify.vendors import Line, code_of, now

HOST: Final = "https://qyapi.weixin.qq.com"

MARKDOWN_BYTES: Final = 4096
TEXT_BYTES: Final = 2048
_ROBOT_A_MINUTE: Final = 20
_MEMBER_A_MINUTE: Final = 30
_EARLIER: Final = 300.0
"""Seconds before its end at which a token is renewed."""

_OK: Final = 0
_TOO_OFTEN: Final = frozenset({45009, 45033, 60020})
_TOKEN_OVER: Final = frozenset({40014, 42001, 41001})
_FOR_GOOD: Final = frozenset({40003, 40031, 40035, 40058, 44004, 45002, 81013, 60111})
"""No such member, no content, content too long."""

_MINUTE: Final = 60.0


class Robot:
    """The robot of one group chat; `key` is the secret part of its address."""

    def __init__(self, line: Line, *, key: str) -> None:
        self._line, self._key = line, key
        self._rate = Rate(_ROBOT_A_MINUTE)

    async def send(self, parcel: Parcel) -> None:
        """Put one message into the group. Raises Refused, Unreachable, Busy."""
        words = f"**{parcel.subject}**\n{parcel.text}" if parcel.subject else parcel.text
        body = {"msgtype": "markdown", "markdown": {"content": cut(words, MARKDOWN_BYTES)}}
        self._rate.take(now())
        answer = await self._line.ask("POST", "/cgi-bin/webhook/send", params={"key": self._key}, body=body)
        judge(answer, rate=self._rate)

    async def close(self) -> None:
        """The line is shared."""


class Application:
    """An application of the bureau: tells members by their account."""

    def __init__(self, line: Line, *, corp: str, secret: str, agent: int) -> None:
        self._line, self._corp, self._secret, self._agent = line, corp, secret, agent
        self._token, self._good_until = "", 0.0
        self._renewing = asyncio.Lock()
        self._rates: dict[str, Rate] = {}

    async def send(self, parcel: Parcel) -> None:
        """Tell one member; a token that is no longer taken is renewed once. Raises Refused, Unreachable, Busy."""
        self._rates.setdefault(parcel.to, Rate(_MEMBER_A_MINUTE)).take(now())
        token = await self._current()
        answer = await self._hand(parcel, token)
        if code_of(answer) in _TOKEN_OVER:
            answer = await self._hand(parcel, await self._current(not_this=token))
        judge(answer)
        if answer.get("invaliduser"):
            unknown = "no such member, or not in the application's range"
            raise Refused(unknown)

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()

    async def _hand(self, parcel: Parcel, token: str) -> dict[str, Any]:
        words = f"{parcel.subject}\n{parcel.text}" if parcel.subject else parcel.text
        body = {
            "touser": parcel.to,
            "msgtype": "text",
            "agentid": self._agent,
            "text": {"content": cut(words, TEXT_BYTES)},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 14400,
        }
        return await self._line.ask("POST", "/cgi-bin/message/send", params={"access_token": token}, body=body)

    async def _current(self, *, not_this: str | None = None) -> str:
        """The token of the application, fetched once for all who wait for it."""
        async with self._renewing:
            if self._token and self._token != not_this and now() < self._good_until:
                return self._token
            asked = {"corpid": self._corp, "corpsecret": self._secret}
            answer = await self._line.ask("GET", "/cgi-bin/gettoken", params=asked)
            if code_of(answer) != _OK:
                raise Unreachable(said(answer))
            self._token = str(answer.get("access_token", ""))
            self._good_until = now() + float(answer.get("expires_in", 0)) - _EARLIER
            return self._token


def judge(answer: dict[str, Any], *, rate: Rate | None = None) -> None:
    """What the vendor's code means. Raises Refused, Unreachable, Busy."""
    code = code_of(answer)
    if code == _OK:
        return
    if code in _TOO_OFTEN:
        if rate is not None:
            rate.shut(now(), _MINUTE)
        raise Busy(timedelta(seconds=_MINUTE))
    if code in _FOR_GOOD:
        raise Refused(said(answer))
    raise Unreachable(said(answer))


def said(answer: dict[str, Any]) -> str:
    """The vendor's words, for the record."""
    return f"errcode {code_of(answer)}: {str(answer.get('errmsg', ''))[:120]}"


def cut(text: str, limit: int) -> str:
    """The text in at most so many bytes of UTF-8, with a sign that something is left out."""
    if len(text.encode()) <= limit:
        return text
    ending = "……"
    return text.encode()[: limit - len(ending.encode())].decode(errors="ignore") + ending
