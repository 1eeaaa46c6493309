"""What providers tell afterwards: signed, late, twice, out of order, and a hundred times at once (F6)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.notify import MessageFailed
from services.notify import messages, receipts
from services.notify.attempts import Arrival, Attempt, Receipt
from services.notify.messages import Message, Patience
from services.notify.signatures import SIGNATURE, TIMESTAMP, is_signed, signed
from services.notify.states import ARRIVED, State
from services.notify.templates import Channel, Wording
from tests.notify.builders import CASE, HANDLER, OPERATOR, SUPERVISOR, contact, person, red
from tests.notify.conftest import Messenger, running
from tests.notify.providers import Provider
from tests.support.office import Office
from tests.support.running import of_kind
from tests.support.wait import wait_until

KEYS = (b"the new key of both sides", b"the old one")
WALL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BOTH = frozenset({Channel.CHAT, Channel.SMS})
PATIENCE = Patience(pauses=(timedelta(seconds=2),), fallback_after=2, limit=timedelta(seconds=20))
WORDING = Wording(template="t", version=1, channels=(Channel.CHAT, Channel.SMS), subject="", text="x")


def taken(channel: Channel = Channel.CHAT) -> Message:
    """A message in the hands of a provider."""
    made = messages.compose(WORDING, event_id="e.1", case_no="c", recipient="u.one", wall=WALL)
    return messages.begin(made, channel, recipient="u.one", wall=WALL, patience=PATIENCE, provider="a")


def attempt(error: str = "") -> Attempt:
    return Attempt(channel=Channel.CHAT, to="****", began_at=WALL, ended_at=WALL, error=error, provider="a")


def sent() -> Message:
    return messages.succeed(taken(), attempt(), now=WALL)[0]


def receipt(arrival: Arrival, channel: Channel = Channel.CHAT, provider: str = "a") -> Receipt:
    return Receipt(channel=channel, provider=provider, arrival=arrival, reason="关机", at=WALL)


def hear(message: Message, *arrivals: Arrival, possible: frozenset[Channel] = frozenset()) -> Message:
    for arrival in arrivals:
        message, _ = receipts.receive(message, receipt(arrival), possible=possible, now=WALL)
    return message


@pytest.mark.parametrize(
    ("arrivals", "state"),
    [
        ([Arrival.DELIVERED], State.DELIVERED),
        ([Arrival.TEMPORARY], State.FAILED_TEMPORARY),
        ([Arrival.PERMANENT], State.FAILED_PERMANENT),
        ([Arrival.TEMPORARY, Arrival.DELIVERED], State.DELIVERED),
        ([Arrival.PERMANENT, Arrival.DELIVERED], State.DELIVERED),
        ([Arrival.DELIVERED, Arrival.TEMPORARY], State.DELIVERED),
        ([Arrival.DELIVERED, Arrival.PERMANENT], State.DELIVERED),
    ],
)
def test_given_receipts_in_any_order_then_delivered_wins(arrivals: list[Arrival], state: State) -> None:
    assert hear(sent(), *arrivals).state is state


@given(st.lists(st.sampled_from(list(Arrival)), max_size=8))
def test_after_delivered_nothing_changes_and_the_same_again_never_does(arrivals: list[Arrival]) -> None:
    after = hear(sent(), *arrivals)

    assert (after.state is State.DELIVERED) is (Arrival.DELIVERED in arrivals)
    assert hear(after, *arrivals) == after
    if after.state in ARRIVED:
        assert hear(after, *Arrival) == after


def test_given_it_did_not_arrive_and_there_is_another_way_then_that_is_taken_and_a_late_receipt_stops_it() -> None:
    onward = hear(sent(), Arrival.TEMPORARY, possible=BOTH)

    assert (onward.state, onward.exhausted, onward.due_at) == (State.QUEUED, (Channel.CHAT,), WALL)
    assert messages.ways_left(onward, BOTH) == (Channel.SMS,)
    late = hear(onward, Arrival.DELIVERED)
    assert (late.state, late.due_at) == (State.DELIVERED, None)


def test_given_a_receipt_of_somebody_who_was_never_given_the_message_then_nothing_changes() -> None:
    for foreign in (receipt(Arrival.DELIVERED, provider="b"), receipt(Arrival.DELIVERED, Channel.SMS)):
        assert receipts.receive(sent(), foreign, possible=BOTH, now=WALL) == (sent(), ())


@pytest.mark.parametrize(
    ("arrival", "state"), [(Arrival.DELIVERED, State.DELIVERED), (Arrival.PERMANENT, State.FAILED_PERMANENT)]
)
def test_given_a_receipt_that_comes_before_the_answer_then_both_are_on_record(arrival: Arrival, state: State) -> None:
    found = hear(taken(), arrival)
    merged, said = receipts.merged(sent(), found, possible=frozenset(), now=WALL)

    assert (merged.state, merged.attempts, [each.arrival for each in merged.receipts]) == (
        state,
        (attempt(),),
        [arrival],
    )
    assert [type(each) for each in said] == ([MessageFailed] if state is State.FAILED_PERMANENT else [])


def test_given_it_was_read_while_under_way_then_no_other_try_follows() -> None:
    found = receipts.read(taken(), wall=WALL)
    tried, _ = messages.fail(taken(), attempt("HTTP 500"), others=True, permanent=False, patience=PATIENCE, now=WALL)
    merged, _ = receipts.merged(tried, found, possible=BOTH, now=WALL)

    assert found.state is State.SENDING
    assert (merged.state, merged.due_at, merged.read_at) == (State.READ, None, WALL)


def test_given_somebody_else_took_it_over_then_a_late_outcome_changes_nothing() -> None:
    others = taken().model_copy(update={"attempts": (attempt("interrupted"),)})

    assert receipts.merged(sent(), others, possible=BOTH, now=WALL) == (others, ())


def test_a_signature_holds_for_its_moment_its_body_and_either_key() -> None:
    headers = signed(b"{}", reference="r", wall=WALL, keys=KEYS)

    for keys in (KEYS, KEYS[:1], KEYS[1:]):
        assert is_signed(b"{}", headers, wall=WALL, keys=keys)
    assert is_signed(b"{}", signed(b"{}", reference="r", wall=WALL, keys=KEYS[1:]), wall=WALL, keys=KEYS)
    assert not is_signed(b"{}", headers, wall=WALL, keys=())
    assert not is_signed(b"{ }", headers, wall=WALL, keys=KEYS)
    assert not is_signed(b"{}", headers, wall=WALL + timedelta(minutes=6), keys=KEYS)
    assert not is_signed(b"{}", headers, wall=WALL - timedelta(minutes=6), keys=KEYS)
    for name, value in ((TIMESTAMP, "now"), (TIMESTAMP, "9" * 30), (SIGNATURE, ""), (SIGNATURE, "v1,\xff")):
        assert not is_signed(b"{}", headers | {name: value}, wall=WALL, keys=KEYS)


def test_what_older_versions_stored_is_read_as_what_it_means_now() -> None:
    old = sent().model_dump(exclude={"provider", "receipts", "unread_by", "read_at", "expires_at"})

    assert Message.model_validate(old | {"state": "failed"}).state is State.TECHNICAL_FAILURE
    assert Message.model_validate(old | {"state": "abandoned"}).state is State.CANCELLED
    assert Message.model_validate(old).unread_by is None, "nobody's inbox fills up with what was told long ago"


@asynccontextmanager
async def hearing(office: Office, keys: tuple[Path, Path], gateway: Provider) -> AsyncIterator[Messenger]:
    """The service, with a gateway that has agreed on keys for its receipts."""
    agreed = {"GUIHUA_RECEIPT_KEYS": ",".join(key.decode() for key in KEYS)}
    async with running(office, keys, gateway.settings() | agreed) as opened:
        yield opened


async def tell(messenger: Messenger, reference: str, status: str, **changes: Any) -> httpx.Response:
    """One receipt of the SMS gateway, signed with the old key unless changed."""
    body = json.dumps({"receipts": [{"reference": reference, "status": status, "reason": "空号"}]}).encode()
    asked: dict[str, Any] = {"keys": KEYS[1:], "provider": "sms"} | changes
    wall = messenger.clock.wall()
    headers = signed(body, reference="r", wall=wall, keys=asked["keys"]) | {"Content-Type": "application/json"}
    return await messenger.work.client.post(f"/receipts/{asked['provider']}", content=body, headers=headers)


async def only(messenger: Messenger, state: State) -> Message:
    async def there() -> list[Message]:
        return [each for each in await messenger.messages() if each.state is state]

    (message,) = await wait_until(there, within=30)
    return message


async def test_given_the_same_receipt_a_hundred_times_at_once_then_there_is_one_transition_and_a_forged_one_is_refused(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with hearing(office, keys, gateway) as messenger:
        await messenger.handled(contact(), by=messenger.intake)
        message = await only(messenger, State.SENT)
        (reference,) = gateway.of("sms")

        for forged in ({"keys": (b"guessed",)}, {"provider": "nobody"}):
            refusal = await tell(messenger, reference, "permanent", **forged)
            assert (refusal.status_code, refusal.json()["code"]) == (401, "receipt-not-signed")
        assert await messenger.messages() == [message]

        answers = await asyncio.gather(*(tell(messenger, reference, "delivered") for _ in range(100)))
        assert {each.status_code for each in answers} == {200}
        delivered = await only(messenger, State.DELIVERED)
        assert [(each.provider, each.arrival) for each in delivered.receipts] == [("sms", "delivered")]

        for later in ("temporary", "permanent"):
            assert (await tell(messenger, reference, later)).json() == {"taken": 0}
        assert await messenger.messages() == [delivered]
        assert (await tell(messenger, f"{'0' * 32}-sms", "delivered")).json() == {"taken": 0}
        assert (await tell(messenger, f"{message.message_id}-nothing", "delivered")).json() == {"taken": 0}


async def test_given_an_applicants_number_does_not_exist_then_somebody_must_act_and_telling_by_hand_ends_it(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with hearing(office, keys, gateway) as messenger:
        await messenger.handled(contact(), by=messenger.intake)
        message = await only(messenger, State.SENT)
        assert (await tell(messenger, *gateway.of("sms"), "permanent")).json() == {"taken": 1}
        assert (await only(messenger, State.FAILED_PERMANENT)).because == "空号"
        assert await messenger.work.backlog("messages-failed") == 1
        (said,) = of_kind(await messenger.work.said(), MessageFailed)
        assert isinstance(said, MessageFailed)
        assert (said.case_no, said.reason) == (CASE, "空号")

        path, remark = f"/messages/{message.message_id}/told", {"remark": "已到窗口当面告知"}
        assert (await messenger.work.ask("POST", path, HANDLER, body=remark)).status_code == 403
        told = (await messenger.work.ask("POST", path, SUPERVISOR, body=remark)).json()
        assert (told["state"], told["because"]) == ("delivered", "u.supervisor: 已到窗口当面告知")
        assert await messenger.work.backlog("messages-failed") == 0
        assert (await messenger.work.ask("POST", path, SUPERVISOR, body=remark)).status_code == 409


async def test_given_chat_did_not_arrive_then_it_goes_by_short_message_and_both_are_on_record(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with hearing(office, keys, gateway) as messenger:
        await messenger.knows(person("u.handler.d06", "P04@D06"))
        await messenger.handled(red("u.handler.d06"), by=messenger.supervision)
        await only(messenger, State.SENT)
        await tell(messenger, *gateway.of("chat"), "temporary", provider="chat")
        await wait_until(lambda: gateway.of("sms"), within=30)
        await tell(messenger, *gateway.of("sms"), "delivered")

        message = await only(messenger, State.DELIVERED)
        assert [(each.channel, each.provider, each.error) for each in message.attempts] == [
            ("chat", "chat", ""),
            ("sms", "sms", ""),
        ]
        found = (await messenger.work.ask("GET", "/messages?state=delivered&state=read", OPERATOR)).json()["messages"]
        assert [each["receipts"][0]["arrival"] for each in found] == ["temporary"]


async def test_given_a_receipt_while_the_gateway_has_not_answered_yet_then_it_is_delivered_and_the_try_on_record(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    gateway.open_door.clear()
    async with hearing(office, keys, gateway) as messenger:
        await messenger.intake.say(contact())
        await wait_until(lambda: gateway.of("sms"), within=30)
        assert (await tell(messenger, gateway.of("sms")[0], "delivered")).json() == {"taken": 1}
        gateway.open_door.set()

        async def recorded() -> bool:
            return [(each.state, len(each.attempts)) for each in await messenger.messages()] == [("delivered", 1)]

        await wait_until(recorded, within=30)
