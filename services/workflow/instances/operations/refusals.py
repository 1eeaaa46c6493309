"""Why an operation is refused."""

from services.kernel.problem import Problem


class CaseIsSuspended(Problem):
    """Nobody works on the case until it is resumed."""

    status = 409
    code = "case-suspended"
    zh = "案件 {case_no} 已由 {person} 挂起：{reason}"
    en = "case {case_no} is suspended by {person}: {reason}"
    remedy_zh = "请先由有权人员恢复案件；挂起期间各项时限照常计算"
    remedy_en = "let it be resumed first; no clock stands still meanwhile"


class NotSuspended(Problem):
    """There is nothing to resume."""

    status = 409
    code = "case-not-suspended"
    zh = "案件 {case_no} 没有挂起"
    en = "case {case_no} is not suspended"
    remedy_zh = "请刷新案件"
    remedy_en = "load the case again"


class CaseNotRunning(Problem):
    """The process of the case has not started or is over."""

    status = 409
    code = "case-not-running"
    zh = "案件 {case_no} 不在办理中"
    en = "the process of case {case_no} is not running"
    remedy_zh = "请刷新案件，查看最新进度"
    remedy_en = "load the case again and look at where it stands"


class NotClaimed(Problem):
    """Only who has claimed a task can do this with it."""

    status = 409
    code = "task-not-claimed"
    zh = "任务“{task}”还没有由您签收"
    en = "you have not claimed the task {task!r}"
    remedy_zh = "请先签收任务"
    remedy_en = "claim the task first"


class IsDelegated(Problem):
    """The task is with another person for its holder; until it is back only that is possible."""

    status = 409
    code = "task-delegated"
    zh = "任务“{task}”由 {owner} 委托 {person} 办理，办理后须交回确认"
    en = "the task {task!r} is delegated by {owner} to {person} and goes back to be confirmed"
    remedy_zh = "受托人请交回任务；委托人可先收回"
    remedy_en = "let the delegate give it back, or take it back first"


class NotDelegated(Problem):
    """There is no delegation to end."""

    status = 409
    code = "task-not-delegated"
    zh = "任务“{task}”没有委托他人办理"
    en = "the task {task!r} is not delegated"
    remedy_zh = "请刷新任务"
    remedy_en = "load the task again"


class PersonUnfit(Problem):
    """The person named cannot take the task."""

    status = 409
    code = "person-unfit"
    zh = "{person} 不能接手任务“{task}”：{reason_zh}"
    en = "{person} cannot take the task {task!r}: {reason}"
    remedy_zh = "请另选人员，或先更正名册"
    remedy_en = "choose somebody else, or correct the books first"


class SeveralSign(Problem):
    """The diagram asks several people at once; this operation would unmake what it counts."""

    status = 409
    code = "one-of-several"
    zh = "任务“{task}”是多人会签中的一份，不能进行该操作"
    en = "the task {task!r} is one of several that the diagram hands out; that cannot be done with one of them"
    remedy_zh = "请办理本份，或由后续环节退回整个会签环节"
    remedy_en = "do this one, or let a later step send the whole round back"


class DraftStale(Problem):
    """The draft was saved elsewhere meanwhile."""

    status = 409
    code = "draft-stale"
    zh = "草稿已在别处保存为第 {version} 版，您的第 {given} 版没有覆盖它"
    en = "the draft was saved elsewhere as version {version}; yours, based on {given}, did not replace it"
    remedy_zh = "请先读取最新草稿，再保存"
    remedy_en = "read the newest draft, then save again"


class SignersOutstanding(Problem):
    """Somebody must sign before the holder can go on."""

    status = 409
    code = "signers-outstanding"
    zh = "任务“{task}”等待 {signers} 签署意见"
    en = "the task {task!r} waits for {signers} to sign"
    remedy_zh = "请等待或催办，也可减签尚未签署的加签人"
    remedy_en = "wait, urge them, or remove added signers who have not signed"


class AlreadySubmitted(Problem):
    """The holder is done; only signatures are wanted."""

    status = 409
    code = "task-submitted"
    zh = "任务“{task}”已由 {person} 提交，等待 {signers} 签署后办结"
    en = "the task {task!r} was submitted by {person}; it is done when {signers} have signed"
    remedy_zh = "请等待或催办；减去最后一名未签署的加签人，任务即办结"
    remedy_en = "wait, or urge them; with the last open signer removed the task is done"


class NotSigner(Problem):
    """The person has no open seat at the task."""

    status = 403
    code = "not-a-signer"
    zh = "您不是任务“{task}”待签署的会签人"
    en = "you are not asked to sign the task {task!r}, or have signed"
    remedy_zh = "请刷新任务"
    remedy_en = "load the task again"


