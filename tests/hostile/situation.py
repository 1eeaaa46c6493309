"""What lies in the office's cupboards: cases of three departments, and everything that came of them."""

import re
from dataclasses import dataclass
from typing import Any, Final

from services.kernel.bus import Bus
from tests.hostile.appointing import CALLER, OPENING, QUESTION, REPORT
from tests.hostile.city import EVERYBODY, City
from tests.support.posting import NOTICE, posting_bundle
from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle, diagram, flow, item, throw

APPLICANT: Final = {"kind": "person", "name": "甲申请人", "id_no": "512002200001010018", "phone": "13900000007"}
REVIEW: Final = {"opinion": "甲意见", "officers": ["李某", "赵某"]}
_CLOSED: Final = "review.notice_no"

WORKS: Final = {"item_code": "PT-90", "situation": "ordinary", "title": "甲地块办公楼", "applicant": APPLICANT}
FARMER: Final = {"kind": "person", "name": "甲赫连", "id_no": "512000198506071235", "phone": "13900000031"}
RURAL: Final = {"item_code": "PT-91", "situation": "ordinary", "title": "甲村道路西段", "applicant": FARMER}
PROJECT: Final = {"name": "甲重点项目", "owner": "甲业主", "stage": "in_progress", "stage_on": "2026-11-23"}
VILLAGER: Final = {"kind": "person", "name": "甲慕容", "id_no": "512021197203033212", "phone": "13900000009"}
VILLAGE: Final = {
    "item_code": "PT06",
    "situation": "village_house",
    "title": "甲镇住宅北院",
    "applicant": VILLAGER,
    "township": "T01",
    "facts": {"location": "甲组老槐树旁"},
}


POSTED: Final = {**WORKS, "item_code": "PT-92", "title": "乙地块厂房", "applicant": {**APPLICANT, "name": "乙申请人"}}
"""What is posted is public: nothing in it is a secret."""

OBJECTION: Final = {"name": "甲异议人", "phone": "13900000008", "text": "甲楼遮挡日照，请复核。"}


PAPER: Final = "D1"
SCAN: Final = "%PDF-1.4\n甲\n%%EOF\n".encode()
"""A file for the one paper of the small permit."""

RATING: Final = {"level": 1, "reasons": ["late"], "comment": "甲等了三次。"}


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment that somebody asked for, and a question that was asked."""

    card_no: str
    password: str
    question_no: str


@dataclass(frozen=True, slots=True)
class Rated:
    """A case that was not accepted, and rated badly."""

    case_no: str
    password: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A case of D06 with a notice posted, and an objection to it."""

    case_no: str
    posting_id: str
    objection_no: str
    password: str


@dataclass(frozen=True, slots=True)
class Situation:
    """The keys of everything that is not a stranger's to see. `case_no` is a late case of D06."""

    case_no: str
    password: str
    decided_case: str
    """Of D06 as well; its leader is out and was sent a link."""
    faulty_case: str
    """Of D08; its process could not go on."""
    township_case: str
    task_id: str
    closed_task: str
    leader_task: str
    township_task: str
    incident_id: str
    matter_id: str
    notice_id: str
    bulletin_id: str
    alert_id: str
    sheet_id: str
    project_id: str
    message_id: str
    link: str
    letter_id: str
    posted: Posted
    rated: Rated
    booked: Booked
    upload_id: str
    """A file of `case_no`."""
    suppression_id: str
    """The telephone of the township case's applicant, who wants no short messages."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no answer to a stranger may contain: keys, and the word that all texts of the cases begin with."""
        cases = (
            self.case_no,
            self.decided_case,
            self.faulty_case,
            self.township_case,
            self.posted.case_no,
            self.rated.case_no,
        )
        tasks = (self.task_id, self.leader_task, self.township_task)
        papers = (self.incident_id, self.matter_id, self.notice_id, self.bulletin_id, self.message_id, self.link)
        papers += (self.alert_id, self.sheet_id)
        papers += (self.booked.card_no,)
        papers += (self.posted.objection_no,)
        return (*cases, *tasks, *papers, "甲")


async def situation_in(city: City) -> Situation:
    """Deploy two small processes, receive four cases and let time pass until one of them is late."""
    await _processes(city)
    await city.stage.begin("2026-11-23", "10:00")
    letter_id = await _unreadable(city)
    await _stern_rules(city)
    receipt = await received(city, WORKS)
    case_no = receipt["case_no"]
    closed = await city.stage.work("Accept", "u.accept", decision="accept")
    task = await city.stage.task("Review", "u.handler.d06")
    decided, leader_task, link = await _linked(city)
    faulty, incident_id = await _faulty(city)
    township, township_task = await _village(city)
    brought: dict[str, Any] = {"posted": await _posted(city), "rated": await _rated(city)}
    brought["booked"] = await _booked(city)
    upload_id = await _scanned(city, case_no)
    city.stage.case_no = case_no
    await city.stage.until("2026-11-27", "10:00")
    papers = await _supervised(city, case_no) | await _counted(city, case_no)
    page = await city.api.call("GET", "notify", "/messages", who="u.supervisor", query={"case_no": case_no})
    return Situation(
        case_no=case_no,
        password=receipt["query_password"],
        decided_case=decided,
        faulty_case=faulty,
        township_case=township,
        task_id=task["task_id"],
        closed_task=closed["task_id"],
        leader_task=leader_task,
        township_task=township_task,
        incident_id=incident_id,
        **papers,
        project_id=await _project(city),
        message_id=page["messages"][0]["message_id"],
        link=link,
        letter_id=letter_id,
        **brought,
        upload_id=upload_id,
        suppression_id=await _closed(city, township),
    )


