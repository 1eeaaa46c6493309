"""One message and its tries as plain rules (A-20): pauses, other ways, interruption, giving up, people stepping in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.notify import MessageFailed, MessageSent
from services.notify import messages
from services.notify.attempts import Attempt, masked
from services.notify.messages import Message, Patience
from services.notify.states import FAILED, OPEN, NothingToAbandon, NothingToRetry, State
from services.notify.templates import Channel, Wording

WALL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PATIENCE = Patience(
    pauses=(timedelta(seconds=2), timedelta(seconds=8), timedelta(seconds=30)),
    fallback_after=2,
    limit=timedelta(seconds=20),
)
WORDING = Wording(template="t", version=3, channels=(Channel.CHAT, Channel.SMS), subject="", text="x")


def message(**changes: Any) -> Message:
    made = messages.compose(WORDING, event_id="e.1", case_no="c", recipient="u.one", wall=WALL)
    return made.model_copy(update=changes)


def attempt(error: str = "HTTP 500", channel: Channel = Channel.CHAT, at: datetime = WALL) -> Attempt:
    return Attempt(channel=channel, to="****", began_at=at, ended_at=at, error=error)


def fail(found: Message, *, others: bool, permanent: bool = False) -> tuple[Message, Any]:
    return messages.fail(found, attempt(), others=others, permanent=permanent, patience=PATIENCE, now=WALL)


def test_one_event_says_one_thing_to_one_recipient_once() -> None:
    key = messages.message_id("e.1", recipient="u.one", template="t")

    assert key == messages.message_id("e.1", recipient="u.one", template="t")
    others = [("e.2", "u.one", "t"), ("e.1", "u.two", "t"), ("e.1", "u.one", "s")]
    assert key not in {messages.message_id(event, recipient=who, template=what) for event, who, what in others}


@pytest.mark.parametrize(
    ("possible", "exhausted", "left"),
    [
        ({Channel.CHAT, Channel.SMS, Channel.SMTP}, (), (Channel.CHAT, Channel.SMS)),
        ({Channel.SMS}, (), (Channel.SMS,)),
        ({Channel.CHAT, Channel.SMS}, (Channel.CHAT,), (Channel.SMS,)),
        ({Channel.SMTP}, (), ()),
        (set(), (), ()),
    ],
)
def test_the_ways_left_keep_the_templates_order(
    possible: set[Channel], exhausted: tuple[Channel, ...], left: tuple[Channel, ...]
) -> None:
    assert messages.ways_left(message(exhausted=exhausted), possible) == left


@pytest.mark.parametrize(
    ("tries", "others", "permanent", "state", "next_tries", "exhausted"),
    [
        (0, True, False, State.QUEUED, 1, ()),
        (1, True, False, State.QUEUED, 0, (Channel.CHAT,)),
        (0, True, True, State.QUEUED, 0, (Channel.CHAT,)),
        (1, False, False, State.QUEUED, 2, ()),
        (2, False, False, State.QUEUED, 3, ()),
        (3, False, False, State.TECHNICAL_FAILURE, 0, (Channel.CHAT,)),
        (0, False, True, State.FAILED_PERMANENT, 0, (Channel.CHAT,)),
    ],
    ids=[
        "first try of several ways", "last try before another way", "refused, another way", "last way, second try",
        "last way, third try", "last way, last try", "refused, no other way",
    ],
)  # fmt: skip
def test_a_failed_try_is_followed_by_another_another_way_or_the_end(
    tries: int, others: bool, permanent: bool, state: State, next_tries: int, exhausted: tuple[Channel, ...]
) -> None:
    after, said = fail(message(tries=tries), others=others, permanent=permanent)

    assert (after.state, after.tries, after.exhausted) == (state, next_tries, exhausted)
    assert len(after.attempts) == 1
    assert [type(each) for each in said] == ([MessageFailed] if state in FAILED else [])
    assert (after.due_at is None) is (state in FAILED)


@given(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32), st.integers(min_value=0, max_value=2))
def test_a_pause_is_spread_by_a_tenth_at_most_and_always_the_same_for_a_message(key: str, tries: int) -> None:
    after, _ = fail(message(message_id=key, tries=tries), others=False)

    assert after.due_at is not None
    assert 0.9 <= (after.due_at - WALL) / PATIENCE.pauses[tries] <= 1.1
    assert fail(message(message_id=key, tries=tries), others=False)[0] == after


def test_another_way_is_taken_at_once() -> None:
    after, _ = fail(message(tries=1), others=True)

    assert after.due_at == WALL


def test_a_taken_message_comes_due_again_when_its_sender_does_not_come_back() -> None:
    taken = messages.begin(message(), Channel.CHAT, recipient="u.one", wall=WALL, patience=PATIENCE)
    later = WALL + PATIENCE.lease

    assert (taken.state, taken.due_at) == (State.SENDING, later)
    lost = messages.interruption(taken, later, PATIENCE)
    assert lost is not None
    assert (lost.channel, lost.began_at, lost.ended_at) == (Channel.CHAT, WALL, later)
    assert "unknown" in lost.error


def test_a_message_that_nobody_took_was_not_interrupted() -> None:
    assert messages.interruption(message(), WALL, PATIENCE) is None


def test_a_message_for_a_post_is_taken_for_whoever_holds_it() -> None:
    taken = messages.begin(
        message(recipient="post:P04@D06"), Channel.CHAT, recipient="u.two", wall=WALL, patience=PATIENCE
    )

    assert taken.recipient == "u.two"


def test_what_was_taken_is_sent_and_said_if_an_applicant_is_told() -> None:
    told = message(recipient="applicant:c", attempts=(attempt(),))
    sent, (said,) = messages.succeed(told, attempt("", Channel.SMS), now=WALL)

    assert (sent.state, sent.due_at) == (State.SENT, None)
    assert isinstance(said, MessageSent)
    assert (said.channel, said.attempts) == ("sms", 2)

    staff, nothing = messages.succeed(message(), attempt("", Channel.SMS), now=WALL)
    assert (staff.state, nothing) == (State.SENT, ())


def test_the_first_of_an_events_messages_is_the_record_of_all() -> None:
    others = [message(recipient=who) for who in ("u.two", "u.three")]
    first, *rest = messages.as_first([message(), *others])

    assert (first.announces, first.besides) == ("e.1", (("t", "u.two"), ("t", "u.three")))
    assert rest == others
    assert messages.as_first([]) == ()


def test_waiting_ends_when_the_recipient_becomes_known() -> None:
    waiting = messages.wait(message(), WALL, PATIENCE)

    assert (waiting.state, waiting.due_at) == (State.WAITING, WALL + PATIENCE.ask_again)
    assert messages.take_up(waiting, WALL) == message()
    for other in (message(), message(state=State.SENT), message(state=State.SENDING)):
        assert messages.take_up(other, WALL + timedelta(days=1)) == other


def test_giving_up_names_the_last_channel_that_was_tried() -> None:
    _, (never_tried,) = messages.give_up(message(), because="no address", now=WALL)
    _, (tried,) = messages.give_up(message(attempts=(attempt(channel=Channel.SMS),)), because="x", now=WALL)

    assert isinstance(never_tried, MessageFailed)
    assert isinstance(tried, MessageFailed)
    assert (never_tried.channel, tried.channel) == ("", "sms")


@pytest.mark.parametrize("state", list(State))
def test_only_what_is_over_and_unsent_is_retried(state: State) -> None:
    found = message(state=state, tries=3, exhausted=(Channel.CHAT,), because="x", due_at=None)
    if state in FAILED | {State.CANCELLED, State.EXPIRED, State.SUPPRESSED, State.UNCONFIRMED}:
        again = messages.retry(found, WALL)
        assert (again.state, again.tries, again.exhausted, again.due_at) == (State.QUEUED, 0, (), WALL)
    else:
        with pytest.raises(NothingToRetry):
            messages.retry(found, WALL)


@pytest.mark.parametrize("state", list(State))
def test_only_what_is_neither_sent_nor_being_sent_is_abandoned(state: State) -> None:
    if state not in FAILED | OPEN:
        with pytest.raises(NothingToAbandon):
            messages.abandon(message(state=state), because="x")
    else:
        over = messages.abandon(message(state=state), because="x")
        assert (over.state, over.because, over.due_at) == (State.CANCELLED, "x", None)


@pytest.mark.parametrize(
    ("address", "shown"),
    [("13912345678", "139****78"), ("u.leader@guihua.example", "u.l****le"), ("u.leader", "****"), ("", "****")],
)
def test_an_address_is_shown_so_that_one_recognises_it_and_cannot_use_it(address: str, shown: str) -> None:
    assert masked(address) == shown
