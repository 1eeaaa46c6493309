"""SC-10: neighbours ask for a hearing: told, requested, announced and held in time (行政许可法 §46 to §48)."""

from datetime import date

from services.local.demo.stage import Stage

_APPLICATION = {
    "item_code": "PT10A",
    "situation": "scheme",
    "title": "滨江花园总平面变更",
    "applicant": {
        "kind": "organisation",
        "name": "滨江教育投资有限公司",
        "id_no": "91512000MADEM00463",
        "phone": "13800000004",
        "agent": {"name": "范某某", "id_no": "512002200001010018"},
    },
    "facts": {"location": "滨江大道"},
}
_CLERK, _LEGAL = "u.window", "u.legal"
_UPHELD = {"conclusion": "objections_upheld", "summary": "3号楼底层日照不足两小时，应调整方案。"}
_REASONS = "听证笔录表明变更使三号楼底层日照不足两小时，不符合城乡规划法第五十条的要求。"
_REMEDIES = "可自收到决定书之日起六十日内申请行政复议，或者六个月内向人民法院提起行政诉讼。"


async def play(stage: Stage) -> None:
    """Accepted 2026-11-09; told of the right 11-23, requested 11-27, held 12-21; refused on the record 12-22."""
    await stage.begin("2026-11-09")
    await stage.receive(_CLERK, _APPLICATION)
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    await stage.until("2026-11-10")
    await stage.work("Task_HandlerReview", "u.handler.d06", kind="works")
    await _posted(stage)
    await _requested(stage)
    await _arranged(stage)
    await _held(stage)
    await _decided(stage)


async def _posted(stage: Stage) -> None:
    """Seven working days of publicity bring an objection, and the wish to be heard."""
    await stage.until("2026-11-11")
    await stage.work("Task_PublicityNotice", _LEGAL, posted_from="2026-11-11")
    await stage.until("2026-11-20")
    told = {"conclusion": "objections", "summary": "收到一件异议。", "objections": ["3号楼住户：担心遮挡日照"]}
    await stage.work("Task_PublicityObjections", _LEGAL, hearing_requested=True, **told)
    await stage.work("Task_PublicityAnswer", "u.handler.d06", hearing_requested=True, **_UPHELD)


async def _requested(stage: Stage) -> None:
    """Five working days to ask for it; meanwhile the clocks stand still."""
    await stage.until("2026-11-23")
    await stage.work("Task_HearingRights", _LEGAL, basis="on_request")
    task = await stage.task("Task_HearingRequest", _CLERK)
    stage.expect("可以申请听证至（V-22）", date(2026, 11, 30), task["due_on"])
    await stage.until("2026-11-27")
    await stage.work("Task_HearingRequest", _CLERK, answer="requested")


async def _arranged(stage: Stage) -> None:
    """Too late a day, a chair who examined the case, too short a notice: each goes back to be arranged anew.

    The arranging takes until 12-10; its step is red by then, the law's days for the hearing are kept.
    """
    await stage.until("2026-11-30")
    stage.expect(
        "12月28日举行，超过12月25日（V-23）",
        "重新安排",
        await _outcome(stage, hearing_on="2026-12-28", told_on="2026-11-30"),
    )
    stage.expect("由审查人员主持", "重新安排", await _outcome(stage, chair=["u.chief.d06"]))
    await stage.until("2026-12-10")
    stage.expect("12月21日举行，12月11日才通知", "重新安排", await _outcome(stage, told_on="2026-12-11"))
    stage.expect("12月21日举行，12月10日通知（V-24）", "举行", await _outcome(stage, told_on="2026-12-10"))


async def _outcome(stage: Stage, *, hearing_on: str = "2026-12-21", told_on: str = "", **plan: object) -> str:
    """Arrange the hearing so, and give notice if it comes to that: whether it may be held."""
    await stage.work("Task_HearingPlan", _LEGAL, requested_on="2026-11-27", hearing_on=hearing_on, **plan)
    if "Task_HearingNotice" in await _standing(stage):
        await stage.work("Task_HearingNotice", _LEGAL, told_on=told_on, planned_end_on=hearing_on)
    return "举行" if "Task_HearingHold" in await _standing(stage) else "重新安排"


async def _standing(stage: Stage) -> set[str]:
    return {step["element"] for step in (await stage.case())["steps"]}


async def _held(stage: Stage) -> None:
    await stage.until("2026-12-21", "16:00")
    await stage.work("Task_HearingHold", _LEGAL, held="yes")
    held = [event for event in await stage.said("timer.resumed") if event["kind"] == "statutory"]
    stage.expect("两次停止计时的工作日", [4, 7], [event["held_workdays"] for event in held])
    stage.expect("恢复后的法定到期", date(2026, 12, 22), held[-1]["due_on"])


async def _decided(stage: Stage) -> None:
    """Decided on what the record says, on the last day."""
    await stage.work("Task_CollectiveAgenda", "u.handler.d06")
    await stage.until("2026-12-22", "09:00")
    await stage.work("Task_CollectiveBureau", "u.secretary", conclusion="disagreed")
    await stage.work("Task_ChiefReview", "u.chief.d06", proposal="refuse")
    await stage.work("Task_SignatureReview", "u.leader", decision="disagree")
    await stage.work("Task_SignatureDecision", "u.head", decision="refuse", reasons=_REASONS, remedies=_REMEDIES)
    decided = (await stage.said("case.decided"))[-1]
    stage.expect("根据听证笔录作出决定的日期", date(2026, 12, 22), decided["decided_on"])
    stage.expect("法定时限逾期工作日", 0, decided["statutory_overdue_workdays"])
