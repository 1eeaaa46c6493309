"""What happened in a case, in plain words: the workflow service's events as lines that people read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from services.console.backends import Asking
from services.console.languages import say
from services.console.naming import Names
from services.kernel.problem import Language
from services.kernel.requests import LARGEST_PAGE

_PAGES: Final = 50
"""So many pages of a history are read at most: ten thousand lines."""

_FROM: Final = len("guihua.workflow.")
_TO: Final = -len(".v1")

Json = Mapping[str, Any]


class Sort(StrEnum):
    """What a line is about: what people did, what time did, or what the case passed."""

    DEED = "deed"
    TIME = "time"
    STATION = "station"


@dataclass(frozen=True, slots=True)
class Told:
    """One line: when, what, and what was said with it."""

    order: str
    at: str
    sort: Sort
    text: str
    words: str
    task_id: str
    answers: Json


WORDS: Final[Mapping[str, tuple[Sort, str]]] = {
    "case.started": (Sort.STATION, "案件开始办理"),
    "case.accepted": (Sort.STATION, "受理，承诺 %(promised_due_on)s 前办结，法定期限 %(statutory_due_on)s"),
    "case.expected_date_moved": (Sort.TIME, "承诺办结日由 %(was_due_on)s 改为 %(promised_due_on)s"),
    "case.decided": (Sort.STATION, "%(person)s作出决定：%(outcome)s"),
    "case.ended": (Sort.STATION, "案件办结：%(outcome)s"),
    "case.suspended": (Sort.DEED, "%(person)s挂起案件（时限照常计算）"),
    "case.withdrawn": (Sort.STATION, "申请人撤回申请，案件终结办理"),
    "case.terminated": (Sort.DEED, "%(person)s终止办理（%(basis)s；%(evidence)s）"),
    "withdrawal.refused": (Sort.STATION, "申请人的撤回申请没有生效：此前已经作出决定或者办结"),
    "case.resumed": (Sort.DEED, "%(person)s恢复案件"),
    "case.migrated": (Sort.DEED, "%(person)s把案件由流程第 %(from_version)s 版移到第 %(to_version)s 版"),
    "milestone.reached": (Sort.STATION, "到达：%(name)s"),
    "task.opened": (Sort.STATION, "“%(name)s”开始，由%(desk)s办理"),
    "task.claimed": (Sort.DEED, "%(person)s签收“%(name)s”"),
    "task.released": (Sort.DEED, "%(person)s退还“%(name)s”给岗位"),
    "task.completed": (Sort.DEED, "%(person)s办结“%(name)s”"),
    "task.cancelled": (Sort.STATION, "“%(name)s”不再办理"),
    "task.delegated": (Sort.DEED, "%(person)s把“%(name)s”委托给%(to)s办理"),
    "task.resolved": (Sort.DEED, "%(person)s把受托的“%(name)s”交回"),
    "task.handed_over": (Sort.DEED, "%(person)s把“%(name)s”转给%(to)s"),
    "task.submitted": (Sort.DEED, "%(person)s提交“%(name)s”，等待会签"),
    "task.signer_added": (Sort.DEED, "%(person)s请%(signer)s会签“%(name)s”"),
    "task.signer_removed": (Sort.DEED, "%(person)s取消%(signer)s对“%(name)s”的会签"),
    "task.signed": (Sort.DEED, "%(person)s会签“%(name)s”：%(agrees)s"),
    "task.signing_settled": (Sort.STATION, "“%(name)s”会签完毕：同意 %(agreed)s，不同意 %(disagreed)s"),
    "task.urged": (Sort.DEED, "%(person)s催办“%(name)s”"),
    "task.sent_back": (Sort.DEED, "%(person)s从“%(name)s”退回到“%(to_name)s”"),
    "task.pulled_back": (Sort.DEED, "%(person)s撤回“%(name)s”"),
    "decision.kept": (Sort.DEED, "%(person)s对“%(name)s”的移动审批已收到，恢复后生效"),
    "decision.dropped": (Sort.DEED, "%(person)s对“%(name)s”的移动审批没有生效"),
    "jump.proposed": (Sort.DEED, "%(person)s提议跳转到 %(to_element)s"),
    "jump.decided": (Sort.DEED, "%(person)s%(approved)s跳转到 %(to_element)s"),
    "timer.warned": (Sort.TIME, "“%(name)s”即将到期，应于 %(due_on)s 前完成"),
    "timer.due": (Sort.TIME, "“%(name)s”今天到期"),
    "timer.overdue": (Sort.TIME, "“%(name)s”已逾期 %(overdue_workdays)s 个工作日"),
    "timer.held": (Sort.TIME, "“%(name)s”停止计时：%(ground)s（%(basis)s，%(notice_no)s）"),
    "timer.resumed": (Sort.TIME, "“%(name)s”恢复计时，到期日由 %(was_due_on)s 改为 %(due_on)s"),
    "timer.moved": (Sort.TIME, "“%(name)s”到期日由 %(was_due_on)s 改为 %(due_on)s"),
    "timer.fired": (Sort.TIME, "定时“%(name)s”到点"),
    "external.requested": (Sort.STATION, "向外部系统发出请求：%(name)s"),
    "external.closed": (Sort.STATION, "外部系统已答复：%(name)s"),
    "incident.opened": (Sort.STATION, "流程故障：%(reason)s"),
    "incident.retried": (Sort.DEED, "%(person)s重试流程故障"),
    "incident.resolved": (Sort.STATION, "流程故障已排除"),
    "incident.edit_proposed": (Sort.DEED, "%(person)s提议修改故障案件的数据"),
    "incident.edit_decided": (Sort.DEED, "%(person)s%(approved)s修改故障案件的数据"),
    "signal.heard": (Sort.STATION, "收到信号 %(signal)s"),
    "signal.thrown": (Sort.STATION, "发出信号 %(signal)s"),
}
"""Each kind of event that is worth a line. Drafts, and clocks that merely start or stop, are not."""

OUTCOMES: Final[Mapping[str, str]] = {
    "granted": "准予许可",
    "granted_conditional": "原则通过",
    "refused": "不予许可",
    "not_accepted": "不予受理",
    "not_required": "不受理（无需许可）",
    "correction_lapsed": "逾期未补正，视为撤回",
    "withdrawn": "申请人撤回",
    "terminated": "终止",
    "forwarded": "转报上级",
    "void_entry": "录入错误作废",
    "done": "已办结",
}

GROUNDS: Final[Mapping[str, str]] = {
    "hearing": "听证",
    "bidding": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
    "publicity": "公示",
    "illegal_works": "违法建设查处",
    "applicant_request": "申请人申请",
}

_OTHER: Final = {True: "同意", False: "不同意"}
_DECIDED: Final = {True: "批准", False: "不批准"}
_SPOKEN: Final = ("opinion", "reason", "message", "remark", "reasons")
"""The fields in which people say something."""


async def events_of(api: Asking, case_no: str) -> list[Json]:
    """Everything that was said of a case, oldest first."""
    found: list[Json] = []
    after: str | None = None
    for _ in range(_PAGES):
        page = await api.get("workflow", f"/cases/{case_no}/history", limit=LARGEST_PAGE, after=after)
        found += page["events"]
        after = page["next"]
        if after is None:
            break
    return found


def told(events: Sequence[Json], names: Names, language: Language) -> list[Told]:
    """The lines worth reading, oldest first."""
    steps = {event["data"]["task_id"]: _step(event["data"], language) for event in events if "name_en" in event["data"]}
    return [line for event in events if (line := _told(event, steps, names, language)) is not None]


def verb_of(event: Json) -> str:
    """The short name of an event, such as `task.completed`."""
    return str(event["type"])[_FROM:_TO]


def _told(event: Json, steps: Mapping[str, str], names: Names, language: Language) -> Told | None:
    verb, data = verb_of(event), event["data"]
    if verb not in WORDS:
        return None
    sort, words = WORDS[verb]
    values = _Blank(_values(data, steps, names, language))
    answers = data.get("answers") or {}
    spoken = next((data[name] for name in _SPOKEN if data.get(name) and verb != "incident.opened"), None)
    said = spoken or next((answers[name] for name in _SPOKEN if isinstance(answers.get(name), str)), "")
    return Told(
        order=event["order"],
        at=event["at"],
        sort=sort,
        text=say(words, language) % values,
        words=str(said),
        task_id=str(data.get("task_id", "")),
        answers=answers,
    )


def _values(data: Json, steps: Mapping[str, str], names: Names, language: Language) -> dict[str, Any]:
    """The event's own fields, with names for codes."""
    found = {name: "" if value is None else value for name, value in data.items()}
    by = next((data[name] for name in ("person", "decided_by", "migrated_by", "by") if data.get(name)), None)
    found["person"] = names.person(by) or say("系统", language)
    task = data.get("task_id") or str(data.get("clock_id", "")).removeprefix("step:")
    found["name"] = steps.get(task) or say(str(found.get("name", "")), language)
    found["to"] = names.person(data.get("to"))
    if data.get("post"):
        found["desk"] = names.desk(data["post"], data["department"])
    if data.get("signer"):
        found["signer"] = names.signer(data["signer"])
    for name, table in (("outcome", OUTCOMES), ("ground", GROUNDS)):
        if data.get(name):
            found[name] = say(table.get(data[name], data[name]), language)
    for name, ways in (("agrees", _OTHER), ("approved", _DECIDED)):
        if name in data:
            found[name] = say(ways[bool(data[name])], language)
    return found


def _step(data: Json, language: Language) -> str:
    return str((data["name_en"] if language is Language.EN else "") or data["name"])


class _Blank(dict[str, Any]):
    """Values for a text; what an old event does not have stays blank."""

    def __missing__(self, _key: str) -> str:
        return ""
