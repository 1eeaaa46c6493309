"""What may leave, where it may go, and what becomes of a delivery: plain rules of webhooks."""

import ipaddress
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.contracts.events import Envelope
from services.contracts.intake import ContactGiven
from services.notify.subscriptions.addresses import AddressNotAllowed, Borders
from services.notify.subscriptions.calls import Answer
from services.notify.subscriptions.kinds import TELLS, Scope, cloud_event
from services.notify.subscriptions.records import (
    Delivery,
    DeliveryState,
    SealedSecret,
    Standing,
    Subscription,
    SubscriptionOver,
    after_call,
    again,
    begun,
    ended,
    moved,
    signing,
    with_secret,
)
from services.notify.subscriptions.telling import wants
from tests.notify.builders import CASE, accepted, contact, opened, red

WALL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PAUSES = (timedelta(seconds=5), timedelta(hours=1))
DAY = timedelta(days=1)
OPEN = Borders()
SECRET_WORDS = "title facts documents person assignee recipients reason decided_by received_by delivered_by answers"


def subscription(**changes: Any) -> Subscription:
    usual: dict[str, Any] = {
        "subscription_id": "0" * 24,
        "name": "平台",
        "url": "https://data.example/in",
        "kinds": ("guihua.workflow.case.accepted.v1",),
        "scope": Scope.PLAIN,
        "basis": "",
        "items": (),
        "standing": Standing.ACTIVE,
        "because": "",
        "secrets": (SealedSecret(sealed="one"),),
        "made_at": WALL,
        "made_by": "u.it",
    }
    return Subscription.model_validate(usual | changes)


def delivery(**changes: Any) -> Delivery:
    usual: dict[str, Any] = {
        "delivery_id": "8" * 32,
        "subscription_id": "0" * 24,
        "event_id": "workflow.instances.x.1.0",
        "event_type": "guihua.workflow.case.accepted.v1",
        "subject": CASE,
        "event_at": WALL,
        "sealed_body": "",
        "state": DeliveryState.QUEUED,
        "due_at": WALL,
        "made_at": WALL,
    }
    return Delivery.model_validate(usual | changes)


def after(found: Delivery, *answers: Answer) -> Delivery:
    for answer in answers:
        found = ended(begun(found, wall=WALL, lease=DAY), answer, began=WALL, wall=WALL, pauses=PAUSES)
    return found


@pytest.mark.parametrize("kind", TELLS, ids=lambda kind: kind.TYPE)
def test_every_field_that_leaves_is_one_that_the_event_has(kind: type) -> None:
    fields = TELLS[kind]  # type: ignore[index]
    assert fields.plain | fields.case <= kind.model_fields.keys()  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", TELLS, ids=lambda kind: kind.TYPE)
def test_a_plain_subscription_is_told_nothing_that_names_somebody_or_something(kind: type) -> None:
    assert not TELLS[kind].plain & set(SECRET_WORDS.split())  # type: ignore[index]
    assert "answers" not in TELLS[kind].case  # type: ignore[index]


def test_contacts_cannot_be_subscribed_to() -> None:
    assert ContactGiven not in TELLS
    assert not wants(subscription(kinds=(ContactGiven.TYPE,), items=("PT-90",)), contact())


def test_what_is_told_is_an_event_without_what_the_scope_hides() -> None:
    said = opened()
    envelope = Envelope(
        id="workflow.instances.x.1.0",
        source="urn:guihua:workflow",
        type=said.TYPE,
        subject=said.key,
        time=WALL,
        sequence=1,
        salt="s",
        hash="h",
        data=said.model_dump(mode="json") | {"added_later": "x"},
    )
    plain, case = (json.loads(cloud_event(envelope, type(said), scope)) for scope in Scope)
    assert ("后西街" in str(plain), "后西街" in str(case)) == (False, True)
    for told in (plain, case):
        assert told.keys() == {
            *("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "sequence", "data")
        }
        assert "added_later" not in told["data"]


@pytest.mark.parametrize(
    ("items", "said", "is_told"),
    [
        ((), accepted(), True),
        (("PT05",), accepted(), True),
        (("PT-05",), accepted(), True),
        (("PT06",), accepted(), False),
        ((), red("u.leader"), False),
    ],
)
def test_a_subscription_is_told_of_its_kinds_and_items(items: tuple[str, ...], said: Any, is_told: bool) -> None:
    assert wants(subscription(items=items), said) is is_told


@pytest.mark.parametrize(
    "url",
    [
        "http://data.example/in",
        "https://user:pw@data.example/in",
        "https://127.0.0.1/in",
        "https://[::1]/in",
        "https://10.1.2.3/in",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.1.1]/in",
        "https://[64:ff9b::a01:203]/in",
        "https://0.0.0.0/in",
        "https://data.example/in#x",
        "ftp://data.example/in",
        "https://xn--a/in",
        "https://[",
        "https://data.example:99999999/in",
        "https://",
    ],
)
def test_where_only_this_machine_or_network_may_go_no_webhook_goes(url: str) -> None:
    with pytest.raises(AddressNotAllowed):
        OPEN.check(url)


