"""Messages are made and taken in one write: what is cut short is completed, what finds no place is not forgotten."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from services.notify import messages
from services.notify.desks import DeskList
from services.notify.messages import Message
from services.notify.providers import Provider
from services.notify.states import State
from services.notify.steps import Recent, Steps
from services.notify.templates import Channel, Wording
from services.notify.tries import Hands, Try
from tests.notify.builders import ordinary, person, red
from tests.notify.conftest import Messenger
from tests.notify.providers import Postbox
from tests.support.wait import wait_until

WALL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def about(event_id: str, *recipients: str, **changes: Any) -> tuple[Message, ...]:
    """Messages about an event, as they are made, not yet due."""
    wording = Wording(template="task-opened", version=1, channels=(Channel.CHAT,), subject="", text="x")
    made = [messages.compose(wording, event_id=event_id, case_no="c", recipient=who, wall=WALL) for who in recipients]
    first, *others = messages.as_first(made)
    return (first.model_copy(update=changes), *others)


def tried(message: Message) -> Try:
    provider = Provider("chat", Channel.CHAT, DeskList())
    return Try(message, 1, Channel.CHAT, provider, "u.one", "x", others=False)


async def test_given_the_making_was_cut_short_when_the_event_comes_again_then_those_asked_for_then_are_told(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.knows(person("u.one", "P04@D06"), person("u.two", "P04@D06"))
    event_id = "workflow.spoken.51200020170421PT0500017.1.0"
    first, _ = about(event_id, "u.one", "u.two", state=State.SENT, due_at=None)
    assert await messenger.work.deps.messages.create_in_turn([first]) == 1
    await messenger.knows(person("u.later", "P04@D06"))

    await messenger.handled(ordinary(), by=messenger.workflow)

    assert [letter["to"] for letter in await box.delivered(1)] == ["u.two"]
    assert {each.recipient for each in await messenger.messages()} == {"u.one", "u.two"}


async def test_given_one_event_that_is_announced_already_then_those_before_and_behind_it_are_made(
    messenger: Messenger,
) -> None:
    ledger = messenger.work.deps.ledger
    assert await ledger.make(())
    assert await ledger.make(about("b", "u.one", "u.two", due_at=None))

    events = [about("a", "u.one", "u.two"), about("b", "u.three", "u.one"), about("c", "u.one")]
    made = await asyncio.gather(*(ledger.make([_later(each) for each in event]) for event in events))

    assert made == [True, False, True]
    kept = {(each.event_id, each.recipient) for each in await messenger.messages()}
    assert kept == {("a", "u.one"), ("a", "u.two"), ("b", "u.one"), ("b", "u.two"), ("c", "u.one")}


def _later(message: Message) -> Message:
    return message.model_copy(update={"due_at": None})


async def test_given_more_messages_than_places_then_all_of_them_are_sent_once(
    messenger: Messenger, box: Postbox
) -> None:
    codes = [f"u.many{n:03}" for n in range(100)]
    await messenger.knows(*(person(code, "P04@D06") for code in codes))
    await messenger.supervision.say(red(*codes))

    letters = await box.delivered(len(codes))
    assert sorted(letter["to"] for letter in letters) == codes
    assert {letter["copies"] for letter in letters} == {1}
    await wait_until(messenger.is_idle)
    assert {(each.state, len(each.attempts)) for each in await messenger.messages()} == {(State.SENT, 1)}


def test_a_place_is_free_again_when_it_is_not_filled_or_its_message_is_done() -> None:
    hands = Hands(asyncio.Event(), places=3)
    (message,) = about("e", "u.one")
    with hands.places(2) as some, hands.places(5) as rest:
        assert (some.left, rest.left) == (2, 1)
        some.give(tried(message))
        hands.room.clear()
    assert hands.room.is_set(), "somebody found no place"
    assert (len(hands.given()), hands.given(), hands.are_empty) == (1, [], False)
    hands.release()
    assert hands.are_empty

    with pytest.raises(ZeroDivisionError), hands.places(3):
        raise ZeroDivisionError
    assert hands.are_empty


def test_once_the_service_is_to_stop_nothing_is_taken_any_more() -> None:
    stopping = asyncio.Event()
    stopping.set()
    with Hands(stopping).places(5) as places:
        assert places.left == 0


def test_a_case_is_heard_in_its_order_unless_something_later_was_heard_or_nothing_is_remembered() -> None:
    steps = Steps()
    assert [steps.follows("c", sequence) for sequence in (4, 5, 5, 7, 6, 7)] == [False, True, True, True, False, True]
    assert not steps.follows("d", 8)

    steps.opened("t")
    assert [steps.ends("t"), steps.ends("t"), steps.ends("u")] == [True, False, False]


def test_only_the_newest_are_remembered() -> None:
    recent = Recent[int](2)
    for name, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        recent.put(name, value)
    assert [recent.get(name) for name in "abc"] == [3, None, 4]
