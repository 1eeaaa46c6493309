"""SC-4 天台山公园、康乐公园: five ones, base data for the designer, the guide's log, a microwave station in the way."""

from datetime import date
from typing import Any, Final

from services.local.demo.projects import CHIEF, GUIDE, activated, done, entered, refused
from services.local.demo.stage import Stage

_PARKS: Final = (("sc4-tiantaishan", "天台山公园"), ("sc4-kangle", "康乐公园"))
_SITING: Final = {
    "item_code": "PT01",
    "situation": "local",
    "title": "微波站迁建",
    "applicant": {
        "kind": "organisation",
        "name": "滨江通信有限公司",
        "id_no": "91512000MADEM00463",
        "phone": "13800000007",
        "agent": {"name": "范某某", "id_no": "512002200001010018"},
    },
    "facts": {"location": "天台山"},
}


async def play(stage: Stage) -> None:
    """The designer is appointed on 2017-03-13; the obstacle is out of the way on 03-24; nothing waited for it."""
    await stage.begin("2017-03-13")
    parks = [
        await entered(stage, key, name=name, owner="市园林局", stage="in_progress", stage_on="2017-03-13")
        for key, name in _PARKS
    ]
    tiantaishan = parks[0]["project_id"]
    for park in parks:
        if park["activated_at"] is None:
            await _five_ones(stage, park["project_id"])
    if not (await _file(stage, tiantaishan))["provisions"]:
        await _lived(stage, tiantaishan)
    await _compared(stage, await _file(stage, tiantaishan))


async def _five_ones(stage: Stage, project_id: str) -> None:
    """Nothing is activated before everything is there."""
    stage.expect(
        "五个一不全时启动",
        "project-incomplete",
        await refused(stage, project_id, by="u.leader", way="lead", act="activate"),
    )
    plan = {"task": "完成公园总平面方案", "due_on": "2017-06-30", "department": "D07", "officer": GUIDE}
    await activated(stage, project_id, **plan)
    stage.timeline.say(stage.moment, "五个一齐全，规划引导员已指派，分管领导批准启动")


async def _lived(stage: Stage, park: str) -> None:
    """What happened between the appointment of the designer and the siting case."""
    sets = [{"name": "地形图", "classified": False}, {"name": "地下管线", "classified": True}]
    await done(stage, park, act="appoint_designer", designer="省设计院", appointed_on="2017-03-13", data_sets=sets)
    await done(stage, park, by=GUIDE, act="serve", kind="contact", on="2017-03-13", note="当天与设计单位衔接")
    await done(stage, park, by="u.leader", way="lead", act="approve_data", no=1)
    await stage.begin("2017-03-15")
    receipt: dict[str, Any] = {
        "act": "hand_over_data",
        "no": 1,
        "handed_on": "2017-03-15",
        "receipt_no": "收据〔2017〕1号",
    }
    stage.expect("涉密资料没有保密审批时交出", "secrecy-approval-missing", await refused(stage, park, **receipt))
    cleared: dict[str, Any] = {"act": "approve_data", "no": 1, "secrecy_approval_no": "资规保审〔2017〕3号"}
    await done(stage, park, by="u.leader", way="lead", **cleared)
    await done(stage, park, **receipt)
    await stage.begin("2017-03-16")
    station = {"name": "微波站迁建", "owner": "微波站产权单位", "opened_on": "2017-03-16"}
    hindered = await done(stage, park, act="open_obstacle", **station)
    stage.expect("障碍未解决时的灯", "yellow", hindered["light"])
    await done(stage, park, by=GUIDE, act="contact_owner", no=1, on="2017-03-16", note="与产权单位联系")
    await stage.begin("2017-03-20")
    finished = await done(stage, park, by=GUIDE, act="complete_task", no=1, result="方案初稿", done_on="2017-03-20")
    stage.expect("有障碍时设计任务照常办结", "2017-03-20", finished["plans"][0]["tasks"][0]["done_on"])
    await stage.begin("2017-03-24")
    await done(stage, park, by=GUIDE, act="serve", kind="visit", on="2017-03-24", note="上门协调搬迁")
    await stage.begin("2017-03-27")
    await stage.receive("u.window", _SITING)
    agreed = {"agreement": "达成一致，另行选址迁建", "agreement_file": "搬迁协议", "settled_on": "2017-03-24"}
    await done(stage, park, act="settle_obstacle", no=1, linked_case=stage.case_no, **agreed)
    await done(stage, park, act="link_case", case_no=stage.case_no)


async def _compared(stage: Stage, park: dict[str, Any]) -> None:
    """Every date as the records have it."""
    [data], [obstacle] = park["provisions"], park["obstacles"]
    stage.expect("五个一齐全", [], park["missing"])
    stage.expect("设计单位确定、资料申请", date(2017, 3, 13), data["requested_on"])
    stage.expect("当天衔接", date(2017, 3, 13), park["log"][0]["on"])
    stage.expect("基础资料交出", date(2017, 3, 15), data["handed_on"])
    stage.expect("联系微波站产权单位", date(2017, 3, 16), obstacle["contacts"][0]["on"])
    stage.expect("搬迁达成一致", date(2017, 3, 24), obstacle["settled_on"])
    path = f"/cases/{obstacle['linked_case']}"
    case = await stage.api.call("GET", "intake", path, who="u.window")
    stage.expect("迁建选址收件", date(2017, 3, 27), case["received_on"])
    stage.expect("障碍解决后的灯", "green", park["light"])


async def _file(stage: Stage, project_id: str) -> dict[str, Any]:
    found: dict[str, Any] = await stage.api.call("GET", "supervision", f"/projects/{project_id}", who=CHIEF)
    return found
