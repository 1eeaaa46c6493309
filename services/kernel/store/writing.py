"""Writes into one collection, many in one command: what comes while one is under way goes into the next."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from pymongo import InsertOne, UpdateOne
from pymongo.errors import AutoReconnect, BulkWriteError, DuplicateKeyError, WriteError

from services.kernel.store.drivers import Row, Rows
from services.kernel.store.together import Together

_NOT_NOW: Final = frozenset({50, 64, 91, 189, 10107, 11600, 11602, 13435, 13436})
"""Too slow, going down, or no primary any more: the same write may work later."""

_ELSE_FAIL: Final = {"$setOnInsert": {"_id": False}}
"""Together with `upsert`: a filter that nothing fits is an error (66) of that one update.

MongoDB would make a new document of the filter, and refuses to, since its `_id` is another one. Otherwise the answer
to several updates says only how many of them met a document, not which.
"""

Write: TypeAlias = InsertOne[Row] | UpdateOne


class Missed(Exception):
    """No document fits the filter of the update."""


class Writes:
    """The writes of one process into one collection. Each is answered as if it had been alone."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._together: Together[Write, Exception | None] = Together(self._write)

    async def insert(self, row: Row) -> None:
        """Add a document. Raises DuplicateKeyError."""
        await self._done(InsertOne(row))

    async def update(self, only_if: Row, change: Row) -> None:
        """Change the one document that fits. Raises Missed, DuplicateKeyError."""
        await self._done(UpdateOne(only_if, change | _ELSE_FAIL, upsert=True))

    async def _done(self, write: Write) -> None:
        failure = await self._together.add(write)
        if failure is not None:
            raise failure

    async def _write(self, writes: Sequence[Write]) -> Sequence[Exception | None]:
        outcomes: list[Exception | None] = [None] * len(writes)
        try:
            await self._rows.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            details: dict[str, Any] = dict(error.details or {})
            for each in details.get("writeConcernErrors", ()):  # nobody knows whether a majority has it
                raise _failure(each) from error
            for each in details["writeErrors"]:
                outcomes[each["index"]] = _failure(each)
        return outcomes


def _failure(error: Row) -> Exception:
    """What the server says of one write."""
    code, said = error.get("code", 0), str(error.get("errmsg", ""))
    match code:
        case 66:
            return Missed()
        case 11000:
            return DuplicateKeyError(said, code, error)
        case _ if code in _NOT_NOW:
            return AutoReconnect(said)
        case _:
            return WriteError(said, code, error)
