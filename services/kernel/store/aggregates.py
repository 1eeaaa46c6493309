"""Aggregates: one document each, written whole in one write together with what the write says."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel
from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.contracts.events import Said
from services.kernel.store.codec import encoded
from services.kernel.store.drivers import Row, Rows, listed
from services.kernel.store.ground import Ground
from services.kernel.store.outgoing import Author, Unsent, outbox_rows
from services.kernel.store.refusals import AlreadyApplied, AlreadyExists, Conflict, NotFound
from services.kernel.telemetry import traceparent

_REMEMBERED_CAUSES: Final = 500
_TAKEN: Final = 11000


class Body(BaseModel, frozen=True):
    """The state of one aggregate: what is stored under `body`."""


B = TypeVar("B", bound=Body)


class Aggregates(Generic[B]):
    """One collection of aggregates, by key. Built by `Store.aggregates`.

    Document: `{_id, revision, body, inbox: [events applied], outbox: [rows unsent], outbox_at: first unsent}`.
    A `cause` is the id of the event being handled: it is remembered in the same write and applied only once.
    """

    def __init__(self, ground: Ground, name: str, model: type[B], *, key: str) -> None:
        self._ground, self._name, self._model, self._key = ground, name, model, key

    async def create(self, body: B, events: Sequence[Said] = (), *, cause: str | None = None) -> int:
        """Store a new aggregate as revision 1 and say `events`. Raises AlreadyExists, AlreadyApplied."""
        key = self._key_of(body)
        rows = self._says(key, 1, events)
        row: Row = {"_id": key, "revision": 1, "body": encoded(body), "inbox": [cause] if cause else [], "outbox": rows}
        if rows:
            row["outbox_at"] = rows[0]["at"]
        try:
            await self._rows.insert_one(row)
        except DuplicateKeyError:
            raise await self._refusal(key, cause, otherwise=AlreadyExists(key=key)) from None
        self._ground.said(Unsent(self._name, key, rows))
        return 1

    async def create_in_turn(self, bodies: Sequence[B]) -> int:
        """Store new aggregates that say nothing, in one write and in their order; gives how many were stored.

        It stops at the first whose key, or another value that must be unique, is taken: that one and those behind it
        are not stored.
        """
        rows: list[Row] = [
            {"_id": self._key_of(body), "revision": 1, "body": encoded(body), "inbox": [], "outbox": []}
            for body in bodies
        ]
        try:
            await self._rows.insert_many(rows, ordered=True)
        except BulkWriteError as error:
            return _stored_before(error)
        return len(rows)

    async def save_together(self, changes: Sequence[tuple[B, int]]) -> int:
        """Replace many aggregates that say nothing, each at its revision, in one write; gives how many were replaced.

        One whose revision moved on stays as it is: it belongs to whoever was faster.
        """
        updates = [
            UpdateOne(
                {"_id": self._key_of(body), "revision": revision},
                {"$set": {"body": encoded(body), "revision": revision + 1}},
            )
            for body, revision in changes
        ]
        return int((await self._rows.bulk_write(updates, ordered=False)).matched_count)

    async def load(self, key: str, *, cause: str | None = None) -> tuple[B, int]:
        """The aggregate and its revision. Raises NotFound, and AlreadyApplied if the event `cause` came before."""
        row = await self._rows.find_one({"_id": key}, _with_cause(cause))
        if row is None:
            raise NotFound(key=key)
        if row.get("inbox"):
            raise AlreadyApplied(cause)
        return self._body(row), row["revision"]

    async def find(self, key: str) -> tuple[B, int] | None:
        """The aggregate and its revision, or None when there is none."""
        row = await self._rows.find_one({"_id": key}, {"body": 1, "revision": 1})
        return None if row is None else (self._body(row), row["revision"])

    async def save(self, body: B, revision: int, events: Sequence[Said] = (), *, cause: str | None = None) -> int:
        """Replace revision `revision` and say `events`, in one write; gives the new revision.

        Raises Conflict when the revision moved on, NotFound, AlreadyApplied, and AlreadyExists when a value that
        must be unique is taken.
        """
        key = self._key_of(body)
        rows = self._says(key, revision + 1, events)
        only_if: Row = {"_id": key, "revision": revision}
        change: Row = {"$set": {"body": encoded(body), "revision": revision + 1}}
        if rows:
            change |= {"$push": {"outbox": {"$each": rows}}, "$min": {"outbox_at": rows[0]["at"]}}
        if cause:
            only_if["inbox"] = {"$ne": cause}
            change.setdefault("$push", {})["inbox"] = {"$each": [cause], "$slice": -_REMEMBERED_CAUSES}
        try:
            saved = await self._rows.find_one_and_update(
                only_if, change, projection={"outbox": 1}, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            raise AlreadyExists(key=key) from None
        if saved is None:
            raise await self._refusal(key, cause, otherwise=Conflict(key=key))
        self._ground.said(Unsent(self._name, key, saved["outbox"]))
        return revision + 1

    async def change(
        self,
        key: str,
        decide: Callable[[B], tuple[B, Sequence[Said]]],
        *,
        cause: str | None = None,
        tries: int = 8,
    ) -> B:
        """Load, decide, save; again when somebody else was faster. Gives the aggregate as it then is.

        `decide` is not called when `cause` was applied before. A decision that changes and says nothing is not
        written. Raises NotFound, Conflict after `tries`, and whatever `decide` raises.
        """
        for attempt in range(tries):
            row = await self._rows.find_one({"_id": key}, _with_cause(cause))
            if row is None:
                raise NotFound(key=key)
            body = self._body(row)
            if row.get("inbox"):
                return body
            decided, events = decide(body)
            if decided == body and not events:
                return body
            try:
                await self.save(decided, row["revision"], events, cause=cause)
            except (Conflict, AlreadyApplied):
                await asyncio.sleep(random.uniform(0, 0.01) * 2**attempt)  # noqa: S311 - spreads the rivals in time
            else:
                return decided
        raise Conflict(key=key)

    async def query(
        self, where: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], limit: int, skip: int = 0
    ) -> list[B]:
        """The aggregates that fit a MongoDB filter on `body.<field>`, sorted, at most `limit`."""
        cursor = self._rows.find(encoded(where), {"body": 1}, sort=list(sort), limit=limit, skip=skip)
        return [self._body(row) for row in await listed(cursor)]

    async def count(self, where: Mapping[str, Any]) -> int:
        """How many aggregates fit."""
        counted: int = await self._rows.count_documents(encoded(where))
        return counted

    @property
    def _rows(self) -> Rows:
        return self._ground.database[self._name]

    def _key_of(self, body: B) -> str:
        return str(getattr(body, self._key))

    def _body(self, row: Row) -> B:
        return self._model.model_validate(row["body"])

    def _says(self, key: str, revision: int, events: Sequence[Said]) -> list[Row]:
        author = Author(self._ground.service, self._name, key, revision)
        clock = self._ground.clock
        return outbox_rows(author, events, now=clock.now(), wall=clock.wall(), traceparent=traceparent())

    async def _refusal(self, key: str, cause: str | None, *, otherwise: Exception) -> Exception:
        row = await self._rows.find_one({"_id": key}, _with_cause(cause))
        if row is None:
            return otherwise if isinstance(otherwise, AlreadyExists) else NotFound(key=key)
        return AlreadyApplied(cause) if row.get("inbox") else otherwise


def _stored_before(error: BulkWriteError) -> int:
    """The place of the first row that was there already. Raises the error if it is another one."""
    found = [each for each in (error.details or {}).get("writeErrors", ()) if each["code"] == _TAKEN]
    if not found:
        raise error
    return int(found[0]["index"])


def _with_cause(cause: str | None) -> Row:
    """A projection in which `inbox` is there only if `cause` was applied."""
    wanted: Row = {"body": 1, "revision": 1}
    return wanted | {"inbox": {"$elemMatch": {"$eq": cause}}} if cause else wanted
