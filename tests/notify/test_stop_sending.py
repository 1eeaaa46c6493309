"""Addresses that get nothing more: dead numbers, unsubscribed owners, and what the law requires all the same."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.contracts.words import Role
from services.kernel.identity import Person
from services.kernel.seals import Seals
from services.notify.bounces import Codes, cause_in_reply
from services.notify.messages import Message
from services.notify.signatures import signed
from services.notify.states import State
from services.notify.suppressions import Cause, Suppressions
from services.notify.templates import Channel
from tests.notify.builders import CASE, HANDLER, OPERATOR, PHONE, accepted, contact, person, red
from tests.notify.conftest import FIELD_KEYS, Messenger, running
from tests.notify.providers import HOST, Provider
from tests.notify.test_hear_receipts import KEYS, hearing, only
from tests.notify.test_send_messages import Postmaster, mail_by
from tests.support.office import Office
from tests.support.wait import wait_until

CLERK = Person(code="u.window", name="王某", roles=frozenset({Role.CLERK}), department="D01")
TOWN = Person(code="u.town", name="乡某", roles=frozenset({Role.CLERK}), department="T01", township=True)
OTHER = "51200020170421PT0500018"
WISH = {"recipient": f"applicant:{CASE}", "channel": "sms", "reason": "申请人到窗口要求"}


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        ("550 5.1.1 <x> unknown", Cause.NO_SUCH_ADDRESS),
        ("550 no such user", Cause.NO_SUCH_ADDRESS),
        ("551 moved", Cause.NO_SUCH_ADDRESS),
        ("553 mailbox name not allowed", Cause.NO_SUCH_ADDRESS),
        ("550 5.7.1 relaying denied", None),
        ("552 5.2.2 mailbox full", None),
        ("450 4.2.1 try later", None),
        ("554 transaction failed", None),
    ],
)
def test_only_a_reply_about_the_mailbox_itself_closes_it(reply: str, cause: Cause | None) -> None:
    assert cause_in_reply(reply) is cause


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("UNDELIV MK:0001", Cause.NO_SUCH_ADDRESS),
        ("mn:0001", Cause.NO_SUCH_ADDRESS),
        ("REJECTD BLACK", Cause.BLOCKED_BY_NETWORK),
        ("UNDELIV", None),
        ("EXPIRED MK:0013", None),
        ("", None),
    ],
)
def test_only_a_status_report_about_the_number_itself_closes_it(reason: str, cause: Cause | None) -> None:
    assert Codes().cause_in(reason) is cause
    assert Codes(dead=("ZZ",), blocked=()).cause_in("ZZ") is Cause.NO_SUCH_ADDRESS


async def post(messenger: Messenger, path: str, body: dict[str, Any], keys: tuple[bytes, ...] = KEYS) -> httpx.Response:
    """Something that a provider says, signed."""
    raw = json.dumps(body).encode()
    headers = signed(raw, reference="r", wall=messenger.clock.wall(), keys=keys) | {"Content-Type": "application/json"}
    return await messenger.work.client.post(path, content=raw, headers=headers)


async def entries(messenger: Messenger, who: Person = OPERATOR, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await messenger.work.ask("GET", f"/suppressions{query}", who)).json()["suppressions"]
    return found


async def of(messenger: Messenger, template: str, case_no: str = CASE) -> Message:
    async def there() -> list[Message]:
        return [m for m in await messenger.messages() if (m.template, m.case_no) == (template, case_no)]

    (message,) = await wait_until(there, within=30)
    return message


async def test_given_a_dead_number_then_ordinary_messages_stop_and_what_the_law_requires_goes_to_the_desk(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with hearing(office, keys, gateway) as messenger:
        await messenger.handled(contact(), by=messenger.intake)
        told = {"reference": gateway.of("sms")[0], "status": "permanent", "reason": "UNDELIV MK:0001"}
        for _ in range(2):
            await post(messenger, "/receipts/sms", {"receipts": [told]})
        (entry,) = await entries(messenger)
        assert (entry["cause"], entry["shown"], entry["recipient"]) == (
            "no_such_address",
            "139****78",
            f"applicant:{CASE}",
        )
        assert [(each["by"], each["reason"]) for each in entry["deeds"]] == [("provider:sms", "UNDELIV MK:0001")]

        await messenger.handled(accepted(), by=messenger.workflow)
        required = await of(messenger, "accepted-applicant")
        assert (required.state, required.on) == (State.SENT, Channel.DESK)
        await messenger.handled(contact(OTHER), by=messenger.intake)
        ordinary = await of(messenger, "receipt-applicant", OTHER)
        assert (ordinary.state, ordinary.because[:6]) == (State.SUPPRESSED, "联系方式已停")
        assert len(gateway.of("sms")) == 1, "nothing more went there, for whichever case"

        path = f"/suppressions/{entry['suppression_id']}/lift"
        assert (await messenger.work.ask("POST", path, HANDLER, body={"reason": "x"})).status_code == 403
        lifted = (await messenger.work.ask("POST", path, OPERATOR, body={"reason": "号码已更正"})).json()
        assert (lifted["closed"], lifted["deeds"][1]["by"], lifted["deeds"][1]["reason"]) == (
            False,
            "u.ops",
            "号码已更正",
        )
        assert (await messenger.work.ask("POST", path, OPERATOR, body={"reason": "x"})).status_code == 409
        await messenger.work.ask("POST", f"/messages/{ordinary.message_id}/retry", OPERATOR)
        await wait_until(lambda: len(gateway.of("sms")) == 2, within=30)


async def test_given_the_receipt_tells_of_a_required_message_itself_then_that_goes_to_the_desk_at_once(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with hearing(office, keys, gateway) as messenger:
        await messenger.handled(contact(), by=messenger.intake)
        await messenger.handled(accepted(), by=messenger.workflow)
        told = {
            "reference": gateway.of("sms")[1],
            "status": "permanent",
            "reason": "退订",
            "closes": "blocked_by_owner",
        }
        await post(messenger, "/receipts/sms", {"receipts": [told]})
        await wait_until(messenger.is_idle)

        required = await of(messenger, "accepted-applicant")
        assert (required.state, required.on) == (State.SENT, Channel.DESK)
        assert [each["cause"] for each in await entries(messenger)] == ["blocked_by_owner"]


async def test_given_an_owner_answers_td_then_nothing_goes_there_until_the_owner_answers_hf(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with hearing(office, keys, gateway) as messenger:
        reply = {"replies": [{"sender": PHONE, "text": " td "}, {"sender": PHONE, "text": "TD是什么意思"}]}
        assert (await post(messenger, "/replies/sms", reply, keys=(b"guessed",))).status_code == 401
        assert await entries(messenger) == []
        assert (await post(messenger, "/replies/sms", reply)).json() == {"understood": 1}

        await messenger.handled(contact(), by=messenger.intake)
        assert (await of(messenger, "receipt-applicant")).state is State.SUPPRESSED
        assert [each["by"] for each in (await entries(messenger))[0]["deeds"]] == ["owner"]
        again = {"replies": [{"sender": PHONE, "text": "恢复"}]}
        for _ in range(2):
            assert (await post(messenger, "/replies/sms", again)).json() == {"understood": 1}
        assert await entries(messenger) == []
        assert [len(each["deeds"]) for each in await entries(messenger, query="?closed=false")] == [2]
        await messenger.handled(contact(OTHER), by=messenger.intake)
        assert (await of(messenger, "receipt-applicant", OTHER)).state is State.SENT


async def test_the_window_notes_an_applicants_wish_and_a_township_only_its_own(messenger: Messenger) -> None:
    await messenger.handled(contact(), by=messenger.intake)
    for who, status in ((HANDLER, 403), (TOWN, 404), (CLERK, 200), (CLERK, 200)):
        assert (await messenger.work.ask("POST", "/suppressions", who, body=WISH)).status_code == status, who
    for changed in ({"recipient": f"applicant:{OTHER}"}, {"channel": "smtp"}, {"channel": "desk"}):
        answer = await messenger.work.ask("POST", "/suppressions", CLERK, body=WISH | changed)
        assert (answer.status_code, answer.json()["code"]) == (404, "no-address-to-close")

    (entry,) = await entries(messenger, CLERK)
    assert [(each["by"], each["reason"]) for each in entry["deeds"]] == [("u.window", "申请人到窗口要求")]
    assert await entries(messenger, TOWN) == []
    lifting = await messenger.work.ask(
        "POST", f"/suppressions/{entry['suppression_id']}/lift", TOWN, body={"reason": "x"}
    )
    assert lifting.status_code == 404


async def test_given_the_key_is_changed_and_the_service_starts_anew_then_what_was_closed_stays_closed(
    messenger: Messenger, office: Office
) -> None:
    await messenger.handled(contact(), by=messenger.intake)
    await messenger.work.ask("POST", "/suppressions", CLERK, body=WISH)
    rows = messenger.work.deps.suppressions.rows

    renewed = Suppressions(rows, seals=Seals.of(f"{'n' * 40},{FIELD_KEYS}", service="notify"))
    await renewed.load()
    assert renewed.is_closed(Channel.SMS, PHONE, required=False)
    assert renewed.is_closed(Channel.VOICE, PHONE, required=False), "who wants no messages is not rung up instead"
    assert not renewed.is_closed(Channel.VOICE, PHONE, required=True)
    assert not renewed.is_closed(Channel.SMS, "13700000000", required=False)
    assert PHONE not in str(await office.mongo["guihua_notify"]["suppressions"].find({}).to_list(None))


@asynccontextmanager
async def with_mail(
    office: Office, keys: tuple[Path, Path], postmaster: Postmaster, gateway: Provider
) -> AsyncIterator[Messenger]:
    async with mail_by(postmaster) as mail:
        settings = {"GUIHUA_SMTP_HOST": HOST, "GUIHUA_SMTP_PORT": str(mail.port), "GUIHUA_SMTP_START_TLS": "false"}
        async with running(office, keys, settings | {"GUIHUA_SMS_URL": f"{gateway.url}/sms"}) as opened:
            yield opened


async def test_given_a_mailbox_that_is_gone_then_staff_find_the_next_message_in_the_inbox_only(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    async with with_mail(office, keys, Postmaster(rcpt="550 5.1.1 unknown"), gateway) as messenger:
        await messenger.knows(person("u.handler.d06", "P04@D06", phone="", chat=""))
        await messenger.handled(red("u.handler.d06"), by=messenger.supervision)
        await only(messenger, State.FAILED_PERMANENT)
        await messenger.handled(red("u.handler.d06", case_no=OTHER), by=messenger.supervision)

        left = await of(messenger, "light-red", OTHER)
        assert (left.state, left.attempts) == (State.SUPPRESSED, ())
        inbox = (await messenger.work.ask("GET", "/inbox", HANDLER)).json()
        assert (inbox["unread"], [each["case_no"] for each in inbox["items"]]) == (2, [OTHER, CASE])
        await messenger.work.ask("POST", f"/inbox/{left.message_id}/read", HANDLER)
        assert [each["case_no"] for each in (await messenger.work.ask("GET", "/inbox", HANDLER)).json()["items"]] == [
            OTHER,
            CASE,
        ]
