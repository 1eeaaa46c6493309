"""How each operation is asked about a certain case: what stands for the names in its path, and what it is sent.

A new operation whose path or body is not known here makes a test fail: say here what it is to be asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.hostile.appointing import OPENING
from tests.hostile.city import Operation
from tests.hostile.situation import OBJECTION, PAPER, REVIEW, Situation

_IDENTITY: Final = {"holder_name": "甲申请人", "holder_id_no": "512002200001010018"}
_WHY: Final = {"reason": "案情需要"}

BODY: Final = {
    "member_posts": ["P06", "P09"],
    "chair_posts": ["P09"],
    "quorum_pct": 50,
    "votes": False,
    "material_workdays": 2,
}
SESSION: Final = {"body_id": "bureau_meeting", "held_on": "2026-12-16", "begins": "09:30", "place": "三楼会议室"}

WEBHOOK: Final = {
    "name": "市政务数据平台",
    "url": "https://data.example/guihua",
    "kinds": ["guihua.workflow.case.accepted.v1"],
    **_WHY,
}

BODIES: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", "/cases/{case_no}/receipt/reissue"): _IDENTITY,
    ("POST", "/cases/{case_no}/delivery"): {
        "receiver_name": "甲申请人",
        "receiver_id_no": "512002200001010018",
        "signature": "甲申请人",
    },
    ("POST", "/cases/{case_no}/withdrawal"): {
        "signer_name": "甲申请人",
        "signer_id_no": "512002200001010018",
        "signature": "甲申请人",
    },
    ("POST", "/cases/{case_no}/termination"): {
        "ground": "applicant_dissolved",
        "basis": "《某省行政许可实施办法》第三十条",
        "evidence": "注销登记通知书",
        "reason": "申请单位已经注销",
    },
    ("POST", "/cases/{case_no}/extension"): {"reason": "案情复杂"},
    ("POST", "/tasks/{task_id}/complete"): {"answers": REVIEW},
    ("PUT", "/tasks/{task_id}/draft"): {"version": 0, "answers": {}},
    ("POST", "/tasks/{task_id}/delegate"): {"to": "u.handler2.d06", "reason": "外出踏勘"},
    ("POST", "/tasks/{task_id}/resolve"): {"answers": {}},
    ("POST", "/tasks/{task_id}/hand-over"): {"to": "u.handler2.d06", "reason": "调离"},
    ("POST", "/tasks/{task_id}/urge"): {"message": "请抓紧办理"},
    ("POST", "/tasks/{task_id}/signers"): {"signer": "u.handler2.d06", "place": "before", "reason": "复核"},
    ("POST", "/tasks/{task_id}/signers/{seat_id}/remove"): {"reason": "已沟通"},
    ("POST", "/tasks/{task_id}/sign"): {"agrees": True, "opinion": "同意"},
    ("POST", "/tasks/{task_id}/send-back"): {"to": "Accept", "reason": "材料有误"},
    ("POST", "/tasks/{task_id}/pull-back"): {"reason": "漏传附件"},
    ("POST", "/cases/{case_no}/suspend"): {"reason": "核实情况"},
    ("POST", "/cases/{case_no}/resume"): {"reason": "核实完毕"},
    ("POST", "/cases/{case_no}/jumps"): {"task_id": "x", "to": "Lead", "reason": "流程有误"},
    ("POST", "/cases/{case_no}/jumps/{proposal_id}/approve"): {"reason": "属实"},
    ("POST", "/cases/{case_no}/jumps/{proposal_id}/reject"): {"reason": "不属实"},
    ("POST", "/incidents/{incident_id}/edits"): {"answers": {"opinion": "更正"}, **_WHY},
    ("POST", "/incidents/{incident_id}/edits/{edit_id}/approve"): {"remark": "核对无误"},
    ("POST", "/incidents/{incident_id}/edits/{edit_id}/reject"): {"remark": "核对无误"},
    ("POST", "/definitions/{key}/rollback"): {"version": 1, **_WHY},
    ("POST", "/definitions/{key}/retire"): _WHY,
    ("PUT", "/definitions/{key}/canary"): {"version": 1, "share": 50, **_WHY},
    ("POST", "/definitions/{key}/canary/end"): _WHY,
    ("POST", "/definitions/{key}/migrations"): {"to_version": 1, **_WHY},
    ("POST", "/definitions/{key}/migrations/preview"): {"to_version": 1},
    ("POST", "/definitions/{key}/migrations/preview/cases"): {"to_version": 1},
    ("POST", "/matters/{matter_id}/move"): {"to": "undertake", "note": "承办"},
    ("POST", "/matters/{matter_id}/objection"): _WHY,
    ("POST", "/matters/{matter_id}/objection/decide"): {"upheld": False, "opinion": "不成立"},
    ("PUT", "/notices/{notice_id}"): {"text": "请于期限内整改并书面报告。", "rectify_by": "2026-12-10"},
    ("POST", "/notices/{notice_id}/return"): _WHY,
    ("POST", "/notices/{notice_id}/void"): _WHY,
    ("PUT", "/notices/{notice_id}/clock"): {"case_no": "51200020261123DC0100001"},
    ("POST", "/notices/{notice_id}/report"): {"report": "已补齐材料并送达。"},
    ("POST", "/notices/{notice_id}/recheck"): {"accepted": True, "opinion": "已办结"},
    ("POST", "/alerts/{alert_id}/explain"): {"text": "比选方案未完成，已补报。"},
    ("POST", "/alerts/{alert_id}/settle"): {"accepted": True, "opinion": "属实"},
    ("POST", "/assessments/{sheet_id}/entries/{number}/appeal"): _WHY,
    ("POST", "/assessments/{sheet_id}/entries/{number}/decide"): {"upheld": False, "opinion": "不成立"},
    ("PUT", "/catalogues/{catalogue}"): {"rows": [{"code": "D1", "name": "督查", "name_en": "supervision"}]},
    ("POST", "/bulletins/{bulletin_id}/return"): _WHY,
    ("POST", "/bulletins/{bulletin_id}/void"): _WHY,
    ("PUT", "/bulletins/{bulletin_id}"): {"heading": "督查通报", "text": "某科室超过期限未办结，予以通报。"},
    ("POST", "/projects/{project_id}/work"): {
        "act": "serve",
        "kind": "visit",
        "on": "2026-11-27",
        "note": "上门服务",
    },
    ("POST", "/projects/{project_id}/lead"): {
        "act": "hand_over",
        "duty": "guide",
        "to": "u.handler2.d06",
        "reason": "指派",
    },
    ("POST", "/messages/{message_id}/abandon"): {"reason": "不再需要"},
    ("POST", "/messages/{message_id}/told"): {"remark": "已电话告知"},
    ("PUT", "/preferences"): {"channels": ["smtp"]},
    ("PUT", "/templates/{key}"): {"subject": "", "text": "请办理。", "based_on": 1, **_WHY},
    ("POST", "/templates/{key}/preview"): {"subject": "", "text": "请办理。"},
    ("PUT", "/groups/{department}"): {"name": "规划工作群", "vendor": "wecom", "key": "k" * 36, **_WHY},
    ("POST", "/groups/{department}/unbind"): _WHY,
    ("POST", "/receipts/{provider}"): {"receipts": [{"reference": f"{'0' * 32}-sms", "status": "delivered"}]},
    ("POST", "/replies/{provider}"): {"replies": [{"sender": "13900000001", "text": "TD"}]},
    ("POST", "/suppressions/{suppression_id}/lift"): _WHY,
    ("POST", "/exchange/{platform}/answers"): {"verdicts": [{"record_no": "X9-R", "accepted": True}]},
    ("POST", "/exchange/records/{record_no}/again"): _WHY,
    ("PUT", "/webhooks/{webhook_id}"): WEBHOOK,
    ("POST", "/webhooks/{webhook_id}/move"): {"to": "paused", **_WHY},
    ("POST", "/webhooks/{webhook_id}/secret"): _WHY,
    ("POST", "/webhooks/{webhook_id}/replay"): {"since": "2026-01-01T00:00:00Z", **_WHY},
    ("POST", "/links/{token}"): {"decision": "agree", "opinion": "同意。"},
    ("POST", "/dead-letters/{letter_id}/discard"): {"reason": "测试"},
    ("POST", "/people/{code}/attendance"): {"attendance": "on_duty"},
    ("PUT", "/accounts/{code}"): {"password": "a long password"},
    ("POST", "/public/publicity/{posting_id}/objections"): OBJECTION,
    ("POST", "/publicity/{posting_id}/objections"): OBJECTION,
    ("POST", "/objections/{objection_no}/answer"): {"verdict": "rejected", "text": "经复核，日照达标。"},
    ("PUT", "/appointments/openings/{opening_id}"): OPENING,
    ("POST", "/appointments/{card_no}/move"): {"to": "confirmed"},
    ("PUT", "/consultants/{on}"): {"consultants": []},
    ("POST", "/consultations/{question_no}/answer"): {"answer": "身份证和授权书。"},
    ("POST", "/ratings/{case_no}/contact"): {"note": "已电话回访致歉。"},
    ("POST", "/certificates/{certificate_id}/suspension"): _WHY,
    ("POST", "/certificates/{certificate_id}/resumption"): _WHY,
    ("POST", "/cases/{case_no}/papers/{paper}/files"): {"not": "a file"},
    ("POST", "/public/draft/papers/{paper}/files"): {"not": "a file"},
    ("POST", "/public/correction/papers/{number}/files"): {"not": "a file"},
    ("PUT", "/public/draft/applicant"): {"name": "甲申请人"},
    ("PUT", "/public/draft/project"): {"title": "甲地块办公楼"},
    ("POST", "/public/draft/filing"): {"truthful": True},
    ("PUT", "/meetings/bodies/{body_id}"): BODY,
    ("POST", "/meetings"): SESSION,
    ("POST", "/meetings/{session_id}/acts"): {"act": "freeze"},
    ("POST", "/cases/{case_no}/conditions/{condition_id}/close"): {"evidence": "屋面修改图"},
    ("POST", "/starts"): {"process": "none", "facts": {}},
}
"""Bodies that fit, for operations on one thing. Those that depend on the situation are made in `body_of`."""

QUERIES: Final[Mapping[str, str]] = {"everyone": "true", "township": "T01", "item_code": "PT-90", "limit": "200"}
"""What lists can be narrowed or widened by; `case_no` and `recipient` are filled in from the situation."""


NEEDED: Final[Mapping[str, Mapping[str, str]]] = {
    "/records": {"register": "cases"},
    "/assessments": {"year": "2026"},
    "/assessment-roll-up": {"year": "2026"},
    "/assessment.xlsx": {"year": "2026"},
    "/cases/{case_no}/at": {"moment": "2026-11-27T10:00:00+08:00"},
    "/definitions/{key}/diff": {"from": "1", "to": "1"},
    "/cases/{case_no}/papers/{paper}/files": {"name": "a.pdf"},
    "/public/draft/papers/{paper}/files": {"name": "a.pdf"},
    "/public/correction/papers/{number}/files": {"name": "a.pdf"},
    "/public/documents/{document_id}/pdf": {"ticket": f"7fffffff-{'0' * 40}"},
}
"""What some operations must be asked with."""


OF_THE_POSTED: Final = frozenset({"/cases/{case_no}/objections"})
"""Operations that are asked about the case with a notice posted alone."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request about a certain case."""

    operation: Operation
    path: str
    query: Mapping[str, str]
    body: Any

    def __str__(self) -> str:
        return f"{self.operation.service} {self.operation.method} {self.path} {dict(self.query)}"


