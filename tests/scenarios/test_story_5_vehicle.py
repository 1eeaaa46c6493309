"""Story 5: staff ask for a car; the house rules refuse it or send it round, and no citizen ever reads of it."""

from typing import Any, Final

import pytest

from services.local.client import Api, Refusal
from services.local.demo.stage import Stage
from tests.scenarios.office import tasks_of

ASKING: Final = "u.handler.d06"
SATURDAY: Final[dict[str, Any]] = {
    "kind": "site",
    "shared": "yes",
    "use_on": "2026-10-17",
    "leave_at": "08:30",
    "destination": "雁溪镇",
    "passengers": 3,
    "purpose": "防汛踏勘",
    "special": "yes",
    "special_reason": "防汛值班，须到现场。",
}
COMMUTE: Final = {**SATURDAY, "kind": "commute", "use_on": "2026-04-10", "special": "no"}


async def _begin(
    stage: Stage,
    api: Api,
    facts: dict[str, Any],
    *,
    process: str = "vehicle-request",
    who: str = ASKING,
    key: str | None = None,
) -> dict[str, Any]:
    """Begin a process with a filled-in form, and follow its case."""
    body = {"process": process, "facts": facts}
    begun: dict[str, Any] = await api.call("POST", "workflow", "/starts", who=who, body=body, key=key)
    stage.case_no = begun["case_no"]
    await stage.quiet()
    return begun


async def test_given_a_saturday_trip_with_a_reason_then_office_and_leader_agree_and_the_log_opens_that_day(
    stage: Stage, api: Api
) -> None:
    """B-06, B-08, SC-15."""
    await stage.begin("2026-10-12", "09:30")
    begun = await _begin(stage, api, SATURDAY, key="saturday-trip")
    assert (begun["title"], begun["status"]) == ("用车申请（李某）", "running")
    case_no = stage.case_no
    await _begin(stage, api, SATURDAY, key="saturday-trip")
    assert stage.case_no == case_no
    await stage.work("Task_OfficeCheck", "u.secretary")
    await stage.work("Task_LeaderApproval", "u.leader", decision="agree")
    assert await tasks_of(api, "u.secretary", stage.case_no) == []
    await stage.until("2026-10-17", "09:01")
    assert await tasks_of(api, "u.secretary", stage.case_no) == ["登记行车记录"]
    await stage.work("Task_TripLog", "u.secretary", maintenance_due="no")
    ended = (await stage.said("case.ended"))[-1]
    assert (ended["end_element"], ended["outcome"]) == ("End_Returned", "done")


async def test_given_a_commute_in_april_then_the_rules_refuse_it_at_once_and_say_why(stage: Stage, api: Api) -> None:
    """B-07, SC-15."""
    await stage.begin("2026-04-09", "09:30")
    begun = await _begin(stage, api, COMMUTE)
    assert (begun["status"], begun["data"]["vehicle_rule"]["reason"]) == (
        "ended",
        "每年四月和九月局领导上下班一律不用公车接送",
    )
    ended = (await stage.said("case.ended"))[-1]
    assert (ended["end_element"], ended["outcome"]) == ("End_RefusedByRule", "terminated")


async def test_given_who_asks_then_they_read_of_what_they_may_begin_and_the_window_of_none_of_it(api: Api) -> None:
    begin = {
        who: {each["process"] for each in await api.call("GET", "workflow", "/starts", who=who)}
        for who in (ASKING, "u.secretary")
    }
    everybodys = {"vehicle-request", "travel-request", "reception-request", "office-supplies"}
    assert everybodys <= begin[ASKING]
    assert "conduct-violation" not in begin[ASKING]
    assert {*everybodys, "conduct-violation"} <= begin["u.secretary"]
    offered = {each["item"]["code"] for each in await api.call("GET", "intake", "/items", who="u.window")}
    assert "PT05" in offered
    assert not {code for code in offered if code.startswith("AD")}
    guides = (await api.send("GET", "intake", "/public/guides")).text
    assert "建设工程规划许可证" in guides
    assert "用车申请" not in guides
    with pytest.raises(Refusal):
        await api.send("GET", "intake", "/public/guides/AD01")


async def test_given_a_heater_is_found_then_it_is_removed_criticised_and_a_supervision_matter_begins(
    stage: Stage, api: Api
) -> None:
    """B-11, SC-15: the end of one process begins the other."""
    await stage.begin("2026-10-12", "09:30")
    facts = {
        "kind": "private_appliance",
        "found_on": "2026-10-12",
        "unit": "D06",
        "place": "402 室",
        "facts": "私自安装电暖器一台。",
        "times": 1,
    }
    with pytest.raises(Refusal) as refused:
        await _begin(stage, api, facts, process="conduct-violation")
    assert refused.value.problem["code"] == "start-not-yours"
    await _begin(stage, api, facts, process="conduct-violation", who="u.secretary")
    await stage.work("Task_Verify", "u.secretary", established="yes")
    await stage.work("Task_Remove", "u.secretary")
    await stage.work("Task_DraftBulletin", "u.supervisor")
    await stage.work("Task_SignBulletin", "u.leader", decision="agree")
    before = await _registrations(api)
    await stage.work("Task_Publish", "u.supervisor")
    ended = (await stage.said("case.ended"))[-1]
    assert (ended["end_element"], ended["outcome"]) == ("End_Published", "done")
    await stage.until("2026-10-12", "10:00")
    assert len(await _registrations(api) - before) == 1


async def _registrations(api: Api) -> set[str]:
    """The supervision matters that wait to be registered."""
    page = await api.call("GET", "workflow", "/tasks", who="u.supervisor", query={"limit": 200})
    return {task["case_no"] for task in page["tasks"] if task["element"] == "Task_Register"}
