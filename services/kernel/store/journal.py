"""The journal: everything this service ever said, in order. A case's history is read from it."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pymongo.errors import BulkWriteError

from services.contracts.events import Envelope
from services.kernel.store import outgoing
from services.kernel.store.drivers import Row, Rows, listed
from services.kernel.store.ground import Ground

_DUPLICATE_KEY: Final = 11000
_PAGE: Final = 500
_AS_KEPT: Final = ("order", "type", "subject", "wire")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said. `order` is its place in the journal: give it as `after` to read on."""

    order: str
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the journal just as it lies there: for those who verify it, and take nothing for granted."""

    id: str
    order: str
    type: str
    subject: str
    wire: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did, as the journal has it; `at` is wall time."""

    order: str
    at: datetime
    type: str
    subject: str
    data: dict[str, Any]


class Journal:
    """Append-only. A row is written before the event leaves its document's outbox, so nothing said is missing."""

    def __init__(self, ground: Ground) -> None:
        self._rows: Rows = ground.database["journal"]
        self._service = ground.service

    async def append(self, rows: Sequence[Row]) -> None:
        """Write outbox rows down; those that are there already stay as they are."""
        try:
            await self._rows.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != _DUPLICATE_KEY for each in error.details["writeErrors"]):
                raise

    async def find(self, subject: str | None = None, *, limit: int = 200, after: str = "") -> list[Entry]:
        """What was said of `subject` (usually a case number), oldest first."""
        where: dict[str, Any] = {"order": {"$gt": after}}
        if subject is not None:
            where["subject"] = subject
        rows = await listed(self._rows.find(where, sort=[("order", 1)], limit=limit))
        return [Entry(row["order"], Envelope.model_validate_json(row["wire"])) for row in rows]

    async def acts(
        self, kinds: Mapping[str, str], *, by: str | None, subject: str | None, since: str, before: str, limit: int
    ) -> list[Act]:
        """Events of these types, each with the field that names who did it; newest first, between two orders."""
        found: list[Act] = []
        while len(found) < limit:
            where = _searched(kinds, by=by) | {"order": {"$gte": since, "$lt": before}}
            where |= {"subject": subject} if subject else {}
            rows = await listed(self._rows.find(where, sort=[("order", -1)], limit=limit - len(found)))
            if not rows:
                break
            acts = [_act(row) for row in rows]
            found += [act for act in acts if by in (None, act.data.get(kinds[act.type]))]
            before = acts[-1].order
        return found

    async def kept(self, collection: str, *, beyond: str, up_to: str | None) -> list[Kept]:
        """Every row that documents of a collection said, of those with keys beyond one, up to another or to the end.

        In no order; also rows of documents that are not there any more.
        """
        place = f"{self._service}.{collection}"
        first = f"{place}.{beyond}/" if beyond else f"{place}."  # a slash comes right after a dot
        last = f"{place}/" if up_to is None else f"{place}.{up_to}/"
        rows = await listed(self._rows.find({"_id": {"$gte": first, "$lt": last}}))
        return [Kept(row["_id"], *(str(row.get(name)) for name in _AS_KEPT)) for row in rows]

    async def pages(self, since: datetime | None) -> AsyncIterator[list[Row]]:
        """All rows from the moment `since` (wall time) on, oldest first, a few hundred at a time."""
        after = outgoing.order_from(since) if since else ""
        while rows := await listed(self._rows.find({"order": {"$gt": after}}, sort=[("order", 1)], limit=_PAGE)):
            yield rows
            after = rows[-1]["order"]

    async def out_of_order(self) -> list[str]:
        """Ids of events that do not follow the document's event before them: none, unless somebody meddled."""
        wrong: list[str] = []
        said: dict[str, tuple[int, int]] = {}
        async for rows in self.pages(None):
            for row in rows:
                document, _, place = row["_id"].rpartition(f".{row['sequence']}.")
                here, before = (row["sequence"], int(place)), said.get(document, (0, 0))
                if here not in ((here[0], 0), (before[0], before[1] + 1)) or here <= before:
                    wrong.append(row["_id"])
                said[document] = here
        return wrong


def _searched(kinds: Mapping[str, str], *, by: str | None) -> dict[str, Any]:
    """The rows of these types in whose field the person's code stands; of all people, but not what the system did."""
    fields: dict[str, list[str]] = {}
    for name, field in kinds.items():
        fields.setdefault(field, []).append(name)
    return {"$or": [{"type": {"$in": names}, "wire": _says(field, by)} for field, names in fields.items()]}


def _says(field: str, value: str | None) -> dict[str, Any]:
    if value is None:
        return {"$not": {"$regex": f'"{field}":"system:'}}
    return {"$regex": f'"{field}":"{re.escape(value)}"'}


def _act(row: Row) -> Act:
    data = Envelope.model_validate_json(row["wire"]).data
    return Act(row["order"], row["at"], row["type"], row["subject"], data)
