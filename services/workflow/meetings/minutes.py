"""The minutes of a session: drafted from the record, edited, signed, read-only from the chair's signature on. Pure."""

from collections.abc import Callable
from datetime import datetime

from services.contracts.workflow import MeetingClosed, MeetingMinutesDrafted, MeetingMinutesSigned
from services.kernel.worktime.hours import SHANGHAI
from services.workflow.instances.resolutions import Ruled
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.models import RECORDED, Item, Minutes, Ruling, Session, Signature, Stage, Vote
from services.workflow.meetings.planning import Written, check_stage
from services.workflow.meetings.refusals import NotAllHanded, NotTheSigner, RecordUnfit

Named = Callable[[str], str]
"""What a member is called in the minutes."""

_RULED = {
    Ruled.AGREE: "同意",
    Ruled.AGREE_IN_PRINCIPLE: "原则同意，附条件",
    Ruled.DEFER: "暂缓，留待下次会议",
    Ruled.RETURN: "退回补充材料",
    Ruled.DISAGREE: "不同意",
}
_NUMERALS = "一二三四五六七八九十"


def drafted(session: Session, text: str, *, by: str, at: datetime) -> Written:
    """The minutes with this text. Every item must have been decided. Raises RecordUnfit, SessionPastThat."""
    check_stage(session, RECORDED, "修改纪要", "change the minutes")
    open_items = [item.case_no for item in session.items if item.ruling is None]
    if open_items:
        names = "、".join(open_items)
        raise RecordUnfit(why_zh=f"议题没有登记决定：{names}", why=f"no decision is recorded for {names}")
    if session.minutes is not None and session.minutes.text == text:
        return Written(session)
    minutes = Minutes(number=session.number, text=text, drafted_by=by, drafted_at=at)
    after = session.model_copy(update={"stage": Stage.DRAFTED, "minutes": minutes})
    said = MeetingMinutesDrafted(
        session_id=session.session_id, body=session.body_id, at=at, minutes_no=session.number, person=by
    )
    return Written(after, (said,))


def signed(session: Session, *, by: str, for_chair: bool, at: datetime) -> Written:
    """Somebody's name under the minutes. With the chair's they stand; members present may sign before and after."""
    check_stage(session, {Stage.DRAFTED, Stage.SIGNED}, "签字", "sign the minutes")
    person = session.chair if for_chair else by
    minutes = session.minutes
    if minutes is None or person not in {session.chair, *session.present}:
        raise NotTheSigner(chair=session.chair)
    if any(each.person == person for each in minutes.signatures):
        return Written(session)
    final = person == session.chair
    names = (*minutes.signatures, Signature(person=person, at=at))
    update = {"minutes": minutes.model_copy(update={"signatures": names}), "stage": session.stage}
    after = session.model_copy(update={**update, "stage": Stage.SIGNED} if final else update)
    said = MeetingMinutesSigned(
        session_id=session.session_id,
        body=session.body_id,
        at=at,
        minutes_no=minutes.number,
        person=by,
        final=final,
    )
    return Written(after, (said,))


def closed(session: Session, *, reason: str, at: datetime) -> Written:
    """Nothing is left to be done with it; with a reason also if a case could not take its resolution."""
    if session.stage is Stage.CLOSED:
        return Written(session)
    check_stage(session, {Stage.SIGNED}, "办结", "close it")
    left = [item.case_no for item in unhanded(session)]
    if left and not reason:
        raise NotAllHanded(cases="、".join(left))
    said = MeetingClosed(session_id=session.session_id, body=session.body_id, at=at, cancelled=False, reason=reason)
    return Written(session.model_copy(update={"stage": Stage.CLOSED}), (said,))


def unhanded(session: Session) -> list[Item]:
    """The items whose resolutions their cases have not got."""
    return [item for item in session.items if item.is_to_be_handed and not (item.handing and item.handing.done)]


def text_of(session: Session, body: MeetingBody, named: Named) -> str:
    """The minutes as the record gives them."""
    absent = [person for person in session.members if person not in session.present]
    head = [
        f"{body.name}{'评审报告' if body.is_panel else '纪要'}",
        session.number,
        f"时间：{session.begins_at.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M}",
        f"地点：{session.place}",
        f"主持：{named(session.chair)}    记录：{named(session.secretary)}",
        f"应到 {len(session.members)} 人，实到 {len(session.present)} 人：{_names(session.present, named)}",
        *([f"缺席：{_names(absent, named)}"] if absent else []),
    ]
    items = [line for place, item in enumerate(session.items) for line in ("", *_item(place, item, named))]
    return "\n".join([*head, *items])


def _item(place: int, item: Item, named: Named) -> list[str]:
    numeral = _NUMERALS[place] if place < len(_NUMERALS) else str(place + 1)
    lines = [f"{numeral}、{item.title}（{item.case_no}）"]
    lines += [f"材料：{'；'.join(_paper(each.name, each.consented_by) for each in item.papers)}"] if item.papers else []
    lines += [f"回避：{named(each.person)}（{each.reason}）" for each in item.recused]
    lines += [f"声明无利害关系：{_names(item.no_interest, named)}"] if item.no_interest else []
    return lines + (_ruling(item.ruling, named) if item.ruling else [])


def _paper(name: str, consented_by: str) -> str:
    return f"{name}（迟交，经主持人同意）" if consented_by else name


def _ruling(ruling: Ruling, named: Named) -> list[str]:
    said = [f"{named(each.person)}：{each.text}" for each in ruling.statements if not each.differs]
    differing = [f"不同意见——{named(each.person)}：{each.text}" for each in ruling.statements if each.differs]
    votes = [f"表决：{'；'.join(_votes(ruling, named))}"] if ruling.ballots else []
    reason = [f"理由：{ruling.reason}"] if ruling.reason else []
    conditions = [f"条件{place}：{text}" for place, text in enumerate(ruling.conditions, 1)]
    return [*said, *differing, *votes, f"决定：{_RULED[ruling.decision]}。{ruling.opinion}", *reason, *conditions]


def _votes(ruling: Ruling, named: Named) -> list[str]:
    words = {Vote.FOR: "同意", Vote.AGAINST: "反对", Vote.ABSTAIN: "弃权"}
    by_vote = {vote: [each.person for each in ruling.ballots if each.vote is vote] for vote in words}
    return [
        f"{words[vote]} {len(people)} 票" + (f"（{_names(people, named)}）" if people else "")
        for vote, people in by_vote.items()
    ]


def _names(people: "tuple[str, ...] | list[str]", named: Named) -> str:
    return "、".join(named(person) for person in people)