class NotYourTurn(Problem):
    """Those who sign after the holder wait until the holder is done."""

    status = 409
    code = "not-your-turn"
    zh = "任务“{task}”的后加签须在承办人提交之后签署"
    en = "the holder of {task!r} is not done yet; you sign after that"
    remedy_zh = "请等待承办人提交"
    remedy_en = "wait until the holder has submitted it"


class SignerUnfit(Problem):
    """The signer cannot be added."""

    status = 409
    code = "signer-unfit"
    zh = "不能加签 {signer}：{reason_zh}"
    en = "{signer} cannot be added: {reason}"
    remedy_zh = "请另选加签人"
    remedy_en = "choose another signer"


class SeatFixed(Problem):
    """The signer cannot be removed, or the rule cannot be changed any more."""

    status = 409
    code = "seat-fixed"
    zh = "不能减签或改变规则：{reason_zh}"
    en = "the signers cannot be changed so: {reason}"
    remedy_zh = "请刷新任务，查看会签情况"
    remedy_en = "load the task again and look at its signers"


class UrgedLately(Problem):
    """The task was urged a short while ago."""

    status = 429
    code = "urged-lately"
    zh = "任务“{task}”已于 {at} 催办过，{hours} 小时内不重复催办"
    en = "the task {task!r} was urged at {at}; once in {hours} hours is enough"
    remedy_zh = "请稍后再催，或电话联系"
    remedy_en = "wait, or call"


class MayNotSendBack(Problem):
    """The diagram forbids it for this step."""

    status = 409
    code = "send-back-forbidden"
    zh = "流程规定环节“{task}”不能退回"
    en = "the diagram does not let the step {task!r} send back"
    remedy_zh = "请按表单作出处理意见"
    remedy_en = "decide by the form"


class NotOnPath(Problem):
    """The step was not passed on the way to this task."""

    status = 409
    code = "not-on-path"
    zh = "任务“{task}”不能退回到 {target}：不在它走过的路径上"
    en = "the task {task!r} cannot go back to {target}: that is not on its path"
    remedy_zh = "请从 send_back_to 列出的环节中选择"
    remedy_en = "choose one of those listed in send_back_to"


class LegalActStands(Problem):
    """Acceptance and decision have effect outside; moving in the process does not unmake them."""

    status = 409
    code = "legal-act-stands"
    zh = "“{step}”在{act_zh}之前办理，{act_zh}已对申请人生效，不能以退回、撤回改变"
    en = "the step {step!r} lies before {act}, which has effect towards the applicant; it cannot be moved back behind"
    remedy_zh = "需要改变的，请依法作出相应决定（如撤销、变更）"
    remedy_en = "where it must be changed, take the decision that the law has for it"


class NotYours(Problem):
    """Only who completed the step can pull it back."""

    status = 403
    code = "not-your-step"
    zh = "环节“{task}”不是由您办结的，不能撤回"
    en = "the step {task!r} was not completed by you; you cannot pull it back"
    remedy_zh = "请由办结人撤回，或由后续环节退回"
    remedy_en = "let who completed it pull it back, or a later step send it back"


class NextStepTaken(Problem):
    """Somebody goes on with what followed."""

    status = 409
    code = "next-step-taken"
    zh = "后续环节“{task}”已由 {person} 处理，不能撤回"
    en = "{person} goes on with the next step {task!r}; it cannot be pulled back"
    remedy_zh = "请与其协商，由其退回"
    remedy_en = "ask them to send it back"


class NotUndoable(Problem):
    """The process cannot be taken back to there."""

    status = 409
    code = "not-undoable"
    zh = "不能退回或跳转：{reason_zh}"
    en = "the case cannot be moved there: {reason}"
    remedy_zh = "请另选环节"
    remedy_en = "choose another step"


class ProposalGone(Problem):
    """There is no such proposal, or it was decided."""

    status = 404
    code = "proposal-not-found"
    zh = "没有待批的跳转提议 {proposal_id}"
    en = "no jump {proposal_id} is proposed (any more)"
    remedy_zh = "请刷新案件"
    remedy_en = "load the case again"


class FourEyes(Problem):
    """Who proposes a jump does not approve it."""

    status = 403
    code = "four-eyes"
    zh = "跳转提议不能由提议人自己批准"
    en = "who proposed the jump cannot approve it"
    remedy_zh = "请由另一名有权人员批准"
    remedy_en = "let another person approve it"


class ProposalOutdated(Problem):
    """The case has moved since the jump was proposed."""

    status = 409
    code = "proposal-outdated"
    zh = "案件在提议跳转之后已有进展，提议不再适用"
    en = "the case has moved since the jump was proposed"
    remedy_zh = "请驳回该提议，按现状重新提议"
    remedy_en = "reject it and propose anew"
