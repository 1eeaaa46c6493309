"""What a refusal or a receipt says about the address itself, and not about this one message."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from services.notify.attempts import Receipt
from services.notify.suppressions import Cause
from services.notify.templates import Channel

_NOBODY_THERE: Final = re.compile(r"\b5\.(1\.(1|2|3|6|10)|2\.1)\b")
"""RFC 3463, RFC 7505: bad mailbox, bad host, bad syntax, moved, no mail taken; mailbox disabled."""

_ENHANCED: Final = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_BARE: Final = re.compile(r"^\D{0,20}(550|551|553)\b")
_WORD: Final = re.compile(r"[A-Za-z]+:?\d*")

DEAD_CODES: Final = ("MK:0000", "MK:0001", "MN:0001")
BLOCKED_CODES: Final = ("BLACK", "MBBLACK", "BLKLIST")
"""What gateways commonly put into a CMPP status report; a vendor's own words belong into the file of providers."""


@dataclass(frozen=True, slots=True)
class Codes:
    """A provider's words for an address that does not exist, and for one that its network carries nothing to."""

    dead: Collection[str] = DEAD_CODES
    blocked: Collection[str] = BLOCKED_CODES

    def cause_in(self, reason: str) -> Cause | None:
        """What a status report says of the number; None when it says nothing lasting about it."""
        words = {word.upper() for word in _WORD.findall(reason)}
        if words & {each.upper() for each in self.blocked}:
            return Cause.BLOCKED_BY_NETWORK
        return Cause.NO_SUCH_ADDRESS if words & {each.upper() for each in self.dead} else None


def cause_in(receipt: Receipt, codes: Mapping[str, Codes]) -> Cause | None:
    """What the words of a receipt say of the address, as its provider words them."""
    if receipt.channel is Channel.SMTP:
        return cause_in_reply(receipt.reason)
    return codes.get(receipt.provider, _USUAL).cause_in(receipt.reason)


def cause_in_reply(reply: str) -> Cause | None:
    """What a mail server's reply to a recipient says of the mailbox: that it is not there, or nothing lasting."""
    if _ENHANCED.search(reply):
        return Cause.NO_SUCH_ADDRESS if _NOBODY_THERE.search(reply) else None
    return Cause.NO_SUCH_ADDRESS if _BARE.match(reply) else None


_USUAL: Final = Codes()
