"""SC-3 雁城危房重建: the agenda material is late; lights, ladder, matter, notice, and the bulletin of 2017-04-06."""

from datetime import date
from typing import Any

from services.contracts.words import Light
from services.local.demo.stage import Stage

_APPLICATION = {
    "item_code": "PT05",
    "situation": "dilapidated_rebuild",
    "title": "雁城危房重建",
    "applicant": {"kind": "person", "name": "冯某某", "id_no": "512002200001010018", "phone": "13800000001"},
    "facts": {"location": "雁城"},
}
_BULLETIN = (
    "在办理雁城一处危房重建业务时，在业务会研究后，某科室超过两周未形成详细的议题材料，"
    "报请专委会审议，导致该项目办理滞后，予以通报。"
)

_SEVEN = ("register", "undertake", "urge", "feedback", "recheck", "bulletin", "archive")


async def play(stage: Stage) -> None:
    """From the window to the bulletin, the rectification and the end of the case."""
    await stage.begin("2017-03-06", "09:30")
    await stage.receive("u.window", _APPLICATION)
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    await stage.until("2017-03-09")
    await stage.work(
        "Task_HandlerReview", "u.handler.d06", floor_area_m2=180, project_kind="dilapidated_house", place="old_town"
    )
    await stage.until("2017-03-10")
    await stage.work("Task_ChiefReview", "u.chief.d06", decision="agree")
    await stage.until("2017-03-20", "15:00")
    await stage.work("Task_ProfessionalMeeting", "u.secretary", result="submit")
    await _agenda_material_is_late(stage)
    matter = await _bulletin(stage)
    await _undertaken(stage, matter)
    await _material_comes(stage)
    await _reported(stage, matter)
    await _committee(stage)
    await _rechecked(stage, matter)
    await _granted(stage)


async def _agenda_material_is_late(stage: Stage) -> None:
    task = await stage.task("Task_AgendaMaterial", "u.handler.d06")
    stage.expect("议题材料到期日（10个工作日，含调休周六）", date(2017, 4, 1), task["due_on"])
    await stage.until("2017-04-05")
    lights = [
        entry
        for entry in await stage.timeline.history("supervision", stage.case_no)
        if entry["type"] == "guihua.supervision.light.changed.v1" and entry["data"]["name"] == task["name"]
    ]
    shown = {entry["data"]["light"]: entry for entry in reversed(lights)}
    stage.expect("黄灯日期", date(2017, 3, 30), _day(shown[Light.YELLOW]))
    stage.expect("红灯时刻（到期日下班后第一秒）", "2017-04-01 17:00:01", _moment(shown[Light.RED]))
    stage.expect("4月5日逾期工作日数", 1, lights[-1]["data"]["overdue_workdays"])


async def _bulletin(stage: Stage) -> dict[str, Any]:
    """The office drafts from its records, a leader approves, and issue n of the year goes out; gives the matter."""
    await stage.until("2017-04-06", "09:30")
    page = await stage.api.call("GET", "supervision", "/matters", who="u.supervisor", query={"case_no": stage.case_no})
    matter: dict[str, Any] = next(one for one in page["matters"] if "议题材料" in one["title"])
    stage.expect("督查事项登记日期", date(2017, 4, 5), _local_day(matter["registered_at"]))
    draft = await stage.api.call(
        "POST", "supervision", "/bulletins", who="u.supervisor", body={"matter_ids": [matter["matter_id"]]}
    )
    path = f"/bulletins/{draft['bulletin_id']}"
    words = {"heading": "督查通报", "text": _BULLETIN}
    await stage.api.call("PUT", "supervision", path, who="u.supervisor", body=words)
    await stage.api.call("POST", "supervision", f"{path}/approve", who="u.head")
    published = await stage.api.call("POST", "supervision", f"{path}/publish", who="u.supervisor")
    stage.timeline.say(stage.moment, f"▤ {published['heading']}：{published['text']}", style="bold")
    stage.expect("督查通报日期", date(2017, 4, 6), _local_day(published["published_at"]))
    await stage.quiet()
    messages = await stage.api.call("GET", "postbox", "/messages", query={"contains": "某科室超过两周", "limit": 1000})
    stage.timeline.say(stage.moment, f"✉ 通报已送达 {len(messages)} 人")
    return matter


