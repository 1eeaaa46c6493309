"""Story 1: an application is received and accepted. Everybody concerned is told, and every date is a working day."""

from services.local.client import Api
from services.local.demo.stage import Stage
from tests.scenarios.office import LANDSCAPE, PHONE, letters, tasks_of


async def test_given_an_application_when_it_is_received_then_there_is_a_receipt_and_a_task_in_the_officers_list(
    stage: Stage, api: Api
) -> None:
    await stage.begin("2026-11-23", "10:00")

    receipt = await stage.receive("u.window", LANDSCAPE)

    case_no = receipt["case_no"]
    assert case_no.startswith("51200020261123PT05")
    assert len(receipt["query_password"]) >= 8
    assert receipt["expected_collection_on"] == "2026-12-01"  # one working day to accept, five promised
    assert await tasks_of(api, "u.accept", case_no) == ["受理审查"]
    assert await tasks_of(api, "u.handler.d06", case_no) == []
    assert await said_by_workflow(stage) == ["case.started", "task.opened", "timer.started"]
    assert await letters(api, PHONE, about=case_no) == [
        f"【规划局】您的申请已收件，案件编号{case_no}，预计12月1日可以取件。请凭立案回执上的密码查询进度。"
    ]


async def test_given_a_received_case_when_it_is_accepted_later_than_hoped_then_the_date_moves_and_the_applicant_is_told(
    stage: Stage, api: Api
) -> None:
    await stage.begin("2026-11-23", "10:00")
    receipt = await stage.receive("u.window", LANDSCAPE)

    await stage.until("2026-11-25", "09:30")
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")

    accepted = (await stage.said("case.accepted"))[-1]
    assert accepted["accepted_on"] == "2026-11-25"
    assert accepted["promised_due_on"] == "2026-12-02"
    assert accepted["statutory_due_on"] == "2026-12-23"
    case = await api.call("GET", "intake", f"/cases/{stage.case_no}", who="u.window")
    assert (receipt["expected_collection_on"], case["expected_collection_on"]) == ("2026-12-01", "2026-12-02")
    assert await tasks_of(api, "u.accept", stage.case_no) == []
    assert await tasks_of(api, "u.handler.d06", stage.case_no) == ["承办审查（含现场踏勘）"]
    told = await letters(api, PHONE, about=stage.case_no)
    assert told[1:] == [f"【规划局】案件{stage.case_no}已于11月25日受理，承诺12月2日前办结。"]


async def said_by_workflow(stage: Stage) -> list[str]:
    """The kinds of everything the workflow service said of the case, in order."""
    history = await stage.timeline.history("workflow", stage.case_no)
    return [entry["type"].removeprefix("guihua.workflow.").removesuffix(".v1") for entry in history]
