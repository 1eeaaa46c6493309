"""Values are changed inside an incident only: proposed by one, approved by another, in one write, and kept."""

import asyncio
import json
from typing import Any

from services.contracts.words import Role
from services.kernel.identity import Person
from tests.support.wait import wait_until
from tests.workflow.bundle_support import FORMS, bundle, diagram
from tests.workflow.clock_support import at
from tests.workflow.room import ACCEPT, HANDLER, HEAD, IT, REVIEW, Room

CHIEF = Person(
    code="u.chief.d06", name="科长某", roles=frozenset({Role.SECTION_CHIEF}), department="D06", posts=frozenset()
)
BOTH = Person(
    code="u.it", name="兼任某", roles=frozenset({Role.IT_STAFF, Role.LEADER}), department="D06", posts=frozenset()
)


NOTICE = {"notice_no": "规特告〔2026〕1号"}


def _faulty(condition: str) -> dict[str, str]:
    """The small permit, whose way to the experts depends on a number."""
    review = json.loads(FORMS["forms/review.json"])
    review["properties"]["area"] = {"title": "面积", "type": ["number", "string"]}
    return {
        **bundle(),
        "diagram.bpmn": diagram().replace("review.notice_no != None", f"review.notice_no != None and {condition}"),
        "forms/review.json": json.dumps(review, ensure_ascii=False),
    }


async def _in_incident(room: Room, case_no: str, condition: str, **answers: object) -> dict[str, Any]:
    await room.deploy(_faulty(condition))
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.receive(case_no, facts={"area": "很大"})
    await room.complete(case_no, "Accept", ACCEPT, decision="accept")
    step = await room.step(case_no, "Review")
    kept = await room.ask(
        HANDLER, "POST", f"/tasks/{step['task_id']}/complete", {"answers": {**REVIEW, **NOTICE, **answers}}
    )
    assert kept.json()["code"] == "task-in-incident", kept.text
    [incident] = (await room.have(HEAD, f"/cases/{case_no}"))["incidents"]
    return dict(incident)


async def _proposed(room: Room, incident: str, **entry: object) -> str:
    answer = await room.ask(IT, "POST", f"/incidents/{incident}/edits", {"reason": "面积填成了文字", **entry})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["edit_id"])


async def test_given_wrong_answers_then_two_people_mend_them_and_the_step_goes_on(room: Room, case_no: str) -> None:
    incident = (await _in_incident(room, case_no, "review.area &gt; 100000", area="很大"))["incident_id"]
    edit = await _proposed(room, incident, answers={"area": 120})
    shown = await room.have(CHIEF, f"/incidents/{incident}")
    assert shown["edits"][0]["before"] == {"answers.area": "很大"}
    assert shown["answers"]["area"] == "很大"
    assert (await room.have(IT, f"/incidents/{incident}"))["answers"] is None
    path = f"/incidents/{incident}/edits/{edit}/approve"
    assert (await room.ask(IT, "POST", path, {"remark": "同意"})).status_code == 403
    same = await room.ask(BOTH, "POST", path, {"remark": "同意"})
    assert (same.status_code, same.json()["code"]) == (403, "edit-four-eyes")
    assert (await room.ask(HANDLER, "POST", path, {"remark": "同意"})).status_code == 403
    approved = await room.ask(CHIEF, "POST", path, {"remark": "与图纸一致"})
    assert approved.json()["state"] == "applied", approved.text
    assert (await room.ask(IT, "POST", f"/incidents/{incident}/retry")).status_code == 204
    await room.step(case_no, "Lead")
    [done] = [each for each in await room.heard(case_no, "task.completed") if each["element"] == "Review"]
    assert (done["answers"]["area"], done["person"]) == (120, HANDLER.code)
    [told] = await room.heard(case_no, "incident.edit_proposed")
    [decided] = await room.heard(case_no, "incident.edit_decided")
    assert (told["person"], told["reason"], told["before"]) == (IT.code, "面积填成了文字", {"answers.area": "很大"})
    assert (decided["person"], decided["proposed_by"], decided["approved"]) == (CHIEF.code, IT.code, True)
    assert (await room.have(HEAD, f"/cases/{case_no}/chain"))["whole"]


