"""Never twice for one event and recipient, whoever dies and whatever comes again; and never not at all."""

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from nats.js.errors import NotFoundError

from services.notify.deliveries import send_due
from services.notify.states import State
from tests.notify.builders import OUT, contact, leader, opened, ordinary, person, red
from tests.notify.conftest import FIELD_KEYS, HEARD, Messenger, running
from tests.notify.providers import Postbox, Provider, provider
from tests.support.office import Office
from tests.support.process import process
from tests.support.running import environment_of
from tests.support.voices import voice
from tests.support.wait import wait_until

STARTED = 150.0
"""Seconds within which a process has started and done something, when ten others want the same two cores."""

PATIENT = {
    "GUIHUA_ATTEMPT_LIMIT": "4",
    "GUIHUA_RETRY_PAUSES": f"{[0.2] * 12}",
    "GUIHUA_FALLBACK_AFTER": "12",
}
"""A slow answer is no failure, and however often a message is struck, it is tried again soon on the same channel."""

PEOPLE = [person(f"u.handler{n}.d06", "P04@D06") for n in range(20)]
CODES = [each.code for each in PEOPLE]


def settings(office: Office, keys: tuple[Path, Path], providers: dict[str, str]) -> dict[str, str]:
    """The environment of the service as its own process; a sender that dies is replaced after two seconds."""
    return {
        **environment_of(office, "notify", keys[1]),
        "GUIHUA_FIELD_KEYS": FIELD_KEYS,
        "GUIHUA_LINK_KEY_FILE": str(keys[0]),
        "GUIHUA_ATTEMPT_LIMIT": "1",
        **providers,
    }


async def states(office: Office) -> Counter[str]:
    """How many messages there are in each state, as the database has it."""
    rows = await office.mongo["guihua_notify"]["messages"].find({}, {"body.state": 1}).to_list(None)
    return Counter(row["body"]["state"] for row in rows)


async def all_sent(office: Office, count: int) -> bool:
    return await states(office) == Counter({"sent": count})


@pytest.mark.timeout(400)
async def test_given_the_process_is_killed_after_the_gateway_took_it_then_it_comes_again_under_the_same_reference(
    office: Office, keys: tuple[Path, Path], box: Postbox, tmp_path: Path
) -> None:
    async with provider(forward_to=box) as gateway, voice(office, "intake") as intake:
        gateway.open_door.clear()
        environment = settings(office, keys, gateway.settings())
        async with process("services.notify", environment, tmp_path / "first.log") as first:
            await intake.say(contact())
            await wait_until(lambda: gateway.taken, within=STARTED)
            first.child.kill()
            await first.ended(within=10)
        assert await states(office) == Counter({"sending": 1})

        gateway.open_door.set()
        async with process("services.notify", environment, tmp_path / "second.log") as second:
            await second.serving()
            await wait_until(lambda: all_sent(office, 1), within=60)
        (letter,) = await box.letters()

    assert letter["copies"] == 2
    assert len(set(gateway.of("sms"))) == 1


