"""SC-8: a present-day case. An expert review holds the clocks; the decision is one working day late on the promise."""

from datetime import date

from services.local.demo.dilapidated import finish
from services.local.demo.stage import Stage

_APPLICATION = {
    "item_code": "PT05",
    "situation": "building",
    "title": "滨江中学教学楼",
    "applicant": {
        "kind": "organisation",
        "name": "滨江教育投资有限公司",
        "id_no": "91512000MADEM00463",
        "phone": "13800000004",
        "agent": {"name": "范某某", "id_no": "512002200001010018"},
    },
    "facts": {"location": "滨江大道", "investment_project_code": "2609-512000-04-01-123456"},
}


async def play(stage: Stage) -> None:
    """Received 09-16, accepted 09-17, held 09-21 to 09-24, decided 10-09."""
    await stage.begin("2026-09-16", "15:00")
    receipt = await stage.receive("u.window", _APPLICATION)
    stage.expect("回执上的预取件日期", date(2026, 9, 28), receipt["expected_collection_on"])
    await stage.until("2026-09-17")
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    accepted = (await stage.said("case.accepted"))[-1]
    stage.expect("受理时的承诺到期", date(2026, 9, 28), accepted["promised_due_on"])
    await stage.until("2026-09-18")
    await stage.work(
        "Task_HandlerReview", "u.handler.d06", floor_area_m2=26_000, project_kind="school", place="ordinary"
    )
    await stage.until("2026-09-20")
    await stage.work("Task_ChiefReview", "u.chief.d06", decision="agree")
    await _expert_review(stage)
    await _decision_is_late(stage)
    await stage.until("2026-10-12")
    await finish(stage, receiver="范某某", id_no="512002200001010018")


async def _expert_review(stage: Stage) -> None:
    """The written notice, then the review: promised and statutory clocks stand still (行政许可法 §45)."""
    await stage.until("2026-09-21")
    await stage.work("Task_ExpertNotice", "u.handler.d06", planned_end_on="2026-09-24")
    await stage.until("2026-09-24", "16:00")
    await stage.work("Task_ExpertReview", "u.experts")
    resumed = {event["kind"]: event for event in await stage.said("timer.resumed")}
    stage.expect("停止计时的工作日（9月21日后至24日）", 3, resumed["promised"]["held_workdays"])
    stage.expect("恢复后的承诺到期", date(2026, 10, 8), resumed["promised"]["due_on"])
    stage.expect("恢复后的法定到期", date(2026, 10, 26), resumed["statutory"]["due_on"])


async def _decision_is_late(stage: Stage) -> None:
    """Meeting and signature take until 10-09: one working day late on the promise, in time by law."""
    for element, who, given in _AFTER_REVIEW:
        open_now = {step["element"] for step in (await stage.case())["steps"]}
        if element in open_now:
            await stage.until(*_DAYS.get(element, (stage.today.isoformat(), "16:30")))
            await stage.work(element, who, **given)
    await stage.until("2026-10-09")
    await stage.work("Task_SignDecision", "u.head", decision="grant")
    decided = (await stage.said("case.decided"))[-1]
    stage.expect("决定日期", date(2026, 10, 9), decided["decided_on"])
    stage.expect("承诺时限逾期工作日", 1, decided["promised_overdue_workdays"])
    stage.expect("法定时限逾期工作日", 0, decided["statutory_overdue_workdays"])


_AFTER_REVIEW: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("Task_ProfessionalMeeting", "u.secretary", {"result": "submit"}),
    ("Task_AgendaMaterial", "u.handler.d06", {}),
    ("Task_CommitteeReview", "u.secretary", {"result": "approved"}),
    ("Task_LeaderReview", "u.leader", {"decision": "agree"}),
)
_DAYS = {"Task_AgendaMaterial": ("2026-09-28", "16:00"), "Task_CommitteeReview": ("2026-09-30", "10:00")}