async def _undertaken(stage: Stage, matter: dict[str, Any]) -> None:
    """The red light began the matter's own process: confirmed, undertaken and urged there (登记、承办、督办)."""
    permit, stage.case_no = stage.case_no, matter["process_case"]
    known = {"matter_no": matter["matter_no"], "title": matter["title"], "source_no": matter["rule"], "unit": "D06"}
    await stage.work("Task_Register", "u.supervisor", source="light", urgency="normal", **known)
    await stage.work("Task_Notice", "u.supervisor")
    await stage.work("Task_Undertake", "u.chief.d06")
    await stage.until("2017-04-07")
    await stage.work("Task_Urge", "u.supervisor")
    stage.case_no = permit


async def _reported(stage: Stage, matter: dict[str, Any]) -> None:
    """反馈 on the day of the material."""
    permit, stage.case_no = stage.case_no, matter["process_case"]
    await stage.work("Task_Handle", "u.chief.d06", outcome="done")
    await stage.work("Task_Feedback", "u.chief.d06", status="done", objection=False)
    stage.case_no = permit


async def _rechecked(stage: Stage, matter: dict[str, Any]) -> None:
    """复核 on 04-13, 通报 was published, 归档: none of the seven is skipped."""
    await stage.until("2017-04-13")
    permit, stage.case_no = stage.case_no, matter["process_case"]
    await stage.work("Task_Recheck", "u.supervisor", result="passed")
    await stage.work("Task_Bulletin", "u.supervisor", kind="bulletin")
    await stage.work("Task_BulletinSign", "u.head", decision="agree")
    await stage.work("Task_BulletinIssue", "u.supervisor")
    await stage.work("Task_Archive", "u.supervisor")
    stage.case_no = permit
    path = f"/matters/{matter['matter_id']}"
    followed = await stage.api.call("GET", "supervision", path, who="u.supervisor")
    steps = list(dict.fromkeys(fact["step"] for fact in followed["facts"]))
    stage.expect("督查事项现在", "archive", followed["step"])
    stage.expect("依次经过七项程序", list(_SEVEN), steps)
    done = {fact["step"]: _local_day(fact["at"]) for fact in followed["facts"] if fact["responsible"]}
    stage.expect("反馈、复核日期", ("2017-04-10", "2017-04-13"), (done["feedback"], done["recheck"]))


async def _material_comes(stage: Stage) -> None:
    await stage.until("2017-04-10")
    await stage.work("Task_AgendaMaterial", "u.handler.d06")
    done = (await stage.said("task.completed", element="Task_AgendaMaterial"))[-1]
    stage.expect("议题材料补交日期", date(2017, 4, 10), done["completed_on"])


async def _committee(stage: Stage) -> None:
    await stage.until("2017-04-12")
    await stage.work("Task_CommitteeReview", "u.secretary", result="approved")
    await stage.work("Task_LeaderReview", "u.leader", decision="agree")


async def _granted(stage: Stage) -> None:
    """The head signs, the case goes on to its end."""
    await stage.work("Task_SignDecision", "u.head", decision="grant")
    await finish(stage, receiver="冯某某", id_no="512002200001010018")


async def finish(stage: Stage, *, receiver: str, id_no: str) -> None:
    """Certificate, collection window, archive."""
    number = await certificate_no(stage)
    await stage.work("Task_MakeCertificate", "u.certificate", certificate_no=number)
    await deliver(stage, receiver=receiver, id_no=id_no)
    await stage.work("Task_Archive", "u.archive")
    ended = await stage.said("case.ended")
    stage.expect("结案结果", "granted", ended[-1]["outcome"] if ended else "-")


async def certificate_no(stage: Stage) -> str:
    """The number that the outside system assigned, as the certificate desk sees it."""
    task = await stage.task("Task_MakeCertificate", "u.certificate")
    number: str = task["data"]["certificate"]["certificate_no"]
    return number


async def deliver(stage: Stage, *, receiver: str, id_no: str) -> None:
    """The applicant collects the result."""
    body = {"receiver_name": receiver, "receiver_id_no": id_no, "signature": receiver}
    proof = await stage.api.call("POST", "intake", f"/cases/{stage.case_no}/delivery", who="u.collect", body=body)
    stage.timeline.say(stage.moment, f"出件窗口送达，送达回证 {proof['proof_no']}")
    await stage.quiet()
    await stage.timeline.catch_up(stage.case_no)


def _day(entry: dict[str, str]) -> str:
    return _local_day(entry["time"])


def _moment(entry: dict[str, str]) -> str:
    return f"{Stage.local(entry['time']):%Y-%m-%d %H:%M:%S}"


def _local_day(moment: str) -> str:
    return Stage.local(moment).date().isoformat()