@pytest.mark.slow
@pytest.mark.timeout(600)  # five processes are started: on a busy machine that alone takes minutes
async def test_given_the_process_is_killed_again_and_again_while_sending_then_everybody_gets_each_message_once(
    office: Office, keys: tuple[Path, Path], box: Postbox, tmp_path: Path
) -> None:
    cases = [f"5120002017042{n}PT0500017" for n in range(6)]
    wanted = len(cases) * len(CODES)
    async with AsyncExitStack() as opened_:
        gateway = await opened_.enter_async_context(provider(forward_to=box))
        said = {name: await opened_.enter_async_context(voice(office, name)) for name in HEARD}
        environment = settings(office, keys, gateway.settings()) | PATIENT
        await said["registry"].say(*PEOPLE)
        await said["supervision"].say(*(red(*CODES, case_no=case) for case in cases))
        for life in range(4):  # at most 20 answers a life: there is always something left to be struck at
            gateway.answer(random.randint(1, wanted // 6))  # noqa: S311 - where to strike, not a secret
            async with process("services.notify", environment, tmp_path / f"{life}.log") as running_:
                await wait_until(lambda: not gateway.open_door.is_set(), within=STARTED)
                running_.child.kill()
                await running_.ended(within=10)
            assert (await states(office))["sending"], "it was struck after the gateway took a message"
        gateway.answer()
        async with process("services.notify", environment, tmp_path / "last.log"):
            await wait_until(lambda: all_sent(office, wanted), within=STARTED)
        rows = await office.mongo["guihua_notify"]["messages"].find({}, {"body.attempts.error": 1}).to_list(None)

    letters = await box.letters()
    assert len(letters) == len({(letter["to"], letter["text"]) for letter in letters}) == wanted
    assert Counter(letter["to"] for letter in letters) == Counter(dict.fromkeys(CODES, len(cases)))
    errors = [[attempt["error"] for attempt in row["body"]["attempts"]] for row in rows]
    assert {tries.count("") for tries in errors} == {1}
    assert any("unknown" in tries[0] for tries in errors), "a try that was struck is on record"


async def test_given_the_consumers_are_forgotten_then_events_come_again_and_no_message_does(
    messenger: Messenger, box: Postbox, office: Office
) -> None:
    await messenger.knows(*PEOPLE[:3], leader(attendance=OUT))
    await messenger.handled(contact(), by=messenger.intake)
    await messenger.handled(ordinary(), opened(task_id="t-2"), by=messenger.workflow)
    before = await box.delivered(5)

    await hear_all_again(messenger, office)

    assert {letter["reference"]: letter["copies"] for letter in await box.letters()} == {
        letter["reference"]: 1 for letter in before
    }


async def hear_all_again(messenger: Messenger, office: Office) -> None:
    """Delete the messenger's consumers, as after a loss of the broker's store: everything is delivered anew."""
    administrator = (await office.broker()).jetstream()
    for name in HEARD:
        await administrator.delete_consumer(f"GUIHUA_{name.upper()}", "notify")

    async def heard_again() -> bool:
        try:
            infos = [await administrator.consumer_info(f"GUIHUA_{name.upper()}", "notify") for name in HEARD]
        except NotFoundError:  # the messenger has not noticed yet
            return False
        again = sum(info.delivered.consumer_seq for info in infos if info.delivered)
        return again > 0 and all(info.num_pending == 0 == info.num_ack_pending for info in infos)

    await wait_until(heard_again, within=30)
    await wait_until(messenger.is_idle)


async def test_given_somebody_new_in_the_post_when_an_old_event_comes_again_then_they_are_not_told(
    messenger: Messenger, office: Office
) -> None:
    await messenger.knows(PEOPLE[0])
    await messenger.handled(ordinary(), by=messenger.workflow)
    await messenger.knows(PEOPLE[1])
    await hear_all_again(messenger, office)

    assert await messenger.told() == [PEOPLE[0].code]


async def test_given_many_senders_at_once_then_each_message_is_handed_over_once(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with running(office, keys, gateway.settings()) as messenger:
        await messenger.knows(*PEOPLE)
        await messenger.supervision.say(red(*CODES))
        await wait_until(lambda: _count(messenger, len(CODES)))
        await asyncio.gather(*(send_due(messenger.work.deps) for _ in range(6)))
        await wait_until(lambda: all_sent(office, len(CODES)), within=20)

    assert Counter(gateway.of("chat")).most_common(1)[0][1] == 1
    assert len(gateway.of("chat")) == len(CODES)


async def _count(messenger: Messenger, count: int) -> bool:
    return len(await messenger.messages()) == count


async def test_given_the_database_goes_away_while_sending_then_the_message_is_sent_all_the_same(
    messenger: Messenger, office: Office, box: Postbox
) -> None:
    await messenger.knows(*PEOPLE)
    await messenger.supervision.say(red(*CODES))
    office.kill_database()
    await office.start_database()
    await box.delivered(len(CODES))
    await wait_until(lambda: all_sent(office, len(CODES)), within=60)

    assert {letter["text"] for letter in await box.letters()}
    assert {each.state for each in await messenger.messages()} == {State.SENT}
