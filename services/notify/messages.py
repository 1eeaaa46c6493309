"""One message to one recipient about one event: its way through the channels, every attempt kept (A-20)."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.contracts.events import Said
from services.contracts.notify import MessageFailed, MessageSent
from services.kernel.store import Body
from services.notify.attempts import Attempt, Receipt
from services.notify.books import APPLICANT
from services.notify.hours import Hours
from services.notify.states import ARRIVED, FAILED, OPEN, MessageErased, NothingToAbandon, NothingToRetry, State
from services.notify.templates import Channel, Wording


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


class Message(Body, frozen=True):
    """A message. It holds no address: the recipient's addresses are looked up for each try. Moments are wall time.

    `recipient` is a person's code, `applicant:<case number>`, or, while nobody is there to be told,
    `post:<P04@D06>` or `role:<role>`. `on` is the channel last tried, `tries` how often since it was taken,
    `exhausted` those given up; `provider` is whom it was last handed to. `due_at` is when the sender looks at it next.
    `unread_by` is the person in whose inbox it is not yet read. After `expires_at` it is not sent any more. `digest`
    names the summary that it waits for together with others; `covers` are those that this one tells of as well. What is
    `statutory` the law requires to be said.

    At `erased_at` its words and addresses were deleted; `text_mark` is the keyed digest of what it said.

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
    provider: str = ""
    attempts: tuple[Attempt, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    unread_by: str | None = None
    read_at: datetime | None = None
    expires_at: datetime | None = None
    hours: Hours = Hours.ANY
    statutory: bool = False
    digest: str = ""
    covers: tuple[str, ...] = ()
    state: State = State.QUEUED
    because: str = ""
    due_at: datetime | None
    created_at: datetime
    text_mark: str = ""
    erased_at: datetime | None = None

    @property
    def is_urgent(self) -> bool:
        """Whether a legal limit or a decision hangs on its arriving."""
        return self.statutory or self.hours is Hours.ANY


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
        unread_by=inbox_of(recipient),
        expires_at=None if wording.good_for is None else wall + wording.good_for,
        hours=wording.hours,
        statutory=wording.statutory,
        due_at=wall,
        created_at=wall,
    )


def inbox_of(recipient: str) -> str | None:
    """The person in whose inbox a message for this recipient is; None when it is for nobody by name."""
    return None if ":" in recipient else recipient


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


def begin(
    message: Message, channel: Channel, *, recipient: str, wall: datetime, patience: Patience, provider: str = ""
) -> Message:
    """Take the message for one try; if the sender dies, it comes due again when the lease ends.

    `recipient` is who it is now for, if it waited for somebody to take a post.
    """
    taken = {"state": State.SENDING, "on": channel, "provider": provider, "due_at": wall + patience.lease}
    if recipient != message.recipient:
        taken |= {"recipient": recipient, "unread_by": inbox_of(recipient)}
    return message.model_copy(update=taken)


def postpone(message: Message, *, until: datetime) -> Message:
    """Nobody could take it just now, through no fault of its own: that counts as no try."""
    return message.model_copy(update={"state": State.QUEUED, "due_at": until})


def interruption(message: Message, wall: datetime, patience: Patience) -> Attempt | None:
    """The try that a sender did not live to write down, if there is one; whether it reached anybody is unknown."""
    if message.state is not State.SENDING or message.on is None or message.due_at is None:
        return None
    error = "中断，结果未知 / interrupted, outcome unknown"
    began = message.due_at - patience.lease
    return Attempt(
        channel=message.on, to="", began_at=began, ended_at=wall, error=error, provider=message.provider, unsure=True
    )


def stays_with(message: Message, channel: Channel, patience: Patience) -> str | None:
    """The provider who may have taken the message already and so gets it again; None when anybody may have it.

    After as many tries as a way is given before another is taken, it is not waited for any longer.
    """
    if channel in message.exhausted:
        return None
    tried = [each for each in message.attempts if each.channel is channel]
    keeper = next((each.provider for each in reversed(tried) if each.unsure), None)
    return keeper if sum(each.provider == keeper for each in tried) < patience.fallback_after else None


def succeed(
    message: Message, attempt: Attempt, *, now: datetime, receipt_by: datetime | None = None
) -> tuple[Message, tuple[Said, ...]]:
    """The channel took it. That an applicant was told is said, for it belongs to the case's record.

    Who gives receipts has given one until `receipt_by`: then the sender looks at it again.
    """
    attempts = (*message.attempts, attempt)
    sent = message.model_copy(update={"state": State.SENT, "attempts": attempts, "due_at": receipt_by, "because": ""})
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
    state = State.FAILED_PERMANENT if permanent else State.TECHNICAL_FAILURE
    return (moved, ()) if others else give_up(moved, state=state, because=attempt.error, now=now)


def give_up(
    message: Message, *, because: str, now: datetime, state: State = State.FAILED_PERMANENT
) -> tuple[Message, tuple[Said, ...]]:
    """No way is left; somebody must act."""
    failed = message.model_copy(update={"state": state, "due_at": None, "because": because})
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
    """A person takes a message up again, by all channels and the addresses known then.

    Raises NothingToRetry, MessageErased.
    """
    if message.state not in FAILED | {State.CANCELLED, State.EXPIRED, State.SUPPRESSED, State.UNCONFIRMED}:
        raise NothingToRetry(message_id=message.message_id, state=message.state)
    if message.erased_at is not None:
        raise MessageErased(message_id=message.message_id)
    fresh = {"state": State.QUEUED, "tries": 0, "exhausted": (), "due_at": wall, "because": "", "expires_at": None}
    return message.model_copy(update=fresh)


def abandon(message: Message, *, because: str) -> Message:
    """It is not to be sent any more; what was tried stays on record. Raises NothingToAbandon."""
    if message.state not in FAILED | OPEN:
        raise NothingToAbandon(message_id=message.message_id, state=message.state)
    over = {"state": State.CANCELLED, "unread_by": None, "due_at": None, "because": because}
    return message.model_copy(update=over)


def drop(message: Message, state: State, *, because: str) -> Message:
    """It is not sent, because it is too late for it or nobody wants it: `expired` or `suppressed`."""
    if message.state in ARRIVED:
        return message
    unread_by = None if state is State.SUPPRESSED else message.unread_by
    return message.model_copy(update={"state": state, "unread_by": unread_by, "due_at": None, "because": because})


def leave_to_inbox(message: Message, *, because: str) -> Message:
    """It goes nowhere, since every address is closed; whoever has an inbox finds it there."""
    return message.model_copy(update={"state": State.SUPPRESSED, "due_at": None, "because": because})


def _spread(pause: timedelta, key: str) -> timedelta:
    """The pause, a tenth more or less by the message, so that those who failed together do not return together."""
    return pause * (0.9 + 0.2 * int(key[:4], 16) / 0xFFFF)
