"""Signed requests, ours and theirs: HMAC-SHA256 over id, moment and body, as Standard Webhooks specifies it.

Headers `webhook-id`, `webhook-timestamp` (seconds since 1970) and `webhook-signature`: `v1,<base64>`, several of them
separated by blanks while a key is being changed.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"

TOLERANCE: Final = timedelta(minutes=5)
"""How far the clocks of both sides may be apart, and for how long a request that was overheard can be sent again."""

_LONGEST: Final = 4000


def keys_of(text: str) -> tuple[bytes, ...]:
    """The keys in a setting: separated by commas, the current one first."""
    return tuple(part.strip().encode() for part in text.split(",") if part.strip())


def signed(body: bytes, *, reference: str, wall: datetime, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers of a request of ours: signed by every key, so that the receiver may change keys at any time."""
    seconds = str(int(wall.timestamp()))
    signatures = (_signature(key, reference, seconds, body) for key in keys)
    return {ID: reference, TIMESTAMP: seconds, SIGNATURE: " ".join(f"v1,{each}" for each in signatures)}


def is_signed(body: bytes, headers: Mapping[str, str], *, wall: datetime, keys: Sequence[bytes]) -> bool:
    """Whether one of the keys signed this request, and not too long ago."""
    reference, seconds = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not (seconds.isascii() and seconds.isdecimal()) or len(seconds) > len("9999999999"):
        return False
    if abs(wall.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
        return False
    brought = [each.removeprefix("v1,") for each in headers.get(SIGNATURE, "")[:_LONGEST].split(" ")]
    right = [_signature(key, reference, seconds, body) for key in keys]
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in brought for other in right)


def _signature(key: bytes, reference: str, seconds: str, body: bytes) -> str:
    signed_content = f"{reference}.{seconds}.".encode() + body
    return base64.b64encode(hmac.new(key, signed_content, hashlib.sha256).digest()).decode()
