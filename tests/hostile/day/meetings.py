"""A meeting is planned, held and signed; its case gets the decision, and a condition of it is closed."""

from typing import Any, Final

from tests.hostile.doors import BODY, SESSION
from tests.hostile.ledger import Ledger
from tests.hostile.situation import WORKS, Situation, received
from tests.workflow.meetings.hall import permit

_PLAN: Final = "workflow POST /meetings"
_ACTS: Final = "workflow POST /meetings/{session_id}/acts"
_FILE: Final = "workflow GET /meetings/{session_id}/minutes/{file_format}"
_CASE: Final = "workflow POST /cases/{case_no}"
_CLOSE: Final = f"{_CASE}/conditions/{{condition_id}}/close"
_KEY: Final = {"Idempotency-Key": "meeting-of-the-day"}
_MEMBERS: Final = ["u.head", "u.leader", "u.chief.d06"]
_AGREED: Final = {
    "act": "decide",
    "decision": "agree_in_principle",
    "opinion": "原则通过。",
    "conditions": ["屋面形式与周边协调"],
    "ballots": [{"person": each, "vote": "for"} for each in _MEMBERS],
}


async def held(ledger: Ledger, _situation: Situation) -> None:
    """Planned once for its key, held by enough members, signed by the chair."""
    secretary, head = [await ledger.city.api.token(code) for code in ("u.secretary", "u.head")]
    body = {"body_id": "professional_meeting"}
    await ledger.ask(200, "workflow PUT /meetings/bodies/{body_id}", names=body, json=BODY)
    await ledger.ask(200, "workflow GET /meetings/bodies")
    plan = {**SESSION, "chair": "u.head", "members": _MEMBERS}
    made = (await ledger.ask(201, _PLAN, secretary, json=plan, headers=_KEY)).json()
    await ledger.ask(409, _PLAN, secretary, json={**plan, "place": "别处"}, headers=_KEY)
    names = {"session_id": str(made["session_id"])}
    case_no = await _waiting(ledger)
    queue = (await ledger.ask(200, "workflow GET /meetings/queue", params={"body": "bureau_meeting"})).json()
    tasks = [line["task_id"] for line in queue["waiting"] if line["case_no"] == case_no]
    listed = await _act(ledger, names, secretary, act="agenda", tasks=tasks)
    await ledger.ask(409, _ACTS, secretary, names=names, json={"act": "hold", "present": ["u.head"]})
    await _act(ledger, names, secretary, act="hold", present=_MEMBERS)
    await _act(ledger, names, secretary, **_AGREED, item_id=listed["items"][0]["item_id"])
    await ledger.ask(404, _FILE, secretary, names={**names, "file_format": "pdf"})
    await _act(ledger, names, secretary, act="draft")
    await _act(ledger, names, head, act="sign")
    await ledger.ask(200, "workflow GET /meetings")
    await ledger.ask(200, "workflow GET /meetings/{session_id}", names=names)
    for kind in ("pdf", "docx"):
        await ledger.ask(200, _FILE, secretary, names={**names, "file_format": kind})
    await _closed(ledger, case_no)


async def _act(ledger: Ledger, names: dict[str, str], who: str, **body: Any) -> Any:
    return (await ledger.ask(200, _ACTS, who, names=names, json=body)).json()


async def _waiting(ledger: Ledger) -> str:
    """A case of a permit that a meeting decides."""
    city = ledger.city
    files = {"files": permit()}
    await ledger.ask(201, "workflow POST /definitions", json=files, params={"activate": "true"})
    await city.stage.quiet()
    case_no = str((await received(city, {**WORKS, "item_code": "MT-01"}))["case_no"])
    await city.stage.task("Meet", "u.secretary")
    return case_no


async def _closed(ledger: Ledger, case_no: str) -> None:
    """Nobody closes it while the case is suspended."""
    told = (await ledger.ask(200, "workflow GET /cases/{case_no}/meetings", names={"case_no": case_no})).json()
    names = {"case_no": case_no, "condition_id": told["conditions"][0]["condition_id"]}
    why, evidence = {"reason": "核实情况"}, {"evidence": "屋面修改图"}
    await ledger.ask(200, f"{_CASE}/suspend", names=names, json=why)
    await ledger.ask(409, _CLOSE, names=names, json=evidence)
    await ledger.ask(200, f"{_CASE}/resume", names=names, json=why)
    await ledger.ask(200, _CLOSE, names=names, json=evidence)
