"""A signed request to a system of the bureau's own, and the telephone gateway, which is one."""

import json
import re
from typing import Final

from services.kernel.clock import Clock
from services.notify.channels import Parcel
from services.notify.signatures import signed
from services.notify.vendors import Line

_LONGEST_SPOKEN: Final = 300
_NUMBER: Final = re.compile(r"[0-9A-Z]{5,}")


class Webhook:
    """`POST <url>` with the message, signed by every key (Standard Webhooks); its id is the message's reference."""

    def __init__(self, line: Line, *, keys: tuple[bytes, ...], clock: Clock) -> None:
        self._line, self._keys, self._clock = line, keys, clock

    async def send(self, parcel: Parcel) -> None:
        """Hand one message over. Raises Refused, Unreachable."""
        await self._post({"to": parcel.to, "subject": parcel.subject, "text": parcel.text}, parcel.reference)

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()

    async def _post(self, told: dict[str, str], reference: str) -> None:
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = signed(body, reference=reference, wall=self._clock.wall(), keys=self._keys)
        await self._line.tell(body, headers | {"Content-Type": "application/json"})


class Telephone(Webhook):
    """A gateway that calls a number and reads a text out, digits one by one, twice."""

    async def send(self, parcel: Parcel) -> None:
        """Have somebody called. Raises Refused, Unreachable."""
        await self._post({"to": parcel.to, "speak": spoken(parcel.text), "repeat": "2"}, parcel.reference)


def spoken(text: str) -> str:
    """The text for the ear: what is a number on paper, such as a case number, is read digit by digit."""
    return _NUMBER.sub(lambda found: " ".join(found[0]), text)[:_LONGEST_SPOKEN]
