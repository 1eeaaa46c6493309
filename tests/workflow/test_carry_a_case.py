"""The service on real servers: a case from the window to the end, and everything said on the way."""

import asyncio

from services.contracts.words import Attendance
from services.kernel.identity import Person
from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle, item
from tests.workflow.clock_support import at
from tests.workflow.room import (
    ACCEPT,
    EXPERTS,
    HANDLER,
    HANDLER2,
    HEAD,
    IT,
    LEADER,
    LEADER2,
    REVIEW,
    STRANGER,
    Room,
    at_review,
    person_said,
)


async def test_given_the_present_day_run_then_the_case_is_carried_from_receipt_to_grant(
    room: Room, case_no: str
) -> None:
    """SC-8: review held 09-21 to 09-24, promise due 10-08, law 10-26; decided 10-09: one working day late."""
    await at_review(room, case_no)
    await room.set_clock(at("2026-09-21", "11:00"))
    await room.complete(case_no, "Review", HANDLER, **REVIEW, notice_no="规特告〔2026〕5号")
    held = await room.have(HEAD, f"/cases/{case_no}")
    assert [clock["clock_id"] for clock in held["clocks"] if clock["held"] and clock["kind"] != "step"] == [
        "promised",
        "statutory",
    ]
    await room.set_clock(at("2026-09-24", "16:00"))
    await room.complete(case_no, "Experts", EXPERTS, opinion="原则可行")
    clocks = {clock["clock_id"]: clock for clock in (await room.have(HEAD, f"/cases/{case_no}"))["clocks"]}
    assert clocks["promised"]["due_on"] == "2026-10-08"
    assert clocks["statutory"]["due_on"] == "2026-10-26"
    why = await room.have(HEAD, f"/cases/{case_no}/clocks/statutory/why")
    assert (why["due_on"], why["held"]) == ("2026-10-26", 3)

    await room.set_clock(at("2026-10-09", "14:00"))
    await room.complete(case_no, "Lead", LEADER, decision="agree", opinion="同意")
    [decided] = await room.heard(case_no, "case.decided")
    assert (decided["promised_overdue_workdays"], decided["statutory_overdue_workdays"]) == (1, 0)

    await room.answer_outside(case_no, {"certificate_no": "512000GG0000001"})
    await room.step(case_no, "Deliver")
    await room.set_clock(at("2026-10-12", "10:00"))
    await room.delivered(case_no, at("2026-10-12", "10:00"))
    await wait_until(lambda: room.heard(case_no, "case.ended"))
    ended = await room.have(HEAD, f"/cases/{case_no}")
    assert (ended["status"], ended["outcome"], ended["clocks"][0]["stopped_at"]) == (
        "ended",
        "granted",
        "2026-10-09T06:00:00Z",
    )
    done = [step["element"] for step in await room.heard(case_no, "task.completed")]
    assert done == ["Accept", "Review", "Experts", "Lead", "Deliver"]
    reached = [each["milestone"] for each in await room.heard(case_no, "milestone.reached")]
    assert reached == ["accepted", "decided"]


async def test_given_silence_at_the_window_then_acceptance_is_deemed_and_dated_back(room: Room, case_no: str) -> None:
    """SC-9: received 2026-09-24; accepted as of that day at close of business of 10-09; law due 10-29."""
    await room.deploy()
    await room.set_clock(at("2026-09-24", "10:00"))
    await room.receive(case_no, received_on=at("2026-09-24").date(), received_at=at("2026-09-24"))
    await room.step(case_no, "Accept")
    await room.set_clock(at("2026-10-09", "16:59:59"))
    await room.settled()
    assert await room.heard(case_no, "case.accepted") == []
    await room.set_clock(at("2026-10-10", "08:00"))
    [accepted] = await wait_until(lambda: room.heard(case_no, "case.accepted"))
    assert (accepted["accepted_on"], accepted["deemed"]) == ("2026-09-24", True)
    assert accepted["statutory_due_on"] == "2026-10-29"
    [fired] = await room.heard(case_no, "timer.fired")
    assert fired["planned_at"] == "2026-10-09T09:00:00Z"
    [step] = [each for each in await room.heard(case_no, "timer.stopped") if each["element"] == "Accept"]
    assert step["overdue_workdays"] == 0


