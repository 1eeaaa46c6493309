"""SC-11: the head extends the limit by ten working days, once, with reasons, before it has run out (行政许可法 §42)."""

from datetime import date

from services.local.client import Refusal
from services.local.demo.buildings import application, reviewed
from services.local.demo.stage import Stage

_REASON = "周边住户日照影响复杂，需补充论证。"


async def play(stage: Stage) -> None:
    """Accepted 2026-09-17, due by law 10-21; extended on 10-19, the eighteenth working day."""
    await stage.begin("2026-09-17")
    await stage.receive("u.window", application("旧城更新一号地块"))
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    accepted = (await stage.said("case.accepted"))[-1]
    stage.expect("法定到期", date(2026, 10, 21), accepted["statutory_due_on"])
    await reviewed(stage)
    await stage.until("2026-10-19")
    stage.expect("科长申请延期", 403, await _extend(stage, "u.chief.d06"))
    stage.expect("局长批准延期", 200, await _extend(stage, "u.head"))
    await stage.quiet()
    case = await stage.case()
    due = {clock["kind"]: clock["due_on"] for clock in case["clocks"] if clock["kind"] == "statutory"}
    stage.expect("延长十个工作日后的法定到期", date(2026, 11, 4), due["statutory"])
    stage.expect("延期告知书的日期", ["2026-10-19"], await _notices(stage))
    stage.expect("再次延期", 409, await _extend(stage, "u.head"))
    await stage.timeline.catch_up(stage.case_no)


async def _notices(stage: Stage) -> list[str]:
    """The days of the notices of the extension that the applicant was given."""
    found = await stage.api.call("GET", "intake", f"/cases/{stage.case_no}/documents", who="u.window")
    return [each["issued_on"] for each in found["documents"] if each["kind"] == "extension"]


async def _extend(stage: Stage, who: str) -> int:
    """The status of the answer."""
    path = f"/cases/{stage.case_no}/extension"
    try:
        answer = await stage.api.send("POST", "workflow", path, who=who, body={"reason": _REASON})
    except Refusal as refusal:
        return refusal.status
    return answer.status_code