def test_a_public_address_may_be_told_and_a_private_one_that_is_listed() -> None:
    assert OPEN.check("https://data.example/in").host == "data.example"
    listed = Borders.of(["10.12.0.0/16"], loopback=False)
    assert listed.allows(ipaddress.ip_address("10.12.3.4"))
    assert not listed.allows(ipaddress.ip_address("10.13.3.4"))
    assert Borders(loopback=True).check("http://127.0.0.1:9/in").port == 9
    with pytest.raises(AddressNotAllowed):
        Borders(loopback=True).check("http://data.example/in")


async def test_a_name_that_leads_into_this_machine_is_refused_when_it_is_called() -> None:
    url = OPEN.check("https://localhost/in")
    with pytest.raises(AddressNotAllowed):
        await OPEN.resolve(url)


def test_a_delivery_is_tried_until_it_is_taken_or_dead_and_can_be_sent_again() -> None:
    failed = after(delivery(), Answer(500, "oops"))
    assert failed.state is DeliveryState.QUEUED
    assert failed.due_at is not None
    assert timedelta(seconds=4) < failed.due_at - WALL < timedelta(seconds=6)
    dead = after(failed, Answer(None, error="ConnectError"), Answer(503))
    assert (dead.state, dead.due_at, dead.tries) == (DeliveryState.DEAD, None, 3)
    assert [call.status for call in dead.calls] == [500, None, 503]
    sent_again = again(dead, WALL)
    assert (sent_again.state, sent_again.delivery_id, sent_again.tries) == (
        DeliveryState.QUEUED,
        dead.delivery_id,
        0,
    )
    assert after(sent_again, Answer(204)).state is DeliveryState.DELIVERED


def test_what_is_just_being_sent_is_not_sent_besides() -> None:
    taken = begun(delivery(), wall=WALL, lease=DAY)
    assert again(taken, WALL) is taken


def test_a_subscription_that_fails_long_is_paused_and_one_success_forgets_it() -> None:
    failing = after_call(subscription(), Answer(500), wall=WALL, patience=DAY)
    assert (failing.standing, failing.failing_since) == (Standing.ACTIVE, WALL)
    still = after_call(failing, Answer(500), wall=WALL + DAY / 2, patience=DAY)
    assert still is failing
    assert after_call(still, Answer(204), wall=WALL + DAY, patience=DAY).failing_since is None
    paused = after_call(still, Answer(500), wall=WALL + DAY, patience=DAY)
    assert (paused.standing, paused.deeds[-1].by) == (Standing.PAUSED, "system")
    assert "HTTP 500" in paused.because


def test_who_says_gone_is_asked_no_more() -> None:
    assert after_call(subscription(), Answer(410), wall=WALL, patience=DAY).standing is Standing.PAUSED


def test_an_ended_subscription_stays_ended() -> None:
    over = moved(subscription(), Standing.ENDED, by="u.it", because="停用", wall=WALL)
    assert moved(over, Standing.ENDED, by="u.ops", because="again", wall=WALL) is over
    with pytest.raises(SubscriptionOver):
        moved(over, Standing.ACTIVE, by="u.it", because="x", wall=WALL)
    with pytest.raises(SubscriptionOver):
        with_secret(over, "two", by="u.it", because="x", wall=WALL)


def test_while_a_secret_changes_both_sign_and_after_a_day_only_the_new_one() -> None:
    changed = with_secret(subscription(), "two", by="u.it", because="轮换", wall=WALL)
    twice = with_secret(changed, "three", by="u.it", because="轮换", wall=WALL + DAY / 2)
    assert [each.sealed for each in signing(changed, WALL)] == ["two", "one"]
    assert [each.sealed for each in signing(twice, WALL + DAY / 2)] == ["three", "two", "one"]
    assert [each.sealed for each in signing(twice, WALL + DAY)] == ["three", "two"]
    assert [each.sealed for each in signing(twice, WALL + 2 * DAY)] == ["three"]
