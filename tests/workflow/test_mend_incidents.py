"""What could not be carried out is kept, and done when its cause is gone."""

from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle, diagram, item
from tests.workflow.clock_support import at
from tests.workflow.room import (
    HANDLER,
    HEAD,
    IT,
    REVIEW,
    Room,
    at_review,
    post_said,
)


async def test_given_no_active_process_then_the_case_waits_and_starts_when_there_is_one(
    room: Room, case_no: str
) -> None:
    other = diagram().replace('id="small-permit"', 'id="late-permit"')
    files = bundle(diagram_bpmn=other, item_toml=item(key="late-permit", code="PT-91"))
    await room.deploy(files, activate=False)
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.receive(case_no, item_code="PT-91")
    [incident] = await wait_until(lambda: _incidents(room, case_no))
    assert "PT-91" in incident["reason_zh"]
    assert (await room.have(HEAD, f"/cases/{case_no}"))["status"] == "waiting"
    assert (await room.service.get("/status")).json()["backlog"]["received-not-started"] == 1
    activated = await room.ask(IT, "POST", "/definitions/late-permit/versions/1/activate")
    assert activated.json()["active"] == 1
    await room.step(case_no, "Accept")
    assert await _incidents(room, case_no) == []
    assert len(await room.heard(case_no, "incident.resolved")) == 1


async def _incidents(room: Room, case_no: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await room.have(IT, "/incidents"))["incidents"]
    return [incident for incident in found if incident["case_no"] == case_no]


async def test_given_a_post_nobody_has_then_the_answers_are_kept_until_the_books_are_right(
    room: Room, case_no: str
) -> None:
    """The engine moved on, the office could not follow: nothing is lost, nothing is half done."""
    await at_review(room, case_no)
    await room.registry.say(post_said("P09", "D05", "D08"))
    await room.settled()
    step = await room.step(case_no, "Review")
    path = f"/tasks/{step['task_id']}/complete"
    kept = await room.ask(HANDLER, "POST", path, {"answers": REVIEW})
    assert (kept.status_code, kept.json()["code"]) == (409, "task-in-incident")
    [incident] = await _incidents(room, case_no)
    assert incident["element"] == "Lead"
    retry = f"/incidents/{incident['incident_id']}/retry"
    assert (await room.ask(IT, "POST", retry)).json()["code"] == "incident-persists"
    assert (await room.step(case_no, "Review"))["incident_id"] == incident["incident_id"]
    await room.registry.say(post_said("P09", "D00"))
    await room.settled()
    assert (await room.ask(IT, "POST", retry)).status_code == 204
    await room.step(case_no, "Lead")
    [done] = [each for each in await room.heard(case_no, "task.completed") if each["element"] == "Review"]
    assert done["person"] == HANDLER.code
    assert (await room.ask(IT, "POST", retry)).status_code == 404


async def test_given_an_incident_given_up_then_the_task_can_be_done_differently(room: Room, case_no: str) -> None:
    await at_review(room, case_no)
    await room.registry.say(post_said("P08", "D01", "D02"))
    await room.settled()
    step = await room.step(case_no, "Review")
    path = f"/tasks/{step['task_id']}/complete"
    assert (await room.ask(HANDLER, "POST", path, {"answers": {**REVIEW, "notice_no": "1号"}})).status_code == 409
    [incident] = await _incidents(room, case_no)
    assert (await room.ask(IT, "POST", f"/incidents/{incident['incident_id']}/give-up")).status_code == 204
    assert (await room.ask(HANDLER, "POST", path, {"answers": REVIEW})).status_code == 200
    await room.step(case_no, "Lead")
    await room.registry.say(post_said("P08", "D04"))
    await room.settled()
