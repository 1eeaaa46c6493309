"""SC-5 and SC-6: the numbers of 2017-05-09, counted from thirty-four projects and from what the office really did."""

from typing import Any, Final

from services.local.demo.projects import activated, done, entered
from services.local.demo.stage import Stage

_DAY: Final = "2017-05-09"
_SCHOOL: Final = "sc1-tianli"
_NAMED: Final = (
    ("sc4-tiantaishan", "天台山公园", "in_progress"),
    ("sc4-kangle", "康乐公园", "in_progress"),
    (_SCHOOL, "天立旗舰（国际）学校", "in_progress"),
    ("sc3-yancheng", "雁城危房重建", "in_progress"),
)
_OTHERS: Final = (("completed", 24), ("in_progress", 2), ("completed_followup", 1), ("early_intervention", 3))
"""Of these the press gives the numbers only: their names are made up."""

_KINDS: Final = {
    "completed": "道路",
    "in_progress": "广场",
    "completed_followup": "滨江绿道",
    "early_intervention": "新区",
}

CAMPAIGN: Final = "“转作风、提效能、重执行、守规矩”专题"
_INSPECTIONS: Final = (
    ("2017-03-14", "D06", ("工作纪律松弛", "来件超时未办"), "notice"),
    ("2017-03-28", "D07", ("踏勘记录不全",), ""),
    ("2017-04-06", "D06", ("议题材料逾期",), "bulletin"),
    ("2017-04-20", "D08", ("材料未一次告知",), "notice"),
    ("2017-05-08", "D08", ("整改未反馈",), ""),
)
"""Five inspections, six matters of three departments, two notices, and the bulletin of 2017-04-06."""


async def thirty_four(stage: Stage) -> None:
    """Enter what is not there yet, then let the records be counted."""
    await stage.begin(_DAY)
    for key, name, standing in (*_NAMED, *_made_up()):
        await _project(stage, key, name, standing)
    found = await _counted(stage)
    stage.expect("重点项目", "34 = 24 + 6 + 1 + 3", found["projects"]["equation"])
    stage.expect("各阶段之和等于总数", True, found["projects"]["adds_up"])
    under_way = await stage.api.call(
        "GET", "supervision", "/projects", who="u.supervisor", query={"stage": "in_progress", "limit": 200}
    )
    names = {one["name"] for one in under_way["projects"]}
    stage.expect("公开报道中点名的项目都在推进中", [], sorted({name for _, name, _ in _NAMED} - names))


async def five_two_one_three_six(stage: Stage) -> None:
    """Inspections and what they led to, as of 2017-05-09."""
    for day, department, matters, paper in _INSPECTIONS:
        await stage.begin(day)
        found = await _inspected(stage, day, department, matters)
        if paper:
            await (_notice if paper == "notice" else _bulletin)(stage, day, department, found)
    await stage.begin(_DAY)
    counted = (await _counted(stage, campaign=CAMPAIGN))["supervision"]
    for name, zh, expected in (
        ("inspections", "督查次数", 5),
        ("notices", "督查督办通知", 2),
        ("bulletins", "督查通报", 1),
        ("departments", "涉及科室", 3),
        ("matters", "涉及事项", 6),
    ):
        stage.expect(f"截至5月9日{zh}", expected, counted[name])
    early = (await _counted(stage, campaign=CAMPAIGN, as_of="2017-04-06"))["supervision"]
    stage.expect("截至4月6日督查次数", 3, early["inspections"])


def _made_up() -> list[tuple[str, str, str]]:
    return [
        (f"sc5-{standing}-{number}", f"{_KINDS[standing]}项目{number}", standing)
        for standing, times in _OTHERS
        for number in range(1, times + 1)
    ]


async def _project(stage: Stage, key: str, name: str, standing: str) -> None:
    since = "2017-03-13" if key.startswith("sc4") else "2017-04-10"
    begun = "early_intervention" if key == _SCHOOL else standing
    project = await entered(stage, key, name=name, owner=_owner(key), stage=begun, stage_on=since)
    if project["activated_at"] is None:
        plan = {"task": "办齐规划手续", "due_on": "2017-12-29", "department": "D07", "officer": "u.handler.d07"}
        await activated(stage, project["project_id"], **plan)
    if project["stage"] != standing:
        moved = {"stage": standing, "on": "2017-05-02", "note": "要件齐备，转正式申请"}
        await done(stage, project["project_id"], act="move_stage", **moved)


def _owner(key: str) -> str:
    return "市园林局" if key.startswith("sc4") else "业主单位"


async def _counted(stage: Stage, **asked: str) -> dict[str, Any]:
    query = {"since": "2017-01-01", "as_of": _DAY, **asked}
    found: dict[str, Any] = await stage.api.call("GET", "supervision", "/statistics", who="u.supervisor", query=query)
    return found


async def _inspected(stage: Stage, day: str, department: str, matters: tuple[str, ...]) -> list[str]:
    """Enter an inspection; gives the matters that it began."""
    body = {
        "on": day,
        "method": "special",
        "domain": "efficiency",
        "duty": "D7",
        "campaign": CAMPAIGN,
        "departments": [department],
        "note": "专题学习讨论期间督查",
        "findings": [{"department": department, "matter": matter, "due_on": "2017-05-31"} for matter in matters],
    }
    key = f"sc6-{day}"
    made = await stage.api.call("POST", "supervision", "/inspections", who="u.supervisor", body=body, key=key)
    stage.timeline.say(stage.moment, f"督查 {department}：{'、'.join(matters)}")
    begun: list[str] = made["matter_ids"]
    return begun


async def _notice(stage: Stage, day: str, department: str, matters: list[str]) -> None:
    """Draft, approve and issue a notice on the first of the matters."""
    entry = {
        "title": "关于专题督查发现问题的督查督办通知",
        "text": "你科室在专题督查中被发现问题，请立即整改，并书面反馈整改情况。",
        "rectify_by": "2017-05-31",
        "department": department,
        "matter_id": matters[0],
    }
    api = stage.api
    made = await api.call("POST", "supervision", "/notices", who="u.supervisor", body=entry, key=f"sc6-notice-{day}")
    if made["state"] == "draft":
        path = f"/notices/{made['notice_id']}"
        await api.call("POST", "supervision", f"{path}/approve", who="u.head")
        issued = await api.call("POST", "supervision", f"{path}/issue", who="u.supervisor")
        stage.timeline.say(stage.moment, f"▤ 印发 {issued['notice_no']}")


async def _bulletin(stage: Stage, day: str, department: str, matters: list[str]) -> None:
    """Draft, approve and publish the bulletin."""
    api, body = stage.api, {"matter_ids": matters}
    made = await api.call("POST", "supervision", "/bulletins", who="u.supervisor", body=body, key=f"sc6-bulletin-{day}")
    if made["state"] == "draft":
        path = f"/bulletins/{made['bulletin_id']}"
        words = {"heading": "督查通报", "text": f"{department}在业务会研究后超过两周未形成详细的议题材料，予以通报。"}
        await api.call("PUT", "supervision", path, who="u.supervisor", body=words)
        await api.call("POST", "supervision", f"{path}/approve", who="u.head")
        published = await api.call("POST", "supervision", f"{path}/publish", who="u.supervisor")
        stage.timeline.say(stage.moment, f"▤ {published['heading']}")
