"""Each channel against a server that keeps its vendor's published rules: signatures, limits, codes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kernel.clock import RealClock
from services.notify import dingtalk, wecom
from services.notify.channels import Busy, Parcel, Refused, Unreachable
from services.notify.segments import segments
from services.notify.shortmessages import ShortMessages
from services.notify.states import State
from services.notify.vendors import Line
from services.notify.webhooks import Telephone, Webhook, spoken
from tests.notify import vendors as peers
from tests.notify.builders import CASE, HANDLER, OPERATOR, SUPERVISOR, person, red
from tests.notify.conftest import Messenger, running
from tests.notify.providers import Provider
from tests.notify.vendors import Vendors, vendors
from tests.support.office import Office
from tests.support.wait import wait_until

CLOCK = RealClock()
GROUP = {"name": "规划工作群", "vendor": "wecom", "key": peers.ROBOT_KEY, "reason": "科室申请"}
DING = {"name": "规划工作", "vendor": "dingtalk", "key": peers.TOKEN, "secret": peers.SECRET, "reason": "改用钉钉"}


@pytest.fixture
async def vendor() -> AsyncIterator[Vendors]:
    async with vendors() as opened:
        yield opened


@pytest.fixture
async def line(vendor: Vendors) -> AsyncIterator[Line]:
    opened = Line(vendor.url, timeout=10)
    yield opened
    await opened.close()


def parcel(number: int = 1, *, to: str = "u.leader", text: str = "请办理") -> Parcel:
    return Parcel(reference=f"{number:032x}-sms", to=to, subject="红灯警告：审查", text=text)


async def test_a_group_robot_takes_twenty_messages_a_minute_and_the_next_waits_without_asking(
    vendor: Vendors, line: Line
) -> None:
    robot = wecom.Robot(line, key=peers.ROBOT_KEY)
    for number in range(20):
        await robot.send(parcel(number))
    with pytest.raises(Busy) as busy:
        await robot.send(parcel(21))

    assert 0 < busy.value.wait.total_seconds() <= 60
    assert (len(vendor.of("wecom-robot")), vendor.spoken["wecom"]) == (20, 20)
    assert vendor.of("wecom-robot")[0]["markdown"]["content"].startswith("**红灯警告：审查**")


async def test_given_the_vendor_says_too_often_although_we_counted_less_then_nothing_is_sent_for_a_minute(
    vendor: Vendors, line: Line
) -> None:
    vendor.spoken["wecom"] = 20  # somebody else uses the same robot
    robot = wecom.Robot(line, key=peers.ROBOT_KEY)
    for _ in range(2):
        with pytest.raises(Busy):
            await robot.send(parcel())

    assert vendor.spoken["wecom"] == 21, "the second was not even asked"


async def test_a_text_that_is_too_long_for_the_vendor_is_cut_between_characters(vendor: Vendors, line: Line) -> None:
    await wecom.Robot(line, key=peers.ROBOT_KEY).send(parcel(text="规" * 3000))

    (taken,) = vendor.of("wecom-robot")
    content = taken["markdown"]["content"]
    assert content.endswith("规……")
    assert 4090 < len(content.encode()) <= 4096


async def test_a_robots_wrong_key_may_be_put_right_and_is_in_no_error(vendor: Vendors, line: Line) -> None:
    with pytest.raises(Unreachable, match="93000") as trouble:
        await wecom.Robot(line, key="not-the-key-of-it").send(parcel())

    assert "not-the-key" not in str(trouble.value)
    gone = Line("http://127.0.0.1:1", timeout=2)
    with pytest.raises(Unreachable) as away:
        await wecom.Robot(gone, key=peers.ROBOT_KEY).send(parcel())
    assert (peers.ROBOT_KEY in str(away.value), away.value.unsure) == (False, False)
    await gone.close()
    assert vendor.taken == []


async def test_an_application_fetches_its_token_once_and_again_when_it_is_over(vendor: Vendors, line: Line) -> None:
    way = wecom.Application(line, corp=peers.CORP, secret=peers.CORP_SECRET, agent=peers.AGENT)
    await way.send(parcel(1, text="一"))
    await way.send(parcel(2, text="二"))
    assert len(vendor.tokens) == 1

    vendor.end_tokens()  # 42001
    await way.send(parcel(3, text="三"))
    vendor.tokens.clear()  # 40014
    await way.send(parcel(4, text="四"))

    assert [each["text"]["content"][-1] for each in vendor.of("wecom-app")] == list("一二三四")
    await way.send(parcel(4, text="四"))
    assert len(vendor.of("wecom-app")) == 4, "the vendor's own check for duplicates"


async def test_an_application_reaches_members_only_and_a_wrong_secret_may_be_put_right(
    vendor: Vendors, line: Line
) -> None:
    way = wecom.Application(line, corp=peers.CORP, secret=peers.CORP_SECRET, agent=peers.AGENT)
    with pytest.raises(Refused):
        await way.send(parcel(to="u.nobody"))
    with pytest.raises(Unreachable, match="40001"):
        await wecom.Application(line, corp=peers.CORP, secret="x", agent=peers.AGENT).send(parcel())

    assert vendor.taken == []


async def test_an_application_tells_a_member_thirty_times_a_minute_at_most(vendor: Vendors, line: Line) -> None:
    way = wecom.Application(line, corp=peers.CORP, secret=peers.CORP_SECRET, agent=peers.AGENT)
    for number in range(30):
        await way.send(parcel(text=str(number)))
    with pytest.raises(Busy):
        await way.send(parcel(text="31"))
    await way.send(parcel(to="u.handler.d06"))

    assert len(vendor.of("wecom-app")) == 31


async def test_a_dingtalk_robot_signs_and_waits_ten_minutes_when_it_was_too_fast(vendor: Vendors, line: Line) -> None:
    robot = dingtalk.Robot(line, token=peers.TOKEN, secret=peers.SECRET, clock=CLOCK)
    await robot.send(parcel())
    vendor.spoken["dingtalk"] = 20
    for _ in range(2):
        with pytest.raises(Busy) as busy:
            await robot.send(parcel())

    assert 590 < busy.value.wait.total_seconds() <= 600
    assert (len(vendor.of("dingtalk")), vendor.spoken["dingtalk"]) == (1, 21)
    with pytest.raises(Unreachable, match="310000"):
        await dingtalk.Robot(line, token=peers.TOKEN, secret="SECwrong", clock=CLOCK).send(parcel())


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", 1), ("规" * 70, 1), ("规" * 71, 2), ("规" * 134, 2), ("规" * 135, 3), ("规" * 69 + "😀", 2), ("x" * 71, 2)],
)
def test_a_text_of_71_characters_is_two_short_messages(text: str, parts: int) -> None:
    assert segments(text) == parts


async def test_a_short_message_proves_who_sends_and_says_of_how_many_parts_it_is(vendor: Vendors) -> None:
    to_gateway = Line(f"{vendor.url}/cmpp", timeout=10)
    way = ShortMessages(
        to_gateway, account=peers.SP, secret=peers.SP_SECRET, signature="规划局", a_minute=100, clock=CLOCK
    )
    await way.send(parcel(1, to="13912345678", text="规" * 65))
    await way.send(parcel(2, to="13912345678", text="规" * 66))
    await way.send(parcel(2, to="13912345678", text="规" * 66))  # sent again, as after a crash

    assert [each["pk_total"] for each in vendor.of("cmpp")] == [1, 2]
    assert vendor.of("cmpp")[0]["msg_content"].startswith("【规划局】规")
    with pytest.raises(Refused):
        await way.send(parcel(3, text="规" * 500))
    other = ShortMessages(to_gateway, account=peers.SP, secret="x", signature="", a_minute=100, clock=CLOCK)
    with pytest.raises(Unreachable):
        await other.send(parcel(4))
    for number in (5, 6):
        await way.send(parcel(number))
    with pytest.raises(Busy):
        await way.send(parcel(7))
    await to_gateway.close()


async def test_a_webhook_is_taken_while_its_key_is_changed_on_either_side(vendor: Vendors) -> None:
    hook = Line(f"{vendor.url}/hook/system", timeout=10)
    both = (peers.NEW_KEY, peers.OLD_KEY)
    for number, (ours, theirs) in enumerate(
        [((peers.OLD_KEY,), (peers.OLD_KEY,)), (both, (peers.OLD_KEY,)), (both, (peers.NEW_KEY,))]
    ):
        vendor.webhook_keys = theirs
        await Webhook(hook, keys=ours, clock=CLOCK).send(parcel(number))
    with pytest.raises(Unreachable, match="401"):
        await Webhook(hook, keys=(b"guessed by somebody",), clock=CLOCK).send(parcel(9))
    await Webhook(hook, keys=both, clock=CLOCK).send(parcel(2))

    assert len(vendor.of("system")) == 3, "one for each reference"
    await hook.close()


async def test_a_call_reads_case_numbers_digit_by_digit_and_dates_as_they_are(vendor: Vendors) -> None:
    gateway = Line(f"{vendor.url}/hook/telephone", timeout=10)
    await Telephone(gateway, keys=(peers.OLD_KEY,), clock=CLOCK).send(parcel(text="案件PT0500017已于5月12日办结"))

    assert vendor.of("telephone") == [
        {"to": "u.leader", "speak": "案件P T 0 5 0 0 0 1 7已于5月12日办结", "repeat": "2"}
    ]
    assert len(spoken("规" * 900)) == 300
    await gateway.close()


@pytest.fixture
async def messenger_with_groups(
    office: Office, keys: tuple[Path, Path], gateway: Provider, vendor: Vendors
) -> AsyncIterator[Messenger]:
    hosts = {"GUIHUA_WECOM_URL": vendor.url, "GUIHUA_DINGTALK_URL": vendor.url}
    async with running(office, keys, gateway.settings() | hosts) as opened:
        yield opened


async def test_messages_go_to_the_departments_bound_group_and_to_no_other(
    messenger_with_groups: Messenger, vendor: Vendors
) -> None:
    messenger = messenger_with_groups
    await messenger.knows(person("u.handler.d06", "P04@D06"))
    await messenger.handled(red("u.handler.d06", case_no="512000"), by=messenger.supervision)
    assert vendor.taken == [], "a department that is bound to none"

    for who, status in ((HANDLER, 403), (SUPERVISOR, 403), (OPERATOR, 200)):
        assert (await messenger.work.ask("PUT", "/groups/D06", who, body=GROUP)).status_code == status
    await messenger.work.ask("PUT", "/groups/D08", OPERATOR, body=DING)
    await messenger.handled(red("u.handler.d06"), by=messenger.supervision)
    await wait_until(lambda: vendor.of("wecom-robot"), within=30)

    (told,) = vendor.of("wecom-robot")
    assert CASE in told["markdown"]["content"]
    assert "后西街科技景观" not in told["markdown"]["content"], "no title: it may hold a name"
    assert vendor.of("dingtalk") == []
    assert "group:D06" in await messenger.told()


async def test_every_binding_stays_on_record_and_its_key_is_in_no_answer(messenger_with_groups: Messenger) -> None:
    ask = messenger_with_groups.work.ask
    await ask("PUT", "/groups/D06", OPERATOR, body=GROUP)
    refused = await ask("PUT", "/groups/D06", OPERATOR, body={**DING, "secret": ""})
    assert (refused.status_code, refused.json()["code"]) == (422, "robot-secret-missing")
    await ask("PUT", "/groups/D06", OPERATOR, body=DING)
    unbound = await ask("POST", "/groups/D06/unbind", OPERATOR, body={"reason": "科室撤并"})

    assert (unbound.json()["bound"], [deed["bound"] for deed in unbound.json()["deeds"]]) == (
        False,
        [True, True, False],
    )
    assert {deed["by"] for deed in unbound.json()["deeds"]} == {"u.ops"}
    again = await ask("POST", "/groups/D06/unbind", OPERATOR, body={"reason": "再次"})
    assert (again.status_code, again.json()["code"]) == (404, "group-not-bound")
    listed = await ask("GET", "/groups", SUPERVISOR)
    assert [each["department"] for each in listed.json()] == ["D06"]
    assert not any(secret in listed.text for secret in (peers.ROBOT_KEY, peers.TOKEN, peers.SECRET))
    (row,) = await messenger_with_groups.work.deps.books.groups.bindings.query({}, sort=[("_id", 1)], limit=9)
    assert peers.TOKEN not in str(row)


async def test_given_unbound_meanwhile_then_what_was_on_its_way_waits_for_all_to_see(
    messenger_with_groups: Messenger, vendor: Vendors
) -> None:
    messenger = messenger_with_groups
    vendor.spoken["wecom"] = 20
    await messenger.work.ask("PUT", "/groups/D06", OPERATOR, body=GROUP)
    await messenger.handled(red(), by=messenger.supervision)
    (message,) = await messenger.messages()
    assert (message.state, message.attempts) == (State.QUEUED, ()), "too often: it waits, and that counts as no try"

    await messenger.work.ask("POST", "/groups/D06/unbind", OPERATOR, body={"reason": "科室撤并"})
    await messenger.work.ask("POST", f"/messages/{message.message_id}/abandon", OPERATOR, body={"reason": "群已撤"})
    await messenger.work.ask("POST", f"/messages/{message.message_id}/retry", OPERATOR)

    async def waits() -> bool:
        return (await messenger.messages())[0].state is State.WAITING

    await wait_until(waits, within=30)
    assert vendor.taken == []
