"""Receipts that never come: urgent messages take the next way in time, the others are known to be unconfirmed."""

from datetime import timedelta
from pathlib import Path

from services.notify.attempts import Arrival, Receipt
from services.notify.hours import Hours
from services.notify.receipts import miss, receive
from services.notify.rosters import Entry
from services.notify.states import State
from services.notify.templates import Channel
from tests.notify.builders import OPERATOR, PHONE, contact, ready
from tests.notify.conftest import Messenger
from tests.notify.providers import Provider
from tests.notify.test_hear_receipts import BOTH, WALL, hearing, only, receipt, sent
from tests.notify.test_hear_receipts import tell as tells
from tests.support.office import Office
from tests.support.wait import wait_until


def test_given_it_can_wait_then_it_is_unconfirmed_and_a_late_receipt_still_tells() -> None:
    calm = sent().model_copy(update={"hours": Hours.WAKING})
    missed, said = miss(calm, possible=BOTH, wall=WALL, now=WALL)

    assert (missed.state, missed.due_at, said) == (State.UNCONFIRMED, None, ())
    late, _ = receive(missed, receipt(Arrival.DELIVERED), possible=BOTH, now=WALL)
    assert late.state is State.DELIVERED
    onward, _ = receive(missed, receipt(Arrival.PERMANENT), possible=BOTH, now=WALL)
    assert (onward.state, onward.exhausted) == (State.QUEUED, (Channel.CHAT,))


def test_given_it_is_urgent_then_the_next_way_is_taken_and_the_last_one_leaves_it_to_a_person() -> None:
    onward, said = miss(sent(), possible=BOTH, wall=WALL, now=WALL)
    assert (onward.state, onward.exhausted, onward.due_at, said) == (State.QUEUED, (Channel.CHAT,), WALL, ())

    failed, said = miss(sent(), possible=frozenset({Channel.CHAT}), wall=WALL, now=WALL)
    assert (failed.state, len(said)) == (State.FAILED_TEMPORARY, 1)
    required = sent().model_copy(update={"statutory": True})
    assert miss(required, possible=frozenset({Channel.CHAT}), wall=WALL, now=WALL)[0].state is State.QUEUED


def test_a_receipt_is_missed_only_from_who_gives_them() -> None:
    told = {"name": "a", "channel": "sms", "kind": "gateway", "url": "http://x"}
    keys = {"receipt_keys": "a key of sixteen or more"}

    assert Entry.model_validate(told).receipts_within is None
    assert Entry.model_validate(told | keys).receipts_within == timedelta(hours=72)
    assert Entry.model_validate(told | keys | {"receipt_hours": 48}).receipts_within == timedelta(hours=48)
    assert Entry.model_validate(told | keys | {"channel": "chat"}).receipts_within is None
    assert Entry.model_validate(told | keys | {"channel": "chat", "receipt_hours": 2}).receipts_within == timedelta(
        hours=2
    )


async def test_given_no_receipt_for_three_days_then_each_message_goes_on_as_its_kind_asks(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with hearing(office, keys, gateway) as messenger:
        await messenger.handled(contact(), by=messenger.intake)
        await messenger.handled(ready(), by=messenger.workflow)
        assert await messenger.work.backlog("messages-unconfirmed") == 0
        await three_days_pass(messenger)

        calm = await only(messenger, State.UNCONFIRMED)
        assert calm.template == "receipt-applicant"
        assert await messenger.work.backlog("messages-unconfirmed") == 1
        await wait_until(lambda: _is_left_to_desk(messenger), within=30)
        assert len(gateway.of("sms")) == 2, "nothing is said twice on the channel that may have said it"
        shown = (await messenger.work.ask("GET", "/messages?state=unconfirmed", OPERATOR)).json()["messages"]
        assert [each["message_id"] for each in shown] == [calm.message_id]
        assert PHONE not in str(shown)

        assert (await tells(messenger, gateway.of("sms")[0], "delivered")).json() == {"taken": 1}
        assert await messenger.work.backlog("messages-unconfirmed") == 0


async def three_days_pass(messenger: Messenger) -> None:
    """What the sender was to look at in three days, it looks at now."""
    deps = messenger.work.deps
    for each in await messenger.messages():
        now = deps.clock.wall()
        await deps.messages.change(each.message_id, lambda m: (m.model_copy(update={"due_at": now}), ()))  # noqa: B023
    deps.wake.set()


async def _is_left_to_desk(messenger: Messenger) -> bool:
    (urgent,) = [each for each in await messenger.messages() if each.template == "ready-applicant"]
    return (urgent.state, urgent.on, urgent.exhausted) == (State.SENT, Channel.DESK, (Channel.SMS,))


async def test_given_the_receipt_came_in_time_then_nothing_is_missed(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with hearing(office, keys, gateway) as messenger:
        await messenger.handled(contact(), by=messenger.intake)
        message = await only(messenger, State.SENT)
        assert message.due_at == message.attempts[-1].ended_at + timedelta(hours=72)
        await tells(messenger, *gateway.of("sms"), "delivered")
        (message,) = await messenger.messages()
        assert (message.state, message.due_at) == (State.DELIVERED, None)


def test_given_a_receipt_says_permanent_before_its_time_then_nothing_is_missed_later() -> None:
    told = Receipt(channel=Channel.CHAT, provider="a", arrival=Arrival.PERMANENT, reason="空号", at=WALL)
    failed, _ = receive(sent(), told, possible=frozenset({Channel.CHAT}), now=WALL)
    assert (failed.state, failed.due_at) == (State.FAILED_PERMANENT, None)
