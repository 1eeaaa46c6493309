"""Read copies: facts heard from other services, kept to be looked up."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from pymongo.errors import DuplicateKeyError

from services.kernel.store.codec import encoded
from services.kernel.store.drivers import Rows, listed
from services.kernel.store.ground import Ground

M = TypeVar("M", bound=BaseModel)


class Collection(Generic[M]):
    """The newest known copy of each fact, by key. Built by `Store.collection`. Document: `{_id, sequence, body}`."""

    def __init__(self, ground: Ground, name: str, model: type[M]) -> None:
        self._ground, self._name, self._model = ground, name, model

    async def put(self, key: str, fact: M, *, unless_newer: int) -> bool:
        """Keep the fact unless a newer one is there; `unless_newer` is the event's `sequence`.

        Gives whether it was kept, so events may come twice and out of order.
        """
        change = {"$set": {"body": encoded(fact), "sequence": unless_newer}}
        try:
            await self._rows.update_one({"_id": key, "sequence": {"$lt": unless_newer}}, change, upsert=True)
        except DuplicateKeyError:  # there, and as new or newer: the filter missed it and the upsert met it
            return False
        return True

    async def get(self, key: str) -> M | None:
        """The fact, or None when nothing was heard of it."""
        row = await self._rows.find_one({"_id": key})
        return None if row is None else self._model.model_validate(row["body"])

    async def query(
        self, where: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], limit: int, skip: int = 0
    ) -> list[M]:
        """The facts that fit a MongoDB filter on `body.<field>`, sorted, at most `limit`."""
        cursor = self._rows.find(encoded(where), sort=list(sort), limit=limit, skip=skip)
        return [self._model.model_validate(row["body"]) for row in await listed(cursor)]

    async def count(self, where: Mapping[str, Any]) -> int:
        """How many facts fit."""
        counted: int = await self._rows.count_documents(encoded(where))
        return counted

    async def delete(self, key: str) -> None:
        """Forget the fact; harmless when there is none."""
        await self._rows.delete_one({"_id": key})

    @property
    def _rows(self) -> Rows:
        return self._ground.database[self._name]
