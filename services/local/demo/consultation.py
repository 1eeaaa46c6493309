"""SC-1 天立旗舰（国际）学校: asked for advice before anything is filed, approved in principle, then applied for."""

from datetime import date
from typing import Any, Final

from services.local.demo.dilapidated import deliver
from services.local.demo.projects import activated, done, entered
from services.local.demo.stage import Stage

_NAME: Final = "天立旗舰（国际）学校"
_APPLICANT: Final = {
    "kind": "organisation",
    "name": "天立教育投资有限公司",
    "id_no": "91512000MADEM00463",
    "phone": "13800000008",
    "agent": {"name": "范某某", "id_no": "512002200001010018"},
}
_CONSULTATION: Final = {
    "item_code": "PT11",
    "situation": "site",
    "title": _NAME,
    "applicant": _APPLICANT,
    "facts": {"location": "滨江大道"},
}
_FORMAL: Final = {**_CONSULTATION, "item_code": "PT05", "situation": "building"}
_CONDITIONS: Final = ["备齐规划报审要件", "优化主入口交通组织"]


async def play(stage: Stage) -> None:
    """Filed on 2017-04-10, experts on 04-12, the office meeting on 04-17, the formal application on 05-02."""
    await stage.begin("2017-04-10", "09:30")
    project = await _project(stage)
    await stage.receive("u.window", _CONSULTATION)
    await done(stage, project, act="link_case", case_no=stage.case_no)
    await _advised(stage)
    await _approved_in_principle(stage)
    await _formal(stage, project)


async def _project(stage: Stage) -> str:
    """The project in its early stage, with a guide."""
    entry = {"name": _NAME, "owner": "天立教育", "stage": "early_intervention", "stage_on": "2017-04-10"}
    project = await entered(stage, "sc1-tianli", **entry)
    if project["activated_at"] is None:
        plan = {"task": "办齐规划手续", "due_on": "2017-12-29", "department": "D06", "officer": "u.handler.d06"}
        await activated(stage, project["project_id"], **plan)
    return str(project["project_id"])


async def _advised(stage: Stage) -> None:
    """Registered, studied with aerial pictures, looked at by experts."""
    await stage.work("Task_Register", "u.window", project=_NAME, stage="early_intervention", guide=["u.handler.d06"])
    case = await stage.case()
    stage.expect("方案咨询的案件时钟", [], [clock["kind"] for clock in case["clocks"] if clock["kind"] != "step"])
    await stage.until("2017-04-11", "16:00")
    asked = {"expert_review": True, "office_meeting": True, "uav_images": 12}
    await stage.work("Task_HandlerOpinion", "u.handler.d06", **asked)
    await stage.until("2017-04-12", "16:00")
    await stage.work("Task_ExpertReview", "u.experts")
    stage.expect("专家评审（报送后第2个工作日）", date(2017, 4, 12), await _done_on(stage, "Task_ExpertReview"))


async def _approved_in_principle(stage: Stage) -> None:
    """The office meeting decides with conditions; the opinion is handed out."""
    await stage.until("2017-04-17", "11:00")
    passed: dict[str, Any] = {"result": "approved_in_principle", "conditions": _CONDITIONS}
    await stage.work("Task_OfficeMeeting", "u.secretary", **passed)
    stage.expect("局办公会原则通过（第5个工作日）", date(2017, 4, 17), await _done_on(stage, "Task_OfficeMeeting"))
    await stage.work("Task_Reply", "u.chief.d06", **passed)
    await stage.until("2017-04-18")
    await deliver(stage, receiver="范某某", id_no="512002200001010018")
    await stage.until("2017-04-20")
    await stage.work("Task_ArchiveFile", "u.archive")
    case = await stage.case()
    stage.expect("条件清单仍在跟踪", ["Task_FollowConditions"], [step["element"] for step in case["steps"]])


async def _formal(stage: Stage, project: str) -> None:
    """All papers are there: the formal application is accepted on the same day."""
    await stage.until("2017-05-02")
    await stage.work("Task_FollowConditions", "u.handler.d06", complete="yes")
    stage.expect("咨询办结", "done", (await stage.said("case.ended"))[-1]["outcome"])
    await stage.receive("u.window", _FORMAL)
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    accepted = (await stage.said("case.accepted"))[-1]
    stage.expect("正式申请受理日期", date(2017, 5, 2), accepted["accepted_on"])
    stage.expect("法定到期（20个工作日，跨端午）", date(2017, 5, 31), accepted["statutory_due_on"])
    await done(stage, project, act="link_case", case_no=stage.case_no)
    path = f"/projects/{project}"
    found = await stage.api.call("GET", "supervision", path, who="u.chief.d06")
    if found["stage"] == "early_intervention":
        moved = {"stage": "in_progress", "on": "2017-05-02", "note": "要件齐备，转正式申请"}
        found = await done(stage, project, act="move_stage", **moved)
    stages = " → ".join(f"{one['stage']} {one['on']}" for one in found["stages"])
    stage.expect("项目阶段", "early_intervention 2017-04-10 → in_progress 2017-05-02", stages)


async def _done_on(stage: Stage, element: str) -> str:
    completed = (await stage.said("task.completed", element=element))[-1]
    day: str = completed["completed_on"]
    return day
