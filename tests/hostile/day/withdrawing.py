"""An application is given up: withdrawn online, by a signed request, or ended by a leader; and each too late."""

from typing import Final

from tests.hostile.doors import BODIES
from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation, at_review, refused
from tests.support.wait import wait_until

_ONLINE: Final = "intake POST /public/withdrawals"
_PAPER: Final = "intake POST /cases/{case_no}/withdrawal"
_TERMINATION: Final = "workflow POST /cases/{case_no}/termination"
_SIGNED: Final = BODIES["POST", "/cases/{case_no}/withdrawal"]
_RULING: Final = BODIES["POST", "/cases/{case_no}/termination"]
_KEY: Final = {"Idempotency-Key": "withdrawal-0001"}


async def given_up(ledger: Ledger, _situation: Situation) -> None:
    """Each way once, and once too late."""
    receipt = await at_review(ledger.city)
    asked = {"case_no": receipt["case_no"], "query_password": receipt["query_password"], "confirmed": True}
    await ledger.ask(200, _ONLINE, None, json=asked)
    names = {"case_no": receipt["case_no"]}

    async def is_over() -> bool:
        answer = await ledger.any("workflow GET /cases/{case_no}", names=names)
        return bool(answer.json()["status"] == "ended")

    await wait_until(is_over)
    await ledger.ask(409, _TERMINATION, names=names, json=_RULING)
    over = await refused(ledger.city)
    late = {"case_no": over.case_no, "query_password": over.password, "confirmed": True}
    await ledger.ask(409, _ONLINE, None, json=late)
    await ledger.ask(409, _PAPER, names={"case_no": over.case_no}, json=_SIGNED)
    for operation, body, headers in ((_PAPER, _SIGNED, _KEY), (_TERMINATION, _RULING, {})):
        other = {"case_no": (await at_review(ledger.city))["case_no"]}
        await ledger.ask(200, operation, names=other, json=body, headers=headers)