def questions(operation: Operation, situation: Situation) -> Iterator[Question]:
    """Everything that an operation can be asked about the cases: for each case, plainly and with each filter."""
    body = body_of(operation, situation)
    known = _names(situation)
    told: set[tuple[str, str]] = set()
    pairs = [(situation.posted.case_no, "")] if operation.path in OF_THE_POSTED else _pairs(situation)
    for case_no, task_id in pairs:
        of_case = {"case_no": case_no, "certificate_id": case_no, "document_id": f"{case_no}.receipt"}
        path = _filled(operation, known | of_case | {"task_id": task_id})
        for query in _queries(operation, case_no):
            if (path, str(query)) not in told:
                told.add((path, str(query)))
                yield Question(operation, path, query, body)


def body_of(operation: Operation, situation: Situation) -> Any:
    """A body that fits; None if the operation takes none."""
    if "requestBody" not in operation.document:
        return None
    made = {
        ("POST", "/cases/{case_no}/receipt/pdf"): {"query_password": situation.password},
        ("POST", "/bulletins"): {"matter_ids": [situation.matter_id]},
    }
    return {**BODIES, **made}[operation.method, operation.path]


def _pairs(situation: Situation) -> tuple[tuple[str, str], ...]:
    """The cases of three departments, each with a task."""
    return (
        (situation.case_no, situation.task_id),
        (situation.decided_case, situation.leader_task),
        (situation.faulty_case, situation.task_id),
        (situation.township_case, situation.township_task),
    )


