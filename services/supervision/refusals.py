"""Why a matter does not go where somebody wants it."""

from services.kernel.problem import Problem


class StepSkipped(Problem):
    """A matter goes from step to step; only a re-check may send it back to urging."""

    status = 409
    code = "step-skipped"
    zh = "事项 {matter} 在“{at}”，不能直接到“{to}”"
    en = "matter {matter} is at {at} and cannot go to {to}"
    remedy_zh = "下一步只能是：{allowed}"
    remedy_en = "the next step can only be: {allowed}"


class SelfRecheck(Problem):
    """Who undertook the matter may not re-check it."""

    status = 403
    code = "self-recheck"
    zh = "事项 {matter} 的承办人不能自己复核"
    en = "whoever undertook matter {matter} may not re-check it"
    remedy_zh = "请由督查室另一位工作人员复核"
    remedy_en = "another commissioner must re-check it"


class BulletinMissing(Problem):
    """通报 is passed with a published bulletin or with the reason why none is needed."""

    status = 422
    code = "bulletin-missing"
    zh = "事项 {matter} 尚无已发布的通报"
    en = "matter {matter} has no published bulletin"
    remedy_zh = "请先发布通报，或在说明中写明“不需要通报”的理由并选择 not_needed"
    remedy_en = "publish a bulletin first, or choose not_needed and give the reason"


class RectificationOpen(Problem):
    """A file is closed when what was found is put right (A-36)."""

    status = 409
    code = "rectification-open"
    zh = "事项 {matter} 尚有未了结的整改或异议：{what}"
    en = "matter {matter} still has something open: {what}"
    remedy_zh = "请先复核整改、作废通知，或答复异议，再归档"
    remedy_en = "re-check the rectification, make the notice void, or answer the objection; then archive"


class MatterArchived(Problem):
    """What is archived is read-only."""

    status = 409
    code = "matter-archived"
    zh = "事项 {matter} 已归档，只读"
    en = "matter {matter} is archived and read-only"
    remedy_zh = "如有新情况，请另行登记新的督查事项"
    remedy_en = "register a new matter for what is new"


class MatterInProcess(Problem):
    """What the workflow service runs goes on there."""

    status = 409
    code = "matter-in-process"
    zh = "事项 {matter} 按流程办理（案件 {case}）"
    en = "matter {matter} is run as a process (case {case})"
    remedy_zh = "请在该案件的任务中办理；事项的程序随流程走"
    remedy_en = "do the step in that case's task; the matter follows its process"
