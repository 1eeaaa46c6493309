"""Motor, or PyMongo's asynchronous client: one setting, the same calls. What differs between them is only here."""

import os
from collections.abc import Awaitable
from datetime import UTC
from typing import Any, Final, Literal, TypeAlias

# Motor gives every call a thread. Of the ten that two cores would get, a database that hangs soon leaves none, and
# calls queue without any time limit. Motor reads this when it is imported.
os.environ.setdefault("MOTOR_MAX_WORKERS", "128")

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Driver: TypeAlias = Literal["motor", "pymongo"]

Row: TypeAlias = dict[str, Any]
"""A document as MongoDB has it."""

Rows: TypeAlias = Any
"""A collection of either driver."""

Database: TypeAlias = Any
"""A database of either driver."""

ANSWER_WITHIN: Final = 10.0
_FOUND_WITHIN: Final = 5.0


_COMING_UP: Final = frozenset({94, 134, 211})
"""NotYetInitialized, ReadConcernMajorityNotAvailableYet, KeyNotFound (the keys that sign its times): what a server that
was just started answers for a moment. The command was not carried out."""


def connect(url: str, driver: Driver) -> Any:  # noqa: ANN401 - a client of either driver
    """A client that waits for no answer longer than `ANSWER_WITHIN` seconds; it connects on its first call."""
    client = AsyncIOMotorClient if driver == "motor" else AsyncMongoClient
    return client(
        url,
        tz_aware=True,
        tzinfo=UTC,
        uuidRepresentation="standard",
        timeoutMS=int(ANSWER_WITHIN * 1000),
        serverSelectionTimeoutMS=int(_FOUND_WITHIN * 1000),
        connectTimeoutMS=int(_FOUND_WITHIN * 1000),
        # one monitoring connection, not two: AsyncMongoClient leaks the second when it is closed while that opens.
        # A call that fails looks for the new primary at once, in this mode as well.
        serverMonitoringMode="poll",
    )


def durable(client: Any, name: str) -> Database:  # noqa: ANN401 - as above
    """The database, where a write is done once a majority has it in its journal."""
    return client.get_database(
        name, write_concern=WriteConcern(w="majority", j=True), read_concern=ReadConcern("majority")
    )


async def settled(result: Any) -> Any:  # noqa: ANN401 - what a driver call gives
    """Await what one driver gives as an awaitable and the other at once."""
    return await result if isinstance(result, Awaitable) else result


async def listed(cursor: Any) -> list[Row]:  # noqa: ANN401 - a cursor of either driver
    """All documents of a cursor."""
    rows: list[Row] = await (await settled(cursor)).to_list(None)
    return rows


def is_away(error: BaseException) -> bool:
    """Whether the database could not be reached or did not answer in time: the same call may work later."""
    if isinstance(error, OperationFailure) and error.code in _COMING_UP:
        return True
    return isinstance(error, ConnectionFailure) or (isinstance(error, PyMongoError) and error.timeout)
