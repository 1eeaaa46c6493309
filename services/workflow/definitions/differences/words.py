"""The words of differences: what settings and kinds of elements are called, and how values are told."""

import re
from typing import Final, NamedTuple


class Word(NamedTuple):
    """A thing in both languages."""

    zh: str
    en: str


NOTHING: Final = Word("（空）", "(nothing)")

SETTINGS: Final = {
    "limit_wd": Word("时限", "limit"),
    "due_on": Word("到期日", "due day"),
    "warn": Word("预警点", "warning point"),
    "post": Word("岗位", "post"),
    "department": Word("承办科室", "department"),
    "form": Word("表单", "form"),
    "name_en": Word("英文名称", "English name"),
    "counts_in_case_clock": Word("计入案件时限", "counting in the case clock"),
    "light_rules": Word("红黄灯规则", "light rules"),
    "result": Word("结果变量", "result variable"),
    "two_officers": Word("两人核查", "verification by two officers"),
    "quick_approval": Word("移动审批", "approval by link"),
    "decision_body": Word("决策机构", "decision body"),
    "hold": Word("中止计时事由", "ground for a hold"),
    "hold_notice": Word("中止告知文书", "notice of the hold"),
    "case_clock": Word("案件计时", "case clock"),
    "clock_from": Word("计时起点", "start of the clock"),
    "milestone": Word("里程碑", "milestone"),
    "outcome": Word("办理结果", "outcome"),
    "may_send_back": Word("允许退回", "sending back"),
    "cosign": Word("会签规则", "rule of co-signing"),
    "cosign_posts": Word("会签岗位", "co-signing posts"),
    "lane": Word("泳道", "lane"),
    "timer": Word("定时", "timer"),
    "event": Word("事件", "event"),
    "topic": Word("外部事项", "external topic"),
    "script": Word("脚本", "script"),
    "calls": Word("调用流程", "called process"),
    "decides": Word("决策表", "decision"),
    "loop": Word("多实例", "multi-instance"),
    "attached_to": Word("附着环节", "activity it is attached to"),
    "interrupting": Word("中断环节", "interrupting"),
    "default": Word("默认走向", "default way"),
}

TAGS: Final = {
    "userTask": Word("环节", "step"),
    "receiveTask": Word("等待消息的环节", "step waiting for a message"),
    "serviceTask": Word("外部事项", "external task"),
    "scriptTask": Word("自动步骤", "script"),
    "sendTask": Word("发送消息", "send task"),
    "businessRuleTask": Word("决策", "decision"),
    "callActivity": Word("调用流程", "called process"),
    "subProcess": Word("子流程", "subprocess"),
    "exclusiveGateway": Word("判断", "choice"),
    "inclusiveGateway": Word("多选分支", "inclusive gateway"),
    "parallelGateway": Word("并行分支", "parallel gateway"),
    "eventBasedGateway": Word("等待分支", "event-based gateway"),
    "startEvent": Word("开始", "start"),
    "endEvent": Word("结束", "end"),
    "boundaryEvent": Word("附着事件", "boundary event"),
    "intermediateCatchEvent": Word("等待事件", "catching event"),
    "intermediateThrowEvent": Word("标记", "mark"),
}

_YES: Final = {"yes": Word("是", "yes"), "no": Word("否", "no")}
_WORKDAYS: Final = re.compile(r"(\d+)wd")


def setting_word(name: str) -> Word:
    """What a setting is called; one of others by its own name."""
    return SETTINGS.get(name, Word(name, name))


def tag_word(tag: str) -> Word:
    """What a kind of element is called."""
    return TAGS.get(tag, Word(tag, tag))


def value_word(name: str, value: str | None) -> Word:
    """How the value of a setting is told."""
    if value is None or value == "":
        return NOTHING
    if name == "limit_wd":
        return Word(f"{value}个工作日", f"{value} working day{'' if value == '1' else 's'}")
    if name == "warn" and (found := _WORKDAYS.fullmatch(value)):
        return Word(f"到期前{found[1]}个工作日", f"{found[1]} working days before")
    if value in _YES:
        return _YES[value]
    shown = value if len(value) <= 200 else value[:199] + "…"  # noqa: PLR2004 - a sentence stays one
    return Word(f"“{shown}”" if name not in ("post", "warn") else shown, shown)
