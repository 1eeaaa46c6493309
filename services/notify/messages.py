"""One message to one person about one event: its way through the channels, every attempt kept."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

from services.contracts.events import Said
from services.contracts.notify import MessageFailed, MessageSent
from services.kernel.problem import Problem
from services.kernel.store import Body
from services.notify.templates import Channel, Wording

_LEASE: Final = timedelta(seconds=60)
_PAUSES: Final = tuple(timedelta(seconds=s) for s in (2, 8, 30, 120))
"""Back-off between the tries on one channel; after the last the next channel is tried, then the message fails."""


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class NothingToRetry(Problem):
    """Only a message that failed for good can be taken up again."""

    status = 409
    code = "message-not-failed"
    zh = "消息 {message_id} 的状态是 {state}，不需要重发"
    en = "message {message_id} is {state}; there is nothing to retry"
    remedy_zh = "请只对发送失败的消息执行重发"
    remedy_en = "retry only messages that failed"


class Address(BaseModel, frozen=True):
    """One way to one person."""

    channel: Channel
    to: str


class Attempt(BaseModel, frozen=True):
    """One try, as it went. `error` is empty when the channel took the message."""

    channel: Channel
    began_at: datetime
    ended_at: datetime
    error: str


class Message(Body, frozen=True):
    """A message. `addresses` are the ways still open, the first is tried next; moments are wall time."""

    message_id: str
    event_id: str
    case_no: str | None
    recipient: str
    template: str
    template_version: int
    subject: str
    text: str
    addresses: tuple[Address, ...]
    state: State = State.QUEUED
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    due_at: datetime | None
    created_at: datetime


def message_id(event_id: str, *, recipient: str, template: str) -> str:
    """The natural key: one event says one thing to one person once."""
    return hashlib.sha256(f"{event_id}|{recipient}|{template}".encode()).hexdigest()[:32]


def compose(
    wording: Wording,
    *,
    event_id: str,
    case_no: str | None,
    recipient: str,
    addresses: tuple[Address, ...],
    wall: datetime,
) -> Message:
    """A message ready to be sent. Without an address it can only fail, visibly."""
    return Message(
        message_id=message_id(event_id, recipient=recipient, template=wording.template),
        event_id=event_id,
        case_no=case_no,
        recipient=recipient,
        template=wording.template,
        template_version=wording.version,
        subject=wording.subject,
        text=wording.text,
        addresses=addresses,
        due_at=wall,
        created_at=wall,
    )


def begin(message: Message, wall: datetime) -> Message:
    """Take the message for one try; if the sender dies, it comes due again when the lease ends."""
    return message.model_copy(update={"state": State.SENDING, "due_at": wall + _LEASE})


def succeed(message: Message, attempt: Attempt, *, now: datetime) -> tuple[Message, tuple[Said, ...]]:
    """The channel took it."""
    sent = message.model_copy(
        update={"state": State.SENT, "attempts": (*message.attempts, attempt), "due_at": None, "tries": 0}
    )
    return sent, (
        MessageSent(
            message_id=message.message_id,
            case_no=message.case_no,
            template=message.template,
            recipient=message.recipient,
            channel=attempt.channel,
            attempts=len(sent.attempts),
            sent_at=now,
        ),
    )


def fail(message: Message, attempt: Attempt, *, permanent: bool, now: datetime) -> tuple[Message, tuple[Said, ...]]:
    """The try went wrong: wait and try again, go to the next channel, or give up where somebody sees it."""
    attempts = (*message.attempts, attempt)
    if not permanent and message.tries < len(_PAUSES):
        again = {"tries": message.tries + 1, "due_at": attempt.ended_at + _PAUSES[message.tries]}
        return message.model_copy(update={"state": State.QUEUED, "attempts": attempts, **again}), ()
    if len(message.addresses) > 1:
        onward = {"tries": 0, "due_at": attempt.ended_at, "addresses": message.addresses[1:]}
        return message.model_copy(update={"state": State.QUEUED, "attempts": attempts, **onward}), ()
    return give_up(message.model_copy(update={"attempts": attempts}), reason=attempt.error, now=now)


def give_up(message: Message, *, reason: str, now: datetime) -> tuple[Message, tuple[Said, ...]]:
    """No way is left."""
    last = message.addresses[0].channel if message.addresses else ""
    failed = message.model_copy(update={"state": State.FAILED, "due_at": None})
    return failed, (
        MessageFailed(
            message_id=message.message_id,
            case_no=message.case_no,
            template=message.template,
            recipient=message.recipient,
            channel=last,
            attempts=len(failed.attempts),
            reason=reason,
            failed_at=now,
        ),
    )


def retry(message: Message, *, addresses: tuple[Address, ...], wall: datetime) -> tuple[Message, tuple[Said, ...]]:
    """A person takes a failed message up again, by the addresses known now. Raises NothingToRetry."""
    if message.state is not State.FAILED:
        raise NothingToRetry(message_id=message.message_id, state=message.state)
    fresh = {"state": State.QUEUED, "tries": 0, "due_at": wall, "addresses": addresses}
    return message.model_copy(update=fresh), ()
