"""What the process could not do: its values are changed by two people, it is tried again alone and with others."""

from typing import Final

from tests.hostile.day.cases import OTHERS
from tests.hostile.day.windows import complete
from tests.hostile.ledger import Ledger
from tests.hostile.situation import REVIEW, RURAL, Situation, at_review
from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle, diagram, item

_REMARK: Final = {"remark": "核对无误"}
_ONE: Final = "workflow POST /incidents/{incident_id}"
_GROUP: Final = "workflow POST /incidents/groups/{group}/retry"
_STOP: Final = "workflow POST /incidents/retries/{retry_id}/stop"
_WITHIN: Final = 10


async def edited(ledger: Ledger, situation: Situation) -> None:
    """Other values are proposed, rejected; proposed, approved; proposed, and the process cannot take them."""
    names = {"incident_id": situation.incident_id}

    async def proposed(status: int, **values: object) -> dict[str, str]:
        entry = {**values, "reason": "填写有误"}
        answer = await ledger.ask(status, f"{_ONE}/edits", names=names, json=entry)
        return {**names, "edit_id": answer.json().get("edit_id", "")}

    edit = await proposed(200, answers={"opinion": "更正"})
    await proposed(409, answers={"opinion": "另一"})
    await ledger.ask(200, f"{_ONE}/edits/{{edit_id}}/reject", OTHERS, names=edit, json=_REMARK)
    edit = await proposed(200, answers={"opinion": "更正"})
    await ledger.ask(200, f"{_ONE}/edits/{{edit_id}}/approve", OTHERS, names=edit, json=_REMARK)
    edit = await proposed(200, variables={"acceptance.decision.x": 1})
    await ledger.ask(409, f"{_ONE}/edits/{{edit_id}}/approve", OTHERS, names=edit, json=_REMARK)


async def tried_by_the_group(ledger: Ledger, situation: Situation) -> None:
    """Tried again in vain, as the only one and with others; while that goes on it is not begun twice, but stopped."""
    await ledger.ask(409, f"{_ONE}/retry", names={"incident_id": situation.incident_id})
    groups = (await ledger.ask(200, "workflow GET /incidents/groups")).json()
    names = {"group": str(groups[0]["group"])}
    await ledger.ask(200, "workflow GET /incidents/groups/{group}", names=names)
    told: set[tuple[str, int]] = set()

    async def is_told_so() -> bool:
        """Whether somebody was in time to stop it, and somebody in time to be told that it goes on."""
        first = await ledger.ask(202, _GROUP, names=names)
        second = await ledger.any(_GROUP, names=names)
        stopped = await ledger.any(_STOP, names={"retry_id": first.json()["retry_id"]})
        told.update({(_GROUP, second.status_code), (_STOP, stopped.status_code)})
        for retry in (first, second):
            if retry.is_success:
                await _over(ledger, retry.json()["retry_id"])
        return told >= {(_GROUP, 409), (_STOP, 200)}

    await wait_until(is_told_so, within=_WITHIN)
    entry = {"incidents": [situation.incident_id]}
    some = (await ledger.ask(202, "workflow POST /incidents/retries", json=entry)).json()
    await _over(ledger, some["retry_id"])
    await ledger.ask(409, _STOP, names={"retry_id": some["retry_id"]})
    await ledger.ask(200, "workflow GET /incidents/retries")


async def mended(ledger: Ledger, situation: Situation) -> None:
    """One is given up, one cannot be; with the post there the first is carried out at last."""
    another = await _another(ledger)
    await ledger.ask(204, f"{_ONE}/give-up", names={"incident_id": another})
    await ledger.ask(409, f"{_ONE}/give-up", names={"incident_id": await _unstarted(ledger)})
    posts = await ledger.city.api.call("GET", "registry", "/posts", who="u.it")
    post = next(each for each in posts if each["code"] == "P16")
    entry = {"name": post["name"], "name_en": post["name_en"], "departments": [*post["departments"], "D08"]}
    await ledger.ask(200, "registry PUT /posts/{code}", names={"code": "P16"}, json=entry)
    await ledger.city.stage.quiet()
    await ledger.ask(204, f"{_ONE}/retry", names={"incident_id": situation.incident_id})


async def _another(ledger: Ledger) -> str:
    """A second case whose next step belongs to a post that nobody has: its incident."""
    receipt = await at_review(ledger.city, RURAL)
    names = {"task_id": (await ledger.city.stage.task("Review", "u.handler.d08"))["task_id"]}
    answers = {"answers": {**REVIEW, "notice_no": "甲号"}}
    handler = await ledger.city.api.token("u.handler.d08")
    await ledger.ask(409, "workflow POST /tasks/{task_id}/complete", handler, names=names, json=answers)
    return await _incident_of(ledger, receipt["case_no"])


async def _unstarted(ledger: Ledger) -> str:
    """A case whose first step already belongs to such a post: its incident."""
    drawing = diagram(handler_post="P03").replace('id="small-permit"', 'id="late-permit"').replace('"P03"', '"P16"')
    late = item(key="late-permit", code="PT-94").replace('department = "D06"', 'department = "D08"')
    files = {"files": bundle(diagram_bpmn=drawing, item_toml=late)}
    await ledger.ask(201, "workflow POST /definitions", json=files, params={"activate": "true"})
    await ledger.city.stage.quiet()
    application = await complete(ledger, {**RURAL, "item_code": "PT-94"})
    receipt = await ledger.city.api.call("POST", "intake", "/cases", who="u.window", body=application)
    return str(await wait_until(lambda: _incident_of(ledger, receipt["case_no"])))


async def _incident_of(ledger: Ledger, case_no: str) -> str:
    """The incident of a case; empty while there is none."""
    found = (await ledger.any("workflow GET /incidents")).json()["incidents"]
    return next((str(each["incident_id"]) for each in found if each["case_no"] == case_no), "")


async def _over(ledger: Ledger, retry_id: str) -> None:
    """Wait until a retry has come to its end."""

    async def is_over() -> bool:
        names = {"retry_id": retry_id}
        answer = await ledger.ask(200, "workflow GET /incidents/retries/{retry_id}", names=names)
        return answer.json()["finished_at"] is not None

    await wait_until(is_over)
