"""Handing messages over: real SMTP and HTTP, other ways when one is down, and failures that somebody sees (A-20)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr

from services.contracts.notify import MessageFailed
from services.notify.channels import Parcel, Refused, Unreachable
from services.notify.gateways import Gateway
from services.notify.mails import Mail
from services.notify.messages import Message
from services.notify.states import State
from tests.notify.builders import CASE, OPERATOR, SUPERVISOR, bulletin, contact, ordinary, person, red
from tests.notify.conftest import Messenger, running
from tests.notify.providers import HOST, Postbox, Provider
from tests.support.office import Office
from tests.support.running import of_kind
from tests.support.wait import wait_until

MINE = person("u.handler.d06", "P04@D06")
PARCEL = Parcel(reference="abc-smtp", to="u.one@guihua.example", subject="待办：审查", text="请办理。\n案件1")


@pytest.fixture
async def messenger_by_gateway(office: Office, keys: tuple[Path, Path], gateway: Provider) -> AsyncIterator[Messenger]:
    """The service with a gateway that does as it is told, and no mail."""
    async with running(office, keys, gateway.settings()) as opened:
        yield opened


async def only(messenger: Messenger, state: State) -> Message:
    """The only message, once it is in this state."""

    async def there() -> list[Message]:
        return [message for message in await messenger.messages() if message.state is state]

    (message,) = await wait_until(there, within=20)
    return message


async def test_given_chat_is_down_then_the_same_message_arrives_by_short_message_with_a_record_of_each_try(
    messenger_by_gateway: Messenger, gateway: Provider
) -> None:
    gateway.refuse("chat", 503)
    await messenger_by_gateway.knows(MINE)
    await messenger_by_gateway.handled(red("u.handler.d06"), by=messenger_by_gateway.supervision)

    message = await only(messenger_by_gateway, State.SENT)
    assert [(each.channel, each.error) for each in message.attempts] == [
        ("chat", "HTTP 503"), ("chat", "HTTP 503"), ("sms", "")
    ]  # fmt: skip
    assert len(set(gateway.of("chat"))) == 1, "every try bears the same reference"


async def test_given_a_channel_that_the_bureau_does_not_run_then_the_next_is_taken_at_once(
    office: Office, keys: tuple[Path, Path], box: Postbox
) -> None:
    mail_only = {name: value for name, value in box.settings().items() if "SMTP" in name}
    async with running(office, keys, mail_only) as messenger:
        await messenger.knows(MINE)
        await messenger.handled(ordinary(), by=messenger.workflow)

        (letter,) = await box.delivered(1)
        assert (letter["channel"], letter["to"], letter["subject"]) == ("smtp", MINE.mail, "待办：经办审查")
        assert len((await only(messenger, State.SENT)).attempts) == 1


async def test_given_every_way_is_down_then_it_fails_in_the_end_and_that_is_seen_and_said(
    messenger_by_gateway: Messenger, gateway: Provider
) -> None:
    gateway.refuse("chat", 500)
    gateway.refuse("sms", 500)
    await messenger_by_gateway.knows(MINE)
    await messenger_by_gateway.handled(red("u.handler.d06"), by=messenger_by_gateway.supervision)

    message = await only(messenger_by_gateway, State.TECHNICAL_FAILURE)
    assert [each.channel for each in message.attempts] == ["chat", "chat", "sms", "sms", "sms", "sms"]
    (said,) = of_kind(await messenger_by_gateway.work.said(), MessageFailed)
    assert isinstance(said, MessageFailed)
    assert (said.case_no, said.channel, said.reason, said.attempts) == (CASE, "sms", "HTTP 500", 6)
    assert await messenger_by_gateway.work.backlog("messages-failed") == 1


async def test_given_a_refusal_for_good_then_that_way_is_not_tried_again(
    messenger_by_gateway: Messenger, gateway: Provider
) -> None:
    gateway.refuse("sms", 422)
    await messenger_by_gateway.handled(contact(), by=messenger_by_gateway.intake)

    message = await only(messenger_by_gateway, State.FAILED_PERMANENT)
    assert [each.error for each in message.attempts] == ["refused: HTTP 422"]


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 502])
async def test_given_the_gateway_is_set_up_wrongly_then_it_is_tried_again(
    messenger_by_gateway: Messenger, gateway: Provider, status: int
) -> None:
    gateway.refuse("sms", status, times=2)
    await messenger_by_gateway.handled(contact(), by=messenger_by_gateway.intake)

    tried = (await only(messenger_by_gateway, State.SENT)).attempts
    assert [each.error for each in tried] == [f"HTTP {status}", f"HTTP {status}", ""]


async def test_given_a_gateway_that_never_answers_then_the_try_ends_in_time(
    messenger_by_gateway: Messenger, gateway: Provider
) -> None:
    gateway.open_door.clear()
    await messenger_by_gateway.knows(MINE)
    await messenger_by_gateway.supervision.say(red("u.handler.d06"))
    await wait_until(lambda: len(gateway.taken) >= 2, within=20)
    gateway.open_door.set()

    message = await only(messenger_by_gateway, State.SENT)
    assert message.attempts[0].error
    assert (message.attempts[0].ended_at - message.attempts[0].began_at).total_seconds() < 5


async def test_given_a_failed_message_when_the_operator_retries_then_it_goes_to_the_address_known_now(
    messenger_by_gateway: Messenger, gateway: Provider
) -> None:
    gateway.refuse("sms", 422)
    await messenger_by_gateway.handled(contact(), by=messenger_by_gateway.intake)
    failed = await only(messenger_by_gateway, State.FAILED_PERMANENT)
    gateway.accept("sms")
    await messenger_by_gateway.handled(contact(phone="13700000000"), by=messenger_by_gateway.intake)

    path = f"/messages/{failed.message_id}/retry"
    assert (await messenger_by_gateway.work.ask("POST", path, SUPERVISOR)).status_code == 403
    assert (await messenger_by_gateway.work.ask("POST", path, OPERATOR)).status_code == 200
    await wait_until(lambda: _all_sent(messenger_by_gateway))
    assert gateway.taken[-1][2]["to"] == "13700000000"

    again = await messenger_by_gateway.work.ask("POST", path, OPERATOR)
    assert (again.status_code, again.json()["code"]) == (409, "message-not-failed")


async def _all_sent(messenger: Messenger) -> bool:
    return {message.state for message in await messenger.messages()} == {State.SENT}


async def test_given_a_failed_message_when_the_operator_abandons_it_then_it_stays_on_record_with_the_reason(
    messenger_by_gateway: Messenger, gateway: Provider
) -> None:
    gateway.refuse("sms", 422)
    await messenger_by_gateway.handled(contact(), by=messenger_by_gateway.intake)
    failed = await only(messenger_by_gateway, State.FAILED_PERMANENT)

    path, order = f"/messages/{failed.message_id}/abandon", {"reason": "空号，已电话告知"}
    answer = await messenger_by_gateway.work.ask("POST", path, OPERATOR, body=order)
    assert (answer.json()["state"], answer.json()["because"]) == ("cancelled", "u.ops: 空号，已电话告知")
    assert await messenger_by_gateway.work.backlog("messages-failed") == 0
    assert (await messenger_by_gateway.work.ask("POST", path, OPERATOR, body=order)).status_code == 409


async def test_the_gateway_is_shown_its_token_and_gets_the_text_and_nothing_else(
    messenger_by_gateway: Messenger, gateway: Provider
) -> None:
    await messenger_by_gateway.handled(contact(), by=messenger_by_gateway.intake)
    await only(messenger_by_gateway, State.SENT)

    ((_, _, body),) = gateway.taken
    assert set(body) == {"to", "subject", "text"}


async def test_a_gateway_that_is_not_there_may_come_back() -> None:
    with pytest.raises(Unreachable, match="ConnectError"):
        await Gateway(f"http://{HOST}:1/sms", None, timeout=2).send(PARCEL)


class Postmaster:
    """An SMTP server's manners: what it answers to recipients and to content."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self._rcpt, self._data = rcpt, data
        self.mails: list[Envelope] = []
        self.peers: list[object] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self._rcpt

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        self.mails.append(envelope)
        self.peers.append(session.peer)
        return self._data


