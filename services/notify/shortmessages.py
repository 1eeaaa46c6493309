"""Short messages by an HTTP gateway that speaks as the networks' CMPP does: its codes, its proof of who sends."""

import hashlib
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.kernel.clock import Clock
from services.notify.channels import Busy, Parcel, Refused, Unreachable
from services.notify.rates import Rate
from services.notify.segments import LONGEST, length, segments
from services.notify.suppressions import Cause
from services.notify.vendors import Line, code_of, now

_ZONE: Final = ZoneInfo("Asia/Shanghai")
_NINE_ZEROS: Final = bytes(9)
_OK: Final = 0
_REPEATED: Final = 3
_FLOW: Final = 8
_NO_SUCH_NUMBER: Final = 13
_FOR_GOOD: Final = frozenset({1, 4, 6, _NO_SUCH_NUMBER})
"""CMPP SubmitResp: form of the message, its length, its size, destination. What is wrong with our account (7, 10 to 12)
may be put right."""

_SECOND: Final = 1.0


class ShortMessages:
    """`POST <url>`; a reference that the gateway has already (`3`) counts as taken."""

    def __init__(self, line: Line, *, account: str, secret: str, signature: str, a_minute: int, clock: Clock) -> None:
        self._line, self._account, self._secret, self._signature = line, account, secret, signature
        self._rate, self._clock = Rate(a_minute), clock

    async def send(self, parcel: Parcel) -> None:
        """Hand one message over. Raises Refused, Unreachable, Busy."""
        text = f"【{self._signature}】{parcel.text}" if self._signature else parcel.text
        if length(text) > LONGEST:
            too_long = f"{length(text)} characters, the networks take {LONGEST}"
            raise Refused(too_long)
        self._rate.take(now())
        stamp = self._clock.wall().astimezone(_ZONE).strftime("%m%d%H%M%S")
        body = {
            "source_addr": self._account,
            "authenticator_source": authenticator(self._account, self._secret, stamp),
            "timestamp": stamp,
            "sequence_id": parcel.reference,
            "dest_terminal_id": parcel.to,
            "msg_fmt": 8,
            "pk_total": segments(text),
            "registered_delivery": 1,
            "msg_content": text,
        }
        self._judge(code_of(await self._line.ask("POST", "", body=body), "result"))

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()

    def _judge(self, result: int) -> None:
        if result in {_OK, _REPEATED}:
            return
        said = f"CMPP result {result}"
        if result == _FLOW:
            raise Busy(timedelta(seconds=_SECOND))
        if result in _FOR_GOOD:
            raise Refused(said, closes=Cause.NO_SUCH_ADDRESS if result == _NO_SUCH_NUMBER else None)
        raise Unreachable(said)


def authenticator(account: str, secret: str, stamp: str) -> str:
    """CMPP's proof of who sends: MD5 over account, nine zero bytes, secret and moment (MMDDHHMMSS)."""
    proof = account.encode() + _NINE_ZEROS + secret.encode() + stamp.encode()
    return hashlib.md5(proof, usedforsecurity=False).hexdigest()
