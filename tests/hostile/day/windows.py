"""At the windows: a case is received, its password given out anew, its result handed over; the public asks."""

import asyncio
from typing import Any, Final

import httpx

from tests.hostile.doors import BODIES
from tests.hostile.ledger import Ledger
from tests.hostile.situation import WORKS, Situation
from tests.support.wait import wait_until

TOO_MANY: Final = 60
TOGETHER: Final = 6
"""Each counts as wrong until its password was looked at: more of them at one moment would lock the address."""

WRONG_TRIES: Final = 5
_KEY: Final = {"Idempotency-Key": "window-0001"}
_DELIVERY: Final = BODIES["POST", "/cases/{case_no}/delivery"]


async def complete(ledger: Ledger, application: dict[str, Any]) -> dict[str, Any]:
    """An application with every paper that its item asks for."""
    offer = await ledger.city.api.call("GET", "intake", f"/items/{application['item_code']}", who="u.window")
    papers = [{"code": each["code"], "originals": 1, "copies": 1} for each in offer["item"]["documents"]]
    return {**application, "documents": papers}


async def received(ledger: Ledger, _situation: Situation) -> None:
    """A case is received, and nothing else under the same key; its receipt is printed, its password given anew."""
    application = await complete(ledger, WORKS)
    receipt = (await ledger.ask(201, "intake POST /cases", json=application, headers=_KEY)).json()
    await ledger.ask(409, "intake POST /cases", json={**application, "title": "另一"}, headers=_KEY)
    names = {"case_no": receipt["case_no"]}
    await ledger.ask(409, "intake POST /cases/{case_no}/delivery", names=names, json=_DELIVERY)
    password = {"query_password": receipt["query_password"]}
    await ledger.ask(200, "intake POST /cases/{case_no}/receipt/pdf", names=names, json=password)
    reissue, holder = "intake POST /cases/{case_no}/receipt/reissue", BODIES["POST", "/cases/{case_no}/receipt/reissue"]
    await ledger.ask(200, reissue, names=names, json=holder, headers=_KEY)
    await ledger.ask(409, reissue, names=names, json={**holder, "holder_name": "他人"}, headers=_KEY)


async def handed_over(ledger: Ledger, situation: Situation) -> None:
    """The case whose leader decided by link: as soon as its certificate is numbered its result is handed over."""
    names = {"case_no": situation.decided_case}

    async def is_handed_over() -> bool:
        answer = await ledger.any("intake POST /cases/{case_no}/delivery", names=names, json=_DELIVERY)
        return answer.status_code == 200

    await wait_until(is_handed_over, within=20)


async def asked_too_often(ledger: Ledger, situation: Situation) -> None:
    """Wrong passwords lock a case for everybody; with the right one nobody may ask as often as they like."""
    lookup = "intake POST /public/lookup"
    wrong = {"case_no": situation.decided_case, "query_password": "wrong"}
    for _ in range(WRONG_TRIES):
        await ledger.ask(403, lookup, None, json=wrong)
    await ledger.ask(423, lookup, None, json=wrong)
    right = {"case_no": situation.case_no, "query_password": situation.password}
    await ledger.ask(200, lookup, None, json=right)
    for _ in range(TOO_MANY // TOGETHER):
        answers = await asyncio.gather(*(ledger.any(lookup, None, json=right) for _ in range(TOGETHER)))
        if any(answer.status_code == httpx.codes.TOO_MANY_REQUESTS for answer in answers):
            return
    ledger.faults.append("nobody was ever told that these are too many lookups")