async def test_given_a_wrong_variable_then_it_is_changed_in_the_process_itself(room: Room, case_no: str) -> None:
    incident = (await _in_incident(room, case_no, "case.facts.area &gt; 100000"))["incident_id"]
    edit = await _proposed(room, incident, variables={"case.facts.area": 1200})
    before = await room.have(HEAD, f"/cases/{case_no}")
    approved = await room.ask(CHIEF, "POST", f"/incidents/{incident}/edits/{edit}/approve", {"remark": "核对无误"})
    assert approved.status_code == 200, approved.text
    after = await room.have(HEAD, f"/cases/{case_no}")
    assert ([step["task_id"] for step in after["steps"]], after["next_due_at"]) == (
        [step["task_id"] for step in before["steps"]],
        before["next_due_at"],
    )
    assert (await room.ask(IT, "POST", f"/incidents/{incident}/retry")).status_code == 204
    await room.step(case_no, "Lead")


async def test_given_two_who_decide_at_once_then_one_does_and_a_decided_change_is_gone(
    room: Room, case_no: str
) -> None:
    incident = (await _in_incident(room, case_no, "review.area &gt; 100000", area="很大"))["incident_id"]
    edit = await _proposed(room, incident, answers={"area": 120})
    second = await room.ask(IT, "POST", f"/incidents/{incident}/edits", {"reason": "又", "answers": {"area": 1}})
    assert second.json()["code"] == "edit-pending"
    path = f"/incidents/{incident}/edits/{edit}"
    answers = await asyncio.gather(
        room.ask(CHIEF, "POST", f"{path}/approve", {"remark": "同意"}),
        room.ask(HEAD, "POST", f"{path}/reject", {"remark": "不同意"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert len(await room.heard(case_no, "incident.edit_decided")) == 1


async def test_given_values_nobody_may_change_so_then_nothing_is_proposed(room: Room, case_no: str) -> None:
    incident = (await _in_incident(room, case_no, "review.area &gt; 100000", area="很大"))["incident_id"]
    for entry in (
        {"variables": {"case.case_no": "X"}},
        {"variables": {"case": {}}},
        {"variables": {"a b": 1}},
        {"variables": {}, "answers": {}},
    ):
        answer = await room.ask(IT, "POST", f"/incidents/{incident}/edits", {"reason": "改", **entry})
        assert (answer.status_code, answer.json()["code"]) == (422, "edit-forbidden"), entry
    unfit = await room.ask(IT, "POST", f"/incidents/{incident}/edits", {"reason": "改", "answers": {"officers": 5}})
    assert unfit.status_code == 422
    assert unfit.json()["code"] == "answers-invalid"
    whole = await room.ask(IT, "POST", f"/incidents/{'0' * 20}/edits", {"reason": "改", "answers": {"area": 1}})
    assert whole.status_code == 404


async def test_given_a_change_that_was_rejected_then_the_values_are_as_before(room: Room, case_no: str) -> None:
    incident = (await _in_incident(room, case_no, "review.area &gt; 100000", area="很大"))["incident_id"]
    edit = await _proposed(room, incident, answers={"area": 120})
    rejected = await room.ask(CHIEF, "POST", f"/incidents/{incident}/edits/{edit}/reject", {"remark": "应由承办人重填"})
    assert rejected.json()["state"] == "rejected"
    assert (await room.have(CHIEF, f"/incidents/{incident}"))["answers"]["area"] == "很大"
    assert (await room.ask(IT, "POST", f"/incidents/{incident}/retry")).json()["code"] == "incident-persists"
    await wait_until(lambda: room.heard(case_no, "incident.retried"))
