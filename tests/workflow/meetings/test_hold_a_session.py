"""A session is held: quorum, recusals, votes, differing opinions; what does not hold together is refused."""

from datetime import date, time
from typing import Any

import pytest

from services.workflow.instances.resolutions import Ruled
from services.workflow.meetings import holding, minutes, planning
from services.workflow.meetings.bodies import MeetingBody, bodies_at_first
from services.workflow.meetings.models import Ballot, Item, Recusal, Session, Stage, Statement, Vote
from services.workflow.meetings.planning import Consent, Plan
from services.workflow.meetings.refusals import (
    ConsentMissing,
    NoQuorum,
    NotAllHanded,
    NotTheSigner,
    RecordUnfit,
    SessionPastThat,
)
from tests.workflow.clock_support import TIME, at
from tests.workflow.meetings.hall import MEMBERS, ruling

BUREAU, PANEL = bodies_at_first()["bureau_meeting"], bodies_at_first()["expert_panel"]
NOW = at("2026-10-13", "10:00")


def item(item_id: str = "aaaaaaaa", **other: Any) -> Item:
    told = {"item_id": item_id, "case_no": f"C{item_id}", "task_id": f"t-{item_id}", "element": "Meet", **other}
    return Item.model_validate({"title": "某项目", "department": "D06", **told})


def session(body: MeetingBody = BUREAU, *, members: tuple[str, ...] = MEMBERS, items: int = 1) -> Session:
    plan = Plan(date(2026, 10, 13), time(9, 30), "三楼会议室", members[0], members)
    made = planning.planned("0" * 16, body, plan, secretary="u.secretary", office=TIME)
    return planning.agenda_set(made, [item(str(n) * 8) for n in range(items)], at=NOW).session


def held(present: tuple[str, ...] = MEMBERS, *, body: MeetingBody = BUREAU, **other: Any) -> Session:
    return holding.held(session(body, **other), body, present, number="局务会纪要〔2026〕9号", at=NOW).session


def test_given_a_body_then_its_papers_freeze_so_many_working_days_before_at_close_of_business() -> None:
    """2026-10-13 is a Tuesday; the 10th was worked for the holiday, so three working days before it is the 9th."""
    assert session().papers_due_at == at("2026-10-09", "17:00")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"held_on": date(2026, 10, 1)}, "no working day"),
        ({"chair": ""}, "nobody is in the chair"),
        ({"members": ()}, "fewer than 1 members"),
    ],
)
def test_given_a_plan_that_cannot_be_then_it_is_refused(changes: dict[str, Any], why: str) -> None:
    plan = Plan(
        **{"held_on": date(2026, 10, 13), "begins": time(9), "place": "x", "chair": "a", "members": ("a",)} | changes
    )
    with pytest.raises(RecordUnfit, match=why):
        planning.planned("0" * 16, BUREAU, plan, secretary="u.secretary", office=TIME)


def test_given_frozen_papers_then_a_late_one_needs_the_chairs_consent_which_is_kept() -> None:
    late, one = session(), session().items[0].item_id
    early = planning.paper_filed(
        late, one, "议题材料", Consent(), by="u.secretary", at=at("2026-10-08", "10:00")
    ).session
    assert early.items[0].papers[0].consented_by == ""
    with pytest.raises(ConsentMissing, match=r"u\.head"):
        planning.paper_filed(early, one, "补充材料", Consent(), by="u.secretary", at=NOW)
    let_in = planning.paper_filed(early, one, "补充材料", Consent("日照分析刚完成"), by="u.secretary", at=NOW)
    assert let_in.session.items[0].papers[1].consented_by == "u.head"
    again = planning.paper_filed(let_in.session, one, "补充材料", Consent("日照分析刚完成"), by="u.secretary", at=NOW)
    assert again == planning.Written(let_in.session)


def test_given_a_case_that_is_due_before_the_session_then_the_agenda_says_so() -> None:
    listed = planning.agenda_set(session(items=0), [item(due_on=date(2026, 10, 12)), item("b" * 8)], at=NOW)
    assert [said.conflicts for said in listed.said] == [("Caaaaaaaa",)]  # type: ignore[attr-defined]


def test_given_the_same_agenda_in_another_order_then_the_papers_of_each_item_stay() -> None:
    two = session(items=2)
    filed = planning.paper_filed(two, "0" * 8, "材料", Consent("x"), by="u.secretary", at=NOW).session
    turned = planning.agenda_set(filed, list(reversed(two.items)), at=NOW).session
    assert [(each.item_id, len(each.papers)) for each in turned.items] == [("1" * 8, 0), ("0" * 8, 1)]
    assert planning.agenda_set(turned, list(turned.items), at=NOW) == planning.Written(turned)


