"""Webhooks: one is made, changed, paused, given a new secret, asked to replay, and ended; a day without a province."""

from tests.hostile.doors import BODIES, WEBHOOK
from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation

_ONE = "/webhooks/{webhook_id}"


async def kept(ledger: Ledger, _situation: Situation) -> None:
    """Everything that can be done to a subscription, and nothing of it after its end."""
    key = {"Idempotency-Key": "a-platform-of-the-city"}
    made = (await ledger.ask(201, "notify POST /webhooks", json=WEBHOOK, headers=key)).json()
    other = {**WEBHOOK, "name": "another"}
    await ledger.ask(409, "notify POST /webhooks", json=other, headers=key)
    await ledger.ask(422, "notify POST /webhooks", json={**WEBHOOK, "url": "https://10.1.1.1/in"})
    await ledger.ask(200, "notify GET /webhooks")
    await ledger.ask(200, "notify GET /webhook-kinds")
    one = {"webhook_id": made["subscription_id"]}
    tag = (await ledger.ask(200, f"notify GET {_ONE}", names=one)).headers["etag"]
    await ledger.ask(428, f"notify PUT {_ONE}", names=one, json=WEBHOOK)
    for status in (200, 412):
        await ledger.ask(status, f"notify PUT {_ONE}", names=one, json=WEBHOOK, headers={"If-Match": tag})
    await ledger.ask(200, f"notify GET {_ONE}/deliveries", names=one)
    for operation in ("secret", "replay", "move"):
        await ledger.ask(200, f"notify POST {_ONE}/{operation}", names=one, json=BODIES["POST", f"{_ONE}/{operation}"])
    await ledger.ask(200, f"notify POST {_ONE}/move", names=one, json={"to": "ended", "reason": "停用"})
    for operation, body in (("secret", BODIES["POST", f"{_ONE}/secret"]), ("replay", BODIES["POST", f"{_ONE}/replay"])):
        await ledger.ask(409, f"notify POST {_ONE}/{operation}", names=one, json=body)
    await ledger.ask(409, f"notify POST {_ONE}/move", names=one, json={"to": "active", "reason": "恢复"})
    tag = (await ledger.any(f"notify GET {_ONE}", names=one)).headers["etag"]
    await ledger.ask(409, f"notify PUT {_ONE}", names=one, json=WEBHOOK, headers={"If-Match": tag})


async def reported(ledger: Ledger, _situation: Situation) -> None:
    """Nothing was told to a provincial platform, and the report of a day says so."""
    day = {"on": "2026-11-23"}
    await ledger.ask(200, "notify GET /exchange/reports/{on}", names=day)
    await ledger.ask(200, "notify GET /exchange/reports/{on}/csv", names=day)
