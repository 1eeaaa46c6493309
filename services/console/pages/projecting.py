"""What the forms on a project's page say, as the acts that the supervision service knows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.datastructures import FormData

STAGES: Final = {
    "completed": "已完成",
    "in_progress": "正在推进",
    "completed_followup": "已完成需优化跟进",
    "early_intervention": "提前介入",
}
"""The four stages, in the order of the equation."""

SERVICES: Final = {"visit": "上门服务", "call": "电话联系", "pre_check": "材料预审", "contact": "对接衔接"}
DUTIES: Final = {"leader": "分管领导", "department": "责任科室", "follower": "一抓到底责任人", "guide": "规划引导员"}
MISSING: Final = {**DUTIES, "plan": "已下达的工作方案"}

_TASKS: Final = 60
_SETS: Final = 30
_NUMBERS: Final = frozenset({"no", "report_no"})

LEADS: Final = frozenset({"activate", "hand_over", "instruct", "supervise", "approve_data"})
"""The acts that leaders decide."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "name_ones": ("leader", "department", "follower", "guide"),
    "move_stage": ("stage", "on", "note"),
    "link_case": ("case_no",),
    "draft_plan": ("summary",),
    "publish_plan": (),
    "complete_task": ("no", "result", "done_on"),
    "serve": ("kind", "on", "note"),
    "open_obstacle": ("name", "owner", "opened_on"),
    "contact_owner": ("no", "on", "note"),
    "settle_obstacle": ("no", "agreement", "agreement_file", "linked_case", "settled_on"),
    "report": ("text", "next_on"),
    "complete_instruction": ("no", "result", "done_on"),
    "appoint_designer": ("designer", "appointed_on"),
    "hand_over_data": ("no", "handed_on", "receipt_no"),
    "activate": (),
    "hand_over": ("duty", "to", "reason"),
    "instruct": ("report_no", "text", "department", "person", "due_on"),
    "supervise": ("no",),
    "approve_data": ("no", "secrecy_approval_no"),
}
"""What is asked for each act, by the words of the API."""


def body_of(act: str, form: FormData) -> dict[str, Any]:
    """The entry that a form makes; an empty field is none."""
    body: dict[str, Any] = {"act": act}
    for name in FIELDS[act]:
        if (value := _value(form, name)) is not None:
            body[name] = int(value) if name in _NUMBERS and value.isascii() and value.isdigit() else value
    if (rows := _ROWS.get(act)) is not None:
        body |= rows(form)
    return body


def _value(form: FormData, name: str) -> str | None:
    text = str(form.get(name, "")).replace("\r\n", "\n").strip()
    return text or None


def _tasks(form: FormData) -> dict[str, Any]:
    """The rows of a plan that have a title."""
    names = ("title", "department", "person", "due_on")
    rows = [{name: _value(form, f"{name}-{number}") for name in names} for number in range(_TASKS)]
    return {"tasks": [row for row in rows if row["title"]]}


def _data_sets(form: FormData) -> dict[str, Any]:
    """A name a line; those that are ticked off as classified stand in a field of their own."""
    plain, secret = (str(form.get(name, "")).splitlines()[:_SETS] for name in ("data_sets", "classified_sets"))
    sets = [(name, False) for name in plain] + [(name, True) for name in secret]
    return {"data_sets": [{"name": name.strip(), "classified": secret} for name, secret in sets if name.strip()]}


_ROWS: Final[Mapping[str, Callable[[FormData], dict[str, Any]]]] = {
    "draft_plan": _tasks,
    "appoint_designer": _data_sets,
}