@pytest.mark.parametrize(("present", "enough"), [(MEMBERS, True), (MEMBERS[:3], True), (MEMBERS[:2], False)])
def test_given_those_present_then_two_thirds_of_four_members_are_three(present: tuple[str, ...], enough: bool) -> None:
    if enough:
        assert held(present).present == present
    else:
        with pytest.raises(NoQuorum, match="2 of 4 members are present and 3 are needed"):
            held(present)


def test_given_a_stranger_among_those_present_then_it_is_refused() -> None:
    with pytest.raises(RecordUnfit, match=r"u\.it"):
        held((*MEMBERS, "u.it"))


def test_given_a_recused_member_then_they_count_neither_as_member_nor_as_present_and_have_no_vote() -> None:
    """Of four three remain; two of them present are enough for two thirds, and two votes are a majority of three."""
    here = held(MEMBERS[:3])
    away = [Recusal(person="u.chief.d06", reason="参与了该项目设计")]
    left = holding.recused(here, here.items[0].item_id, away, ()).session
    with pytest.raises(RecordUnfit, match=r"u\.chief\.d06 voted though"):
        holding.decided(
            left, BUREAU, left.items[0].item_id, ruling(ballots=ballots("u.head", "u.leader", "u.chief.d06"))
        )
    heard = ruling(ballots=ballots("u.head", "u.leader"), statements=[Statement(person="u.chief.d06", text="好")])
    with pytest.raises(RecordUnfit, match=r"u\.chief\.d06 spoke though"):
        holding.decided(left, BUREAU, left.items[0].item_id, heard)
    done = holding.decided(left, BUREAU, left.items[0].item_id, ruling(ballots=ballots("u.head", "u.leader")))
    said = done.said[0].model_dump()
    assert (said["votes_for"], said["recused"]) == (2, ("u.chief.d06",))


def test_given_so_many_recused_that_too_few_are_left_then_nothing_is_decided_of_that_item() -> None:
    here = held(MEMBERS[:3])
    away = [Recusal(person=each, reason="利害关系") for each in ("u.head", "u.leader")]
    left = holding.recused(here, here.items[0].item_id, away, ()).session
    with pytest.raises(NoQuorum, match="1 of 2 members are present and 2 are needed"):
        holding.decided(left, BUREAU, left.items[0].item_id, ruling(ballots=ballots("u.chief.d06")))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"ballots": [Ballot(person="u.head", vote=Vote.FOR)]}, "no vote is recorded for"),
        ({"ballots": [Ballot(person="u.head", vote=Vote.FOR)] * 2}, "already counted"),
        ({"decision": Ruled.AGREE_IN_PRINCIPLE}, "names its conditions"),
        ({"decision": Ruled.DEFER}, "needs a reason"),
        ({"decision": Ruled.DISAGREE}, "needs a reason"),
    ],
)
def test_given_a_record_that_does_not_hold_together_then_it_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(RecordUnfit, match=why):
        holding.decided(held(), BUREAU, "0" * 8, ruling(**wrong))


@pytest.mark.parametrize(("yes", "enough"), [(3, True), (2, False)])
def test_given_a_vote_then_to_agree_needs_more_than_half_of_the_members(yes: int, enough: bool) -> None:
    cast = [Ballot(person=each, vote=Vote.FOR if n < yes else Vote.AGAINST) for n, each in enumerate(MEMBERS)]
    if enough:
        assert holding.decided(held(), BUREAU, "0" * 8, ruling(ballots=cast)).session.items[0].ruling is not None
    else:
        with pytest.raises(RecordUnfit, match="2 votes of 4 members are no majority"):
            holding.decided(held(), BUREAU, "0" * 8, ruling(ballots=cast))


def test_given_the_same_ruling_again_then_nothing_changes_and_another_makes_the_minutes_anew() -> None:
    once = holding.decided(held(), BUREAU, "0" * 8, ruling()).session
    assert holding.decided(once, BUREAU, "0" * 8, ruling(recorded_at=NOW)) == planning.Written(once)
    written = minutes.drafted(once, "纪要", by="u.secretary", at=NOW).session
    corrected = holding.decided(written, BUREAU, "0" * 8, ruling(opinion="同意，抓紧办理。")).session
    assert (corrected.stage, corrected.minutes) == (Stage.HELD, None)


