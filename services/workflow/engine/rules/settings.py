"""Whether the house's own settings are right: posts, forms and every `permit:*` property."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from services.contracts.words import HoldGround, Outcome
from services.kernel.worktime import WarningPointUnreadable, read_warning_point
from services.workflow.engine.diagrams.model import ACTIVITIES, Body, EventKind, Node, Process
from services.workflow.engine.diagrams.results import is_variable
from services.workflow.engine.findings import Report
from services.workflow.engine.running.reach import main_line

_POST: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}")
_SEATS: Final = re.compile(r"[A-Z][A-Z0-9]*(@[A-Z0-9]+)?([ ,]+[A-Z][A-Z0-9]*(@[A-Z0-9]+)?)*")
_LIGHTS: Final = re.compile(r"SL-\d{2}(\s*,\s*SL-\d{2})*")
_PATH: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,60}")
_STATUTORY: Final = frozenset(list(HoldGround)[:8])
"""The grounds of 行政许可法 §45, each of which needs a written notice."""

_STEPS: Final = frozenset({"userTask", "receiveTask", "intermediateCatchEvent"})
_USER: Final = frozenset({"userTask"})
_ANY: Final = frozenset[str]()
_RESULTS: Final = ACTIVITIES | {"startEvent", "intermediateCatchEvent", "boundaryEvent"}


def _limit(value: str) -> bool:
    return value.isdecimal() and value.isascii() and 1 <= int(value[:9]) <= 999 and len(value) <= 3  # noqa: PLR2004


def _warning(value: str) -> bool:
    try:
        read_warning_point(value)
    except WarningPointUnreadable:
        return False
    return True


def _yes_no(value: str) -> bool:
    return value in ("yes", "no")


def _names(value: str) -> bool:
    return all(is_variable(name.strip()) for name in value.split(","))


@dataclass(frozen=True, slots=True)
class Setting:
    """One property: what its value may be, and on which elements it works (none named: on any)."""

    check: Callable[[str], object]
    zh: str
    en: str
    tags: frozenset[str] = _ANY


SETTINGS: Final[dict[str, Setting]] = {
    "post": Setting(_POST.fullmatch, "一个岗位代码，如 P04", "one post code, e.g. P04", _STEPS),
    "department": Setting(
        _PATH.fullmatch,
        "变量路径，如 supervision_register.unit",
        "a variable path, e.g. supervision_register.unit",
        _STEPS,
    ),
    "starters": Setting(
        _SEATS.fullmatch,
        "岗位代码，用逗号分隔，如 P20, P06@D08",
        "post codes separated by commas, e.g. P20, P06@D08",
        frozenset({"process"}),
    ),
    "form": Setting(_POST.fullmatch, "表单名，如 handler-review", "a form's name, e.g. handler-review", _USER),
    "limit_wd": Setting(_limit, "1-999 的整数（工作日）", "a whole number from 1 to 999 (working days)", _STEPS),
    "due_on": Setting(_PATH.fullmatch, "变量路径，如 plan.due_on", "a variable path, e.g. plan.due_on", _STEPS),
    "warn": Setting(_warning, "如 80% 或 2wd（提前 2 个工作日）", "80% or 2wd (2 working days before)", _STEPS),
    "counts_in_case_clock": Setting(_yes_no, "yes 或 no", "yes or no", _STEPS),
    "name_en": Setting(bool, "英文名称", "the English name"),
    "light_rules": Setting(_LIGHTS.fullmatch, "如 SL-16 或 SL-16,SL-17", "SL-16 or SL-16,SL-17"),
    "result": Setting(is_variable, "变量名", "a variable name", _RESULTS),
    "two_officers": Setting(_yes_no, "yes 或 no", "yes or no", _USER),
    "quick_approval": Setting(_yes_no, "yes 或 no", "yes or no", _USER),
    "may_send_back": Setting(_yes_no, "yes 或 no", "yes or no", _USER),
    "assign": Setting(
        lambda value: value in ("queue", "least_loaded", "same_person"),
        "queue、least_loaded 或 same_person",
        "queue, least_loaded or same_person",
        _USER,
    ),
    "cosign": Setting(
        re.compile(r"all|any|veto|[1-9][0-9]?").fullmatch, "all、any、veto 或人数", "all, any, veto or a number", _USER
    ),
    "cosign_posts": Setting(
        _SEATS.fullmatch,
        "岗位代码，用空格分隔，如 P05 P06@D08",
        "post codes separated by spaces, e.g. P05 P06@D08",
        _USER,
    ),
    "decision_body": Setting(bool, "决定机构", "the deciding body", _USER),
    "hold": Setting(
        lambda value: value in set(HoldGround),
        "停计事由：" + "、".join(HoldGround),
        "a ground: " + ", ".join(HoldGround),
        ACTIVITIES | {"intermediateCatchEvent"},
    ),
    "hold_notice": Setting(
        _PATH.fullmatch,
        "变量路径，如 expert_notice.notice_no",
        "a variable path, e.g. expert_notice.notice_no",
        ACTIVITIES | {"intermediateCatchEvent"},
    ),
    "case_clock": Setting(lambda value: value in ("start", "stop"), "start 或 stop", "start or stop"),
    "clock_from": Setting(bool, "给出日期的表达式", "an expression that gives a date"),
    "milestone": Setting(_CODE.fullmatch, "小写字母、数字和 _", "small letters, digits and _"),
    "outcome": Setting(
        lambda value: value in set(Outcome),
        "办理结果：" + "、".join(Outcome),
        "an outcome: " + ", ".join(Outcome),
        frozenset({"endEvent", "intermediateThrowEvent"}),  # what ends the case, and what decides it
    ),
    "inputs": Setting(_names, "变量名，用逗号分隔", "variable names separated by commas", frozenset({"process"})),
}
"""Every property of the dialect. What is not here is refused: a misspelt limit must not be no limit."""

_ON_PROCESS: Final = frozenset({"name_en", "inputs", "starters"})


def check_settings(report: Report, process: Process, *, called: bool = False) -> None:
    """Check the settings of a process and of everything in it. The ends of a called one end no case."""
    for key, value in process.settings.items():
        _value(report, process.id, key, value)
        if key in SETTINGS and key not in _ON_PROCESS:
            _misplaced(report, process.id, process.name or process.id, "process", key)
    ends = set() if called else main_line(process.body).union(*map(main_line, _instead(process)))
    for body in process.body.bodies():
        for node in body.nodes.values():
            for key, value in node.settings.items():
                _value(report, node.id, key, value)
                _place(report, node, key)
            _duties(report, node, needs_outcome=node.id in ends)


def _instead(process: Process) -> Iterator[Body]:
    """Give the event subprocesses that take the place of the process: what ends them ends the case."""
    for node in process.body.by_events():
        if node.body is not None and all(start.interrupting for start in node.body.starts()):
            yield node.body


def _value(report: Report, element: str, key: str, value: str) -> None:
    setting = SETTINGS.get(key)
    if setting is None:
        report.say("GH-E307", element, key=key, known=", ".join(sorted(SETTINGS)))
    elif key == "post" and value and not setting.check(value):
        report.say("GH-E302", element, name=element, value=value)
    elif not setting.check(value) and not (key in ("post", "form") and not value):
        report.say("GH-E308", element, key=key, value=value, wanted_zh=setting.zh, wanted_en=setting.en)


def _place(report: Report, node: Node, key: str) -> None:
    setting = SETTINGS.get(key)
    if setting is None or (key == "form" and node.tag == "startEvent"):
        return
    if setting.tags and node.tag not in setting.tags:
        _misplaced(report, node.id, node.name or node.id, node.tag, key)


def _misplaced(report: Report, element: str, name: str, tag: str, key: str) -> None:
    tags = ", ".join(sorted(SETTINGS[key].tags)) or "flow nodes"
    report.say("GH-E311", element, key=key, name=name, tag=tag, wanted_zh=tags, wanted_en=tags)


def _duties(report: Report, node: Node, *, needs_outcome: bool) -> None:
    """Check what must be there."""
    name, settings = node.name or node.id, node.settings
    if node.tag == "userTask":
        if not settings.get("post"):
            report.say("GH-E301", node.id, name=name)
        if not settings.get("form"):
            report.say("GH-E304", node.id, name=name)
        if "limit_wd" not in settings:
            report.say("GH-W309", node.id, name=name)
        if not node.name:
            report.say("GH-W313", node.id, name=node.id)
    if settings.get("hold") in _STATUTORY and not settings.get("hold_notice"):
        report.say("GH-E310", node.id, name=name)
    quiet = node.event.kind in (EventKind.NONE, EventKind.MESSAGE, EventKind.TERMINATE)
    if node.tag == "endEvent" and needs_outcome and quiet and "outcome" not in settings:
        report.say("GH-W312", node.id, name=name)
