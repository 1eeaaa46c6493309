"""SC-12 and SC-13: a refusal needs reasons and remedies; meanwhile the applicant asks by telephone how it stands."""

from datetime import date
from typing import Any

from services.local.client import Refusal
from services.local.demo.buildings import application, reviewed
from services.local.demo.dilapidated import deliver
from services.local.demo.forms import filled
from services.local.demo.stage import Stage

_REASONS = "拟建建筑突破控制性详细规划确定的高度，不符合城乡规划法第四十条规定的条件。"
_REMEDIES = "可自收到决定书之日起六十日内申请行政复议，或者六个月内向人民法院提起行政诉讼。"


async def play(stage: Stage) -> None:
    """Accepted 2026-09-21; the bureau head refuses on 09-24."""
    await stage.begin("2026-09-21", "09:30")
    receipt = await stage.receive("u.window", application("高新区研发楼"))
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    await stage.until("2026-09-22")
    await reviewed(stage, conclusion="refuse", plan_check="deviates")
    await _asked_by_telephone(stage, receipt)
    await stage.work("Task_ChiefReview", "u.chief.d06", decision="agree")
    await stage.until("2026-09-23")
    await stage.work("Task_LeaderReview", "u.leader", decision="disagree")
    await stage.until("2026-09-24")
    stage.expect("不写理由的不予许可", 422, await _refuse_without_reasons(stage))
    await stage.work("Task_SignDecision", "u.head", decision="refuse", reasons=_REASONS, remedies=_REMEDIES)
    decided = (await stage.said("case.decided"))[-1]
    stage.expect("不予许可决定日期", date(2026, 9, 24), decided["decided_on"])
    await stage.work("Task_RefusalDocument", "u.certificate")
    await deliver(stage, receiver="范某某", id_no="512002200001010018")
    await stage.work("Task_Archive", "u.archive")
    stage.expect("结案结果", "refused", (await stage.said("case.ended"))[-1]["outcome"])


async def _asked_by_telephone(stage: Stage, receipt: dict[str, Any]) -> None:
    """What the telephone reads out: number and password are enough, no name is told."""
    body = {"case_no": receipt["case_no"], "query_password": receipt["query_password"]}
    found: dict[str, Any] = await stage.api.call("POST", "intake", "/public/lookup", body=body)
    sentence: str = found["sentence"]
    stage.timeline.say(stage.moment, f"？电话查询：{sentence}", style="cyan")
    for part in ("审查中", "科室审核", "绿灯", "10月8日"):
        stage.expect(f"电话查询的回答中有“{part}”", True, part in sentence)


async def _refuse_without_reasons(stage: Stage) -> int:
    task = await stage.task("Task_SignDecision", "u.head")
    await stage.api.call("POST", "workflow", f"/tasks/{task['task_id']}/claim", who="u.head")
    answers = filled(task["form"], {"decision": "refuse"}, today=stage.today)
    bare = {name: value for name, value in answers.items() if name not in {"reasons", "remedies"}}
    try:
        path = f"/tasks/{task['task_id']}/complete"
        answer = await stage.api.send("POST", "workflow", path, who="u.head", body={"answers": bare})
    except Refusal as refusal:
        return refusal.status
    return answer.status_code
