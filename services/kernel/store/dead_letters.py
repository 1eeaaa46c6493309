"""Dead letters: events that could not be handled, kept with the reason until somebody decides."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from services.kernel.problem import Problem
from services.kernel.store.codec import encoded
from services.kernel.store.drivers import Rows, listed
from services.kernel.store.ground import Ground


class LetterState(StrEnum):
    """What became of a dead letter."""

    OPEN = "open"
    DONE = "done"
    DISCARDED = "discarded"


class DeadLetter(BaseModel, frozen=True):
    """One event that could not be handled. `wire` is what came, as text; all moments are wall time.

    `handler` is empty for what is no event at all.
    """

    id: str
    stream: str
    subject: str
    reason: str
    at: datetime
    wire: str
    handler: str = ""
    tries: int = 0
    state: LetterState = LetterState.OPEN
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_because: str | None = None


class NoSuchLetter(Problem):
    """No open dead letter has this id."""

    status = 404
    code = "dead-letter-not-open"
    zh = "没有待处理的死信 {id}"
    en = "there is no open dead letter {id}"
    remedy_zh = "请刷新死信列表，它可能已被处理"
    remedy_en = "load the list again; it may be dealt with already"


class DeadLetters:
    """The dead letters of one service."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def lay_down(self, letter: DeadLetter) -> None:
        """Keep the letter; one that is there already stays as it is."""
        row = encoded(letter)
        await self._rows.update_one({"_id": row.pop("id")}, {"$setOnInsert": row}, upsert=True)

    async def failed_again(self, letter: DeadLetter) -> None:
        """Note reason, tries and time of a vain replay."""
        change = encoded({"reason": letter.reason, "tries": letter.tries, "at": letter.at})
        await self._rows.update_one({"_id": letter.id}, {"$set": change})

    async def open_letter(self, letter_id: str) -> DeadLetter:
        """The letter, if nobody decided about it yet. Raises NoSuchLetter."""
        row = await self._rows.find_one({"_id": letter_id, "state": LetterState.OPEN})
        if row is None:
            raise NoSuchLetter(id=letter_id)
        return _letter(row)

    async def close(self, letter_id: str, state: LetterState, *, who: str, why: str) -> None:
        """Decide about an open letter. Raises NoSuchLetter."""
        change = {"state": state, "closed_at": self._ground.clock.wall(), "closed_by": who, "closed_because": why}
        done = await self._rows.update_one({"_id": letter_id, "state": LetterState.OPEN}, {"$set": encoded(change)})
        if not done.matched_count:
            raise NoSuchLetter(id=letter_id)

    async def find(
        self, state: LetterState | None = LetterState.OPEN, *, limit: int = 200, after: str = ""
    ) -> list[DeadLetter]:
        """The letters in a state (None: all), by id."""
        where: dict[str, Any] = {"_id": {"$gt": after}}
        if state is not None:
            where["state"] = state.value
        return [_letter(row) for row in await listed(self._rows.find(where, sort=[("_id", 1)], limit=limit))]

    async def closed(self, since: datetime, until: datetime) -> list[DeadLetter]:
        """The letters that were decided about between two moments."""
        where = {"closed_at": {"$gte": since, "$lt": until}}
        return [_letter(row) for row in await listed(self._rows.find(where, sort=[("closed_at", -1)], limit=1000))]

    async def count(self) -> int:
        """How many wait for a decision."""
        counted: int = await self._rows.count_documents({"state": LetterState.OPEN.value})
        return counted

    async def ids(self) -> set[str]:
        """The ids of all letters, decided or not: such events are not handled again by themselves."""
        return {row["_id"] for row in await listed(self._rows.find({}, {"_id": 1}))}

    @property
    def _rows(self) -> Rows:
        return self._ground.database["dead_letters"]


def _letter(row: dict[str, Any]) -> DeadLetter:
    return DeadLetter.model_validate({"id": row["_id"], **row})
