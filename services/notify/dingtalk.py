"""钉钉: the robot of a group chat, with its signature (open.dingtalk.com, custom robots: 20 messages a minute)."""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any, Final

from services.kernel.clock import Clock
from services.notify.channels import Busy, Parcel, Refused, Unreachable
from services.notify.rates import Rate
from services.notify.vendors import Line, code_of, now
from services.notify.wecom import cut, said

HOST: Final = "https://oapi.dingtalk.com"

_A_MINUTE: Final = 20
_LONGEST: Final = 20_000
_OK: Final = 0
_TOO_OFTEN: Final = frozenset({130101, 660026})
_SHUT: Final = 600.0
"""Seconds for which the vendor takes nothing after too many messages."""

_FOR_GOOD: Final = frozenset({400101, 400102, 430101, 430102, 430103, 430104})
"""Content that the vendor does not take."""


class Robot:
    """The robot of one group chat. `token` is the secret part of its address, `secret` signs each message."""

    def __init__(self, line: Line, *, token: str, secret: str, clock: Clock) -> None:
        self._line, self._token, self._secret, self._clock = line, token, secret, clock
        self._rate = Rate(_A_MINUTE)

    async def send(self, parcel: Parcel) -> None:
        """Put one message into the group. Raises Refused, Unreachable, Busy."""
        title = parcel.subject or parcel.text[:20]
        words = f"### {title}\n{parcel.text}"
        body = {"msgtype": "markdown", "markdown": {"title": title, "text": cut(words, _LONGEST)}}
        self._rate.take(now())
        milliseconds = str(int(self._clock.wall().timestamp() * 1000))
        signed = {"timestamp": milliseconds, "sign": signature(milliseconds, self._secret)}
        answer = await self._line.ask("POST", "/robot/send", params={"access_token": self._token, **signed}, body=body)
        self._judge(answer)

    async def close(self) -> None:
        """The line is shared."""

    def _judge(self, answer: dict[str, Any]) -> None:
        code = code_of(answer)
        if code == _OK:
            return
        if code in _TOO_OFTEN:
            self._rate.shut(now(), _SHUT)
            raise Busy(timedelta(seconds=_SHUT))
        raise (Refused if code in _FOR_GOOD else Unreachable)(said(answer))


def signature(milliseconds: str, secret: str) -> str:
    """HMAC-SHA256 of moment and secret, under the secret, as the vendor asks for it."""
    signed = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
