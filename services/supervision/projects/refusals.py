"""Why something cannot be done to a key project."""

from services.kernel.problem import Problem


class ProjectIncomplete(Problem):
    """The five ones (五个一), and a planning guide, before anything is activated; `errors` names what is missing."""

    status = 422
    code = "project-incomplete"
    zh = "重点项目“{project}”不能启动：{missing_zh}"
    en = "key project {project} cannot be activated: {missing_en}"
    remedy_zh = "请补齐所缺的各项后再启动"
    remedy_en = "add what is missing, then activate it"


class TaskUnassigned(Problem):
    """A task without its department, person or day is not published; `errors` names each."""

    status = 422
    code = "task-unassigned"
    zh = "工作方案不能下达：有 {count} 处任务没有落实"
    en = "the plan cannot be published: {count} things are missing in its tasks"
    remedy_zh = "请为每项任务指定科室、责任人和期限"
    remedy_en = "give every task its department, person and day"


class NotProjectState(Problem):
    """The project, or a part of it, stands elsewhere."""

    status = 409
    code = "project-state"
    zh = "现在不能{act_zh}：{why_zh}"
    en = "this cannot be done now ({act_en}): {why_en}"
    remedy_zh = "请刷新项目页面核对后再办"
    remedy_en = "load the project again and look how it stands"


class NoSuchPart(Problem):
    """The project has no task, obstacle, report or provision of this number."""

    status = 404
    code = "no-such-part"
    zh = "项目没有编号为 {no} 的{what_zh}"
    en = "the project has no {what_en} number {no}"
    remedy_zh = "请核对编号"
    remedy_en = "check the number"


class DayNotPast(Problem):
    """Records tell what has happened."""

    status = 422
    code = "day-not-past"
    zh = "日期 {day} 还没有到"
    en = "the day {day} has not come yet"
    remedy_zh = "请填写事情发生的日期，不晚于今天"
    remedy_en = "give the day on which it happened, today at the latest"


class SecrecyApprovalMissing(Problem):
    """Classified base data leaves only with the number of a secrecy approval (A-24)."""

    status = 409
    code = "secrecy-approval-missing"
    zh = "资料“{names}”涉密，没有保密审批文号不能交出"
    en = "the data sets {names} are classified and cannot be handed over without a secrecy approval number"
    remedy_zh = "请先办理保密审批，批准时填写文号"
    remedy_en = "obtain the secrecy approval first and enter its number when approving"


class SelfApproval(Problem):
    """Who asks for base data does not approve it."""

    status = 403
    code = "self-approval"
    zh = "申请人不能批准自己的资料申请"
    en = "whoever asked for the data may not approve it"
    remedy_zh = "请由另一位领导批准"
    remedy_en = "another leader must approve it"
