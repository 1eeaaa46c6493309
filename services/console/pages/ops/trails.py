"""What people did, in words: every kind of act that a service's audit tells, and the facts told with it."""

from collections.abc import Mapping
from typing import Any, Final

from services.console.histories import GROUNDS, OUTCOMES
from services.console.naming import Names
from services.console.pages.board.matters import STEPS
from services.console.pages.ops.people import ATTENDANCE, ROLES

ACTS: Final[Mapping[str, str]] = {
    "intake.appointment.moved": "预约有变动",
    "intake.case.delivered": "出件送达",
    "intake.case.received": "收件",
    "intake.contact.reported": "报告预约外接触",
    "intake.objection.answered": "答复公示异议",
    "intake.rating.contacted": "差评回访",
    "intake.withdrawal.requested": "登记撤回申请",
    "intake.audit.looked_up": "凭编号和密码查询",
    "intake.audit.lookup_refused": "查询被拒绝（编号或密码不符）",
    "intake.audit.lookup_locked": "查询被锁定（连续输错）",
    "intake.audit.applicant_shown": "查看申请人完整信息",
    "intake.audit.certificate_checked": "查验证书",
    "intake.audit.document_taken": "下载文书",
    "intake.audit.file_added": "上传材料",
    "intake.audit.file_shown": "查看材料文件",
    "intake.audit.caller_shown": "查看预约人完整信息",
    "intake.audit.objector_shown": "查看异议人完整信息",
    "intake.audit.receipt_printed": "打印收件回执",
    "intake.audit.withdrawal_asked": "网上申请撤回",
    "intake.audit.password_reissued": "重发查询密码",
    "notify.link.decided": "移动审批决定",
    "registry.calendar.published": "导入工作日历",
    "registry.department.changed": "登记科室",
    "registry.person.changed": "登记人员、岗位或角色",
    "registry.post.changed": "登记岗位",
    "supervision.alert.moved": "办理亮灯说明",
    "supervision.bulletin.published": "发布督查通报",
    "supervision.guide.assigned": "指定项目指导员",
    "supervision.instruction.given": "对重点项目作出批示",
    "supervision.matter.moved": "督查事项进入下一步",
    "supervision.matter.noted": "督查事项补记",
    "supervision.paper.moved": "办理督查文书",
    "supervision.plan.published": "发布项目计划",
    "supervision.project.activated": "启动重点项目",
    "supervision.project.handed_over": "移交重点项目",
    "supervision.project.moved": "变更重点项目阶段",
    "supervision.project.noted": "重点项目记事",
    "supervision.project.proposed": "申报重点项目",
    "supervision.project.reported": "重点项目进展报告",
    "supervision.score.moved": "绩效计分有变动",
    "workflow.case.decided": "作出许可决定",
    "workflow.case.migrated": "迁移到其他流程版本",
    "workflow.case.resumed": "恢复案件",
    "workflow.case.suspended": "挂起案件",
    "workflow.case.terminated": "终止办理",
    "workflow.case.withdrawn": "准予撤回",
    "workflow.withdrawal.refused": "不予撤回",
    "workflow.decision.dropped": "移动审批未生效",
    "workflow.decision.kept": "移动审批待生效",
    "workflow.definition.activated": "发布流程版本",
    "workflow.definition.retired": "停用流程",
    "workflow.incident.edit_decided": "审定故障案件数据修改",
    "workflow.incident.edit_proposed": "提议修改故障案件数据",
    "workflow.incident.resolved": "排除流程故障",
    "workflow.incident.retried": "重试流程故障",
    "workflow.jump.decided": "审定流程跳转",
    "workflow.jump.proposed": "提议流程跳转",
    "workflow.meeting.condition_closed": "销号会议条件",
    "workflow.meeting.minutes_drafted": "起草会议纪要",
    "workflow.meeting.minutes_signed": "签发会议纪要",
    "workflow.meeting.paper_filed": "提交会议材料",
    "workflow.meeting.resolution_handed": "交办会议决议",
    "workflow.signal.broadcast": "广播信号",
    "workflow.task.claimed": "签收任务",
    "workflow.task.completed": "办结环节",
    "workflow.task.delegated": "委托任务",
    "workflow.task.handed_over": "转办任务",
    "workflow.task.pulled_back": "撤回任务",
    "workflow.task.released": "退还任务给岗位",
    "workflow.task.resolved": "交回受托任务",
    "workflow.task.sent_back": "退回上一环节",
    "workflow.task.signed": "会签",
    "workflow.task.signer_added": "增加会签人",
    "workflow.task.signer_removed": "取消会签人",
    "workflow.task.signing_settled": "会签完毕",
    "workflow.task.submitted": "提交会签",
    "workflow.task.urged": "催办",
    **{
        f"{service}.dead_letter.{state}": name
        for service in ("intake", "workflow", "supervision", "notify", "registry", "console")
        for state, name in (("done", "重放死信"), ("discarded", "作废死信"))
    },
}
"""Each act by the code that the services use."""

FACTS: Final[Mapping[str, str]] = {
    "active": "在职",
    "agrees": "同意",
    "approved": "批准",
    "attendance": "在岗状态",
    "channel": "渠道",
    "department": "科室",
    "deputy": "AB岗",
    "file": "文件",
    "from_version": "原版本",
    "ground": "理由类别",
    "outcome": "结果",
    "posts": "岗位",
    "roles": "角色",
    "signer": "会签人",
    "step": "步骤",
    "to": "转到",
    "to_element": "目标环节",
    "to_version": "新版本",
    "verb": "动作",
    "version": "版本",
    "year": "年度",
}
"""The facts that a service tells with an act."""

VERBS: Final[Mapping[str, str]] = {
    "acknowledged": "已签收",
    "appealed": "申诉",
    "approved": "已签发",
    "corrected": "更正",
    "drafted": "起草",
    "edited": "修改",
    "explained": "说明原因",
    "frozen": "申诉中止计分",
    "issued": "印发",
    "posted": "计分",
    "published": "发布",
    "raised": "亮灯",
    "received": "收文",
    "returned": "退回",
    "settled": "审定",
}
"""What is done to papers, alerts and scores of supervision."""

CHANNELS: Final[Mapping[str, str]] = {
    "window": "窗口",
    "online": "网上申报",
    "township": "乡镇窗口",
    "phone": "电话",
    "desk": "办公桌面",
    "link": "移动审批链接",
    "event": "系统事件",
    "message": "系统消息",
    "external": "外部系统",
    "meeting": "会议",
}
"""By which way somebody did it."""

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "attendance": ATTENDANCE,
    "channel": CHANNELS,
    "ground": GROUNDS,
    "outcome": OUTCOMES,
    "roles": ROLES,
    "step": STEPS,
    "verb": VERBS,
}
"""What the codes of a fact are called."""


def facts_of(line: Mapping[str, Any], names: Names) -> list[tuple[str, list[str]]]:
    """What is told with an act: the name of each fact and its values, as texts to be put into a language."""
    return [(FACTS.get(name, name), _values(name, value, names)) for name, value in line["told"].items()]


def _values(name: str, value: bool | int | str | list[str], names: Names) -> list[str]:
    if isinstance(value, bool):
        return ["是" if value else "否"]
    listed = value if isinstance(value, list) else [str(value)]
    words = WORDS.get(name, {})
    return [words.get(one) or names.within(one) for one in listed]