def test_given_experts_then_each_states_to_have_no_interest_and_gives_an_opinion() -> None:
    """F5: three at least; who has an interest is recused, and counts no more."""
    experts = ("专家甲", "专家乙", "专家丙", "专家丁")
    here = held(experts, body=PANEL, members=experts)
    given = [Statement(person=each, text="方案可行。") for each in experts[:3]]
    said = ruling(ballots=[], statements=given)
    with pytest.raises(RecordUnfit, match="专家丁 did not state"):
        holding.decided(holding.recused(here, "0" * 8, (), experts[:3]).session, PANEL, "0" * 8, said)
    three = holding.recused(here, "0" * 8, [Recusal(person="专家丁", reason="设计单位顾问")], experts[:3]).session
    with pytest.raises(RecordUnfit, match="the opinion of 专家丙 is missing"):
        holding.decided(three, PANEL, "0" * 8, ruling(ballots=[], statements=given[:2]))
    assert holding.decided(three, PANEL, "0" * 8, said).session.items[0].ruling is not None
    two = holding.recused(
        three, "0" * 8, [Recusal(person=each, reason="x") for each in experts[2:]], experts[:2]
    ).session
    with pytest.raises(NoQuorum, match="3 are needed"):
        holding.decided(two, PANEL, "0" * 8, ruling(ballots=[], statements=given[:2]))


def test_given_the_record_then_the_minutes_name_everybody_and_every_differing_opinion() -> None:
    here = holding.recused(held(MEMBERS[:3]), "0" * 8, [Recusal(person="u.chief.d06", reason="参与设计")], ()).session
    agreed = ruling(
        Ruled.AGREE_IN_PRINCIPLE,
        conditions=("屋面与周边协调",),
        opinion="原则通过。",
        ballots=ballots("u.head", "u.leader"),
        statements=[Statement(person="u.leader", text="建议先补日照分析", differs=True)],
    )
    text = minutes.text_of(holding.decided(here, BUREAU, "0" * 8, agreed).session, BUREAU, lambda person: f"{person}某")
    for words in (
        "局务会纪要〔2026〕9号",
        "时间：2026年10月13日 09:30",
        "应到 4 人，实到 3 人",
        "缺席：u.chief.d08某",
        "回避：u.chief.d06某（参与设计）",
        "不同意见——u.leader某：建议先补日照分析",
        "同意 2 票（u.head某、u.leader某）；反对 0 票；弃权 0 票",
        "决定：原则同意，附条件。原则通过。",
        "条件1：屋面与周边协调",
    ):
        assert words in text


def test_given_minutes_then_only_the_chair_and_those_present_sign_and_nothing_changes_behind_the_chairs_name() -> None:
    decided = holding.decided(held(MEMBERS[:3]), BUREAU, "0" * 8, ruling(ballots=ballots(*MEMBERS[:3]))).session
    written = minutes.drafted(decided, "纪要", by="u.secretary", at=NOW).session
    with pytest.raises(NotTheSigner):
        minutes.signed(written, by="u.chief.d08", for_chair=False, at=NOW)
    first = minutes.signed(written, by="u.leader", for_chair=False, at=NOW).session
    assert first.stage is Stage.DRAFTED
    final = minutes.signed(first, by="u.head", for_chair=True, at=NOW).session
    assert final.stage is Stage.SIGNED
    assert minutes.signed(final, by="u.head", for_chair=True, at=NOW) == planning.Written(final)
    with pytest.raises(SessionPastThat):
        minutes.drafted(final, "别的", by="u.secretary", at=NOW)
    with pytest.raises(SessionPastThat):
        holding.decided(final, BUREAU, "0" * 8, ruling())
    with pytest.raises(NotAllHanded, match="C00000000"):
        minutes.closed(final, reason="", at=NOW)
    assert minutes.closed(final, reason="案件已终止", at=NOW).session.stage is Stage.CLOSED


def test_given_an_item_without_a_decision_then_there_are_no_minutes() -> None:
    with pytest.raises(RecordUnfit, match="no decision is recorded for C00000000"):
        minutes.drafted(held(), "纪要", by="u.secretary", at=NOW)


def test_given_a_session_that_is_cancelled_then_nothing_is_done_with_it_any_more() -> None:
    gone = planning.cancelled(session(), reason="局长出差", at=NOW).session
    assert planning.cancelled(gone, reason="又一次", at=NOW) == planning.Written(gone)
    with pytest.raises(SessionPastThat):
        holding.held(gone, BUREAU, MEMBERS, number="x", at=NOW)


def ballots(*people: str) -> list[Ballot]:
    return [Ballot(person=each, vote=Vote.FOR) for each in people]
