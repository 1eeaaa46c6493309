"""SC-7: a village house. The township reviews first, the bureau decides, the number is pending, then assigned."""

from datetime import date
from typing import Any

from services.local.demo.dilapidated import finish
from services.local.demo.stage import Stage

_APPLICATION = {
    "item_code": "PT06",
    "situation": "village_house",
    "title": "雁溪镇村民住宅",
    "applicant": {"kind": "person", "name": "罗某某", "id_no": "512002200001010018", "phone": "13800000003"},
    "township": "T01",
    "facts": {"location": "雁溪镇三组"},
}


async def play(stage: Stage) -> None:
    """Township, bureau, supervision number, collection; the applicant looks up at each stage."""
    await stage.begin("2026-06-01", "09:30")
    receipt = await stage.receive("u.town.window", _APPLICATION)
    await _look_up(stage, receipt)
    await stage.work("Task_TownshipCheck", "u.town.window", decision="accept")
    await stage.until("2026-06-05")
    await stage.work("Task_VillagePublicity", "u.town.window", objections=0)
    await stage.work("Task_VillageReview", "u.town.review", plot="existing", conclusion="agree")
    await stage.work("Task_Forward", "u.town.window")
    await _look_up(stage, receipt)
    await stage.until("2026-06-08")
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept", farmland="none")
    accepted = (await stage.said("case.accepted"))[-1]
    stage.expect("规划局受理日期", date(2026, 6, 8), accepted["accepted_on"])
    stage.expect("承诺到期（10个工作日，跨端午）", date(2026, 6, 23), accepted["promised_due_on"])
    stage.expect("法定到期（20个工作日）", date(2026, 7, 7), accepted["statutory_due_on"])
    await _bureau_decides(stage)
    await _number_pending(stage, receipt)
    await finish(stage, receiver="罗某某", id_no="512002200001010018")
    found = await _look_up(stage, receipt)
    stage.expect("公众查询的最后状态", "granted", found["outcome"])


async def _bureau_decides(stage: Stage) -> None:
    await stage.until("2026-06-11")
    await stage.work("Task_HandlerReview", "u.handler.d08")
    await stage.until("2026-06-12")
    await stage.work("Task_ChiefReview", "u.chief.d08", decision="agree")
    await stage.until("2026-06-15")
    await stage.work("Task_DivisionMeeting", "u.secretary", result="agree")
    await stage.until("2026-06-16")
    await stage.work("Task_LeaderReview", "u.leader", decision="agree")
    await _simulator(stage, "hold")
    await stage.until("2026-06-17")
    await stage.work("Task_SignDecision", "u.head", decision="grant")
    decided = (await stage.said("case.decided"))[-1]
    stage.expect("决定日期", date(2026, 6, 17), decided["decided_on"])
    stage.expect("承诺时限逾期工作日", 0, decided["promised_overdue_workdays"])


async def _number_pending(stage: Stage, receipt: dict[str, Any]) -> None:
    """The national system has not answered yet; a day later it does."""
    found = await _look_up(stage, receipt)
    stage.expect("取号期间查询到的环节", "取电子监管号", found["step"])
    await stage.until("2026-06-18")
    await _simulator(stage, "answer")
    await stage.quiet()
    await stage.timeline.catch_up(stage.case_no)


async def _simulator(stage: Stage, mode: str) -> None:
    await stage.api.call("PUT", "simulator", "/mode", body={"mode": mode})


async def _look_up(stage: Stage, receipt: dict[str, Any]) -> dict[str, Any]:
    """The applicant asks with number and password."""
    body = {"case_no": receipt["case_no"], "query_password": receipt["query_password"]}
    found: dict[str, Any] = await stage.api.call("POST", "intake", "/public/lookup", body=body)
    stage.timeline.say(stage.moment, f"？公众查询：{found['sentence']}", style="cyan")
    return found