async def test_given_two_officers_complete_at_once_then_one_wins_and_the_other_is_told(
    room: Room, case_no: str
) -> None:
    await at_review(room, case_no)
    step = await room.step(case_no, "Review")
    path = f"/tasks/{step['task_id']}/complete"
    answers = await asyncio.gather(
        room.ask(HANDLER, "POST", path, {"answers": {**REVIEW, "opinion": "甲"}}),
        room.ask(HANDLER2, "POST", path, {"answers": {**REVIEW, "opinion": "乙"}}),
    )
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert lost.json()["code"] == "task-over"
    assert won.json()["person"] in lost.json()["detail"]
    winner = HANDLER if won.json()["person"] == HANDLER.code else HANDLER2
    opinion = "甲" if winner is HANDLER else "乙"
    again = await room.ask(winner, "POST", path, {"answers": {**REVIEW, "opinion": opinion}})
    assert (again.status_code, again.json()) == (200, won.json())
    changed = await room.ask(winner, "POST", path, {"answers": {**REVIEW, "opinion": "另一意见"}})
    assert changed.status_code == 409
    assert len([each for each in await room.heard(case_no, "task.completed") if each["element"] == "Review"]) == 1


async def test_given_answers_that_do_not_fit_then_every_field_is_named(room: Room, case_no: str) -> None:
    await at_review(room, case_no)
    step = await room.step(case_no, "Review")
    view = await room.have(HANDLER, f"/tasks/{step['task_id']}")
    assert view["form"]["required"] == ["opinion", "officers"]
    assert view["data"]["acceptance"] == {"decision": "accept"}
    refused = await room.ask(
        HANDLER, "POST", f"/tasks/{step['task_id']}/complete", {"answers": {"officers": ["甲"], "extra": 1}}
    )
    assert refused.status_code == 422
    assert [error["where"] for error in refused.json()["errors"]] == [
        "body.answers.opinion",
        "body.answers.extra",
        "body.answers.officers",
    ]


async def test_given_somebody_else_then_neither_case_nor_task_is_theirs(room: Room, case_no: str) -> None:
    await at_review(room, case_no)
    step = await room.step(case_no, "Review")
    assert (await room.ask(STRANGER, "GET", f"/cases/{case_no}")).status_code == 404
    assert (await room.ask(STRANGER, "GET", f"/cases/{case_no}/history")).status_code == 404
    assert (await room.ask(STRANGER, "GET", f"/cases/{case_no}/clocks/promised/why")).status_code == 404
    assert (await room.ask(STRANGER, "GET", f"/tasks/{step['task_id']}")).status_code == 404
    assert (await room.ask(STRANGER, "POST", f"/tasks/{step['task_id']}/claim")).status_code == 404
    assert (await room.ask(ACCEPT, "POST", f"/tasks/{step['task_id']}/claim")).status_code == 403
    assert (await room.ask(HANDLER, "GET", "/incidents")).status_code == 403
    assert (await room.have(STRANGER, "/tasks?everyone=true"))["tasks"] == []
    assert step["task_id"] in await _listed(room, HANDLER)
    assert step["task_id"] not in await _listed(room, ACCEPT)


async def _listed(room: Room, who: Person) -> list[str]:
    return [task["task_id"] for task in (await room.have(who, "/tasks?limit=200"))["tasks"]]


async def test_given_a_claimed_task_then_it_is_its_persons_until_released(room: Room, case_no: str) -> None:
    await at_review(room, case_no)
    step = await room.step(case_no, "Review")
    path = f"/tasks/{step['task_id']}"
    assert (await room.ask(HANDLER, "POST", f"{path}/claim")).json()["assignee"] == HANDLER.code
    assert (await room.ask(HANDLER, "POST", f"{path}/claim")).status_code == 200
    refused = await room.ask(HANDLER2, "POST", f"{path}/complete", {"answers": REVIEW})
    assert (refused.status_code, refused.json()["code"]) == (409, "task-claimed")
    assert (await room.ask(HANDLER, "POST", f"{path}/release")).json()["assignee"] is None
    assert (await room.ask(HANDLER2, "POST", f"{path}/complete", {"answers": REVIEW})).status_code == 200
    assert len(await room.heard(case_no, "task.claimed")) == 1


