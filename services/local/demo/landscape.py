"""SC-2: the leader is out on Friday afternoon and approves from the phone by a signed link (A-18, A-19)."""

import re
from datetime import date

from services.local.demo.dilapidated import deliver
from services.local.demo.stage import Stage, StoryBroken

_APPLICATION = {
    "item_code": "PT05",
    "situation": "landscape",
    "title": "前后科技景观规划",
    "applicant": {
        "kind": "organisation",
        "name": "前后科技有限公司",
        "id_no": "91512000MADEM0011G",
        "phone": "13800000002",
        "agent": {"name": "杨某某", "id_no": "512002200001010018"},
    },
    "facts": {"location": "娇子大道"},
}


async def play(stage: Stage) -> None:
    """Received on Wednesday, to the leader on Friday 15:30, approved by phone at 16:10."""
    await stage.begin("2017-04-19", "09:30")
    await stage.receive("u.window", _APPLICATION)
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    await stage.until("2017-04-21", "10:00")
    await stage.work("Task_HandlerReview", "u.handler.d06", floor_area_m2=0, project_kind="other", place="ordinary")
    await stage.until("2017-04-21", "14:00")
    await _attendance(stage, "out_of_office")
    await stage.until("2017-04-21", "15:30")
    await stage.work("Task_ChiefReview", "u.chief.d06", decision="agree")
    await _approve_by_phone(stage)
    await _attendance(stage, "on_duty")
    await stage.until("2017-04-24", "10:00")
    await stage.work("Task_InternalApproval", "u.certificate")
    await deliver(stage, receiver="杨某某", id_no="512002200001010018")
    await stage.work("Task_Archive", "u.archive")


async def _attendance(stage: Stage, state: str) -> None:
    await stage.api.call("POST", "registry", "/people/u.leader/attendance", who="u.leader", body={"attendance": state})
    stage.timeline.say(stage.moment, f"分管领导{'外出' if state == 'out_of_office' else '返回'}")
    await stage.quiet()


async def _approve_by_phone(stage: Stage) -> None:
    """The leader opens the link of the message, logs in, and decides."""
    found = await stage.api.call(
        "GET", "postbox", "/messages", query={"to": "u.leader", "contains": stage.case_no, "limit": 50}
    )
    links = [match for letter in found if (match := re.search(r"/links/([\w-]+)", letter["text"]))]
    if not links:
        msg = "领导没有收到审批链接 / the leader got no approval link"
        raise StoryBroken(msg)
    stage.timeline.say(stage.moment, f"✉ {found[0]['text']}")
    await stage.until("2017-04-21", "16:10")
    path = f"/links/{links[0].group(1)}"
    await stage.api.call("GET", "notify", path, who="u.leader")
    verdict = {"decision": "agree", "opinion": "同意，按此实施。", "device": "phone"}
    await stage.api.call("POST", "notify", path, who="u.leader", body=verdict)
    await stage.quiet()
    await stage.timeline.catch_up(stage.case_no)
    done = (await stage.said("task.completed", channel="link"))[-1]
    stage.expect("移动审批日期", date(2017, 4, 21), done["completed_on"])
    stage.expect("如等领导返回办公室", date(2017, 4, 24), done["alternative_on"])
    stage.expect("节省工作日", 1, done["saved_workdays"])
    stage.expect("审批留有签名", True, bool(done["signature"]))
