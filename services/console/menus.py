"""The menu: what there is, and who finds it there. The pages behind it check for themselves again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.kernel.identity import Permission, Person, may


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu: its name, its address, and the permission one needs."""

    name: str
    path: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under one heading."""

    name: str
    entries: Sequence[Entry]


MENU: Final = (
    Section(
        "窗口",
        (
            Entry("接件台", "/desk", Permission.CASE_RECEIVE),
            Entry("新收件", "/desk/new", Permission.CASE_RECEIVE),
            Entry("出件送达", "/desk/deliver", Permission.CASE_DELIVER),
            Entry("预约接待", "/desk/appointments", Permission.CASE_RECEIVE),
            Entry("咨询登记", "/desk/consulting", Permission.CASE_RECEIVE),
            Entry("好差评", "/desk/ratings", Permission.CASE_RECEIVE),
        ),
    ),
    Section(
        "办理",
        (
            Entry("任务", "/tasks", Permission.TASK_WORK),
            Entry("案件", "/cases", Permission.CASE_READ),
            Entry("许可路线图", "/roadmaps", Permission.CASE_READ),
            Entry("会议", "/meetings", Permission.CASE_READ),
            Entry("移动审批", "/m", Permission.LINK_DECIDE),
        ),
    ),
    Section(
        "督查",
        (
            Entry("红黄灯看板", "/board", Permission.SUPERVISION_READ),
            Entry("重点项目", "/projects", Permission.SUPERVISION_READ),
            Entry("督查事项", "/board/matters", Permission.SUPERVISION_READ),
            Entry("督办通知", "/board/notices", Permission.SUPERVISION_READ),
            Entry("督查通报", "/board/bulletins", Permission.SUPERVISION_READ),
            Entry("预约外接触", "/contacts", Permission.CASE_READ),
            Entry("督查记录", "/inspections", Permission.SUPERVISION_READ),
            Entry("效能统计", "/statistics", Permission.SUPERVISION_READ),
            Entry("亮灯台账", "/board/alerts", Permission.SUPERVISION_READ),
            Entry("绩效考核", "/board/assessment", Permission.SUPERVISION_READ),
            Entry("亮灯规则", "/board/rules", Permission.SUPERVISION_READ),
            Entry("督查目录", "/board/catalogues", Permission.SUPERVISION_READ),
            Entry("静默窗口", "/board/silences", Permission.SUPERVISION_READ),
        ),
    ),
    Section(
        "流程",
        (
            Entry("流程工作室", "/studio", Permission.DEFINITION_READ),
            Entry("流程迁移", "/studio/migrations", Permission.DEFINITION_DEPLOY),
        ),
    ),
    Section(
        "运行",
        (
            Entry("运行状况", "/ops", Permission.STATUS_READ),
            Entry("流程故障", "/ops/incidents", Permission.INCIDENT_WORK),
            Entry("死信", "/ops/dead-letters", Permission.DEAD_LETTER_WORK),
            Entry("消息", "/ops/messages", Permission.MESSAGE_READ),
            Entry("消息模板", "/ops/templates", Permission.MESSAGE_READ),
            Entry("工作群", "/ops/groups", Permission.MESSAGE_READ),
            Entry("工作日历", "/ops/calendar", Permission.REGISTRY_READ),
            Entry("人员与岗位", "/ops/people", Permission.REGISTRY_READ),
            Entry("审计记录", "/ops/audit", Permission.AUDIT_READ),
        ),
    ),
)


def menu_of(who: Person) -> list[Section]:
    """What the person finds in the menu."""
    found = [Section(one.name, [entry for entry in one.entries if may(who, entry.permission)]) for one in MENU]
    return [section for section in found if section.entries]


def start_page(who: Person) -> str:
    """Where the person begins the day: the first page of the menu that their work needs."""
    for path, permission in (
        ("/desk", Permission.CASE_RECEIVE),
        ("/board", Permission.SUPERVISION_WORK),
        ("/m", Permission.BULLETIN_APPROVE),
        ("/tasks", Permission.TASK_WORK),
        ("/studio", Permission.DEFINITION_DEPLOY),
        ("/ops", Permission.STATUS_READ),
    ):
        if may(who, permission):
            return path
    return "/ops/people"
