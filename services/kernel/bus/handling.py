"""Runs the handler of an event, once or as often as its failures ask for."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Generic

from services.contracts.events import stream_of
from services.kernel import logs
from services.kernel.bus.connection import BrokerAway
from services.kernel.bus.events import D, Event, Hears, read, reason_of
from services.kernel.problem import Problem, TryLater
from services.kernel.store import AlreadyApplied, DeadLetter, LetterState, Store, is_away
from services.kernel.telemetry import Metrics, span_from

HANDLED_WITHIN: Final = 60.0
"""Seconds that one call of a handler may take."""

PAUSES: Final = (0.2, 1.0, 3.0, 10.0)
"""Seconds before the second and each further try; after the last the event becomes a dead letter."""

_PAUSE_WHEN_AWAY: Final = 1.0
_SIDE_BY_SIDE: Final = 16

log = logs.get(__name__)


class ReplayFailed(Problem):
    """The event failed again when it was replayed; its letter stays open."""

    status = 409
    code = "replay-failed"
    zh = "重放 {id} 仍然失败：{reason}"
    en = "replaying {id} failed again: {reason}"
    remedy_zh = "请先排除原因再重放，或说明理由后作废"
    remedy_en = "remove the cause and replay it, or discard it with a reason"


class Handling(Generic[D]):
    """The handlers of one service, with their tries and their dead letters."""

    def __init__(
        self, store: Store, *, hears: Hears[D], deps: D, metrics: Metrics, pauses: Sequence[float] = PAUSES
    ) -> None:
        self._letters, self._clock = store.dead_letters, store.clock
        self._hears, self._deps, self._metrics, self._pauses = hears, deps, metrics, pauses
        self._handlers = {kind.TYPE: handler for kind, handler in hears.items()}
        self._places = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._dead: set[str] = set()

    async def recall(self) -> None:
        """Learn which events are dead letters: whatever is delivered again of them is left to people."""
        self._dead = await self._letters.ids()

    async def settle(self, event: Event[Any], *, stopping: asyncio.Event) -> bool:
        """Handle the event or give it up; False when `stopping` was set before either.

        Failures because database or broker are away do not count as tries.
        """
        tries = 0
        while not stopping.is_set() and event.envelope.id not in self._dead:
            try:
                async with self._places:
                    await self._handle(event)
            except AlreadyApplied:
                return True
            except Exception as error:  # noqa: BLE001 - whatever a handler raises is noted, and tried again
                tries += not _is_away(error)
                with suppress(Exception):  # the letter could not be kept: then the event must be tried again
                    if tries > len(self._pauses):
                        await self._give_up(event, error, tries=tries)
                        return True
                await self._pause(event, error, tries=tries, stopping=stopping)
            else:
                return True
        return event.envelope.id in self._dead

    async def refuse(self, letter_id: str, *, subject: str, wire: str, reason: str) -> bool:
        """Lay down what is no event at all; False when that is not possible now."""
        letter = DeadLetter(
            id=letter_id, stream=stream_of(subject), subject=subject, reason=reason, at=self._now(), wire=wire
        )
        try:
            await self._letters.lay_down(letter)
        except Exception as error:  # noqa: BLE001 - it stays with the broker and comes again
            log.warning("unreadable message not laid down", letter_id=letter_id, reason=type(error).__name__)
            return False
        log.error("unreadable message laid down", letter_id=letter_id, subject=subject)
        return True

    async def replay(self, letter_id: str, *, who: str) -> None:
        """Handle a dead letter's event once more and close the letter. Raises NoSuchLetter, ReplayFailed."""
        letter = await self._letters.open_letter(letter_id)
        try:
            with suppress(AlreadyApplied):
                await self._handle(read(letter.wire, subject=letter.subject, hears=self._hears))
        except Exception as error:
            if _is_away(error):
                raise
            failed = letter.model_copy(
                update={"reason": reason_of(error), "tries": letter.tries + 1, "at": self._now()}
            )
            await self._letters.failed_again(failed)
            raise ReplayFailed(id=letter_id, reason=failed.reason) from error
        await self._letters.close(letter_id, LetterState.DONE, who=who, why="replayed")

    async def discard(self, letter_id: str, *, reason: str, who: str) -> None:
        """Close a dead letter without handling its event, for a stated reason. Raises NoSuchLetter."""
        await self._letters.close(letter_id, LetterState.DISCARDED, who=who, why=reason)

    async def _handle(self, event: Event[Any]) -> None:
        envelope = event.envelope
        trace = {"traceparent": envelope.traceparent} if envelope.traceparent else {}
        with (
            logs.bound(event_id=envelope.id, **_case_of(event)),
            span_from(trace, f"hear {envelope.type}", messaging_message_id=envelope.id),
            self._metrics.handling(envelope.type),
        ):
            async with asyncio.timeout(HANDLED_WITHIN):
                await self._handlers[envelope.type](self._deps, event)

    async def _give_up(self, event: Event[Any], error: Exception, *, tries: int) -> None:
        envelope = event.envelope
        handler = self._handlers[envelope.type]
        letter = DeadLetter(
            id=envelope.id,
            stream=stream_of(envelope.type),
            subject=envelope.nats_subject,
            handler=f"{handler.__module__}.{getattr(handler, '__qualname__', 'handler')}",
            reason=reason_of(error),
            tries=tries,
            at=self._now(),
            wire=envelope.model_dump_json(),
        )
        await self._letters.lay_down(letter)
        self._dead.add(envelope.id)
        log.error("event given up", event_id=envelope.id, handler=letter.handler, exc_info=error)

    async def _pause(self, event: Event[Any], error: Exception, *, tries: int, stopping: asyncio.Event) -> None:
        counted = tries and not _is_away(error)
        seconds = self._pauses[min(tries, len(self._pauses)) - 1] if counted else _PAUSE_WHEN_AWAY
        log.warning("event will be tried again", event_id=event.envelope.id, tries=tries, reason=type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stopping.wait()

    def _now(self) -> datetime:
        return self._clock.wall()


def _case_of(event: Event[Any]) -> dict[str, str]:
    """The case number, for events that have one."""
    case_no = getattr(event.said, "case_no", None)
    return {"case_no": case_no} if case_no else {}


def _is_away(error: Exception) -> bool:
    return isinstance(error, BrokerAway | TryLater) or is_away(error)
