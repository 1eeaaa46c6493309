"""The inbox: everything said to a person, whatever became of it elsewhere; read once, sent no more."""

from pathlib import Path

from services.notify.messages import Message
from services.notify.states import State
from tests.notify.builders import CASE, HANDLER, LEADER, OPERATOR, contact, leader, opened, person, red
from tests.notify.conftest import Messenger, running
from tests.notify.providers import Provider
from tests.support.office import Office
from tests.support.wait import wait_until

MINE = person("u.handler.d06", "P04@D06")
OTHER = person("u.handler2.d06", "P04@D06")
CASES = [f"5120002017042{number}PT0500017" for number in range(3)]


async def unread(messenger: Messenger) -> int:
    return int((await messenger.work.ask("GET", "/inbox/unread", HANDLER)).json()["unread"])


async def mine(messenger: Messenger) -> list[Message]:
    return [each for each in await messenger.messages() if each.recipient == HANDLER.code]


async def test_a_person_finds_their_own_messages_newest_first_and_nobody_elses(messenger: Messenger) -> None:
    await messenger.knows(MINE, OTHER)
    await messenger.handled(contact(), by=messenger.intake)
    for case in CASES:
        await messenger.handled(red(MINE.code, OTHER.code, case_no=case), by=messenger.supervision)

    first = (await messenger.work.ask("GET", "/inbox?limit=2", HANDLER)).json()
    rest = (await messenger.work.ask("GET", f"/inbox?limit=2&after={first['after']}", HANDLER)).json()
    assert [each["case_no"] for each in (*first["items"], *rest["items"])] == CASES[::-1]
    assert (first["unread"], rest["after"]) == (3, None)
    assert "红灯" in first["items"][0]["text"]
    foreign = next(each for each in await messenger.messages() if each.recipient == OTHER.code)
    answer = await messenger.work.ask("POST", f"/inbox/{foreign.message_id}/read", HANDLER)
    assert answer.status_code == 404
    assert (await messenger.work.ask("GET", "/inbox", OPERATOR)).json() == {"items": [], "unread": 0, "after": None}


async def test_reading_counts_once_and_all_at_once(messenger: Messenger) -> None:
    await messenger.knows(MINE)
    for case in CASES:
        await messenger.handled(red(MINE.code, case_no=case), by=messenger.supervision)
    await wait_until(lambda: _all(messenger, State.SENT))
    assert await unread(messenger) == 3

    one = (await mine(messenger))[0]
    read = [(await messenger.work.ask("POST", f"/inbox/{one.message_id}/read", HANDLER)).json() for _ in range(2)]
    assert read[0]["read_at"] == read[1]["read_at"] is not None
    assert (await unread(messenger), (await messenger.work.deps.messages.load(one.message_id))[0].state) == (2, "read")
    only_unread = (await messenger.work.ask("GET", "/inbox?unread=true", HANDLER)).json()["items"]
    assert len(only_unread) == 2
    assert (await messenger.work.ask("POST", "/inbox/read", HANDLER)).json() == {"unread": 0}
    assert await _all(messenger, State.READ)


async def _all(messenger: Messenger, state: State) -> bool:
    return {each.state for each in await mine(messenger)} == {state}


async def test_given_every_channel_fails_then_the_message_is_in_the_inbox_and_reading_it_ends_the_alarm(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    gateway.refuse("chat", 422)
    gateway.refuse("sms", 422)
    async with running(office, keys, gateway.settings()) as messenger:
        await messenger.knows(MINE)
        await messenger.handled(red(MINE.code), by=messenger.supervision)
        await wait_until(lambda: _all(messenger, State.FAILED_PERMANENT))
        assert await messenger.work.backlog("messages-failed") == 1

        (item,) = (await messenger.work.ask("GET", "/inbox", HANDLER)).json()["items"]
        assert (item["case_no"], item["read_at"]) == (CASE, None)
        await messenger.work.ask("POST", f"/inbox/{item['message_id']}/read", HANDLER)
        assert await messenger.work.backlog("messages-failed") == 0


async def test_given_it_is_read_before_it_could_be_sent_then_it_is_not_sent_any_more(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    gateway.refuse("chat", 503, times=1)
    patience = {"GUIHUA_RETRY_PAUSES": "[600]", "GUIHUA_FALLBACK_AFTER": "2"}
    async with running(office, keys, gateway.settings() | patience) as messenger:
        await messenger.knows(MINE)
        await messenger.handled(red(MINE.code), by=messenger.supervision)

        async def tried() -> bool:
            return [len(each.attempts) for each in await mine(messenger)] == [1]

        await wait_until(tried)
        (message,) = await mine(messenger)
        await messenger.work.ask("POST", f"/inbox/{message.message_id}/read", HANDLER)
        (read,) = await mine(messenger)
        assert (read.state, read.due_at, len(read.attempts)) == (State.READ, None, 1)
        refused = await messenger.work.ask("POST", f"/messages/{message.message_id}/retry", OPERATOR)
        assert refused.status_code == 409


async def test_given_it_is_read_while_a_gateway_still_has_it_then_the_try_is_on_record_and_it_stays_read(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    gateway.open_door.clear()
    async with running(office, keys, gateway.settings() | {"GUIHUA_ATTEMPT_LIMIT": "30"}) as messenger:
        await messenger.knows(MINE)
        await messenger.supervision.say(red(MINE.code))
        await wait_until(lambda: gateway.taken, within=30)
        (message,) = await mine(messenger)
        await messenger.work.ask("POST", f"/inbox/{message.message_id}/read", HANDLER)
        gateway.open_door.set()

        async def recorded() -> bool:
            return [(each.state, len(each.attempts)) for each in await mine(messenger)] == [(State.READ, 1)]

        await wait_until(recorded, within=30)
        assert len(gateway.taken) == 1


async def test_an_approval_link_is_not_shown_and_a_message_for_a_post_is_in_the_inbox_of_who_takes_it(
    messenger: Messenger,
) -> None:
    await messenger.handled(opened(quick_approval=False), by=messenger.workflow)
    assert (await messenger.work.ask("GET", "/inbox", LEADER)).json()["items"] == []
    await messenger.knows(leader(attendance="out_of_office"))

    async def there() -> bool:
        return bool((await messenger.work.ask("GET", "/inbox", LEADER)).json()["items"])

    await wait_until(there, within=30)
    await messenger.handled(opened(task_id="t-2"), by=messenger.workflow)
    await wait_until(messenger.is_idle, within=30)
    items = (await messenger.work.ask("GET", "/inbox", LEADER)).json()["items"]
    by_link = [each for each in items if each["by_link"]]
    assert [each["template"] for each in by_link] == ["quick-approval"]
    assert "审批链接" not in by_link[0]["text"]
