"""The messenger: a message given up and taken up again, a decision by link, a letter that nobody can read."""

import json
from datetime import UTC, datetime
from typing import Any

from services.notify.signatures import keys_of, signed
from tests.hostile.city import City
from tests.hostile.day.windows import complete
from tests.hostile.doors import BODIES
from tests.hostile.ledger import Ledger
from tests.hostile.situation import WORKS, Situation
from tests.support.wait import wait_until


async def sent_and_given_up(ledger: Ledger, situation: Situation) -> None:
    """What was sent is neither sent again nor given up; what cannot be sent is given up, and taken up again."""
    retry, abandon = "notify POST /messages/{message_id}/retry", "notify POST /messages/{message_id}/abandon"
    sent, reason = {"message_id": situation.message_id}, {"reason": "不再需要"}
    await ledger.ask(409, retry, names=sent)
    await ledger.ask(409, abandon, names=sent, json=reason)
    postbox = ledger.city.run.processes["postbox"]
    await postbox.stop()
    try:
        receipt = await ledger.city.api.call(
            "POST", "intake", "/cases", who="u.window", body=await complete(ledger, WORKS)
        )
        waiting = await wait_until(lambda: _waiting(ledger, receipt["case_no"]))

        async def is_given_up() -> bool:
            return (await ledger.any(abandon, names=waiting, json=reason)).status_code == 200

        await wait_until(is_given_up)
        await ledger.ask(200, retry, names=waiting)
    finally:
        await postbox.start()


async def _waiting(ledger: Ledger, case_no: str) -> dict[str, str]:
    page = (await ledger.any("notify GET /messages", params={"case_no": case_no})).json()
    return next(({"message_id": each["message_id"]} for each in page["messages"]), {})


async def decided_by_link(ledger: Ledger, situation: Situation) -> None:
    """The leader decides, and cannot decide otherwise afterwards."""
    leader, names = await ledger.city.api.token("u.leader"), {"token": situation.link}
    agreed = BODIES["POST", "/links/{token}"]
    await ledger.ask(200, "notify GET /links/{token}", leader, names=names)
    await ledger.ask(200, "notify POST /links/{token}", leader, names=names, json=agreed)
    await ledger.ask(409, "notify POST /links/{token}", leader, names=names, json={**agreed, "decision": "disagree"})


def signed_receipt(city: City, status: str = "delivered") -> dict[str, Any]:
    """What the gateway of short messages tells of a message that nobody knows, signed as agreed."""
    return _signed(city, {"receipts": [{"reference": f"{'0' * 32}-sms", "status": status}]})


def signed_reply(city: City) -> dict[str, Any]:
    """What somebody answers to a short message, as the gateway hands it on."""
    return _signed(city, BODIES["POST", "/replies/{provider}"])


def _signed(city: City, said: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(said).encode()
    keys = keys_of(city.run.layout.secret("notify-receipts"))
    headers = signed(body, reference="r", wall=datetime.now(UTC), keys=keys)
    return {"content": body, "headers": headers | {"Content-Type": "application/json"}}


async def heard_and_read(ledger: Ledger, situation: Situation) -> None:
    """Receipts; the inbox of who handles a case; telling by hand what was sent already."""
    await ledger.ask(
        200, "notify POST /receipts/{provider}", None, names={"provider": "sms"}, **signed_receipt(ledger.city)
    )
    told = BODIES["POST", "/messages/{message_id}/told"]
    sent = {"message_id": situation.message_id}
    await ledger.ask(409, "notify POST /messages/{message_id}/told", names=sent, json=told)
    handler = await ledger.city.api.token("u.handler.d06")
    await ledger.ask(200, "notify GET /inbox/unread", handler)
    inbox = (await ledger.ask(200, "notify GET /inbox", handler)).json()
    own = {"message_id": inbox["items"][0]["message_id"]}
    await ledger.ask(200, "notify POST /inbox/{message_id}/read", handler, names=own)
    await ledger.ask(200, "notify POST /inbox/read", handler)
    await ledger.ask(200, "notify GET /preferences", handler)
    await ledger.ask(200, "notify PUT /preferences", handler, json=BODIES["PUT", "/preferences"])


async def stopped(ledger: Ledger, _situation: Situation) -> None:
    """Somebody wants no more mail, and then again; a telephone's owner answers a message."""
    wish = {"recipient": "u.handler2.d06", "channel": "smtp", "reason": "邮箱停用"}
    entry = (await ledger.ask(200, "notify POST /suppressions", json=wish)).json()
    one, lift = {"suppression_id": entry["suppression_id"]}, "notify POST /suppressions/{suppression_id}/lift"
    for status in (200, 409):
        await ledger.ask(status, lift, names=one, json=BODIES["POST", "/suppressions/{suppression_id}/lift"])
    sms = {"provider": "sms"}
    await ledger.ask(200, "notify POST /replies/{provider}", None, names=sms, **signed_reply(ledger.city))


async def set_up(ledger: Ledger, _situation: Situation) -> None:
    """A template is looked at, tried, changed once, and not by who comes too late; a group is bound and unbound."""
    one, words = {"key": "light-yellow"}, BODIES["PUT", "/templates/{key}"]
    await ledger.ask(200, "notify GET /templates/{key}", names=one)
    preview = BODIES["POST", "/templates/{key}/preview"]
    await ledger.ask(200, "notify POST /templates/{key}/preview", names=one, json=preview)
    for status in (200, 409):
        await ledger.ask(status, "notify PUT /templates/{key}", names=one, json=words)
    group, why = {"department": "D77"}, BODIES["POST", "/groups/{department}/unbind"]
    binding = BODIES["PUT", "/groups/{department}"]
    await ledger.ask(200, "notify PUT /groups/{department}", names=group, json=binding)
    await ledger.ask(200, "notify GET /groups")
    await ledger.ask(200, "notify POST /groups/{department}/unbind", names=group, json=why)


async def dead_letters(ledger: Ledger, situation: Situation) -> None:
    """What is no event is not one the second time either; it is laid aside."""
    letter = {"letter_id": situation.letter_id}
    await ledger.ask(409, "workflow POST /dead-letters/{letter_id}/replay", names=letter)
    discard = BODIES["POST", "/dead-letters/{letter_id}/discard"]
    await ledger.ask(204, "workflow POST /dead-letters/{letter_id}/discard", names=letter, json=discard)
    await ledger.ask(200, "workflow GET /audit")
