"""A session that is held: who is there, who takes no part in an item, what is decided of it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Final

from services.contracts.workflow import MeetingHeld, MeetingItemDecided
from services.workflow.instances.resolutions import Ruled
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.models import BEFORE_IT, RECORDED, Item, Recusal, Ruling, Session, Stage, Vote
from services.workflow.meetings.planning import Written, check_stage, item_of
from services.workflow.meetings.refusals import NoQuorum, RecordUnfit

_WHOLE: Final = Fraction(100)
_TWO_THIRDS: Final = 67
"""Per cent that stand for two thirds: two of three members are enough."""


def needed_of(members: int, body: MeetingBody) -> int:
    """How many of so many members must be present: the body's share, rounded up, and its least number."""
    share = Fraction(2, 3) if body.quorum_pct == _TWO_THIRDS else body.quorum_pct / _WHOLE
    return max(1, body.least_members, ceil(members * share))


def held(session: Session, body: MeetingBody, present: Sequence[str], *, number: str, at: datetime) -> Written:
    """The session is opened by those present. Raises NoQuorum with the numbers, RecordUnfit.

    Until the minutes stand, who was there can be corrected.
    """
    check_stage(session, {*BEFORE_IT, Stage.HELD}, "签到", "record who is present")
    if not session.items:
        raise RecordUnfit(why_zh="议程没有议题", why="the agenda is empty")
    _check_members(session, present)
    here = tuple(person for person in session.members if person in set(present))
    needed = needed_of(len(session.members), body)
    if len(here) < needed:
        raise NoQuorum(members=len(session.members), present=len(here), needed=needed)
    after = session.model_copy(
        update={"stage": Stage.HELD, "present": here, "number": session.number or number},
    )
    if after == session:
        return Written(session)
    said = MeetingHeld(
        session_id=session.session_id,
        body=session.body_id,
        at=at,
        held_on=session.held_on,
        chair=session.chair,
        members=len(session.members),
        present=here,
        needed=needed,
    )
    return Written(after, (said,))


def recused(session: Session, item_id: str, recusals: Sequence[Recusal], no_interest: Sequence[str]) -> Written:
    """Who takes no part in an item, and who stated to have no interest in it. What was decided before falls."""
    check_stage(session, {*BEFORE_IT, Stage.HELD}, "登记回避", "record recusals")
    item = item_of(session, item_id)
    _check_members(session, [*(each.person for each in recusals), *no_interest])
    update = {"recused": tuple(recusals), "no_interest": tuple(dict.fromkeys(no_interest)), "ruling": None}
    if (item.recused, item.no_interest) == (update["recused"], update["no_interest"]):
        return Written(session)
    return Written(session.with_item(item.model_copy(update=update)))


def decided(session: Session, body: MeetingBody, item_id: str, ruling: Ruling) -> Written:
    """What the members who may decide of an item. Raises NoQuorum, RecordUnfit."""
    check_stage(session, RECORDED, "登记决定", "record a decision")
    item = item_of(session, item_id)
    _check_quorum(session, body, item)
    _check_ruling(session, body, item, ruling)
    before = item.ruling.model_copy(update={"recorded_at": ruling.recorded_at}) if item.ruling else None
    if before == ruling:
        return Written(session)
    anew = {"stage": Stage.HELD, "minutes": None}  # what was drafted before says something else
    after = session.with_item(item.model_copy(update={"ruling": ruling})).model_copy(update=anew)
    cast = [ballot.vote for ballot in ruling.ballots]
    said = MeetingItemDecided(
        session_id=session.session_id,
        body=session.body_id,
        at=ruling.recorded_at,
        on_case=item.case_no,
        decision=ruling.decision,
        votes_for=cast.count(Vote.FOR),
        votes_against=cast.count(Vote.AGAINST),
        abstained=cast.count(Vote.ABSTAIN),
        recused=tuple(each.person for each in item.recused),
        differing=tuple(each.person for each in ruling.statements if each.differs),
    )
    return Written(after, (said,))


def present_voices(session: Session, item: Item) -> tuple[str, ...]:
    """The members present who count for an item."""
    return tuple(person for person in session.voices(item) if person in session.present)


def _check_quorum(session: Session, body: MeetingBody, item: Item) -> None:
    """Whoever is recused counts neither among the members nor among those present."""
    members, here = len(session.voices(item)), len(present_voices(session, item))
    needed = needed_of(members, body)
    if here < needed:
        raise NoQuorum(members=members, present=here, needed=needed)


def _check_members(session: Session, people: Sequence[str]) -> None:
    strangers = sorted(set(people) - set(session.members))
    if strangers:
        names = "、".join(strangers)
        raise RecordUnfit(why_zh=f"{names} 不是本次会议的成员", why=f"no members of this session: {names}")


def _check_ruling(session: Session, body: MeetingBody, item: Item, ruling: Ruling) -> None:
    voices = set(present_voices(session, item))
    _only(voices, [each.person for each in ruling.ballots], "表决", "voted")
    _only(voices, [each.person for each in ruling.statements], "发言", "spoke")
    if ruling.decision is Ruled.AGREE_IN_PRINCIPLE and not ruling.conditions:
        raise RecordUnfit(why_zh="原则同意须逐条写明条件", why="an agreement in principle names its conditions")
    if ruling.decision in (Ruled.DEFER, Ruled.RETURN, Ruled.DISAGREE) and not ruling.reason:
        raise RecordUnfit(why_zh="暂缓、退回、不同意须写明理由", why="to defer, return or disagree needs a reason")
    if body.votes:
        _check_votes(session, item, ruling, voices)
    if body.is_panel:
        _check_panel(item, ruling, voices)


def _only(voices: set[str], people: Sequence[str], what_zh: str, what: str) -> None:
    """Nobody twice, and nobody who is absent or recused."""
    wrong = sorted({person for person in people if person not in voices or people.count(person) > 1})
    if wrong:
        names = "、".join(wrong)
        zh = f"{names} 缺席、回避或重复，不能{what_zh}"
        raise RecordUnfit(why_zh=zh, why=f"{names} {what} though absent, recused or already counted")


def _check_votes(session: Session, item: Item, ruling: Ruling, voices: set[str]) -> None:
    """Everybody present votes; to agree needs more than half of the members who count, present or not."""
    silent = sorted(voices - {ballot.person for ballot in ruling.ballots})
    if silent:
        names = "、".join(silent)
        raise RecordUnfit(why_zh=f"{names} 没有表决", why=f"no vote is recorded for {names}")
    yes, members = sum(ballot.vote is Vote.FOR for ballot in ruling.ballots), len(session.voices(item))
    if ruling.decision in (Ruled.AGREE, Ruled.AGREE_IN_PRINCIPLE) and yes * 2 <= members:
        zh = f"应到 {members} 人（不含回避），同意 {yes} 票，不过半数，不能记为同意"
        raise RecordUnfit(why_zh=zh, why=f"{yes} votes of {members} members are no majority")


def _check_panel(item: Item, ruling: Ruling, voices: set[str]) -> None:
    """Each expert states to have no interest in the application, and gives an opinion of their own."""
    unstated = sorted(voices - set(item.no_interest))
    if unstated:
        names = "、".join(unstated)
        raise RecordUnfit(why_zh=f"{names} 没有声明无利害关系", why=f"{names} did not state to have no interest")
    silent = sorted(voices - {each.person for each in ruling.statements})
    if silent:
        names = "、".join(silent)
        raise RecordUnfit(why_zh=f"缺少 {names} 的评审意见", why=f"the opinion of {names} is missing")
