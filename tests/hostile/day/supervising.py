"""The supervision office: a matter, its notice, a bulletin, the rules."""

from typing import Final

from services.supervision.records.verifying import Register
from tests.hostile.day.cases import OTHERS
from tests.hostile.doors import BODIES
from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation

AT_ONCE: Final = 8


async def followed_up(ledger: Ledger, situation: Situation) -> None:
    """A matter goes on step by step; its notice is issued once and read."""
    matter, notice = {"matter_id": situation.matter_id}, {"notice_id": situation.notice_id}
    move = "supervision POST /matters/{matter_id}/move"
    await ledger.ask(409, move, names=matter, json={"to": "archive", "note": "归档"})
    await ledger.ask(200, move, names=matter, json={"to": "undertake", "note": "承办"})
    issue, entry = "supervision POST /notices/{notice_id}/issue", BODIES["POST", "/notices/{notice_id}/issue"]
    await ledger.ask(200, issue, names=notice, json=entry)
    await ledger.ask(409, issue, names=notice, json={**entry, "text": "另一份整改通知的正文。"})
    await ledger.ask(200, "supervision POST /notices/{notice_id}/acknowledge", OTHERS, names=notice)


async def told_in_a_bulletin(ledger: Ledger, situation: Situation) -> None:
    """Drafted, edited, approved by another, published; nothing out of turn."""
    draft = {"matter_ids": [situation.matter_id]}
    await ledger.ask(201, "supervision POST /bulletins", json=draft)
    names, one = {"bulletin_id": situation.bulletin_id}, "/bulletins/{bulletin_id}"
    text = BODIES["PUT", "/bulletins/{bulletin_id}"]
    await ledger.ask(200, f"supervision PUT {one}", names=names, json=text)
    await ledger.ask(409, f"supervision POST {one}/publish", names=names)
    await ledger.ask(200, f"supervision POST {one}/approve", OTHERS, names=names)
    await ledger.ask(200, f"supervision POST {one}/publish", names=names)
    await ledger.ask(409, f"supervision POST {one}/approve", OTHERS, names=names)
    await ledger.ask(409, f"supervision PUT {one}", names=names, json=text)


async def looked_after(ledger: Ledger, _situation: Situation) -> None:
    """The records are whole; the board, made again, is the board."""
    for register in Register:
        found = await ledger.ask(200, "supervision GET /records/{register}", names={"register": register})
        if found.json()["breaks"]:
            ledger.faults.append(f"the records of {register} are not whole: {found.text[:500]}")
    again = (await ledger.ask(200, "supervision POST /rebuilt")).json()
    if again["differences"]:
        ledger.faults.append(f"the board is not what was heard: {again['differences']}")


async def ruled(ledger: Ledger, _situation: Situation) -> None:
    """The table is revised; of several who do so at one moment one is first."""
    latest = (await ledger.ask(200, "supervision GET /rules")).json()["latest"]
    entry = {"effective_from": "2026-12-01", "rules": latest["rules"], "note": "修订"}
    await ledger.ask(200, "supervision PUT /rules", json=entry)
    await ledger.race("supervision PUT /rules", lambda turn: [{"json": {**entry, "note": f"第{turn}稿"}}] * AT_ONCE)
