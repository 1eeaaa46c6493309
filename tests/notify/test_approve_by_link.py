"""Deciding by link while out of office (A-18): by whom, until when, once, and what the signature is worth."""

from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.contracts.notify import LinkDecided
from services.kernel.identity import Person
from services.notify import links
from services.notify.links import LIFETIME
from services.notify.states import State
from tests.notify.approvals import AGREE, AWAY, decide, let_expire, look, offered, only_link
from tests.notify.builders import (
    CASE,
    HANDLER,
    LEADER,
    LEADER2,
    NOW,
    SUPERVISOR,
    TASK,
    cancelled,
    completed,
    decision_dropped,
    decision_kept,
    opened,
)
from tests.notify.conftest import Messenger
from tests.notify.providers import Postbox
from tests.support.wait import wait_until


async def test_given_a_leader_out_of_office_when_they_decide_by_link_then_it_is_said_signed_once(
    messenger: Messenger, box: Postbox
) -> None:
    token = await offered(messenger, box)
    seen = await look(messenger, token)
    assert (seen["case_no"], seen["step"], seen["standing"]) == (CASE, "分管领导审批", "open")

    status, decided = await decide(messenger, token)
    again, _ = await decide(messenger, token, device="desktop")

    assert (status, again, decided["standing"], decided["decision"]) == (200, 200, "decided", "agree")
    (said,) = await messenger.work.said(CASE)
    assert isinstance(said, LinkDecided)
    assert (said.person, said.task_id, said.channel, said.device, said.decided_at) == (
        "u.leader", TASK, "link", "phone", NOW
    )  # fmt: skip


async def test_the_signature_holds_with_the_public_key_and_covers_every_fact(
    messenger: Messenger, box: Postbox
) -> None:
    await decide(messenger, await offered(messenger, box))
    (said,) = [each for each in await messenger.work.said(CASE) if isinstance(each, LinkDecided)]
    published = (await messenger.work.ask("GET", "/link-keys")).json()
    key = jwt.PyJWKSet.from_dict(published)[jwt.get_unverified_header(said.signature)["kid"]].key

    assert isinstance(key, Ed25519PublicKey)
    signed = jwt.decode(said.signature, key, algorithms=["EdDSA"])
    signed_at, expires_at = (datetime.fromisoformat(signed.pop(name)) for name in ("signed_at", "link_expires_at"))
    assert timedelta() < expires_at - signed_at <= LIFETIME
    assert signed == said.model_dump(mode="json", exclude={"signature"}) | {"decided_at": said.decided_at.isoformat()}
    header, payload, signature = said.signature.split(".")
    forged = f"{header}.{payload[:-4]}AAAA.{signature}"
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(forged, key, algorithms=["EdDSA"])


@pytest.mark.parametrize(("who", "status"), [(LEADER2, 404), (HANDLER, 403), (SUPERVISOR, 403)])
async def test_the_link_is_nothing_to_anybody_else(
    messenger: Messenger, box: Postbox, who: Person, status: int
) -> None:
    token = await offered(messenger, box)
    unknown = await messenger.work.ask("GET", f"/links/{'x' * 43}", who)

    refused = await messenger.work.ask("GET", f"/links/{token}", who)
    assert refused.status_code == unknown.status_code == status
    assert refused.json()["code"] == unknown.json()["code"]
    assert (await decide(messenger, token, who))[0] == status
    assert (await messenger.work.client.get(f"/links/{token}")).status_code == 401
    assert await messenger.work.said(CASE) == []


async def test_another_decision_by_the_same_link_is_refused(messenger: Messenger, box: Postbox) -> None:
    token = await offered(messenger, box)
    await decide(messenger, token)
    status, problem = await decide(messenger, token, decision="disagree")

    assert (status, problem["code"]) == (409, "link-spent")
    assert len(await messenger.work.said(CASE)) == 1


async def test_an_expired_link_decides_nothing_by_the_wall_clock(messenger: Messenger, box: Postbox) -> None:
    token = await offered(messenger, box)
    await let_expire(messenger)

    assert (await look(messenger, token))["standing"] == "expired"
    status, problem = await decide(messenger, token)
    assert (status, problem["code"], problem["reason"]) == (409, "link-spent", "expired")


@pytest.mark.parametrize(
    ("over", "standing"),
    [(completed(), "overtaken"), (completed(signature="another"), "overtaken"), (cancelled(), "cancelled")],
    ids=["done at the desk", "done by another link", "cancelled"],
)
async def test_given_the_task_is_over_then_its_link_decides_nothing(
    messenger: Messenger, box: Postbox, over: Any, standing: str
) -> None:
    token = await offered(messenger, box)
    await messenger.handled(over, by=messenger.workflow)

    assert (await look(messenger, token))["standing"] == standing
    status, problem = await decide(messenger, token)
    assert (status, problem["code"]) == (409, "link-spent")
    assert await messenger.work.said(CASE) == []


