"""One message to one recipient about one event: its way through the channels, every attempt kept (A-20)."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel

from services.contracts.events import Said
from services.contracts.notify import MessageFailed, MessageSent
from services.kernel.problem import Problem
from services.kernel.store import Body
from services.notify.books import APPLICANT
from services.notify.templates import Channel, Wording


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    WAITING = "waiting"
    """Nobody knows yet how to reach the recipient."""
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    ABANDONED = "abandoned"
    """Not to be sent any more: a person said so, or its approval link is over."""


class NothingToRetry(Problem):
    """Only a message that is over without having been sent can be taken up again."""

    status = 409
    code = "message-not-failed"
    zh = "消息 {message_id} 的状态是 {state}，不需要重发"
    en = "message {message_id} is {state}; there is nothing to retry"
    remedy_zh = "请只对发送失败或已放弃的消息执行重发"
    remedy_en = "retry only messages that failed or were abandoned"


class NothingToAbandon(Problem):
    """A message that is sent, or just being sent, cannot be abandoned."""

    status = 409
    code = "message-not-open"
    zh = "消息 {message_id} 的状态是 {state}，不能放弃"
    en = "message {message_id} is {state} and cannot be abandoned"
    remedy_zh = "只有失败、等待或排队中的消息可以放弃"
    remedy_en = "only messages that failed, wait or are queued can be abandoned"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the messenger keeps trying; all by wall time.

    `pauses` come between the tries on the last way there is; before another way is taken there are `fallback_after`
    tries. One try may take `limit`; a sender that dies holds its message for twice as long. Who cannot be reached yet
    is looked up again after `ask_again`.
    """

    pauses: tuple[timedelta, ...]
    fallback_after: int
    limit: timedelta
    ask_again: timedelta = timedelta(minutes=1)

    @property
    def lease(self) -> timedelta:
        """How long a message stays taken by a sender that does not come back."""
        return 2 * self.limit

    def tries(self, *, others: bool) -> int:
        """How many tries a way is given."""
        all_there_are = len(self.pauses) + 1
        return min(self.fallback_after, all_there_are) if others else all_there_are


class Attempt(BaseModel, frozen=True):
    """One try, as it went; `to` is masked. `error` is empty when the channel took the message."""

    channel: Channel
    to: str
    began_at: datetime
    ended_at: datetime
    error: str


class Message(Body, frozen=True):
    """A message. It holds no address: the recipient's addresses are looked up for each try. Moments are wall time.

    `recipient` is a person's code, `applicant:<case number>`, or, while nobody is there to be told,
    `post:<P04@D06>` or `role:<role>`. `on` is the channel last tried, `tries` how often since it was taken,
    `exhausted` those given up. `due_at` is when the sender looks at it next.

    Of the messages about one event the first is the record that they are made: `announces` is the event's id, unique
    among all messages, `besides` the template and recipient of each of the others.
    """

    message_id: str
    event_id: str
    case_no: str | None
    recipient: str
    template: str
    template_version: int
    subject: str
    text: str
    link_id: str | None
    announces: str | None = None
    besides: tuple[tuple[str, str], ...] = ()
    channels: tuple[Channel, ...]
    exhausted: tuple[Channel, ...] = ()
    on: Channel | None = None
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    state: State = State.QUEUED
    because: str = ""
    due_at: datetime | None
    created_at: datetime


def message_id(event_id: str, *, recipient: str, template: str) -> str:
    """The natural key: one event says one thing to one recipient once."""
    return hashlib.sha256(f"{event_id}|{recipient}|{template}".encode()).hexdigest()[:32]


def compose(
    wording: Wording,
    *,
    event_id: str,
    case_no: str | None,
    recipient: str,
    wall: datetime,
    link_id: str | None = None,
) -> Message:
    """A message ready to be sent."""
    return Message(
        message_id=message_id(event_id, recipient=recipient, template=wording.template),
        event_id=event_id,
        case_no=case_no,
        recipient=recipient,
        template=wording.template,
        template_version=wording.version,
        subject=wording.subject,
        text=wording.text,
        link_id=link_id,
        channels=wording.channels,
        due_at=wall,
        created_at=wall,
    )


def as_first(made: Sequence[Message]) -> tuple[Message, ...]:
    """The messages about one event, the first of them as the record of all."""
    if not made:
        return ()
    first, *others = made
    besides = tuple((each.template, each.recipient) for each in others)
    return (first.model_copy(update={"announces": first.event_id, "besides": besides}), *others)


def ways_left(message: Message, possible: Collection[Channel]) -> tuple[Channel, ...]:
    """The channels still to be tried, in their order, among those the bureau runs and the recipient has."""
    return tuple(each for each in message.channels if each in possible and each not in message.exhausted)


