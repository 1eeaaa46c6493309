"""Indexes, declared by each service at start and made so."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import OperationFailure

from services.kernel.store.drivers import Database, Row, Rows

_DECLARED_DIFFERENTLY: Final = (85, 86)


class Index:
    """One index: `Index("body.status", "-body.received_at")`; a minus sign means descending.

    `where` makes it partial (a MongoDB filter); `expires` deletes documents that long after the moment in the field.
    """

    def __init__(
        self,
        *fields: str,
        unique: bool = False,
        where: Mapping[str, Any] | None = None,
        expires: timedelta | None = None,
    ) -> None:
        self.keys = [(field.removeprefix("-"), DESCENDING if field[0] == "-" else ASCENDING) for field in fields]
        self.options: Row = {"unique": True} if unique else {}
        if where:
            self.options["partialFilterExpression"] = dict(where)
        if expires is not None:
            self.options["expireAfterSeconds"] = int(expires.total_seconds())
        self.name = "_".join(f"{field}_{direction}" for field, direction in self.keys)

    def model(self) -> IndexModel:
        """The index as the drivers take it."""
        return IndexModel(self.keys, name=self.name, **self.options)


async def declare(database: Database, collection: str, indexes: Sequence[Index]) -> None:
    """Make the indexes; one of the same fields that was declared differently before is replaced."""
    try:
        await database[collection].create_indexes([index.model() for index in indexes])
    except OperationFailure as refusal:
        if refusal.code not in _DECLARED_DIFFERENTLY:
            raise
        for index in indexes:
            await _replace(database[collection], index)


async def _replace(rows: Rows, index: Index) -> None:
    try:
        await rows.create_indexes([index.model()])
    except OperationFailure as refusal:
        if refusal.code not in _DECLARED_DIFFERENTLY:
            raise
        await rows.drop_index(index.name)
        await rows.create_indexes([index.model()])
