"""What each role may do: one table."""

from enum import StrEnum
from typing import Final, Self

from services.contracts.words import Role
from services.kernel.identity.persons import Person


class Permission(StrEnum):
    """One thing that a person may be allowed to do, with its name for people."""

    zh: str

    def __new__(cls, value: str, zh: str) -> Self:
        """A permission's code and its Chinese name."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        return member

    CASE_RECEIVE = "case-receive", "接件"
    CASE_READ = "case-read", "查看案件"
    CASE_DELIVER = "case-deliver", "出件送达"
    CASE_EXTEND = "case-extend", "批准延期"
    CASE_SUSPEND = "case-suspend", "挂起和恢复案件"
    CASE_TERMINATE = "case-terminate", "终止办理"
    JUMP_PROPOSE = "jump-propose", "提议流程跳转"
    JUMP_APPROVE = "jump-approve", "批准流程跳转"
    EDIT_APPROVE = "edit-approve", "批准修改故障案件数据"
    SIGNAL_BROADCAST = "signal-broadcast", "广播信号"
    TASK_WORK = "task-work", "办理任务"
    MEETING_SET = "meeting-set", "设置会议机构"
    INTERNAL_START = "internal-start", "启动内部流程"
    DEFINITION_READ = "definition-read", "查看流程定义"
    DEFINITION_DEPLOY = "definition-deploy", "发布流程定义"
    INCIDENT_WORK = "incident-work", "处理流程故障"
    SUPERVISION_READ = "supervision-read", "查看督查信息"
    SUPERVISION_WORK = "supervision-work", "督查督办"
    BULLETIN_APPROVE = "bulletin-approve", "签发督查通报"
    RULES_EDIT = "rules-edit", "修改亮灯规则"
    PROJECT_WORK = "project-work", "办理重点项目"
    PROJECT_LEAD = "project-lead", "决定重点项目事项"
    MESSAGE_READ = "message-read", "查看消息"
    MESSAGE_RETRY = "message-retry", "重发消息"
    MESSAGE_SETUP = "message-setup", "设置消息模板和渠道"
    ADDRESS_CLOSE = "address-close", "登记停发和恢复"
    WEBHOOK_SETUP = "webhook-setup", "设置对外推送"
    INBOX_READ = "inbox-read", "查看本人消息"
    LINK_DECIDE = "link-decide", "移动审批"
    REGISTRY_READ = "registry-read", "查看名册"
    REGISTRY_EDIT = "registry-edit", "修改名册"
    ATTENDANCE_SET = "attendance-set", "登记在岗状态"
    CALENDAR_IMPORT = "calendar-import", "导入工作日历"
    CLOCK_SET = "clock-set", "设置演示时钟"
    DEAD_LETTER_WORK = "dead-letter-work", "处理死信"
    STATUS_READ = "status-read", "查看运行状态"
    AUDIT_READ = "audit-read", "查看审计记录"


_P = Permission
_STAFF: Final = frozenset({_P.REGISTRY_READ, _P.ATTENDANCE_SET, _P.INBOX_READ})
_CASE_STAFF: Final = _STAFF | {_P.CASE_READ, _P.TASK_WORK, _P.INTERNAL_START, _P.SUPERVISION_READ}
_SYSTEM_STAFF: Final = _STAFF | {_P.CASE_READ, _P.DEFINITION_READ, _P.STATUS_READ, _P.CLOCK_SET, _P.MESSAGE_READ}
_LEADS: Final = frozenset(
    {
        _P.LINK_DECIDE,
        _P.DEFINITION_READ,
        _P.BULLETIN_APPROVE,
        _P.PROJECT_WORK,
        _P.PROJECT_LEAD,
        _P.CASE_SUSPEND,
        _P.CASE_TERMINATE,
        _P.JUMP_PROPOSE,
        _P.JUMP_APPROVE,
        _P.EDIT_APPROVE,
        _P.SIGNAL_BROADCAST,
        _P.MEETING_SET,
    }
)

GRANTED: Final[dict[Role, frozenset[Permission]]] = {
    Role.CLERK: _CASE_STAFF | {_P.CASE_RECEIVE, _P.CASE_DELIVER, _P.ADDRESS_CLOSE},
    Role.OFFICER: _CASE_STAFF | {_P.PROJECT_WORK},
    Role.SECTION_CHIEF: _CASE_STAFF
    | {_P.LINK_DECIDE, _P.DEFINITION_READ, _P.CASE_SUSPEND, _P.EDIT_APPROVE, _P.PROJECT_WORK},
    Role.LEADER: _CASE_STAFF | _LEADS,
    Role.BUREAU_HEAD: _CASE_STAFF | _LEADS | {_P.CASE_EXTEND, _P.AUDIT_READ},
    Role.SECRETARY: _CASE_STAFF | {_P.PROJECT_WORK, _P.MEETING_SET},
    # Who looks after the others' acts neither runs the system nor gives rights in it.
    Role.SUPERVISOR: _CASE_STAFF
    | {_P.SUPERVISION_WORK, _P.RULES_EDIT, _P.DEFINITION_READ, _P.MESSAGE_READ, _P.AUDIT_READ},
    # Those who run the system decide nothing in it: no tasks, no links, no supervision work.
    # A jump they may propose; one who leads approves it.
    Role.IT_STAFF: _SYSTEM_STAFF
    | {_P.DEFINITION_DEPLOY, _P.INCIDENT_WORK, _P.DEAD_LETTER_WORK, _P.JUMP_PROPOSE, _P.WEBHOOK_SETUP},
    Role.OPERATOR: _SYSTEM_STAFF
    | {_P.WEBHOOK_SETUP, _P.INCIDENT_WORK, _P.DEAD_LETTER_WORK, _P.MESSAGE_RETRY, _P.MESSAGE_SETUP, _P.ADDRESS_CLOSE}
    | {_P.SUPERVISION_READ, _P.JUMP_PROPOSE},
    Role.REGISTRAR: _STAFF | {_P.REGISTRY_EDIT, _P.CALENDAR_IMPORT},
}
"""The permissions that each role brings; a person has those of all their roles."""


def may(who: Person, permission: Permission) -> bool:
    """Whether any of the person's roles brings the permission."""
    return any(permission in GRANTED[role] for role in who.roles)