def wait(message: Message, wall: datetime, patience: Patience) -> Message:
    """Nobody knows how to reach the recipient: look again later. A contact that becomes known ends the wait."""
    return message.model_copy(update={"state": State.WAITING, "due_at": wall + patience.ask_again})


def take_up(message: Message, wall: datetime) -> Message:
    """The recipient became known."""
    if message.state is not State.WAITING:
        return message
    return message.model_copy(update={"state": State.QUEUED, "due_at": wall})


def begin(message: Message, channel: Channel, *, recipient: str, wall: datetime, patience: Patience) -> Message:
    """Take the message for one try; if the sender dies, it comes due again when the lease ends.

    `recipient` is who it is now for, if it waited for somebody to take a post.
    """
    taken = {"state": State.SENDING, "on": channel, "recipient": recipient, "due_at": wall + patience.lease}
    return message.model_copy(update=taken)


def interruption(message: Message, wall: datetime, patience: Patience) -> Attempt | None:
    """The try that a sender did not live to write down, if there is one; whether it reached anybody is unknown."""
    if message.state is not State.SENDING or message.on is None or message.due_at is None:
        return None
    error = "中断，结果未知 / interrupted, outcome unknown"
    return Attempt(channel=message.on, to="", began_at=message.due_at - patience.lease, ended_at=wall, error=error)


def succeed(message: Message, attempt: Attempt, *, now: datetime) -> tuple[Message, tuple[Said, ...]]:
    """The channel took it. That an applicant was told is said, for it belongs to the case's record."""
    attempts = (*message.attempts, attempt)
    sent = message.model_copy(update={"state": State.SENT, "attempts": attempts, "due_at": None, "because": ""})
    if not message.recipient.startswith(f"{APPLICANT}:"):
        return sent, ()
    return sent, (
        MessageSent(
            message_id=message.message_id,
            case_no=message.case_no,
            template=message.template,
            recipient=message.recipient,
            channel=attempt.channel,
            attempts=len(attempts),
            sent_at=now,
        ),
    )


def fail(
    message: Message, attempt: Attempt, *, others: bool, permanent: bool, patience: Patience, now: datetime
) -> tuple[Message, tuple[Said, ...]]:
    """The try went wrong: wait and try again, take another way if there are `others`, or give up for all to see."""
    tries = message.tries + 1
    tried = message.model_copy(update={"attempts": (*message.attempts, attempt), "tries": tries, "state": State.QUEUED})
    if not permanent and tries < patience.tries(others=others):
        due_at = attempt.ended_at + _spread(patience.pauses[tries - 1], message.message_id)
        return tried.model_copy(update={"due_at": due_at}), ()
    onward = {"exhausted": (*message.exhausted, attempt.channel), "tries": 0, "due_at": attempt.ended_at}
    moved = tried.model_copy(update=onward)
    return (moved, ()) if others else give_up(moved, because=attempt.error, now=now)


def give_up(message: Message, *, because: str, now: datetime) -> tuple[Message, tuple[Said, ...]]:
    """No way is left; somebody must act."""
    failed = message.model_copy(update={"state": State.FAILED, "due_at": None, "because": because})
    return failed, (
        MessageFailed(
            message_id=message.message_id,
            case_no=message.case_no,
            template=message.template,
            recipient=message.recipient,
            channel=message.attempts[-1].channel if message.attempts else "",
            attempts=len(message.attempts),
            reason=because,
            failed_at=now,
        ),
    )


def retry(message: Message, wall: datetime) -> Message:
    """A person takes a message up again, by all channels and the addresses known then. Raises NothingToRetry."""
    if message.state not in {State.FAILED, State.ABANDONED}:
        raise NothingToRetry(message_id=message.message_id, state=message.state)
    fresh = {"state": State.QUEUED, "tries": 0, "exhausted": (), "due_at": wall, "because": ""}
    return message.model_copy(update=fresh)


def abandon(message: Message, *, because: str) -> Message:
    """It is not to be sent any more; what was tried stays on record. Raises NothingToAbandon."""
    if message.state in {State.SENT, State.SENDING, State.ABANDONED}:
        raise NothingToAbandon(message_id=message.message_id, state=message.state)
    return message.model_copy(update={"state": State.ABANDONED, "due_at": None, "because": because})


def masked(address: str) -> str:
    """The first three characters and the last two; enough to recognise, not to use."""
    shown = 8
    return f"{address[:3]}****{address[-2:]}" if len(address) > shown else "****"


def _spread(pause: timedelta, key: str) -> timedelta:
    """The pause, a tenth more or less by the message, so that those who failed together do not return together."""
    return pause * (0.9 + 0.2 * int(key[:4], 16) / 0xFFFF)
