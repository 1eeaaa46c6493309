"""The register of lights, the yearly assessment, matters by hand, catalogues and windows of silence."""

from typing import Any, Final

from services.contracts.words import Role
from services.supervision.scores.tables import default_table
from tests.hostile.city import person
from tests.hostile.day.cases import OTHERS
from tests.hostile.doors import BODIES
from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation

NOTICE: Final[dict[str, Any]] = {
    "title": "关于整改的督查督办通知",
    "text": "请于期限内整改并书面报告。",
    "rectify_by": "2026-12-10",
    "department": "D06",
}
MATTER: Final[dict[str, Any]] = {
    "title": "会议纪要落实",
    "matter": "第三次局务会纪要",
    "source": "meeting",
    "domain": "implementation",
    "duty": "D2",
    "method": "routine",
    "department": "D06",
    "due_on": "2026-12-20",
    "requirement": "按纪要要求落实。",
}
SILENCE: Final = {"since": "2030-01-01", "until": "2030-01-02", "reason": "机房搬迁"}
_TABLE: Final = default_table().model_dump(mode="json")
SCORES: Final[dict[str, Any]] = {
    "effective_from": "2026-12-01",
    "lines": _TABLE["lines"],
    "caps": _TABLE["caps"],
    "note": "修订",
}
AT_ONCE: Final = 8
_CHIEF: Final = person("u.chief.d06", Role.SECTION_CHIEF, department="D06", posts=("P06@D06",))
_LEADER: Final = person("u.leader", Role.LEADER, department="D00", posts=("P09@D00",))


async def explained(ledger: Ledger, situation: Situation) -> None:
    """A light is seen, explained, settled by another, once."""
    one, names = "/alerts/{alert_id}", {"alert_id": situation.alert_id}
    told, settled = BODIES["POST", f"{one}/explain"], BODIES["POST", f"{one}/settle"]
    await ledger.ask(409, f"supervision POST {one}/settle", names=names, json=settled)
    await ledger.ask(200, f"supervision POST {one}/acknowledge", OTHERS, names=names)
    await ledger.ask(200, f"supervision POST {one}/explain", OTHERS, names=names, json=told)
    await ledger.ask(403, f"supervision POST {one}/settle", OTHERS, names=names, json=settled)
    await ledger.ask(200, f"supervision POST {one}/settle", names=names, json=settled)
    await ledger.ask(409, f"supervision POST {one}/explain", OTHERS, names=names, json=told)


async def assessed(ledger: Ledger, situation: Situation) -> None:
    """An entry is appealed against by whom it is about, and decided by somebody who had no part in it."""
    one, names = "/assessments/{sheet_id}/entries/{number}", {"sheet_id": situation.sheet_id, "number": "1"}
    why, ruling = BODIES["POST", f"{one}/appeal"], BODIES["POST", f"{one}/decide"]
    await ledger.ask(409, f"supervision POST {one}/decide", names=names, json=ruling)
    await ledger.ask(404, f"supervision POST {one}/decide", names={**names, "number": "999"}, json=ruling)
    await ledger.ask(403, f"supervision POST {one}/appeal", _LEADER, names=names, json=why)
    await ledger.ask(200, f"supervision POST {one}/appeal", _CHIEF, names=names, json=why)
    await ledger.ask(409, f"supervision POST {one}/appeal", _CHIEF, names=names, json=why)
    await ledger.ask(200, f"supervision POST {one}/decide", names=names, json=ruling)
    await ledger.ask(422, "supervision PUT /assessment-table", json={**SCORES, "lines": [*SCORES["lines"]] * 2})
    await ledger.ask(200, "supervision PUT /assessment-table", json=SCORES)
    revise = "supervision PUT /assessment-table"
    await ledger.race(revise, lambda turn: [{"json": {**SCORES, "note": f"第{turn}稿"}}] * AT_ONCE)


async def entered_by_hand(ledger: Ledger, _situation: Situation) -> None:
    """A matter from a meeting; what no catalogue has is refused; a catalogue keeps its codes."""
    await ledger.ask(201, "supervision POST /matters", json=MATTER)
    await ledger.ask(422, "supervision POST /matters", json={**MATTER, "duty": "D99"})
    rows = (await ledger.ask(200, "supervision GET /catalogues")).json()["methods"]["rows"]
    edit, names = "supervision PUT /catalogues/{catalogue}", {"catalogue": "methods"}
    await ledger.ask(422, edit, names=names, json={"rows": rows[1:]})
    await ledger.ask(200, edit, names=names, json={"rows": [*rows, {**rows[0], "code": "by_phone"}]})
    await ledger.ask(201, "supervision POST /silences", json=SILENCE)
