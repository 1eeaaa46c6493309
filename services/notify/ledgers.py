"""The ledger of messages: what is made or done at the same moment is written down in one write."""

from collections.abc import Collection, Sequence
from typing import Final

from services.contracts.events import Said
from services.kernel.clock import Clock
from services.kernel.store import Aggregates, Conflict, Together
from services.notify import receipts
from services.notify.messages import Message
from services.notify.templates import Channel

_LINGER: Final = 0.015
"""Seconds for which a write waits for others: nobody waits for it, and each makes the database flush its journal."""

_PATIENCE: Final = 20.0
"""Seconds for which the outcome of a try is kept ready while the database is away. Longer than a restart takes."""


class Ledger:
    """The messages that are stored, for those who make many of them and see them through."""

    def __init__(self, messages: Aggregates[Message], *, clock: Clock, possible: Collection[Channel]) -> None:
        self._messages, self._clock, self._possible = messages, clock, possible
        self._making: Together[Sequence[Message], bool] = Together(self._make_all, linger=_LINGER)
        self._closing: Together[tuple[Message, int], None] = Together(
            self._close_all, patience=_PATIENCE, linger=_LINGER
        )
        self._saying: Together[tuple[Message, int, Sequence[Said]], None] = Together(self._say_all, patience=_PATIENCE)

    async def make(self, made: Sequence[Message]) -> bool:
        """Store messages about one event, all or none; False when the first of them, their record, is there already."""
        return await self._making.add(made) if made else True

    async def record(self, message: Message, revision: int, said: Sequence[Said]) -> None:
        """Write down what became of a message, on top of what was heard of it meanwhile.

        Nothing is written when another sender took it over.
        """
        if said:
            await self._saying.add((message, revision, said))
        else:
            await self._closing.add((message, revision))

    async def _make_all(self, batches: Sequence[Sequence[Message]]) -> list[bool]:
        """All in one write; where one is there already, go on behind its event in another write."""
        rest, there = list(range(len(batches))), set[int]()
        while rest:
            places = [place for place in rest for _ in batches[place]]
            stored = await self._messages.create_in_turn([message for place in rest for message in batches[place]])
            if stored == len(places):
                break
            there.add(places[stored])
            rest = [place for place in rest if place > places[stored]]
        return [place not in there for place in range(len(batches))]

    async def _close_all(self, outcomes: Sequence[tuple[Message, int]]) -> list[None]:
        if await self._messages.save_together(outcomes) < len(outcomes):
            for message, _ in outcomes:
                await self._merge(message, ())
        return [None] * len(outcomes)

    async def _say_all(self, outcomes: Sequence[tuple[Message, int, Sequence[Said]]]) -> list[None]:
        for message, revision, said in outcomes:
            try:
                await self._messages.save(message, revision, said)
            except Conflict:
                await self._merge(message, said)
        return [None] * len(outcomes)

    async def _merge(self, outcome: Message, said: Sequence[Said]) -> None:
        """Somebody else wrote first: a receipt that came before the answer, or whoever took the message over."""

        def decide(found: Message) -> tuple[Message, Sequence[Said]]:
            merged, more = receipts.merged(outcome, found, possible=self._possible, now=self._clock.now())
            return merged, () if merged is found else (*said, *more)

        await self._messages.change(outcome.message_id, decide)