async def test_given_the_process_took_the_decision_then_the_link_shows_it(messenger: Messenger, box: Postbox) -> None:
    token = await offered(messenger, box)
    await decide(messenger, token)
    signature = (await only_link(messenger)).signature
    await messenger.handled(completed(channel="link", signature=signature), by=messenger.workflow)

    assert (await look(messenger, token))["standing"] == "carried_out"


async def test_given_the_desk_was_faster_than_the_decision_then_the_leader_sees_that(
    messenger: Messenger, box: Postbox
) -> None:
    token = await offered(messenger, box)
    await decide(messenger, token)
    await messenger.handled(completed(), by=messenger.workflow)

    assert (await look(messenger, token))["standing"] == "overtaken"


async def test_given_a_suspended_case_then_the_leader_sees_that_the_decision_waits_and_what_became_of_it(
    messenger: Messenger, box: Postbox
) -> None:
    token = await offered(messenger, box)
    await decide(messenger, token)
    signature = (await only_link(messenger)).signature
    await messenger.handled(decision_kept(), by=messenger.workflow)

    assert (await look(messenger, token))["standing"] == "waiting"
    await box.delivered(2, to="u.leader")
    assert "恢复后生效" in (await messenger.messages())[-1].text
    await messenger.handled(completed(channel="link", signature=signature), by=messenger.workflow)
    assert (await look(messenger, token))["standing"] == "carried_out"


async def test_given_a_kept_decision_that_does_not_fit_any_more_then_the_leader_sees_why(
    messenger: Messenger, box: Postbox
) -> None:
    token = await offered(messenger, box)
    await decide(messenger, token)
    dropped = decision_dropped(reason="您不在该岗位 / you do not hold the post")
    await messenger.handled(decision_kept(), dropped, by=messenger.workflow)

    seen = await look(messenger, token)
    assert (seen["standing"], seen["remark"]) == ("dropped", dropped.reason)
    [told] = [message.text for message in await messenger.messages() if message.template == "decision-dropped"]
    assert dropped.reason in told


async def test_neither_the_database_nor_an_answer_holds_a_token(messenger: Messenger, box: Postbox) -> None:
    token = await offered(messenger, box)
    shown = await messenger.work.ask("GET", "/messages", SUPERVISOR)
    stored = [await messenger.messages(), await only_link(messenger), await messenger.work.said()]

    assert token not in shown.text + str(stored)
    assert "【审批链接】" in shown.text
    assert (await only_link(messenger)).token_hash == links.token_hash(token)


async def test_given_the_link_is_over_before_its_message_is_sent_then_it_is_not_sent(
    messenger: Messenger, box: Postbox
) -> None:
    deps = messenger.work.deps
    await messenger.knows(AWAY)
    await messenger.handled(opened(), by=messenger.workflow)
    await box.delivered(1)
    await messenger.handled(completed(), by=messenger.workflow)
    (message,) = await messenger.messages()
    late = message.model_copy(update={"message_id": "0" * 32, "state": State.QUEUED, "due_at": deps.clock.wall()})
    await deps.messages.create(late)
    deps.wake.set()

    async def is_expired() -> bool:
        return (await deps.messages.load("0" * 32))[0].state is State.EXPIRED

    await wait_until(is_expired)
    assert len(await box.letters()) == 1


async def test_a_decision_that_the_process_does_not_take_is_counted(messenger: Messenger, box: Postbox) -> None:
    await decide(messenger, await offered(messenger, box))
    line = "link-decisions-not-carried-out"
    assert await messenger.work.backlog(line) == 0

    link = await only_link(messenger)
    long_ago = messenger.work.deps.clock.wall() - LIFETIME
    await messenger.work.deps.links.change(
        link.link_id, lambda found: (found.model_copy(update={"signed_at": long_ago}), ())
    )
    assert await messenger.work.backlog(line) == 1

    await messenger.handled(decision_kept(), by=messenger.workflow)
    assert await messenger.work.backlog(line) == 0


@pytest.mark.parametrize("body", [{}, AGREE | {"opinion": ""}, AGREE | {"decision": "Yes!"}, AGREE | {"extra": 1}])
async def test_what_is_no_verdict_is_refused(messenger: Messenger, box: Postbox, body: dict[str, Any]) -> None:
    token = await offered(messenger, box)

    assert (await messenger.work.ask("POST", f"/links/{token}", LEADER, body=body)).status_code == 422
