"""Indexes, declared by each service at start and made so."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import OperationFailure

from services.kernel.store.drivers import Database, Row

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


async def declare(database: Database, collection: str, index: Index) -> None:
    """Make the index; one of the same fields that was declared differently is replaced."""
    model = IndexModel(index.keys, name=index.name, **index.options)
    try:
        await database[collection].create_indexes([model])
    except OperationFailure as refusal:
        if refusal.code not in _DECLARED_DIFFERENTLY:
            raise
        await database[collection].drop_index(index.name)
        await database[collection].create_indexes([model])
