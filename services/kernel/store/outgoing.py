"""What a write says: envelopes, and the rows in which they wait in the document's outbox."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.contracts.chains import linked
from services.contracts.events import Envelope, Said
from services.kernel.problem import TooMuchToSay
from services.kernel.store.drivers import Row

_LARGEST: Final = 1_000_000  # NATS takes 1 MiB unless told otherwise
_SALT_BYTES: Final = 12
_KEY: Final = re.compile(r"[^\s.*>]+(\.[^\s.*>]+)*")


@dataclass(frozen=True, slots=True)
class Unsent:
    """The outbox of one document at a revision, in order: rows `{_id, order, type, subject, sequence, at, wire}`.

    `wire` is the CloudEvents JSON exactly as it goes out; `order` sorts everything a service ever said.
    """

    collection: str
    key: str
    rows: Sequence[Row]
    revision: int


@dataclass(frozen=True, slots=True)
class Author:
    """Who says it: one revision of one document of one service."""

    service: str
    collection: str
    key: str
    revision: int


def envelopes(author: Author, events: Sequence[Said], *, now: datetime, traceparent: str | None) -> list[Envelope]:
    """One for each event. The same revision says the same ids, so that sending again is harmless."""
    return [_envelope(author, n, said, now=now, traceparent=traceparent) for n, said in enumerate(events)]


def chained(said: Sequence[Envelope], head: str) -> list[Envelope]:
    """The events as links of a chain that ends with `head` so far."""
    links: list[Envelope] = []
    for each in said:
        try:
            link = linked(each, previous=head, salt=secrets.token_hex(_SALT_BYTES))
        except ValueError:  # a number that is none (NaN): it goes out as null, and that is what must be hashed
            as_sent = Envelope.model_validate_json(each.model_dump_json())
            link = linked(as_sent, previous=head, salt=secrets.token_hex(_SALT_BYTES))
        links.append(link)
        head = link.hash or ""
    return links


def outbox_rows(author: Author, said: Sequence[Envelope], *, wall: datetime) -> list[Row]:
    """The rows in which these events wait to be sent."""
    return [_row(each, author=author, n=n, wall=wall) for n, each in enumerate(said)]


def _envelope(author: Author, n: int, said: Said, *, now: datetime, traceparent: str | None) -> Envelope:
    if not _KEY.fullmatch(said.key):
        msg = f"{said.TYPE}: key {said.key!r} cannot be part of a NATS subject"
        raise ValueError(msg)
    return Envelope(
        id=f"{author.service}.{author.collection}.{author.key}.{author.revision}.{n}",
        source=f"urn:guihua:{author.service}",
        type=said.TYPE,
        subject=said.key,
        time=now,
        sequence=author.revision,
        traceparent=traceparent,
        data=said.model_dump(mode="json"),
    )


def order_from(wall: datetime) -> str:
    """Where the `order` of everything said at this moment or later begins."""
    return f"{int(wall.astimezone(UTC).timestamp() * 1000):014d}"


def said_at(rows: Sequence[Row]) -> str:
    """The time part of the order of the last of these rows."""
    return str(rows[-1]["order"]).partition(".")[0]


def said_after(rows: Sequence[Row], before: str) -> Sequence[Row]:
    """The rows, with no earlier time in their order than `before`: the machine that wrote last may be ahead of ours."""
    if not rows or said_at(rows) >= before:
        return rows
    return [row | {"order": f"{before}.{str(row['order']).partition('.')[2]}"} for row in rows]


def _row(envelope: Envelope, *, author: Author, n: int, wall: datetime) -> Row:
    wire = envelope.model_dump_json()
    if len(wire.encode()) > _LARGEST:
        raise TooMuchToSay(event_type=envelope.type, size=len(wire.encode()), limit=_LARGEST)
    return {
        "_id": envelope.id,
        "order": f"{order_from(wall)}.{author.revision:010d}.{n:04d}.{author.collection}.{author.key}",
        "type": envelope.type,
        "subject": envelope.subject,
        "sequence": envelope.sequence,
        "at": wall,
        "wire": wire,
    }
