"""The supervision office: a matter, its notice, a bulletin, the rules."""

from typing import Final

from services.supervision.records.verifying import Register
from tests.hostile.day.assessing import MATTER, NOTICE
from tests.hostile.day.cases import OTHERS
from tests.hostile.doors import BODIES
from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation

AT_ONCE: Final = 8


async def followed_up(ledger: Ledger, situation: Situation) -> None:
    """A matter goes on step by step; its notice is issued once and read."""
    matter, notice = {"matter_id": situation.matter_id}, {"notice_id": situation.notice_id}
    made = (await ledger.ask(201, "supervision POST /matters", json=MATTER)).json()
    by_hand, move = {"matter_id": made["matter_id"]}, "supervision POST /matters/{matter_id}/move"
    await ledger.ask(409, move, names=by_hand, json={"to": "archive", "note": "归档"})
    await ledger.ask(200, move, names=by_hand, json={"to": "undertake", "note": "承办"})
    await _issued(ledger, notice)
    await _put_right(ledger, notice)
    await _objected(ledger, matter)


async def _issued(ledger: Ledger, notice: dict[str, str]) -> None:
    """Filled in, signed by another, sent back once, numbered once."""
    one = "/notices/{notice_id}"
    entry, why = BODIES["PUT", one], {"reason": "再核"}
    await ledger.ask(422, f"supervision POST {one}/approve", OTHERS, names=notice)
    await ledger.ask(409, f"supervision POST {one}/issue", names=notice)
    await ledger.ask(409, f"supervision POST {one}/acknowledge", names=notice)
    await ledger.ask(409, f"supervision PUT {one}/clock", names=notice, json=BODIES["PUT", f"{one}/clock"])
    await ledger.ask(200, f"supervision PUT {one}", names=notice, json=entry)
    await ledger.ask(403, f"supervision POST {one}/approve", names=notice)
    await ledger.ask(200, f"supervision POST {one}/approve", OTHERS, names=notice)
    await ledger.ask(409, f"supervision PUT {one}", names=notice, json=entry)
    await ledger.ask(200, f"supervision POST {one}/return", OTHERS, names=notice, json=why)
    await ledger.ask(200, f"supervision POST {one}/approve", OTHERS, names=notice)
    await ledger.ask(200, f"supervision POST {one}/issue", names=notice)
    await ledger.ask(409, f"supervision POST {one}/approve", OTHERS, names=notice)
    await ledger.ask(409, f"supervision POST {one}/return", OTHERS, names=notice, json=why)
    await ledger.ask(409, f"supervision POST {one}/issue", names=notice)
    await ledger.ask(200, f"supervision POST {one}/acknowledge", OTHERS, names=notice)


async def _put_right(ledger: Ledger, notice: dict[str, str]) -> None:
    """Clocked, reported, re-checked by another; a second notice by hand, made void once."""
    one = "/notices/{notice_id}"
    told = {verb: BODIES["POST", f"{one}/{verb}"] for verb in ("report", "recheck", "void")}
    await ledger.ask(200, f"supervision PUT {one}/clock", names=notice, json=BODIES["PUT", f"{one}/clock"])
    await ledger.ask(409, f"supervision POST {one}/recheck", names=notice, json=told["recheck"])
    await ledger.ask(200, f"supervision POST {one}/report", OTHERS, names=notice, json=told["report"])
    await ledger.ask(409, f"supervision POST {one}/report", OTHERS, names=notice, json=told["report"])
    await ledger.ask(403, f"supervision POST {one}/recheck", OTHERS, names=notice, json=told["recheck"])
    await ledger.ask(200, f"supervision POST {one}/recheck", names=notice, json=told["recheck"])
    made = (await ledger.ask(201, "supervision POST /notices", json=NOTICE)).json()
    drafted = {"notice_id": made["notice_id"]}
    await ledger.ask(409, "supervision POST /notices", json={**NOTICE, "corrects": made["notice_id"]})
    await ledger.ask(200, f"supervision POST {one}/void", names=drafted, json=told["void"])
    await ledger.ask(409, f"supervision POST {one}/void", names=drafted, json=told["void"])


async def _objected(ledger: Ledger, matter: dict[str, str]) -> None:
    """Raised once, decided by somebody who had no part in it."""
    one = "/matters/{matter_id}/objection"
    raised, decided = BODIES["POST", one], BODIES["POST", f"{one}/decide"]
    await ledger.ask(409, f"supervision POST {one}/decide", OTHERS, names=matter, json=decided)
    await ledger.ask(200, f"supervision POST {one}", names=matter, json=raised)
    await ledger.ask(409, f"supervision POST {one}", names=matter, json=raised)
    await ledger.ask(403, f"supervision POST {one}/decide", names=matter, json=decided)
    await ledger.ask(200, f"supervision POST {one}/decide", OTHERS, names=matter, json=decided)


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
    await ledger.ask(200, f"supervision POST {one}/acknowledge", OTHERS, names=names)
    await _taken_back(ledger, draft)
    empty = {"since": "2020-01-01", "until": "2020-01-31"}
    await ledger.ask(422, "supervision POST /bulletins", json=empty)


async def _taken_back(ledger: Ledger, draft: dict[str, list[str]]) -> None:
    """Another draft: not to be read yet, sent back, made void once."""
    one, why = "/bulletins/{bulletin_id}", {"reason": "重写"}
    made = (await ledger.ask(201, "supervision POST /bulletins", json=draft)).json()
    names = {"bulletin_id": made["bulletin_id"]}
    await ledger.ask(409, f"supervision POST {one}/acknowledge", names=names)
    await ledger.ask(200, f"supervision POST {one}/return", OTHERS, names=names, json=why)
    await ledger.ask(200, f"supervision POST {one}/void", names=names, json=why)
    await ledger.ask(409, f"supervision POST {one}/void", names=names, json=why)
    await ledger.ask(409, f"supervision POST {one}/return", OTHERS, names=names, json=why)


async def looked_after(ledger: Ledger, _situation: Situation) -> None:
    """The records are whole; the board, made again, is the board."""
    for register in Register:
        found = await ledger.ask(200, "supervision GET /records", params={"register": register})
        if found.json()["breaks"]:
            ledger.faults.append(f"the records of {register} are not whole: {found.text[:500]}")
    again = (await ledger.ask(200, "supervision POST /rebuilt")).json()
    if again["differences"]:
        ledger.faults.append(f"the board is not what was heard: {again['differences']}")


async def ruled(ledger: Ledger, _situation: Situation) -> None:
    """The table is revised; of several who do so at one moment one is first."""
    latest = (await ledger.ask(200, "supervision GET /rules")).json()["latest"]
    entry = {"effective_from": "2026-12-01", "rules": latest["rules"], "note": "修订"}
    await ledger.ask(200, "supervision POST /rules/preview", json={"rules": latest["rules"]})
    await ledger.ask(200, "supervision PUT /rules", json=entry)
    await ledger.race("supervision PUT /rules", lambda turn: [{"json": {**entry, "note": f"第{turn}稿"}}] * AT_ONCE)
