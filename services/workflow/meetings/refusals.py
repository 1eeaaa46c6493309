"""Why a meeting refuses something."""

from services.kernel.problem import Problem


class BodyUnknown(Problem):
    """There is no such collective body."""

    status = 404
    code = "meeting-body-unknown"
    zh = "没有会议机构 {body}"
    en = "there is no collective body {body}"
    remedy_zh = "请从会议机构清单中选择"
    remedy_en = "choose one of the list of bodies"


class SessionNotFound(Problem):
    """No such session, or not one the reader may see."""

    status = 404
    code = "meeting-not-found"
    zh = "没有会议 {session}，或您无权查看"
    en = "there is no session {session}, or it is not yours to see"
    remedy_zh = "请刷新会议列表"
    remedy_en = "load the list of meetings again"


class NotYourSession(Problem):
    """Only who keeps the sessions of a body may do this."""

    status = 403
    code = "meeting-not-yours"
    zh = "{body}由岗位 {post} 办理，您不在该岗位"
    en = "sessions of {body} are kept by the post {post}, which you do not hold"
    remedy_zh = "请由会议秘书办理"
    remedy_en = "let the secretary of the body do it"


class NotTheSigner(Problem):
    """Only the chair and the members who were present sign the minutes."""

    status = 403
    code = "meeting-not-signer"
    zh = "纪要由主持人 {chair} 签发，到会成员签字；您不在其中"
    en = "the minutes are signed by {chair} in the chair and the members present; you are none of them"
    remedy_zh = "请由主持人或到会成员签字"
    remedy_en = "let one of them sign"


class SessionPastThat(Problem):
    """The session is not at the stage at which this is done."""

    status = 409
    code = "meeting-past-that"
    zh = "会议现为“{stage}”，不能{what_zh}"
    en = "the session is {stage}: it is not possible to {what}"
    remedy_zh = "请刷新会议页面，查看进展"
    remedy_en = "load the session again and look at where it stands"


class NotInQueue(Problem):
    """A step is not one that waits for this body, or another session has it."""

    status = 409
    code = "meeting-not-in-queue"
    zh = "待议事项 {task} 不在“{body}”的待上会清单中，或已列入其他场次"
    en = "the step {task} does not wait for {body}, or another session has it"
    remedy_zh = "请刷新待上会清单"
    remedy_en = "load the queue again"


class ItemUnknown(Problem):
    """The agenda has no such item."""

    status = 404
    code = "meeting-item-unknown"
    zh = "议程中没有第 {item} 项"
    en = "the agenda has no item {item}"
    remedy_zh = "请刷新会议页面"
    remedy_en = "load the session again"


class ConsentMissing(Problem):
    """The papers are frozen: a late one needs the chair's consent."""

    status = 409
    code = "meeting-consent-missing"
    zh = "议题材料已于 {due} 截止，迟交须经主持人 {chair} 同意"
    en = "the papers were frozen at {due}; a late one needs the consent of {chair} in the chair"
    remedy_zh = "请登记主持人同意的理由"
    remedy_en = "record why the chair consents"


class NoQuorum(Problem):
    """Too few members are present to decide."""

    status = 409
    code = "meeting-no-quorum"
    zh = "应到 {members} 人，实到 {present} 人，法定人数 {needed} 人，不足法定人数，不能作出决定"
    en = "{present} of {members} members are present and {needed} are needed: nothing can be decided"
    remedy_zh = "请改期，或请缺席成员到会；回避的成员不计入应到和实到"
    remedy_en = "postpone, or let those absent come; who is recused counts neither as member nor as present"


class RecordUnfit(Problem):
    """What is written down of a session does not hold together."""

    status = 422
    code = "meeting-record-unfit"
    zh = "会议记录不完整：{why_zh}"
    en = "the record is not complete: {why}"
    remedy_zh = "请更正后重新提交"
    remedy_en = "correct it and send it again"


class NotHanded(Problem):
    """The process of the case cannot take the resolution now."""

    status = 409
    code = "meeting-not-handed"
    zh = "案件流程没有接受会议决定：{reason_zh}"
    en = "the process of the case did not take the resolution: {reason}"
    remedy_zh = "排除原因后，在会议页面再次交回"
    remedy_en = "mend the cause, then hand it over again on the page of the session"


class NotAllHanded(Problem):
    """Some case has not got its resolution."""

    status = 409
    code = "meeting-not-all-handed"
    zh = "还有决定没有交回案件：{cases}"
    en = "these cases have not got their resolutions: {cases}"
    remedy_zh = "请再次交回；案件已经终止的，写明理由后办结"
    remedy_en = "hand them over again, or close with a reason if the case is over"
