"""Staff begin an internal process by its message start event: once, by its form, and on record who it was."""

import asyncio
from typing import Any

import pytest

from services.contracts.words import Role
from services.kernel.identity import Person
from tests.workflow.clock_support import at
from tests.workflow.room import EXPERTS, HANDLER, HEAD, IT, STRANGER, Room, staff
from tests.workflow.starts.drawn import request, two_ways

REGISTRAR = staff("u.registrar", Role.REGISTRAR)
TRIP = {"process": "vehicles", "facts": {"purpose": "到市政府送件", "days": 1}}


@pytest.fixture
async def opened(room: Room) -> Room:
    """The service with its internal processes: all staff may begin one, experts alone another."""
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.deploy(request("vehicle.requested", "vehicles", "NS-01"))
    await room.deploy(request("panel.asked", "panels", "NS-02", posts="P08@D04, P11"))
    await room.deploy(two_ways())
    return room


async def _begin(room: Room, who: Person, body: object, key: str = "") -> tuple[int, dict[str, Any]]:
    answer = await room.ask(who, "POST", "/starts", body, headers={"Idempotency-Key": key} if key else {})
    return answer.status_code, answer.json()


async def test_given_a_filled_in_form_then_a_case_begins_that_knows_who_began_it(opened: Room) -> None:
    status, begun = await _begin(opened, STRANGER, TRIP)
    assert (status, begun["status"], begun["started_by"]) == (201, "running", "u.handler.d08")
    case_no = begun["case_no"]
    assert case_no.startswith("NB20260916NS01")
    assert begun["title"] == "小许可（u.handler.d08某）"
    await opened.complete(case_no, "Check", STRANGER)  # the post of the starter's department, not of the item's
    [started] = await opened.heard(case_no, "case.started")
    assert (started["start_kind"], started["start_event"], started["department"]) == ("message", "Start", "D06")
    assert (await opened.ask(STRANGER, "GET", f"/cases/{case_no}")).is_success
    assert (await opened.ask(EXPERTS, "GET", f"/cases/{case_no}")).status_code == 404


async def test_given_a_rule_that_ends_it_at_once_then_the_answer_says_how_and_what_it_knows(opened: Room) -> None:
    long = {"process": "vehicles", "facts": {"purpose": "下乡蹲点", "days": 20}}
    status, begun = await _begin(opened, HANDLER, long)
    assert (status, begun["status"], begun["outcome"]) == (201, "ended", "done")
    assert begun["data"]["request"]["days"] == 20
    assert begun["data"]["starter"] == {"person": "u.handler.d06", "department": "D06"}


async def test_given_the_same_key_then_it_begins_once_and_another_request_is_refused(opened: Room) -> None:
    answers = await asyncio.gather(*(_begin(opened, HANDLER, TRIP, "trip-of-monday") for _ in range(4)))
    assert {status for status, _ in answers} == {201}
    [case_no] = {begun["case_no"] for _, begun in answers}
    other = {**TRIP, "facts": {"purpose": "下乡", "days": 2}}
    status, problem = await _begin(opened, HANDLER, other, "trip-of-monday")
    assert (status, problem["code"]) == (409, "idempotency-key-taken")
    _, elsewhere = await _begin(opened, STRANGER, TRIP, "trip-of-monday")
    assert elsewhere["case_no"] != case_no


async def test_given_facts_that_do_not_fit_then_every_field_is_named_in_both_languages(opened: Room) -> None:
    wrong = {"process": "vehicles", "facts": {"days": 90, "fuel": 1}}
    status, problem = await _begin(opened, HANDLER, wrong)
    assert (status, problem["code"]) == (422, "facts-unfit")
    assert [each["where"] for each in problem["errors"]] == ["body.facts.purpose", "body.facts.days", "body.facts.fuel"]
    assert "vehicles" in problem["detail"]
    answer = await opened.ask(HANDLER, "POST", "/starts", wrong, headers={"Accept-Language": "en"})
    assert answer.json()["errors"][0]["message"] == "say what for"
    status, problem = await _begin(opened, HANDLER, {"process": "two-ways", "start": "By_letter", "facts": {"x": 1}})
    assert (status, problem["code"]) == (422, "facts-unfit")  # it has no form: it takes nothing


async def test_given_no_such_process_or_several_ways_in_then_the_answer_says_which_there_are(opened: Room) -> None:
    for body in ({"process": "nowhere"}, {**TRIP, "start": "Elsewhere"}):
        status, problem = await _begin(opened, HANDLER, body)
        assert (status, problem["code"]) == (404, "no-such-start")
    status, problem = await _begin(opened, HANDLER, {"process": "two-ways"})
    assert (status, problem["code"], problem["starts"]) == (422, "which-start", "By_letter, By_reply")
    status, begun = await _begin(opened, HANDLER, {"process": "two-ways", "start": "By_reply"})
    assert (status, begun["start"]) == (201, "By_reply")


async def test_given_a_process_of_some_posts_then_nobody_else_begins_it_or_reads_of_it(opened: Room) -> None:
    panel = {**TRIP, "process": "panels"}
    status, problem = await _begin(opened, HANDLER, panel)
    assert (status, problem["code"], problem["posts"]) == (403, "start-not-yours", "P08@D04, P11")
    assert (await _begin(opened, EXPERTS, panel))[0] == 201
    offered = {who: await opened.have(who, "/starts") for who in (HANDLER, EXPERTS)}
    ways = {who.code: [(each["process"], each["start"]) for each in found] for who, found in offered.items()}
    everybodys = [("two-ways", "By_letter"), ("two-ways", "By_reply"), ("vehicles", "Start")]
    assert ways == {"u.handler.d06": everybodys, "u.experts": [("panels", "Start"), *everybodys]}
    vehicles = next(each for each in offered[HANDLER] if each["process"] == "vehicles")
    assert vehicles["form"]["required"] == ["purpose", "days"]
    assert next(each for each in offered[HANDLER] if each["process"] == "two-ways")["form"] is None


async def test_given_one_who_does_not_handle_cases_then_there_is_nothing_to_begin(opened: Room) -> None:
    for who in (IT, REGISTRAR):
        assert (await _begin(opened, who, TRIP))[0] == 403
        assert (await opened.ask(who, "GET", "/starts")).status_code == 403


async def test_given_one_of_a_township_then_the_affairs_of_the_bureau_are_not_theirs_to_begin(opened: Room) -> None:
    town = staff("u.town", Role.OFFICER, "P04@T01").model_copy(update={"township": True})
    status, problem = await _begin(opened, town, TRIP)
    assert (status, problem["code"]) == (403, "start-not-yours")
    assert await opened.have(town, "/starts") == []


async def test_given_a_retired_process_then_it_is_neither_offered_nor_begun(opened: Room) -> None:
    retired = await opened.ask(IT, "POST", "/definitions/vehicles/retire", {"reason": "停用"})
    assert retired.is_success, retired.text
    assert (await _begin(opened, HANDLER, TRIP))[1]["code"] == "no-such-start"
    assert "vehicles" not in [each["process"] for each in await opened.have(HEAD, "/starts")]
