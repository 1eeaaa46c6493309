"""Where a message stands, from queued to read, and what can still be done with it."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from services.kernel.problem import Problem


class State(StrEnum):
    """Where a message stands. What older versions stored is still read, see `stored_as`."""

    QUEUED = "queued"
    WAITING = "waiting"
    """Nobody knows yet how to reach the recipient."""
    SENDING = "sending"
    SENT = "sent"
    """A provider took it; whether it arrived, a receipt says."""
    DELIVERED = "delivered"
    READ = "read"
    """The person opened it in the inbox."""
    UNCONFIRMED = "unconfirmed"
    """A provider took it and never said what became of it; a late receipt may still."""
    FAILED_TEMPORARY = "failed_temporary"
    """It did not arrive so far (a telephone that is off); a late receipt may still say that it did."""
    FAILED_PERMANENT = "failed_permanent"
    """It cannot arrive: no such number, refused content, no address."""
    TECHNICAL_FAILURE = "technical_failure"
    """No provider took it, however often it was tried."""
    EXPIRED = "expired"
    """Over before it could be sent: its approval link is spent, or its time is."""
    CANCELLED = "cancelled"
    """A person said that it is not to be sent any more."""
    SUPPRESSED = "suppressed"
    """Not sent on purpose: part of a summary, not wanted by its recipient, or to an address that is closed."""

    @classmethod
    def _missing_(cls, value: object) -> "State | None":
        return _FORMER.get(str(value))


_FORMER: Final = {"failed": State.TECHNICAL_FAILURE, "abandoned": State.CANCELLED}
"""What versions before delivery receipts stored."""

FAILED: Final = frozenset({State.FAILED_TEMPORARY, State.FAILED_PERMANENT, State.TECHNICAL_FAILURE})
"""Waits for a person."""

OPEN: Final = frozenset({State.QUEUED, State.WAITING})
"""Not handed to anybody, and still to be."""

ARRIVED: Final = frozenset({State.DELIVERED, State.READ})
"""Nothing that is heard later changes this, but that it was read."""


def stored_as(states: Collection[State]) -> list[str]:
    """The words for these states in the database, older ones too."""
    return [*states, *(word for word, state in _FORMER.items() if state in states)]


class NothingToRetry(Problem):
    """Only a message that is over without having been sent can be taken up again."""

    status = 409
    code = "message-not-failed"
    zh = "消息 {message_id} 的状态是 {state}，不需要重发"
    en = "message {message_id} is {state}; there is nothing to retry"
    remedy_zh = "请只对发送失败、已过期或已取消的消息执行重发"
    remedy_en = "retry only messages that failed, expired or were cancelled"


class MessageErased(Problem):
    """Nobody knows any more what it said."""

    status = 409
    code = "message-erased"
    zh = "消息 {message_id} 的内容已按期删除，不能重发"
    en = "what message {message_id} said was deleted as scheduled; it cannot be sent again"
    remedy_zh = "需要告知的，请重新办理告知"
    remedy_en = "if somebody must be told, tell them anew"


class NothingToAbandon(Problem):
    """A message that is sent, or just being sent, cannot be cancelled."""

    status = 409
    code = "message-not-open"
    zh = "消息 {message_id} 的状态是 {state}，不能取消"
    en = "message {message_id} is {state} and cannot be cancelled"
    remedy_zh = "只有失败、等待或排队中的消息可以取消"
    remedy_en = "only messages that failed, wait or are queued can be cancelled"


class NotOnTheDesksList(Problem):
    """Only what nobody could be reached with is told by a person at the desk."""

    status = 409
    code = "message-not-on-desk-list"
    zh = "消息 {message_id} 的状态是 {state}，不在人工告知清单上"
    en = "message {message_id} is {state} and not on the list of those to be told by hand"
    remedy_zh = "请只对转人工或发送失败的消息登记人工告知"
    remedy_en = "note it only for messages that were left to the desk or failed"