async def received(city: City, application: dict[str, Any], *, who: str = "u.window") -> dict[str, Any]:
    """A case, received at the window; it is then the one on the stage."""
    receipt: dict[str, Any] = await city.stage.receive(who, application)
    return receipt


async def at_review(city: City, application: dict[str, Any] = WORKS) -> dict[str, Any]:
    """A new case of the small process, accepted: its receipt."""
    receipt = await received(city, application)
    await city.stage.work("Accept", "u.accept", decision="accept")
    return receipt


async def attend(city: City, person: str, attendance: str) -> None:
    """Somebody goes out, or comes back."""
    await city.api.call("POST", "registry", f"/people/{person}/attendance", who=person, body={"attendance": attendance})
    await city.stage.quiet()


async def _processes(city: City) -> None:
    """The small permit for D06, and the same for D08 with a step for a post that D08 does not have."""
    own = _waiting_at_the_window(diagram())
    other = own.replace('id="small-permit"', 'id="rural-permit"').replace('"P08"', '"P16"')
    rural = item(key="rural-permit", code="PT-91").replace('department = "D06"', 'department = "D08"')
    for files in (bundle(diagram_bpmn=own), bundle(diagram_bpmn=other, item_toml=rural)):
        await city.api.call(
            "POST", "workflow", "/definitions", who="u.it", body={"files": files}, query={"activate": "true"}
        )
    await city.stage.quiet()


def _waiting_at_the_window(drawing: str) -> str:
    """The same process, whose result can be collected once it has its number."""
    ready = throw("Ready", "可出件", milestone="ready_for_delivery")
    return drawing.replace(flow("Number", "Deliver"), ready + flow("Number", "Ready") + flow("Ready", "Deliver"))


async def _stern_rules(city: City) -> None:
    """The first working day late already brings a notice."""
    rules = (await city.api.call("GET", "supervision", "/rules", who="u.supervisor"))["in_force"]["rules"]
    stern = [{**rule, "effects": ["matter", "notice"]} if rule["id"] == "SL-02/1" else rule for rule in rules]
    body = {"effective_from": "2026-11-23", "rules": stern, "note": "从严"}
    await city.api.call("PUT", "supervision", "/rules", who="u.supervisor", body=body)


async def _linked(city: City) -> tuple[str, str, str]:
    """A case that waits for a leader who is out: its number, the task, and the token of the leader's link."""
    receipt = await at_review(city)
    await attend(city, "u.leader", "out_of_office")
    await city.stage.work("Review", "u.handler.d06", **REVIEW)
    task = await city.stage.task("Lead", "u.leader")
    token = await wait_until(lambda: _token(city, receipt["case_no"]))
    await attend(city, "u.leader", "on_duty")
    return receipt["case_no"], task["task_id"], token


async def _token(city: City, case_no: str) -> str:
    letters = await city.api.call("GET", "postbox", "/messages", query={"limit": 1000})
    found = [re.search(r"/links/([A-Za-z0-9_-]+)", letter["text"]) for letter in letters if case_no in letter["text"]]
    return next((match[1] for match in found if match), "")


async def _faulty(city: City) -> tuple[str, str]:
    """A case of D08 whose next step belongs to a post that nobody has: its number and its incident."""
    receipt = await at_review(city, RURAL)
    task = await city.stage.task("Review", "u.handler.d08")
    answer = await city.api.send_any(
        "POST",
        "workflow",
        f"/tasks/{task['task_id']}/complete",
        who="u.handler.d08",
        body={"answers": {**REVIEW, "notice_no": "甲号"}},
    )
    assert answer.json()["code"] == "task-in-incident", answer.text
    [incident] = (await city.api.call("GET", "workflow", "/incidents", who="u.ops"))["incidents"]
    return receipt["case_no"], incident["incident_id"]


async def _village(city: City) -> tuple[str, str]:
    """A case of the township T01: its number and its first task."""
    receipt = await received(city, VILLAGE, who="u.town.window")
    task = await city.stage.task("Task_TownshipCheck", "u.town.window")
    return receipt["case_no"], task["task_id"]


async def _posted(city: City) -> Posted:
    """A case whose notice is posted for a long time, and what somebody objects."""
    files = posting_bundle(key="posted-permit", code="PT-92", workdays=60)
    await city.api.call(
        "POST", "workflow", "/definitions", who="u.it", body={"files": files}, query={"activate": "true"}
    )
    await city.stage.quiet()
    receipt = await at_review(city, POSTED)
    await city.stage.work("Review", "u.handler.d06", **NOTICE, posted_from="2026-11-23")
    posting_id = await wait_until(lambda: _newest(city))
    path = f"/public/publicity/{posting_id}/objections"
    taken = await city.api.call("POST", "intake", path, body=OBJECTION)
    return Posted(receipt["case_no"], posting_id, taken["objection_no"], taken["query_password"])