async def test_given_a_leader_out_of_office_then_the_link_decides_and_saves_a_working_day(
    room: Room, case_no: str
) -> None:
    """SC-2: Friday 2017-04-21 16:10 by link instead of Monday 04-24."""
    await room.deploy()
    await room.set_clock(at("2017-04-21", "15:00"))
    await room.receive(case_no)
    await room.complete(case_no, "Accept", ACCEPT, decision="accept")
    await room.complete(case_no, "Review", HANDLER, **REVIEW)
    step = await room.step(case_no, "Lead")
    await room.registry.say(person_said(LEADER, deputy="u.leader2", attendance=Attendance.OUT_OF_OFFICE))
    await room.settled()
    assert step["task_id"] in await _listed(room, LEADER2)
    await room.set_clock(at("2017-04-21", "16:10"))
    decided = room.signer.decided(case_no, step["task_id"], LEADER.code, at("2017-04-21", "16:10"))
    await room.notify.say(decided, decided)
    await wait_until(lambda: room.heard(case_no, "case.decided"))
    [done] = [each for each in await room.heard(case_no, "task.completed") if each["element"] == "Lead"]
    assert (done["channel"], done["saved_workdays"], done["alternative_on"]) == ("link", 1, "2017-04-24")
    assert done["signature"] == decided.signature
    await room.registry.say(person_said(LEADER))
    await room.settled()
    assert step["task_id"] not in await _listed(room, LEADER2)


async def test_given_the_head_extends_then_ten_working_days_once(room: Room, case_no: str) -> None:
    """SC-11; 行政许可法 §42."""
    await at_review(room, case_no)
    path = f"/cases/{case_no}/extension"
    assert (await room.ask(LEADER, "POST", path, {"reason": "案情复杂"})).status_code == 403
    assert (await room.ask(HEAD, "POST", path, {"reason": " "})).status_code == 422
    key = {"Idempotency-Key": "extension-1"}
    first = await room.ask(HEAD, "POST", path, {"reason": "案情复杂"}, headers=key)
    again = await room.ask(HEAD, "POST", path, {"reason": "案情复杂"}, headers=key)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    due = {clock["clock_id"]: clock["due_on"] for clock in first.json()["clocks"]}
    assert (due["statutory"], due["promised"]) == ("2026-11-04", "2026-10-16")
    assert (await room.ask(HEAD, "POST", path, {"reason": "再延"})).json()["code"] == "already-extended"
    [moved] = await room.heard(case_no, "case.expected_date_moved")
    assert (moved["was_due_on"], moved["promised_due_on"]) == ("2026-09-28", "2026-10-16")


async def test_given_events_that_come_twice_or_early_then_nothing_happens_twice_and_nothing_is_lost(
    room: Room, case_no: str
) -> None:
    await at_review(room, case_no)
    await room.receive(case_no)
    await room.delivered(case_no, at("2026-09-18"))
    await room.complete(case_no, "Review", HANDLER, **REVIEW)
    await room.complete(case_no, "Lead", LEADER, decision="agree", opinion="同意")
    request = (await wait_until(lambda: room.heard(case_no, "external.requested")))[0]
    await room.answer_outside(case_no, {"certificate_no": "1"})
    await wait_until(lambda: room.heard(case_no, "case.ended"))
    await room.answer_outside(case_no, {"certificate_no": "2"})
    await room.say_delivered_again(case_no)
    await room.settled()
    kinds = [each["type"].split(".", 2)[2] for each in await room.history(case_no)]
    assert kinds.count("case.started.v1") == 1
    assert kinds.count("external.requested.v1") == 1
    assert kinds.count("case.ended.v1") == 1
    assert request["topic"] == "certificate-number"
    assert [letter for letter in await room.have(IT, "/dead-letters") if case_no in letter["subject"]] == []


async def test_given_a_new_version_then_running_cases_keep_theirs(room: Room, case_no: str) -> None:
    await at_review(room, case_no)
    changed = bundle(item_toml=item(promised=9))
    assert (await room.deploy(changed))["version"] == 2
    other = room.new_case_no()
    await room.receive(other)
    await room.complete(other, "Accept", ACCEPT, decision="accept")
    old, new = (await room.have(HEAD, f"/cases/{case_no}")), (await room.have(HEAD, f"/cases/{other}"))
    assert (old["version"], new["version"]) == (1, 2)
    limits = [next(clock for clock in case["clocks"] if clock["kind"] == "promised") for case in (old, new)]
    assert [limit["limit_workdays"] for limit in limits] == [7, 9]
