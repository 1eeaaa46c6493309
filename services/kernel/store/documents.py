"""The documents of aggregates: read by key, written at a revision, each with its inbox and outbox.

Document: `{_id, revision, body, inbox: [events applied], outbox: [rows unsent], outbox_at: first unsent, said}`.
`said` is the time part of the order of what it said last. A process on a machine whose clock is behind says what comes
next with this one, so that the journal has the events of a document in their order.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bson.raw_bson import RawBSONDocument
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from services.kernel.store.drivers import Row, Rows, listed
from services.kernel.store.ground import Ground
from services.kernel.store.memory import Known, Memory
from services.kernel.store.outgoing import Unsent, said_after, said_at
from services.kernel.store.refusals import AlreadyApplied, AlreadyExists, Conflict, NotFound
from services.kernel.store.together import Together
from services.kernel.store.writing import Missed, Writes

_REMEMBERED_CAUSES: Final = 500
_SEEN: Final = {"body": 1, "revision": 1, "outbox": 1, "said": 1}


class Documents:
    """One collection. Under load the writes of many callers go in one command, and so do their reads by key."""

    def __init__(self, ground: Ground, name: str) -> None:
        self._ground, self.name = ground, name
        self.rows: Rows = ground.database[name]  # the collection as the driver has it; to make one is dear
        self.memory = Memory()
        self._writes = Writes(self.rows)
        self._reads: Together[str, Row | None] = Together(self._fetch)

    async def get(self, key: str, *, cause: str | None = None) -> Row | None:
        """The document of this key; with `inbox` only if `cause` is in it."""
        if cause is None:
            row = await self._reads.add(key)
        else:
            row = await self.rows.find_one({"_id": key}, _with_cause(cause))
        return self._seen(row)

    async def first(self, where: Mapping[str, Any]) -> Row | None:
        """One document that fits a filter."""
        return self._seen(await self.rows.find_one(where, _SEEN))

    async def insert(self, key: str, body: bytes, says: Sequence[Row], *, cause: str | None) -> None:
        """Add a document as revision 1. Raises AlreadyExists, AlreadyApplied."""
        row: Row = {"_id": key, "revision": 1, "body": RawBSONDocument(body), "inbox": [cause] if cause else []}
        row |= {"outbox": says, "outbox_at": says[0]["at"], "said": said_at(says)} if says else {"outbox": []}
        try:
            await self._writes.insert(row)
        except DuplicateKeyError:
            raise await self._refusal(key, cause, otherwise=AlreadyExists(key=key)) from None
        self._wrote(key, 1, body, unsent=says, cause=cause)

    async def replace(self, key: str, revision: int, body: bytes, says: Sequence[Row], *, cause: str | None) -> None:
        """Make revision + 1 of this revision. Raises Conflict, NotFound, AlreadyApplied, AlreadyExists.

        Its outbox holds afterwards what had not been sent, and `says`.
        """
        known = await self._known(key, revision, cause)
        says = said_after(says, known.said)
        waiting = [*known.unsent, *says]
        only_if: Row = {"_id": key, "revision": revision}
        change: Row = {"$set": {"body": RawBSONDocument(body), "revision": revision + 1}}
        if says:
            change["$set"]["said"] = said_at(says)
        if waiting:
            change["$set"] |= {"outbox": waiting, "outbox_at": waiting[0]["at"]}
        elif known.leftover:
            change |= {"$set": change["$set"] | {"outbox": []}, "$unset": {"outbox_at": ""}}
        if cause:
            only_if["inbox"] = {"$ne": cause}
            change["$push"] = {"inbox": {"$each": [cause], "$slice": -_REMEMBERED_CAUSES}}
        try:
            await self._writes.update(only_if, change)
        except DuplicateKeyError:
            raise AlreadyExists(key=key) from None
        except Missed:
            raise await self._refusal(key, cause, otherwise=Conflict(key=key)) from None
        self._wrote(key, revision + 1, body, unsent=waiting, cause=cause, said=known.said)

    async def clear(self, sent: Sequence[Unsent]) -> None:
        """Take what was sent out of the outboxes.

        A document that was written since keeps it until what that write says is sent too, or is written again.
        """
        for each in sent:
            self.memory.sent(each.key, [row["_id"] for row in each.rows])
        if whole := [_emptied(each) for each in sent if not self._is_older(each)]:
            await self.rows.bulk_write(whole, ordered=False)

    def still_unsent(self, unsent: Unsent) -> Sequence[Row]:
        """The rows without those that this process sent meanwhile."""
        known = self.memory.get(unsent.key)
        if known is None or known.revision < unsent.revision:
            return unsent.rows
        waiting = {row["_id"] for row in known.unsent}
        return [row for row in unsent.rows if row["_id"] in waiting]

    def _is_older(self, unsent: Unsent) -> bool:
        known = self.memory.get(unsent.key)
        return known is not None and known.revision > unsent.revision

    def _seen(self, row: Row | None) -> Row | None:
        if row is not None:
            self.memory.seen(row)
        return row

    def _wrote(
        self, key: str, revision: int, body: bytes, *, unsent: Sequence[Row], cause: str | None, said: str = ""
    ) -> None:
        said = said_at(unsent) if unsent else said
        self.memory.wrote(key, revision, body, unsent=unsent, cause=cause, said=said)
        self._ground.said(Unsent(self.name, key, unsent, revision))

    async def _fetch(self, keys: Sequence[str]) -> Sequence[Row | None]:
        one = keys[0] if len(keys) == 1 else {"$in": list(set(keys))}
        found = {row["_id"]: row for row in await listed(self.rows.find({"_id": one}, _SEEN))}
        return [found.get(key) for key in keys]

    async def _known(self, key: str, revision: int, cause: str | None) -> Known:
        """What is known of the document at the revision to be replaced; read now if it was never seen."""
        if (known := self.memory.at(key, revision)) is None:
            await self.get(key)
            known = self.memory.at(key, revision)
        if known is None:
            raise await self._refusal(key, cause, otherwise=Conflict(key=key))
        return known

    async def _refusal(self, key: str, cause: str | None, *, otherwise: Exception) -> Exception:
        self.memory.forget(key)
        row = await self.get(key, cause=cause)
        if row is None:
            return otherwise if isinstance(otherwise, AlreadyExists) else NotFound(key=key)
        return AlreadyApplied(cause) if row.get("inbox") else otherwise


def _with_cause(cause: str) -> Row:
    return {**_SEEN, "inbox": {"$elemMatch": {"$eq": cause}}}


def _emptied(unsent: Unsent) -> UpdateOne:
    """At the revision at which these rows were all."""
    only_if = {"_id": unsent.key, "revision": unsent.revision}
    return UpdateOne(only_if, {"$set": {"outbox": []}, "$unset": {"outbox_at": ""}})
