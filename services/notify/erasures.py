"""Personal data in messages is deleted when its time is over (PIPL §19, §47); states and counts stay as evidence.

What a message said becomes a keyed digest, by which a text that somebody presents can still be shown to be the one that
was sent. It is done a few hundred at a time, each by one write: stopped anywhere, it goes on from there.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel

from services.kernel.seals import Seals
from services.notify.attempts import Attempt
from services.notify.deps import Deps
from services.notify.holds import held_cases
from services.notify.messages import Message
from services.notify.states import State
from services.notify.templates import Channel

_AT_ONCE: Final = 200
_LONGEST_KIND: Final = 60
_LATE: Final = timedelta(days=1)
"""What is not done by then is counted on `/status`: the ticker comes by every hour."""

_UNDER_WAY: Final = (State.QUEUED, State.WAITING, State.SENDING)


class Erasable(BaseModel, frozen=True):
    """What would be deleted now, and what would not.

    `kept` are messages as old whose case is looked into, or that somebody still has to send or tell.
    """

    after_days: int
    before: datetime | None
    would_go: int
    by_template: dict[str, int]
    oldest_at: datetime | None
    kept: int
    erased: int


def erased(message: Message, *, wall: datetime, seals: Seals) -> Message:
    """The message without its words and addresses; when, by what and how it went stays."""
    return message.model_copy(
        update={
            "subject": "",
            "text": "",
            "text_mark": seals.fingerprint(f"{message.subject}\n{message.text}"),
            "erased_at": wall,
            "attempts": tuple(_bare(each) for each in message.attempts),
            "receipts": tuple(each.model_copy(update={"reason": ""}) for each in message.receipts),
            "because": _kind(message.because),
            "unread_by": None,
            "due_at": None,
        }
    )


def _bare(attempt: Attempt) -> Attempt:
    return attempt.model_copy(update={"to": "", "error": _kind(attempt.error)})


def _kind(words: str) -> str:
    """What stands before the details: `refused`, `HTTP 500`, who told by hand."""
    return words.partition(":")[0][:_LONGEST_KIND]


async def erase_due(deps: Deps) -> int:
    """Delete what is due, some hundred at a time. Gives how many."""
    where = await _due(deps, deps.clock.wall())
    if where is None:
        return 0
    found = await deps.messages.query_revisions(where, sort=[("body.created_at", 1)], limit=_AT_ONCE)
    if not found:
        return 0
    wall = deps.clock.wall()
    bare = [(erased(message, wall=wall, seals=deps.seals), revision) for message, revision in found]
    return await deps.messages.save_together(bare)


async def count_not_erased(deps: Deps) -> int:
    """Messages that should be bare for more than a day."""
    where = await _due(deps, deps.clock.wall() - _LATE)
    return 0 if where is None else await deps.messages.count(where)


async def erasable(deps: Deps) -> Erasable:
    """What the next run would delete; nothing is changed by asking."""
    wall = deps.clock.wall()
    where, before = await _due(deps, wall), _before(deps, wall)
    gone = await deps.messages.count({"body.erased_at": {"$gt": datetime.min.replace(year=2000, tzinfo=wall.tzinfo)}})
    if where is None:
        return Erasable(after_days=0, before=None, would_go=0, by_template={}, oldest_at=None, kept=0, erased=gone)
    rows = await deps.messages.tally(
        where,
        {"$group": {"_id": "$body.template", "count": {"$sum": 1}, "oldest": {"$min": "$body.created_at"}}},
    )
    by_template = {str(row["_id"]): int(row["count"]) for row in sorted(rows, key=lambda row: str(row["_id"]))}
    would_go = sum(by_template.values())
    return Erasable(
        after_days=deps.message_days,
        before=before,
        would_go=would_go,
        by_template=by_template,
        oldest_at=min((row["oldest"] for row in rows), default=None),
        kept=await deps.messages.count(_old(before)) - would_go,
        erased=gone,
    )


def _before(deps: Deps, wall: datetime) -> datetime | None:
    return wall - timedelta(days=deps.message_days) if deps.message_days else None


def _old(before: datetime | None) -> dict[str, Any]:
    """All that is old and not bare; the words stand first, as in the index."""
    return {"body.text": {"$gt": ""}, "body.created_at": {"$lt": before}}


async def _due(deps: Deps, wall: datetime) -> dict[str, Any] | None:
    """Which messages are due; None while nothing is ever deleted."""
    before = _before(deps, wall)
    if before is None:
        return None
    held = await held_cases(deps.books.holds)
    to_be_told = {"body.state": State.SENT, "body.on": Channel.DESK}
    return {
        **_old(before),
        "body.state": {"$nin": list(_UNDER_WAY)},
        "body.case_no": {"$nin": held},
        "$nor": [to_be_told],
    }
