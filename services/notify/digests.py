"""Summaries: several messages about one case to one person within a few minutes become one.

The first leaves at once and opens a window; what follows waits for the window's end. Then the first of those tells of
all, and says so in the write that takes it; the others, when they come due, find that they were told of.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from services.kernel.store import Aggregates
from services.notify import messages
from services.notify.messages import Message
from services.notify.states import State

_LINE: Final = 60
_MOST: Final = 100
_AGAIN: Final = timedelta(seconds=1)
_LONGEST: Final = timedelta(hours=2)
"""No window is longer."""


class Digests:
    """The windows that are open, in memory: after a restart a message more than needed may leave."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._open: dict[tuple[str, str], datetime] = {}

    @property
    def minutes(self) -> int:
        """The usual window."""
        return self._window // timedelta(minutes=1)

    def place(self, message: Message, *, minutes: int | None = None) -> Message:
        """The message, to be sent at once or at the end of its window: the recipient's own `minutes`, or the usual."""
        window = self._window if minutes is None else timedelta(minutes=minutes)
        if not window or message.case_no is None or message.unread_by is None:
            return message
        key, wall = (message.recipient, message.case_no), message.created_at
        if (began := self._open.get(key)) is None or wall >= began + window:
            self._forget(wall)
            self._open.pop(key, None)
            self._open[key] = wall
            return message
        digest = f"{message.recipient}|{message.case_no}|{began.isoformat()}"
        return message.model_copy(update={"digest": digest, "due_at": began + window})

    def _forget(self, wall: datetime) -> None:
        """Drop the windows that are over, oldest first."""
        while self._open:
            key = next(iter(self._open))
            if wall < self._open[key] + _LONGEST:
                return
            del self._open[key]


async def summed_up(stored: Aggregates[Message], message: Message, wall: datetime) -> Message:
    """A message whose window is over: with the others in it, or dropped because another tells of it, or alone."""
    told = await stored.query({"body.covers": message.message_id}, sort=[("_id", 1)], limit=1)
    if told:
        return messages.drop(message, State.SUPPRESSED, because=f"摘要 / in the summary {told[0].message_id}")
    where = {
        "body.digest": message.digest,
        "body.state": State.QUEUED,
        "body.attempts": [],
        "body.due_at": {"$lte": wall},
    }
    together = await stored.query(where, sort=[("_id", 1)], limit=_MOST)
    if len(together) <= 1:
        return message.model_copy(update={"digest": ""})
    if together[0].message_id != message.message_id:
        return messages.postpone(message, until=wall + _AGAIN)
    return _summary(message, together)


def _summary(lead: Message, together: Sequence[Message]) -> Message:
    lines = [f"{number}. {_line(each)}" for number, each in enumerate(_in_order(together), 1)]
    return lead.model_copy(
        update={
            "digest": "",
            "covers": tuple(each.message_id for each in together if each.message_id != lead.message_id),
            "subject": f"案件{lead.case_no}：{len(together)}条消息",
            "text": f"案件{lead.case_no}有{len(together)}条消息：\n" + "\n".join(lines),
        }
    )


def _in_order(together: Sequence[Message]) -> list[Message]:
    return sorted(together, key=lambda each: (each.created_at, each.message_id))


def _line(message: Message) -> str:
    text = " ".join(message.text.split())
    return text if len(text) <= _LINE else f"{text[:_LINE]}…"