_ALIKE: Final[Mapping[str, str]] = {
    "clock_id": "statutory",
    "edit_id": "0" * 16,
    "group": "0" * 16,
    "retry_id": "0" * 16,
    "broadcast_id": "0" * 24,
    "migration_id": "M20260101-00000000",
    "check_token": "0" * 32,
    "opening_id": "o1",
    "on": "2026-11-23",
    "paper": PAPER,
    "project_code": "2609-512000-04-01-123456",
    "seat_id": "s1",
    "body_id": "bureau_meeting",
    "session_id": "0" * 16,
    "condition_id": f"{'0' * 16}.{'0' * 8}.1",
    "proposal_id": "0" * 20,
    "item_code": "PT-90",
    "key": "small-permit",
    "number": "1",
    "catalogue": "duties",
    "file_format": "docx",
    "path": "diagram.bpmn",
    "code": "u.handler.d06",
    "department": "D06",
    "provider": "sms",
    "webhook_id": "0" * 24,
    "delivery_id": "0" * 32,
    "platform": "province",
    "record_no": "X9-R",
    "year": "2026",
}
"""What stands for the names in a path that are no secrets of the situation."""


def _names(situation: Situation) -> dict[str, str]:
    return {
        **_ALIKE,
        "incident_id": situation.incident_id,
        "matter_id": situation.matter_id,
        "notice_id": situation.notice_id,
        "bulletin_id": situation.bulletin_id,
        "project_id": situation.project_id,
        "message_id": situation.message_id,
        "token": situation.link,
        "letter_id": situation.letter_id,
        "posting_id": situation.posted.posting_id,
        "objection_no": situation.posted.objection_no,
        "card_no": situation.booked.card_no,
        "question_no": situation.booked.question_no,
        "upload_id": situation.upload_id,
        "suppression_id": situation.suppression_id,
        "alert_id": situation.alert_id,
        "sheet_id": situation.sheet_id,
    }


def _filled(operation: Operation, known: Mapping[str, str]) -> str:
    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"{{{name}}}", known[name])
    return path


def _queries(operation: Operation, case_no: str) -> Iterator[dict[str, str]]:
    """The plain question first, then one with each filter that could lead to the case."""
    needed = NEEDED.get(operation.path, {})
    yield {**needed}
    known = {**QUERIES, "case_no": case_no, "recipient": f"applicant:{case_no}"}
    for parameter in operation.document.get("parameters", ()):
        if parameter["in"] == "query" and parameter["name"] in known:
            yield {**needed, parameter["name"]: known[parameter["name"]]}
