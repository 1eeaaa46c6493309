"""What each line of a history says, as a sentence in Chinese and in English."""

from collections.abc import Mapping
from typing import Any, Final

from services.workflow.history.lines import Line

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "case.started": ("案件进入流程 {process_key} 第 {version} 版", "the case follows {process_key}, version {version}"),
    "case.accepted": ("受理，承诺办结日 {promised_due_on}", "accepted; promised for {promised_due_on}"),
    "case.decided": ("作出决定：{outcome}", "decided: {outcome}"),
    "case.ended": ("流程结束：{outcome}", "the process ended: {outcome}"),
    "case.expected_date_moved": ("承诺办结日改为 {promised_due_on}", "the promised date moved to {promised_due_on}"),
    "case.migrated": ("案件转到第 {to_version} 版流程", "the case follows version {to_version} now"),
    "case.suspended": ("{person} 挂起案件", "{person} suspended the case"),
    "case.withdrawn": ("申请人撤回申请，终结办理", "the applicant withdrew the application"),
    "case.terminated": ("{person} 终止办理：{ground}", "{person} terminated the case: {ground}"),
    "withdrawal.refused": ("撤回申请未生效：{reason_zh}", "the withdrawal had no effect: {reason_en}"),
    "case.resumed": ("{person} 恢复案件", "{person} resumed the case"),
    "milestone.reached": ("到达节点“{name}”", "reached {name}"),
    "external.requested": ("请求外部系统“{name}”", "asked the outside system: {name}"),
    "external.closed": ("外部系统“{name}”：{how}", "the outside system {name}: {how}"),
    "incident.opened": ("环节 {element} 出现故障", "a fault at {element}"),
    "incident.retried": ("{person} 重试，仍然失败（第 {tries} 次）", "{person} retried in vain, try {tries}"),
    "incident.resolved": ("故障处理完毕（{how}），{resolved_by}", "the fault is over ({how}), by {resolved_by}"),
    "incident.edit_proposed": ("{person} 提议修改案件数据", "{person} proposed to change values"),
    "incident.edit_decided": ("{person} 审定数据修改提议", "{person} decided on a change of values"),
    "task.opened": (
        "“{name}”待办：{department} {post}，限期 {due_on}",
        "{name} waits at {post}@{department}, {due_on}",
    ),
    "task.claimed": ("{person} 签收", "{person} claimed the task"),
    "task.released": ("{person} 退回待办", "{person} released the task"),
    "task.completed": ("“{name}”办结，办理人 {person}", "{name} is completed, by {person}"),
    "task.cancelled": ("环节 {element} 未办结即离开", "the process left {element}"),
    "task.delegated": ("“{name}”由 {person} 委托 {to} 办理", "{person} delegated {name} to {to}"),
    "task.resolved": ("“{name}”委托办理完毕，交回 {owner}", "{name} is back with {owner}"),
    "task.handed_over": ("“{name}”由 {person} 转办给 {to}", "{person} handed {name} over to {to}"),
    "task.submitted": ("“{name}”由 {person} 提交，等待会签", "{person} submitted {name}; signers are awaited"),
    "task.signer_added": ("“{name}”加签 {signer}", "{signer} signs {name} too"),
    "task.signer_removed": ("“{name}”减签 {signer}", "{signer} is asked no more for {name}"),
    "task.signed": ("{person} 对“{name}”会签", "{person} signed {name}"),
    "task.signing_settled": ("“{name}”会签完成", "the signers of {name} have come to a result"),
    "task.urged": ("{person} 催办“{name}”", "{person} urged {name}"),
    "task.sent_back": ("{person} 将“{name}”退回至“{to_name}”", "{person} sent {name} back to {to_name}"),
    "task.pulled_back": ("{person} 撤回“{name}”", "{person} pulled {name} back"),
    "task.draft_saved": ("{person} 暂存“{name}”", "{person} saved a draft of {name}"),
    "decision.kept": (
        "{person} 移动审批“{name}”，案件挂起，恢复后生效",
        "{person} decided {name} by link; it waits for the case to be resumed",
    ),
    "decision.dropped": (
        "{person} 对“{name}”的移动审批未能生效",
        "the decision of {person} by link on {name} had no effect",
    ),
    "jump.proposed": ("{person} 提议跳转到 {to_element}", "{person} proposed a jump to {to_element}"),
    "jump.decided": ("{person} 审定跳转到 {to_element} 的提议", "{person} decided on a jump to {to_element}"),
    "meeting.resolution_handed": (
        "会议决定 {minutes_no} 已交回环节，登记人 {person}",
        "the decision of the meeting ({minutes_no}) is handed over by {person}",
    ),
    "meeting.condition_closed": ("{person} 了结会议条件", "{person} closed a condition of the meeting"),
    "signal.thrown": ("发出信号“{signal}”", "threw the signal {signal}"),
    "signal.heard": ("收到 {by} 发出的信号“{signal}”", "heard the signal {signal} from {by}"),
    "timer.started": ("“{name}”开始计时，{due_on} 到期", "{name} runs until {due_on}"),
    "timer.warned": ("“{name}”预警", "{name}: warning"),
    "timer.due": ("“{name}”今日到期", "{name} is due today"),
    "timer.overdue": ("“{name}”已逾期 {overdue_workdays} 个工作日", "{name} is overdue by {overdue_workdays}"),
    "timer.held": ("“{name}”中止计时", "{name} is held"),
    "timer.resumed": ("“{name}”恢复计时，{due_on} 到期", "{name} runs again until {due_on}"),
    "timer.moved": ("“{name}”到期日改为 {due_on}", "{name} is due on {due_on} now"),
    "timer.stopped": ("“{name}”停止计时", "{name} stopped"),
    "timer.fired": ("流程定时“{name}”触发", "the timer {name} fired"),
}


_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "outcome": {
        "granted": "准予许可",
        "granted_conditional": "附条件准予",
        "refused": "不予许可",
        "not_accepted": "不予受理",
        "not_required": "无需办理",
        "correction_lapsed": "逾期未补正",
        "withdrawn": "申请人撤回",
        "terminated": "终止",
        "forwarded": "转送",
        "void_entry": "误录作废",
        "done": "办结",
    },
    "ground": {
        "applicant_deceased": "申请人死亡",
        "applicant_dissolved": "申请单位终止",
        "papers_not_supplied": "逾期未补齐材料",
        "subject_gone": "申请事项不再存在",
    },
    "how": {
        "answered": "已答复",
        "failed": "答复失败",
        "left": "不再等待",
        "done": "已实际执行",
        "overtaken": "流程已越过",
        "given-up": "已放弃",
    },
}
"""Values that have a Chinese name of their own."""


class _Known(dict[str, Any]):
    """The fields of a line; what is withheld or missing shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def sentence(line: Line) -> tuple[str, str]:
    """What a line says, in Chinese and in English; its type where nobody has worded it yet."""
    zh, en = _SENTENCES.get(line.verb, (line.verb, line.verb))
    known = _Known({name: value for name, value in line.shown.items() if value not in (None, "")})
    in_chinese = _Known({name: _VALUES.get(name, {}).get(str(value), value) for name, value in known.items()})
    return zh.format_map(in_chinese), en.format_map(known)
