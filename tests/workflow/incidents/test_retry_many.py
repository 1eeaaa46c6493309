"""Incidents by cause; a group is retried behind a canary, and green means that the step has really finished."""

import asyncio
from typing import Any

from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import ACCEPT, HANDLER, HEAD, IT, REVIEW, Room, post_said

_VACANT = ("D05", "D08")


async def _in_incident(room: Room, count: int) -> list[str]:
    """So many cases whose review was completed while nobody held the leader's post."""
    await room.deploy()
    await room.registry.say(post_said("P09", "D00"))
    await room.settled()
    await room.set_clock(at("2026-09-16", "15:00"))
    cases = [room.new_case_no() for _ in range(count)]
    for case_no in cases:
        await room.receive(case_no)
    for case_no in cases:
        await room.complete(case_no, "Accept", ACCEPT, decision="accept")
    await room.registry.say(post_said("P09", *_VACANT))
    await room.settled()
    for case_no in cases:
        step = await room.step(case_no, "Review")
        kept = await room.ask(HANDLER, "POST", f"/tasks/{step['task_id']}/complete", {"answers": REVIEW})
        assert kept.json()["code"] == "task-in-incident", kept.text
    return cases


async def _group(room: Room, cases: list[str]) -> dict[str, Any]:
    """The group in which these cases are."""
    listed = await room.have(IT, "/incidents?limit=200")
    [mine] = {each["element"] for each in listed["incidents"] if each["case_no"] in cases}
    [group] = [each for each in await room.have(IT, "/incidents/groups") if each["element"] == mine]
    return dict(group)


async def _finished(room: Room, retry_id: str) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        report = await room.have(IT, f"/incidents/retries/{retry_id}")
        return report if report["finished_at"] else None

    report = await wait_until(over)
    assert report
    return report


async def _is_hidden_from_a_township(room: Room, retry_id: str) -> None:
    town = IT.model_copy(update={"code": "u.it.t01", "department": "T01", "township": True})
    assert await room.have(town, "/incidents/retries") == []
    shown = await room.ask(town, "GET", f"/incidents/retries/{retry_id}")
    stopped = await room.ask(town, "POST", f"/incidents/retries/{retry_id}/stop")
    assert (shown.status_code, stopped.status_code) == (404, 404)


async def test_given_one_cause_then_its_incidents_are_one_group_and_the_canary_spares_the_rest(room: Room) -> None:
    cases = await _in_incident(room, 4)
    group = await _group(room, cases)
    assert (group["count"], group["cases"], group["element"], group["tries"]) == (4, 4, "Lead", 4)
    assert (group["process_key"], group["oldest_at"]) == ("small-permit", "2026-09-16T07:00:00Z")
    begun = await room.ask(IT, "POST", f"/incidents/groups/{group['group']}/retry")
    assert begun.status_code == 202, begun.text
    report = await _finished(room, begun.json()["retry_id"])
    await _is_hidden_from_a_township(room, begun.json()["retry_id"])
    assert (report["stage"], report["failed"], report["waiting"], report["done"]) == ("stopped", 1, 3, 0)
    assert "P09" in report["items"][0]["reason_zh"]
    tries = {each["case_no"]: each["tries"] for each in (await room.have(IT, "/incidents?limit=200"))["incidents"]}
    assert sorted(tries[case_no] for case_no in cases) == [1, 1, 1, 2]
    [retried] = await room.heard(report["items"][0]["case_no"], "incident.retried")
    assert (retried["person"], retried["tries"]) == (IT.code, 2)

    await room.registry.say(post_said("P09", "D00"))
    await room.settled()
    again = (await room.ask(IT, "POST", f"/incidents/groups/{group['group']}/retry")).json()
    report = await _finished(room, again["retry_id"])
    assert (report["stage"], report["done"], report["total"]) == ("done", 4, 4)
    for case_no in cases:
        case = await room.have(HEAD, f"/cases/{case_no}")
        assert ([step["element"] for step in case["steps"]], case["incidents"]) == (["Lead"], [])
        [over] = await room.heard(case_no, "incident.resolved")
        assert (over["how"], over["resolved_by"]) == ("done", IT.code)
    gone = await room.ask(IT, "POST", f"/incidents/groups/{group['group']}/retry")
    assert gone.json()["code"] == "incident-group-not-found"


async def test_given_a_crash_in_the_middle_then_the_retry_goes_on_and_nothing_is_done_twice(room: Room) -> None:
    cases = await _in_incident(room, 6)
    await room.registry.say(post_said("P09", "D00"))
    await room.settled()
    group = await _group(room, cases)
    retry = (await room.ask(IT, "POST", f"/incidents/groups/{group['group']}/retry")).json()
    await room.kill()
    await room.start_again()
    report = await _finished(room, retry["retry_id"])
    assert (report["stage"], report["done"]) == ("done", 6)
    for case_no in cases:
        done = [each for each in await room.heard(case_no, "task.completed") if each["element"] == "Review"]
        assert len(done) == 1


async def test_given_some_incidents_then_only_those_are_retried_and_one_done_elsewhere_is_told_so(room: Room) -> None:
    cases = await _in_incident(room, 3)
    listed = (await room.have(IT, "/incidents?limit=200"))["incidents"]
    ids = {each["case_no"]: each["incident_id"] for each in listed if each["case_no"] in cases}
    await room.registry.say(post_said("P09", "D00"))
    await room.settled()
    chosen = [ids[cases[0]], ids[cases[1]]]
    retry, single = await asyncio.gather(
        room.ask(IT, "POST", "/incidents/retries", {"incidents": chosen}),
        room.ask(IT, "POST", f"/incidents/{chosen[1]}/retry"),
    )
    assert single.status_code in (204, 404), single.text
    report = await _finished(room, retry.json()["retry_id"])
    assert (report["stage"], report["done"], report["total"]) == ("done", report["total"], report["total"])
    assert [step["element"] for step in (await room.have(HEAD, f"/cases/{cases[2]}"))["steps"]] == ["Review"]
    given_up = await room.ask(IT, "POST", f"/incidents/{ids[cases[2]]}/give-up")
    assert given_up.status_code == 204
    none = await room.ask(IT, "POST", "/incidents/retries", {"incidents": [ids[cases[2]]]})
    assert none.json()["code"] == "incident-not-found"


async def test_given_an_officer_then_incidents_are_not_theirs_to_group_or_retry(room: Room) -> None:
    for method, path in (("GET", "/incidents/groups"), ("GET", "/incidents/retries")):
        assert (await room.ask(HANDLER, method, path)).status_code == 403
