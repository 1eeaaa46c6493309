"""Story 6: what a light has shown is supervised in seven procedures; what is late is chased, chosen units act."""

from typing import Any, Final

from services.local.client import Api
from services.local.demo.stage import Stage
from tests.scenarios.office import tasks_of

LEAD: Final[dict[str, Any]] = {
    "source": "light",
    "subject": "雁城一处危房重建",
    "facts": "业务会研究后超过两周未形成议题材料报请专委会审议。",
}


async def test_given_a_lead_then_the_seven_procedures_follow_and_a_unit_that_does_not_answer_is_chased(
    stage: Stage, api: Api
) -> None:
    """A-32, A-36, A-38."""
    await stage.begin("2026-03-02", "09:30")
    await _begin(stage, api)
    await stage.work("Task_Register", "u.supervisor", unit="D06", urgency="urgent", source="instruction")
    await stage.work("Task_Notice", "u.supervisor")
    assert await tasks_of(api, "u.chief.d06", stage.case_no) == ["承办"]
    assert await tasks_of(api, "u.chief.d05", stage.case_no) == []

    await stage.until("2026-03-03", "17:01")
    assert await tasks_of(api, "u.supervisor", stage.case_no) == ["催签收"]
    await stage.work("Task_AckChase", "u.supervisor")
    await stage.work("Task_Undertake", "u.chief.d06")
    handling = await stage.task("Task_Handle", "u.chief.d06")
    assert handling["due_on"] == "2026-03-09"  # urgent: five working days from the registration
    await stage.work("Task_Urge", "u.supervisor")
    await stage.work("Task_Handle", "u.chief.d06", outcome="done")
    await stage.work("Task_Feedback", "u.chief.d06", status="done", objection=False)
    await stage.work("Task_Recheck", "u.supervisor", result="passed")
    await stage.work("Task_Bulletin", "u.supervisor", kind="bulletin")
    await stage.work("Task_BulletinSign", "u.head", decision="agree")
    await stage.work("Task_BulletinIssue", "u.supervisor")
    await stage.work("Task_Archive", "u.supervisor")

    ended = (await stage.said("case.ended"))[-1]
    assert (ended["end_element"], ended["outcome"]) == ("End_Archived", "done")
    done = [each["name"] for each in await stage.said("task.completed")]
    seven = ["登记", "承办", "督办", "反馈", "复核", "通报", "归档"]
    assert [name for name in done if name in seven] == seven


async def test_given_signed_minutes_with_something_to_supervise_then_a_matter_begins_by_itself(
    stage: Stage, api: Api
) -> None:
    """A meeting from its call to signed minutes; what it hands to supervision is on the commissioner's list."""
    await stage.begin("2026-03-02", "09:30")
    called = {
        "body": "division",
        "proposed_on": "2026-03-04",
        "place": "二楼",
        "chair": ["u.leader"],
        "about": "研究规程。",
    }
    await _begin(stage, api, process="bureau-meeting", start="Start_Called", facts=called, who="u.secretary")
    before = await _matters(api)
    await stage.work("Task_Agenda", "u.secretary", held_on="2026-03-04", items=["踏勘规程修订"], units=["D08"])
    await stage.work("Task_Materials", "u.chief.d08")
    await stage.work("Task_Notice", "u.secretary")
    await stage.until("2026-03-04", "09:01")
    await stage.work("Task_Attendance", "u.secretary")
    assert await tasks_of(api, "u.secretary", stage.case_no) == ["审议表决：踏勘规程修订"]
    await stage.work("Task_Deliberate", "u.secretary", decision="approved", supervise=True)
    await stage.work("Task_Minutes", "u.secretary")
    await stage.work("Task_MinutesSign", "u.leader", decision="agree")
    [begun] = await _matters(api) - before
    assert await tasks_of(api, "u.supervisor", begun) == ["登记"]


async def test_given_the_bureaus_own_work_then_its_posts_may_begin_it_and_no_citizen_reads_of_it(api: Api) -> None:
    own = {"supervision-matter", "bureau-meeting", "progress-report", "key-project-plan"}
    may = {
        who: own & {each["process"] for each in await api.call("GET", "workflow", "/starts", who=who)}
        for who in ("u.supervisor", "u.secretary", "u.chief.d06", "u.window")
    }
    assert may == {
        "u.supervisor": {"supervision-matter"},
        "u.secretary": {"bureau-meeting", "progress-report"},
        "u.chief.d06": {"key-project-plan"},
        "u.window": set(),
    }
    offered = {each["item"]["code"] for each in await api.call("GET", "intake", "/items", who="u.window")}
    assert offered.isdisjoint({"DC01", "HY01", "GZ01", "ZD01"})
    guides = (await api.send("GET", "intake", "/public/guides")).text
    assert not [name for name in ("督查督办", "重点项目工作计划", "工作进展报告") if name in guides]


async def _begin(
    stage: Stage,
    api: Api,
    *,
    process: str = "supervision-matter",
    facts: dict[str, Any] = LEAD,
    who: str = "u.supervisor",
    start: str = "",
) -> None:
    body = {"process": process, "facts": facts} | ({"start": start} if start else {})
    begun = await api.call("POST", "workflow", "/starts", who=who, body=body)
    stage.case_no = begun["case_no"]
    await stage.quiet()


async def _matters(api: Api) -> set[str]:
    """The supervision matters that wait to be registered."""
    page = await api.call("GET", "workflow", "/tasks", who="u.supervisor", query={"limit": 200})
    return {task["case_no"] for task in page["tasks"] if task["element"] == "Task_Register"}
