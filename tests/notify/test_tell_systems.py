"""Webhooks on real servers: signed, tried again, visible, replayed under the same id, paused when nobody is there."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.contracts.notify import SubscriptionPaused
from services.contracts.words import Role
from services.contracts.workflow import CaseAccepted, CaseEnded, TaskOpened
from services.kernel.identity import Person
from services.notify.states import State
from services.notify.subscriptions.records import DeliveryState
from tests.notify.builders import CASE, HANDLER, OPERATOR, accepted, ended, opened, person
from tests.notify.conftest import Messenger, running
from tests.notify.providers import Postbox
from tests.notify.receiver import Receiver, receiver
from tests.support.office import Office
from tests.support.running import of_kind
from tests.support.wait import wait_until

HOW_TO = Path("docs/how-to/receive-webhooks.md")
IT = Person(code="u.it", name="信某", roles=frozenset({Role.IT_STAFF}), department="D11")
QUICK = {
    "GUIHUA_WEBHOOK_LOOPBACK": "true",
    "GUIHUA_WEBHOOK_PAUSES": "[0.01,0.01]",
    "GUIHUA_WEBHOOK_LIMIT": "20",
}
LONG = 40


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
async def messenger(office: Office, keys: tuple[Path, Path], box: Postbox) -> AsyncIterator[Messenger]:
    async with running(office, keys, {**box.settings(), **QUICK}) as opened_:
        yield opened_


def order(url: str, **changes: Any) -> dict[str, Any]:
    usual = {"name": "市平台", "url": url, "kinds": [CaseAccepted.TYPE, TaskOpened.TYPE], "reason": "共享协议3号"}
    return usual | changes


async def subscribed(messenger: Messenger, url: str, **changes: Any) -> dict[str, Any]:
    answer = await messenger.work.ask("POST", "/webhooks", IT, body=order(url, **changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def deliveries(messenger: Messenger, made: dict[str, Any], state: str = "") -> list[dict[str, Any]]:
    path = f"/webhooks/{made['subscription_id']}/deliveries" + (f"?state={state}" if state else "")
    found: list[dict[str, Any]] = (await messenger.work.ask("GET", path, IT)).json()["deliveries"]
    return found


async def settled(messenger: Messenger, made: dict[str, Any], state: str, count: int = 1) -> list[dict[str, Any]]:
    async def are_there() -> list[dict[str, Any]]:
        found = await deliveries(messenger, made, state)
        return found if len(found) >= count else []

    return await wait_until(are_there, within=LONG)


def documented() -> Any:
    """The verification that the how-to shows, as it stands there."""
    code = re.search(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    assert len(code[1].strip().splitlines()) <= 20
    names: dict[str, Any] = {}
    exec(code[1], names)  # noqa: S102 - it is our own page
    return names["verified"]


async def test_what_is_told_is_signed_as_the_how_to_says(messenger: Messenger, there: Receiver) -> None:
    made = await subscribed(messenger, there.url)
    await messenger.workflow.say(accepted())
    await settled(messenger, made, "delivered")
    came, verified = there.arrived[0], documented()
    assert verified(made["secret"], came.headers, came.body)
    assert not verified(made["secret"], came.headers, came.body + b" ")
    assert not verified(made["secret"], came.headers | {"webhook-timestamp": "1000000000"}, came.body)
    assert (came.event["type"], came.event["subject"]) == (CaseAccepted.TYPE, CASE)
    assert came.headers["content-type"].startswith("application/cloudevents+json")


async def test_the_secret_is_shown_once_and_sealed_at_rest(messenger: Messenger, there: Receiver) -> None:
    made = await subscribed(messenger, there.url)
    for path in ("/webhooks", f"/webhooks/{made['subscription_id']}"):
        assert made["secret"] not in (await messenger.work.ask("GET", path, IT)).text
    kept, _ = await messenger.work.deps.outside.subscriptions.load(made["subscription_id"])
    assert made["secret"] not in kept.model_dump_json()


async def test_the_same_order_under_one_key_makes_one_subscription(messenger: Messenger, there: Receiver) -> None:
    client, headers = messenger.work.client, {"Authorization": f"Bearer {messenger.work.tokens.issue(IT)}"}
    asked = [
        await client.post("/webhooks", json=order(there.url, name=name), headers=headers | {"Idempotency-Key": key})
        for name, key in (("甲", "platform-1"), ("甲", "platform-1"), ("乙", "platform-1"))
    ]
    assert [each.status_code for each in asked] == [201, 201, 409]
    assert asked[0].json() == asked[1].json()
    assert asked[2].json()["code"] == "idempotency-key-taken"


async def test_what_fails_is_tried_again_and_then_dead_until_somebody_sends_it_again(
    messenger: Messenger, there: Receiver
) -> None:
    there.statuses, there.answer = [500], "请稍后".encode() * 100
    made = await subscribed(messenger, there.url)
    await messenger.workflow.say(accepted())
    dead = (await settled(messenger, made, "dead"))[0]
    assert ([call["status"] for call in dead["calls"]], dead["tries"]) == ([500, 500, 500], 3)
    assert dead["calls"][0]["answer"].startswith("请稍后")
    assert len(dead["calls"][0]["answer"].encode()) <= 310
    assert await messenger.work.backlog("webhook-deliveries-dead") == 1
    there.statuses = [204]
    again = await messenger.work.ask("POST", f"/webhook-deliveries/{dead['delivery_id']}/resend", IT)
    assert again.status_code == 200
    done = (await settled(messenger, made, "delivered"))[0]
    assert [call["status"] for call in done["calls"]] == [500, 500, 500, 204]
    assert {each.reference for each in there.arrived} == {dead["delivery_id"]}


async def test_a_replay_sends_the_same_under_the_same_ids(messenger: Messenger, there: Receiver) -> None:
    made = await subscribed(messenger, there.url)
    await messenger.workflow.say(accepted(), opened(), accepted("51200020170421PT0500018"))
    first = await settled(messenger, made, "delivered", 3)
    path = f"/webhooks/{made['subscription_id']}/replay"
    ids = [each["event_id"] for each in first if each["event_type"] == TaskOpened.TYPE]
    for body, count in (
        ({"since": "2000-01-01T00:00:00Z", "reason": "对方丢失数据"}, 3),
        ({"event_ids": ids, "reason": "单条"}, 1),
        ({"since": "2099-01-01T00:00:00Z", "reason": "无"}, 0),
    ):
        answer = await messenger.work.ask("POST", path, IT, body=body)
        assert (answer.status_code, answer.json()) == (200, {"deliveries": count})
        await messenger_is_done(messenger, made)
    assert len(there.arrived) == 3 + 3 + 1
    assert {each.reference for each in there.arrived} == {each["delivery_id"] for each in first}
    bodies = {each.reference: set[bytes]() for each in there.arrived}
    for each in there.arrived:
        bodies[each.reference].add(each.body)
    assert all(len(same) == 1 for same in bodies.values())
    both = {"since": "2000-01-01T00:00:00Z", "event_ids": ids, "reason": "x"}
    assert (await messenger.work.ask("POST", path, IT, body=both)).status_code == 422


async def messenger_is_done(messenger: Messenger, made: dict[str, Any]) -> None:
    async def nothing_waits() -> bool:
        return not await deliveries(messenger, made, "queued") and not await deliveries(messenger, made, "sending")

    await wait_until(nothing_waits, within=LONG)


async def test_heard_twice_it_is_told_once(messenger: Messenger, there: Receiver) -> None:
    made = await subscribed(messenger, there.url)
    await messenger.workflow.say(accepted())
    await settled(messenger, made, "delivered")
    await messenger.work.bus.js.delete_consumer("GUIHUA_WORKFLOW", "notify")  # everything is heard again
    await messenger.workflow.say(opened())
    await settled(messenger, made, "delivered", 2)
    assert [each.event["type"] for each in there.arrived] == [CaseAccepted.TYPE, TaskOpened.TYPE]


async def test_one_that_is_away_long_is_paused_operators_are_told_and_nothing_is_lost(
    messenger: Messenger, there: Receiver
) -> None:
    await messenger.knows(person("u.ops"))
    there.statuses = [410]
    made = await subscribed(messenger, there.url)
    await messenger.workflow.say(accepted())
    path = f"/webhooks/{made['subscription_id']}"

    async def is_paused() -> bool:
        return (await messenger.work.ask("GET", path, IT)).json()["standing"] == "paused"

    await wait_until(is_paused, within=LONG)
    assert len(of_kind(await messenger.work.said(made["subscription_id"]), SubscriptionPaused)) == 1

    async def are_told() -> bool:
        told = [each for each in await messenger.messages() if each.template == "webhook-paused"]
        return [each.recipient for each in told] == ["u.ops"] and told[0].state is State.SENT

    await wait_until(are_told, within=LONG)
    await messenger.workflow.say(opened())
    await settled(messenger, made, "queued", 2)
    there.statuses = [204]
    resumed = await messenger.work.ask("POST", f"{path}/move", OPERATOR, body={"to": "active", "reason": "已修复"})
    assert resumed.json()["standing"] == "active"
    await settled(messenger, made, "delivered", 2)


async def test_a_slow_system_does_not_hold_up_another(messenger: Messenger, there: Receiver) -> None:
    with receiver() as slow:
        slow.door.clear()
        waiting, other = await subscribed(messenger, slow.url), await subscribed(messenger, there.url, name="乙")
        for number in range(3):
            await messenger.workflow.say(accepted(f"51200020170421PT050010{number}"))
        await settled(messenger, other, "delivered", 3)
        assert not await deliveries(messenger, waiting, "delivered")
        slow.door.set()
        await settled(messenger, waiting, "delivered", 3)


async def test_a_redirect_is_not_followed(messenger: Messenger, there: Receiver) -> None:
    there.statuses = [307]
    made = await subscribed(messenger, there.url)
    await messenger.workflow.say(accepted())
    dead = (await settled(messenger, made, "dead"))[0]
    assert {call["status"] for call in dead["calls"]} == {307}
    assert len(there.arrived) == 3


async def test_two_who_change_a_subscription_do_not_overwrite_each_other(messenger: Messenger, there: Receiver) -> None:
    made = await subscribed(messenger, there.url)
    path, client = f"/webhooks/{made['subscription_id']}", messenger.work.client
    headers = {"Authorization": f"Bearer {messenger.work.tokens.issue(IT)}"}
    tag = (await client.get(path, headers=headers)).headers["etag"]
    body = order(there.url, kinds=[CaseEnded.TYPE])
    assert (await client.put(path, headers=headers, json=body)).status_code == 428
    first = await client.put(path, headers=headers | {"If-Match": tag}, json=body)
    assert (first.status_code, first.json()["kinds"]) == (200, [CaseEnded.TYPE])
    second = await client.put(path, headers=headers | {"If-Match": tag}, json=order(there.url))
    assert (second.status_code, second.json()["code"]) == (412, "state-moved-on")
    await messenger.workflow.say(accepted(), ended())
    await settled(messenger, made, "delivered")
    assert [each.event["type"] for each in there.arrived] == [CaseEnded.TYPE]


async def test_after_its_end_nothing_is_sent(messenger: Messenger, there: Receiver) -> None:
    made = await subscribed(messenger, there.url)
    path = f"/webhooks/{made['subscription_id']}"
    for to in ("paused", "ended"):
        await messenger.work.ask("POST", f"{path}/move", IT, body={"to": to, "reason": "停用"})
        await messenger.workflow.say(accepted(f"51200020170421PT05000{to[:1] == 'p':d}9"))
        await wait_until(messenger.is_idle, within=LONG)
    assert [each["state"] for each in await deliveries(messenger, made)] == ["cancelled"]
    refused = await messenger.work.ask("POST", f"{path}/move", IT, body={"to": "active", "reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "subscription-ended")
    assert there.arrived == []


async def test_who_may_not_make_subscriptions_learns_nothing(messenger: Messenger, there: Receiver) -> None:
    for who in (HANDLER, Person(code="u.head", name="局某", roles=frozenset({Role.BUREAU_HEAD}), department="D00")):
        assert (await messenger.work.ask("GET", "/webhooks", who)).status_code == 403
        assert (await messenger.work.ask("POST", "/webhooks", who, body=order(there.url))).status_code == 403


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "https://10.0.0.1/in"}, "webhook-address-not-allowed"),
        ({"scope": "case"}, "webhook-basis-missing"),
        ({"kinds": ["guihua.intake.contact.given.v1"]}, "invalid-request"),
    ],
)
async def test_what_must_not_be_ordered_is_refused(messenger: Messenger, changes: dict[str, Any], code: str) -> None:
    answer = await messenger.work.ask("POST", "/webhooks", IT, body=order("https://data.example/in") | changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_killed_while_sending_it_is_sent_again_under_the_same_id(messenger: Messenger, there: Receiver) -> None:
    """What a process had taken when it died is due again when its lease ends."""
    made = await subscribed(messenger, there.url)
    await messenger.workflow.say(accepted())
    done = (await settled(messenger, made, "delivered"))[0]
    outside = messenger.work.deps.outside
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    lost = {"state": DeliveryState.SENDING, "calls": (), "due_at": long_ago}
    await outside.deliveries.change(done["delivery_id"], lambda found: (found.model_copy(update=lost), ()))
    outside.bell.set()
    await settled(messenger, made, "delivered")
    await wait_until(lambda: len(there.arrived) == 2, within=LONG)
    assert {each.reference for each in there.arrived} == {done["delivery_id"]}
