"""What is heard of a message after it was handed over: delivery receipts, reading, and word of mouth.

Receipts come late, twice, out of order, and sometimes before the provider has answered. So each is noted once, and what
it means is decided by the message as it then stands.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from services.contracts.events import Said
from services.notify import messages
from services.notify.attempts import Arrival, Attempt, Receipt
from services.notify.messages import Message
from services.notify.states import ARRIVED, FAILED, NotOnTheDesksList, State
from services.notify.templates import Channel

Change = tuple[Message, Sequence[Said]]

_HANDED_OVER: Final = frozenset({State.SENT, State.UNCONFIRMED})
_NO_RECEIPT: Final = "{provider} 未在规定时间内回执 / no receipt came in the time that the provider names"


def receive(message: Message, receipt: Receipt, *, possible: Collection[Channel], now: datetime) -> Change:
    """The message after a receipt; the same one again changes nothing, and after `delivered` nothing does.

    A failure takes the next of the `possible` channels, if there is one. A late `delivered` wins over it.
    """
    if message.state in ARRIVED or _is_known(message, receipt) or not _was_handed(message, receipt):
        return message, ()
    noted = message.model_copy(update={"receipts": (*message.receipts, receipt)})
    if receipt.arrival is Arrival.DELIVERED:
        return noted.model_copy(update={"state": State.DELIVERED, "due_at": None, "because": ""}), ()
    if message.state not in _HANDED_OVER or message.on is not receipt.channel:
        return noted, ()
    return _not_arrived(noted, receipt, possible=possible, now=now)


def miss(message: Message, *, possible: Collection[Channel], wall: datetime, now: datetime) -> Change:
    """No receipt came in its time: what is urgent takes the next way, or waits for a person; the rest is left so."""
    because = _NO_RECEIPT.format(provider=message.provider)
    if not message.is_urgent or message.on is None:
        return message.model_copy(update={"state": State.UNCONFIRMED, "due_at": None, "because": because}), ()
    missing = Receipt(channel=message.on, provider=message.provider, arrival=Arrival.TEMPORARY, reason=because, at=wall)
    return _not_arrived(message, missing, possible=possible, now=now)


def read(message: Message, *, wall: datetime) -> Message:
    """The recipient opened it in the inbox: it is sent no more, if it still was to be."""
    if message.unread_by is None:
        return message
    seen = message.model_copy(update={"unread_by": None, "read_at": wall})
    if message.state is State.SENDING or message.state in {State.EXPIRED, State.CANCELLED, State.SUPPRESSED}:
        return seen
    return seen.model_copy(update={"state": State.READ, "due_at": None, "because": ""})


def tell(message: Message, *, by: str, remark: str, wall: datetime) -> Message:
    """Somebody at the desk told the recipient by hand. Raises NotOnTheDesksList."""
    is_left_to_desk = message.state is State.SENT and message.on is Channel.DESK
    if not (is_left_to_desk or message.state in FAILED | {State.UNCONFIRMED}):
        raise NotOnTheDesksList(message_id=message.message_id, state=message.state)
    told = Receipt(channel=Channel.DESK, provider=by, arrival=Arrival.DELIVERED, reason=remark, at=wall)
    over = {"state": State.DELIVERED, "due_at": None, "because": f"{by}: {remark}"}
    return message.model_copy(update={"receipts": (*message.receipts, told), **over})


def merged(outcome: Message, found: Message, *, possible: Collection[Channel], now: datetime) -> Change:
    """The outcome of a try, on top of what was heard of the message while it was under way.

    `found` itself when somebody else took the message over, or wrote the outcome down already.
    """
    if found.attempts not in (outcome.attempts[:-1], outcome.attempts) or found.state not in ARRIVED | {State.SENDING}:
        return found, ()
    seen = {"unread_by": found.unread_by, "read_at": found.read_at}
    if found.state in ARRIVED:
        over = {"receipts": found.receipts, "state": found.state, "due_at": None, "because": ""}
        return outcome.model_copy(update=seen | over), ()
    said: tuple[Said, ...] = ()
    message = outcome.model_copy(update=seen)
    for receipt in found.receipts:
        message, more = receive(message, receipt, possible=possible, now=now)
        said = (*said, *more)
    if message.read_at is not None and message.state not in ARRIVED:
        message = message.model_copy(update={"state": State.READ, "due_at": None})
    return message, said


def attempt_of(message: Message, receipt: Receipt) -> Attempt | None:
    """The try that a receipt is about: the newest that was given to this provider on this channel."""
    of_it = (receipt.channel, receipt.provider)
    return next((each for each in reversed(message.attempts) if (each.channel, each.provider) == of_it), None)


def _is_known(message: Message, receipt: Receipt) -> bool:
    known = {(each.channel, each.provider, each.arrival) for each in message.receipts}
    return (receipt.channel, receipt.provider, receipt.arrival) in known


def _was_handed(message: Message, receipt: Receipt) -> bool:
    """Whether this provider was ever given the message on this channel; others know nothing of it."""
    now = (message.on, message.provider) if message.state is State.SENDING else None
    return (receipt.channel, receipt.provider) in {now, *((each.channel, each.provider) for each in message.attempts)}


def _not_arrived(message: Message, receipt: Receipt, *, possible: Collection[Channel], now: datetime) -> Change:
    exhausted = (*message.exhausted, receipt.channel)
    onward = message.model_copy(update={"exhausted": exhausted, "tries": 0, "because": receipt.reason})
    if messages.ways_left(onward, possible) or onward.statutory:
        return onward.model_copy(update={"state": State.QUEUED, "due_at": receipt.at}), ()
    for_good = receipt.arrival is Arrival.PERMANENT
    state = State.FAILED_PERMANENT if for_good else State.FAILED_TEMPORARY
    return messages.give_up(onward, state=state, because=receipt.reason, now=now)
