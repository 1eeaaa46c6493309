"""Who is told of what: the desk, the deputies, the people an event names; and nobody is lost for being unknown."""

from services.contracts.notify import MessageFailed, MessageSent
from services.contracts.words import Role
from services.notify.states import State
from tests.notify.builders import CASE, OUT, bulletin, contact, incident, leader, ordinary, person, red
from tests.notify.conftest import Messenger
from tests.notify.providers import Postbox
from tests.support.running import of_kind
from tests.support.wait import wait_until

MINE = person("u.handler.d06", "P04@D06", deputy="u.handler2.d06")
DEPUTY = person("u.handler2.d06", "P05@D06")
OTHER = person("u.handler3.d06", "P04@D06")


async def test_given_a_task_when_it_opens_then_all_who_hold_the_post_are_told_once(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.knows(MINE, OTHER, DEPUTY, person("u.elsewhere", "P04@D08"))
    await messenger.handled(ordinary(), by=messenger.workflow)

    letters = await box.delivered(2)
    assert {letter["to"] for letter in letters} == {"u.handler.d06", "u.handler3.d06"}
    assert {letter["channel"] for letter in letters} == {"chat"}
    assert all("后西街科技景观" in letter["text"] and "4月24日" in letter["text"] for letter in letters)


async def test_given_an_assignee_then_only_they_are_told(messenger: Messenger) -> None:
    await messenger.knows(MINE, OTHER)
    await messenger.handled(ordinary(assignee="u.handler3.d06"), by=messenger.workflow)

    assert await messenger.told() == ["u.handler3.d06"]


async def test_given_a_holder_out_of_office_then_the_deputy_is_told(messenger: Messenger) -> None:
    await messenger.knows(MINE.model_copy(update={"attendance": OUT}), DEPUTY)
    await messenger.handled(ordinary(), by=messenger.workflow)

    assert await messenger.told() == ["u.handler2.d06"]


async def test_given_everybody_out_then_the_holders_are_told_all_the_same(messenger: Messenger) -> None:
    away = [each.model_copy(update={"attendance": OUT}) for each in (MINE, DEPUTY, OTHER)]
    await messenger.knows(*away)
    await messenger.handled(ordinary(), by=messenger.workflow)

    assert await messenger.told() == ["u.handler.d06", "u.handler3.d06"]


async def test_given_an_assignee_who_left_then_the_post_is_told(messenger: Messenger) -> None:
    await messenger.knows(MINE, OTHER.model_copy(update={"active": False}))
    await messenger.handled(ordinary(assignee="u.handler3.d06"), by=messenger.workflow)

    assert await messenger.told() == ["u.handler.d06"]


async def test_given_nobody_in_the_post_then_the_message_waits_for_whoever_takes_it(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.handled(ordinary(), by=messenger.workflow)
    assert await messenger.work.backlog("messages-waiting-for-contact") == 1
    assert [message.recipient for message in await messenger.messages()] == ["post:P04@D06"]

    await messenger.knows(MINE)
    (letter,) = await box.delivered(1)
    assert letter["to"] == "u.handler.d06"
    await wait_until(messenger.told)
    assert await messenger.told() == ["u.handler.d06"]
    assert await messenger.work.backlog("messages-waiting-for-contact") == 0


async def test_given_a_light_before_the_person_is_known_then_the_message_waits_and_is_not_lost(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.handled(red("u.handler.d06", "u.handler.d06"), by=messenger.supervision)
    assert await messenger.work.backlog("messages-waiting-for-contact") == 1

    await messenger.knows(MINE)
    (letter,) = await box.delivered(1)
    assert "红灯" in letter["text"]


async def test_given_a_person_who_left_then_the_failure_is_seen_and_said(messenger: Messenger) -> None:
    await messenger.knows(MINE.model_copy(update={"active": False}))
    await messenger.handled(red("u.handler.d06"), by=messenger.supervision)

    (message,) = await messenger.messages()
    (said,) = of_kind(await messenger.work.said(), MessageFailed)
    assert (message.state, said.recipient) == (State.FAILED_PERMANENT, "u.handler.d06")
    assert await messenger.work.backlog("messages-failed") == 1


async def test_given_a_bulletin_then_everybody_named_gets_a_mail(messenger: Messenger, box: Postbox) -> None:
    await messenger.knows(MINE, DEPUTY, leader())
    await messenger.handled(bulletin("u.handler.d06", "u.handler2.d06", "u.leader"), by=messenger.supervision)

    letters = await box.delivered(3, contains="两周")
    assert {letter["channel"] for letter in letters} == {"smtp"}
    assert {letter["subject"] for letter in letters} == {"督查通报 2017年第1期"}
    assert {letter["to"] for letter in letters} == {
        "u.handler.d06@guihua.example", "u.handler2.d06@guihua.example", "u.leader@guihua.example"
    }  # fmt: skip


async def test_given_an_incident_then_the_operators_are_told_and_the_first_one_to_come_if_there_is_none(
    messenger: Messenger,
) -> None:
    await messenger.handled(incident(), by=messenger.workflow)
    assert [message.recipient for message in await messenger.messages()] == ["role:operator"]

    await messenger.knows(person("u.ops", roles=(Role.OPERATOR,)))
    await wait_until(messenger.told)
    assert await messenger.told("incident") == ["u.ops"]


async def test_that_an_applicant_was_told_is_said_with_channel_and_case_and_of_staff_nothing(
    messenger: Messenger,
) -> None:
    await messenger.knows(MINE)
    await messenger.handled(ordinary(), by=messenger.workflow)
    await messenger.handled(contact(), by=messenger.intake)

    (said,) = of_kind(await messenger.work.said(), MessageSent)
    assert isinstance(said, MessageSent)
    assert (said.recipient, said.case_no, said.channel) == (f"applicant:{CASE}", CASE, "sms")
    assert (said.template, said.attempts) == ("receipt-applicant", 1)
    assert len(await messenger.told()) == 2
    assert await messenger.dead_letters() == 0