async def _booked(city: City) -> Booked:
    await city.api.call("PUT", "intake", "/appointments/openings/o1", who="u.window", body=OPENING)
    card = await city.api.call("POST", "intake", "/public/appointments", body=CALLER)
    question = await city.api.call("POST", "intake", "/consultations", who="u.window", body=QUESTION)
    await city.api.call("POST", "intake", "/contacts", who="u.handler.d06", body=REPORT)
    return Booked(card["card_no"], card["query_password"], question["question_no"])


async def _rated(city: City) -> Rated:
    rated = await refused(city)
    known = {"case_no": rated.case_no, "query_password": rated.password}
    await city.api.call("POST", "intake", "/public/ratings", body=known | RATING)
    return rated


async def _scanned(city: City, case_no: str) -> str:
    """A file for a paper of the case, with something in its name and content that nobody else may see."""
    path = f"/cases/{case_no}/papers/{PAPER}/files"
    answer = await city.ask("intake", "POST", path, EVERYBODY, params={"name": "甲.pdf"}, content=SCAN)
    return str(answer.json()["upload_id"])


async def _closed(city: City, case_no: str) -> str:
    """The applicant of a case wants no short messages."""
    wish = {"recipient": f"applicant:{case_no}", "channel": "sms", "reason": "甲申请人要求"}

    async def noted() -> str:
        answer = await city.api.send_any("POST", "notify", "/suppressions", who="u.window", body=wish)
        return str(answer.json().get("suppression_id", ""))

    return str(await wait_until(noted))


async def refused(city: City) -> Rated:
    """A case that is over, since it was not accepted."""
    receipt = await received(city, WORKS)
    await city.stage.work("Accept", "u.accept", decision="refuse")

    async def is_over() -> bool:
        case = await city.api.call("GET", "intake", f"/cases/{receipt['case_no']}", who="u.window")
        return bool(case["status"] == "ended")

    await wait_until(is_over)
    return Rated(receipt["case_no"], receipt["query_password"])


async def _newest(city: City) -> str:
    page = await city.api.call("GET", "intake", "/public/publicity")
    return next((str(one["posting_id"]) for one in page["postings"]), "")


async def _supervised(city: City, case_no: str) -> dict[str, str]:
    """The late case's matter, its drafted notice, and a bulletin drafted from it."""
    query = {"case_no": case_no}
    [matter] = (await city.api.call("GET", "supervision", "/matters", who="u.supervisor", query=query))["matters"]
    [notice] = (await city.api.call("GET", "supervision", "/notices", who="u.supervisor", query=query))["notices"]
    body = {"matter_ids": [matter["matter_id"]]}
    draft = await city.api.call("POST", "supervision", "/bulletins", who="u.supervisor", body=body)
    found = {"matter_id": matter, "notice_id": notice, "bulletin_id": draft}
    return {name: str(each[name]) for name, each in found.items()}


async def _project(city: City) -> str:
    """A key project of D06, and an inspection there."""
    project = await city.api.call("POST", "supervision", "/projects", who="u.chief.d06", body=PROJECT)
    inspection = {"on": "2026-11-26", "method": "spot_check", "domain": "conduct", "duty": "D7", "note": "甲督查记录"}
    body = {**inspection, "departments": ["D06"]}
    await city.api.call("POST", "supervision", "/inspections", who="u.supervisor", body=body)
    return str(project["project_id"])


async def _counted(city: City, case_no: str) -> dict[str, str]:
    """The late case's red light in the register, and the sheet of its department."""
    query = {"case_no": case_no, "light": "red"}

    async def alerts() -> list[dict[str, Any]]:
        page = await city.api.call("GET", "supervision", "/alerts", who="u.supervisor", query=query)
        return list(page["alerts"])

    [alert, *_] = await wait_until(alerts)
    query = {"year": "2026", "level": "department"}
    page = await city.api.call("GET", "supervision", "/assessments", who="u.supervisor", query=query)
    [sheet] = [each for each in page["sheets"] if each["subject"] == alert["department"]]
    return {"alert_id": str(alert["alert_id"]), "sheet_id": str(sheet["sheet_id"])}


async def _unreadable(city: City) -> str:
    """A message that is no event, as a broken adapter would send it: the dead letter that it becomes."""
    servers = city.run.servers
    bus = Bus(servers.nats_url(), user="external", password=servers.passwords["external"])
    await bus.connect(within=10)
    subject = "guihua.external.answer.completed.v1.X"
    await bus.publish(subject, b"{}", event_id="external.nonsense.X.1.0", stream="GUIHUA_EXTERNAL")
    await bus.close()
    [letter] = await wait_until(lambda: city.api.call("GET", "workflow", "/dead-letters", who="u.ops"))
    return str(letter["id"])
