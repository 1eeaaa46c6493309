"""Applicants: told by the number given at the window, whichever comes first; the number readable to nobody else."""

from pathlib import Path

import pytest

from services.notify.queries import declare_indexes
from services.notify.states import State
from tests.notify.builders import CASE, PHONE, SUPERVISOR, accepted, contact, ended, ready
from tests.notify.conftest import Messenger, running
from tests.notify.providers import Postbox, Provider
from tests.support.office import Office
from tests.support.wait import wait_until


async def everything_stored(office: Office) -> str:
    """All documents of the messenger's database as text."""
    database = office.mongo["guihua_notify"]
    names = await database.list_collection_names()
    return str([await database[name].find({}).to_list(None) for name in names])


async def test_given_the_contact_when_the_case_moves_on_then_the_applicant_is_told_each_time(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.handled(contact(), by=messenger.intake)
    await messenger.handled(accepted(), ready(), by=messenger.workflow)

    letters = await box.delivered(3, to=PHONE)
    assert {letter["channel"] for letter in letters} == {"sms"}
    assert all(letter["text"].startswith("【规划局】") and CASE in letter["text"] for letter in letters)
    assert {word for word in ("收件", "受理", "领取") if any(word in letter["text"] for letter in letters)} == {
        "收件", "受理", "领取"
    }  # fmt: skip


async def test_a_short_message_holds_no_name_and_no_title(messenger: Messenger, box: Postbox) -> None:
    await messenger.handled(contact(), by=messenger.intake)
    await messenger.handled(accepted(), ready(), by=messenger.workflow)

    assert not [letter for letter in await box.delivered(3) if "张某" in letter["subject"] + letter["text"]]


async def test_given_the_case_before_the_contact_then_its_messages_wait_visibly_and_are_sent_then(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.handled(accepted(), by=messenger.workflow)
    assert await messenger.work.backlog("messages-waiting-for-contact") == 1
    assert await box.letters() == []

    await messenger.handled(contact(), by=messenger.intake)
    await box.delivered(2, to=PHONE)
    await wait_until(lambda: _none_waits(messenger))


async def _none_waits(messenger: Messenger) -> bool:
    return await messenger.work.backlog("messages-waiting-for-contact") == 0


async def test_given_another_number_then_later_messages_go_there(messenger: Messenger, box: Postbox) -> None:
    await messenger.handled(contact(), contact(phone="13700000000"), by=messenger.intake)
    await messenger.handled(accepted(), by=messenger.workflow)

    (letter,) = await box.delivered(1, contains="受理")
    assert letter["to"] == "13700000000"


async def test_the_number_is_nowhere_in_the_database_the_answers_or_the_log(
    messenger: Messenger, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    await messenger.handled(contact(), by=messenger.intake)
    await messenger.handled(accepted(), by=messenger.workflow)
    shown = await messenger.work.ask("GET", f"/messages?case_no={CASE}", SUPERVISOR)

    assert PHONE in str(contact())
    assert PHONE not in await everything_stored(office)
    assert PHONE not in shown.text
    assert "139****78" in shown.text
    assert PHONE not in capsys.readouterr().out


async def test_given_the_key_is_gone_then_the_message_keeps_trying_and_says_why(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with running(office, keys, gateway.settings()) as messenger:
        await messenger.handled(contact(), by=messenger.intake)
    other = {"GUIHUA_FIELD_KEYS": "quite another key of at least 32 characters"}
    async with running(office, keys, gateway.settings() | other) as messenger:
        await messenger.handled(accepted(), by=messenger.workflow)
        await wait_until(lambda: _has_failed(messenger))

        (failed,) = [each for each in await messenger.messages() if each.state is State.TECHNICAL_FAILURE]
        assert "GUIHUA_FIELD_KEYS" in failed.because


async def _has_failed(messenger: Messenger) -> bool:
    return await messenger.work.backlog("messages-failed") == 1


async def test_given_the_case_ended_then_the_number_is_to_be_forgotten(messenger: Messenger) -> None:
    await messenger.handled(contact(), by=messenger.intake)
    await messenger.handled(ended(), by=messenger.workflow)

    kept = await messenger.work.deps.books.contacts.get(CASE)
    assert kept
    assert kept.forget_at
    assert (kept.forget_at - messenger.work.deps.clock.wall()).days in {29, 30}


async def test_given_an_end_without_a_contact_then_nothing_is_kept(messenger: Messenger) -> None:
    await messenger.handled(ended(), by=messenger.workflow)

    assert await messenger.work.deps.books.contacts.get(CASE) is None
    assert await messenger.dead_letters() == 0


async def test_declaring_the_indexes_again_is_harmless(messenger: Messenger) -> None:
    await declare_indexes(messenger.work.store)