@asynccontextmanager
async def mail_by(postmaster: Postmaster, **changes: Any) -> AsyncIterator[Mail]:
    """Mail through a server with these manners."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(postmaster, enable_SMTPUTF8=True), HOST, 0)
    usual: dict[str, Any] = {
        "host": HOST,
        "port": server.sockets[0].getsockname()[1],
        "sender": "guihua@guihua.example",
        "user": None,
        "password": None,
        "start_tls": False,
        "tls": False,
        "timeout": 5,
    }
    mail = Mail(**{**usual, **changes})
    async with server:
        yield mail
        await mail.close()


@pytest.mark.parametrize(
    ("manners", "error"),
    [
        ({"rcpt": "550 no such user"}, Refused),
        ({"rcpt": "450 greylisted, come back later"}, Unreachable),
        ({"data": "554 spam"}, Refused),
        ({"data": "451 disk full"}, Unreachable),
        ({"rcpt": "421 closing"}, Unreachable),
    ],
)
async def test_a_mail_server_refuses_for_good_or_for_now(manners: dict[str, str], error: type[Exception]) -> None:
    async with mail_by(Postmaster(**manners)) as mail:
        with pytest.raises(error):
            await mail.send(PARCEL)


@pytest.mark.parametrize(
    "changes",
    [{"port": 1}, {"start_tls": True}, {"tls": True}, {"user": "u", "password": SecretStr("wrong")}],
    ids=["nobody there", "no STARTTLS", "no TLS", "no login"],
)
async def test_a_mail_server_that_cannot_be_used_may_be_put_right(changes: dict[str, Any]) -> None:
    async with mail_by(Postmaster(), **changes) as mail:
        with pytest.raises(Unreachable):
            await mail.send(PARCEL)


async def test_a_mail_goes_to_its_recipient_alone_and_says_that_a_machine_wrote_it() -> None:
    postmaster = Postmaster()
    async with mail_by(postmaster) as mail:
        await mail.send(PARCEL)

    (envelope,) = postmaster.mails
    assert envelope.rcpt_tos == ["u.one@guihua.example"]
    content = envelope.content.decode() if isinstance(envelope.content, bytes) else str(envelope.content)
    assert "Message-ID: <abc-smtp@guihua.example>" in content
    assert "Auto-Submitted: auto-generated" in content


@pytest.mark.parametrize(
    "to", ["a,b@guihua.example", "a@b@guihua.example", "<a@guihua.example>", "a", "a\r\nBcc: b@c.d"]
)
async def test_what_is_not_one_mail_address_reaches_nobody(to: str) -> None:
    postmaster = Postmaster()
    async with mail_by(postmaster) as mail:
        with pytest.raises((Refused, Unreachable)):
            await mail.send(replace(PARCEL, to=to))

    assert postmaster.mails == []


async def test_a_mail_address_in_an_error_is_masked(office: Office, keys: tuple[Path, Path]) -> None:
    postmaster = Postmaster(rcpt="550 <u.handler.d06@guihua.example> is unknown")
    async with mail_by(postmaster) as mail:
        settings = {"GUIHUA_SMTP_HOST": HOST, "GUIHUA_SMTP_PORT": str(mail.port), "GUIHUA_SMTP_START_TLS": "false"}
        async with running(office, keys, settings) as messenger:
            await messenger.knows(MINE)
            await messenger.handled(bulletin("u.handler.d06"), by=messenger.supervision)

            assert (await only(messenger, State.FAILED_PERMANENT)).because == "refused: 550 <u.h****le> is unknown"
