"""The chain of events: each names the hash of the one before, so none can be changed, removed or slipped in unseen.

    data digest  SHA-256 of the salt (text) and the data (JSON, keys sorted, no spaces, UTF-8)
    hash         SHA-256 of the JSON array [previous, id, source, type, subject, time, sequence, data digest]

`time` is ISO 8601 in UTC with `+00:00`; the first event's `previous` is empty. Since the hash covers the digest and
not the data, what a reader may not see can be left out of a copy that is still verifiable; the salt, which is left
out with it, keeps anybody from guessing.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from services.contracts.events import Envelope

_canonical: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_array: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def linked(envelope: Envelope, *, previous: str, salt: str) -> Envelope:
    """The event as the next link after `previous`. Raises ValueError for data that JSON does not know (NaN)."""
    made = link_hash(envelope, previous=previous, digest=data_digest(envelope.data, salt))
    return envelope.model_copy(update={"previous": previous, "salt": salt, "hash": made})


def data_digest(data: Mapping[str, Any], salt: str) -> str:
    """The digest that stands for an event's data."""
    return hashlib.sha256((salt + _canonical(data)).encode()).hexdigest()


def link_hash(envelope: Envelope, *, previous: str, digest: str) -> str:
    """The hash of an event after `previous` whose data have this digest."""
    head = (
        previous,
        envelope.id,
        envelope.source,
        envelope.type,
        envelope.subject,
        envelope.time.astimezone(UTC).isoformat(),
        envelope.sequence,
        digest,
    )
    return hashlib.sha256(_array(head).encode()).hexdigest()
