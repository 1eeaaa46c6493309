"""Going back, suspending and jumping, on the real service."""

from collections.abc import Awaitable, Callable

from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.operations.conftest import Desk
from tests.workflow.room import ACCEPT, EXPERTS, HANDLER, HANDLER2, HEAD, IT, LEADER, REVIEW

BACK = {"to": "Prepare", "reason": "缺日照分析"}
MADE = Callable[[], Awaitable[Desk]]


async def test_given_parallel_reviews_when_one_sends_back_behind_the_split_then_the_other_is_cancelled_with_a_record(
    reviews: MADE,
) -> None:
    desk = await reviews()
    survey, before = await desk.task("Survey"), await desk.clocks()
    await desk.do(EXPERTS, "Survey", "claim")
    await desk.room.set_clock(at("2026-09-21", "10:00"))
    review = await desk.task("Review")
    done = await desk.do(HANDLER, "Review", "send-back", BACK)
    [step] = done["steps"]
    assert (step["element"], step["assignee"], done["sent_back"]) == ("Prepare", HANDLER.code, 1)
    after = await desk.clocks()
    assert {name for name in after if name.startswith("step:")} == {f"step:{step['task_id']}"}
    assert after[f"step:{step['task_id']}"]["started_on"] == "2026-09-21"
    for kind in ("promised", "statutory"):
        assert after[kind] == before[kind]
    [said] = await desk.room.heard(desk.case_no, "task.sent_back")
    assert sorted(said["cancelled"]) == sorted([review, survey])
    assert (said["to_element"], said["reason"], said["person"], said["times"]) == (
        "Prepare",
        BACK["reason"],
        HANDLER.code,
        1,
    )
    cancelled = await desk.room.heard(desk.case_no, "task.cancelled")
    assert sorted(each["task_id"] for each in cancelled) == sorted([review, survey])
    over = await desk.at(EXPERTS, survey, "complete", {"answers": {"opinion": "可行"}})
    assert (over.status_code, over.json()["code"]) == (409, "task-over")

    done_once = await desk.room.heard(desk.case_no, "task.completed")
    undone = next(each["task_id"] for each in done_once if each["element"] == "Prepare")
    again = await desk.at(HANDLER, undone, "complete", {"answers": {"opinion": "材料齐全"}})
    assert (again.status_code, again.json()["code"]) == (409, "task-over")
    await desk.do(HANDLER, "Prepare", "complete", {"answers": {"opinion": "已补"}})
    assert await desk.open() == ["Review", "Survey"]


async def test_given_a_joined_review_when_the_leader_sends_back_into_one_branch_then_the_other_branch_stands(
    reviews: MADE,
) -> None:
    desk = await reviews()
    await desk.do(HANDLER, "Review", "complete", {"answers": REVIEW})
    await desk.do(EXPERTS, "Survey", "complete", {"answers": {"opinion": "可行"}})
    lead = await desk.room.have(LEADER, f"/tasks/{await desk.task('Lead')}")
    assert {goal["element"] for goal in lead["send_back_to"]} == {"Review", "Survey", "Prepare"}
    assert await desk.refused(LEADER, "Lead", "send-back", {"to": "Accept", "reason": "x"}) == (409, "legal-act-stands")
    assert await desk.refused(LEADER, "Lead", "send-back", {"to": "Nowhere", "reason": "x"}) == (409, "not-on-path")
    assert await desk.refused(STRANGER_TO_LEAD, "Lead", "send-back", {"to": "Review", "reason": "x"}) == (
        403,
        "not-your-task",
    )
    missing = await desk.ask(LEADER, "Lead", "send-back", {"to": "Review"})
    assert missing.status_code == 422
    await desk.do(LEADER, "Lead", "send-back", {"to": "Review", "reason": "请补充意见"})
    assert await desk.open() == ["Review"]
    await desk.do(HANDLER, "Review", "complete", {"answers": REVIEW | {"opinion": "已补充"}})
    assert await desk.open() == ["Lead"]


STRANGER_TO_LEAD = HANDLER2


async def test_given_a_step_that_must_not_send_back_then_its_action_says_so(reviews: MADE) -> None:
    desk = await reviews()
    assert await desk.refused(EXPERTS, "Survey", "send-back", BACK) == (409, "send-back-forbidden")
    found = (await desk.actions(EXPERTS, "Survey"))["send_back"]
    assert (found["allowed"], found["code"]) == (False, "send-back-forbidden")
    assert "专家审查" in found["reason_zh"]
    assert "does not let" in found["reason_en"]


async def test_given_the_same_key_then_a_send_back_happens_once(reviews: MADE) -> None:
    desk = await reviews()
    review = await desk.task("Review")
    first = await desk.at(HANDLER, review, "send-back", BACK, key="send-back-0001")
    again = await desk.at(HANDLER, review, "send-back", BACK, key="send-back-0001")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len(await desk.room.heard(desk.case_no, "task.sent_back")) == 1


async def test_given_a_step_just_completed_then_its_person_pulls_it_back_until_somebody_goes_on(reviews: MADE) -> None:
    desk = await reviews()
    prepared = next(
        each["task_id"]
        for each in await desk.room.heard(desk.case_no, "task.completed")
        if each["element"] == "Prepare"
    )
    who = await desk.room.have(HANDLER, f"/cases/{desk.case_no}/actions")
    assert [goal["task_id"] for goal in who["pull_back"]] == [prepared]
    theirs = await desk.at(HANDLER2, prepared, "pull-back", {"reason": "漏传附件"})
    assert (theirs.status_code, theirs.json()["code"]) == (403, "not-your-step")
    await desk.do(HANDLER2, "Review", "claim")
    late = await desk.at(HANDLER, prepared, "pull-back", {"reason": "漏传附件"})
    assert (late.status_code, late.json()["code"]) == (409, "next-step-taken")
    assert HANDLER2.code in late.json()["detail"]
    await desk.do(HANDLER2, "Review", "release")
    done = await desk.at(HANDLER, prepared, "pull-back", {"reason": "漏传附件"})
    assert [(step["element"], step["assignee"]) for step in done.json()["steps"]] == [("Prepare", HANDLER.code)]
    [said] = await desk.room.heard(desk.case_no, "task.pulled_back")
    assert len(said["cancelled"]) == 2
    accepted = next(
        each["task_id"] for each in await desk.room.heard(desk.case_no, "task.completed") if each["element"] == "Accept"
    )
    legal = await desk.at(ACCEPT, accepted, "pull-back", {"reason": "误点"})
    assert (legal.status_code, legal.json()["code"]) == (409, "legal-act-stands")


async def test_given_a_suspended_case_then_nobody_works_on_it_and_no_clock_stands_still(reviews: MADE) -> None:
    desk = await reviews()
    before = await desk.clocks()
    assert (await desk.case(HANDLER, "suspend")).status_code == 403
    assert (await desk.case(LEADER, "suspend")).json()["suspended"] is True
    review = await desk.task("Review")
    for verb, body in (
        ("claim", {}),
        ("complete", {"answers": REVIEW}),
        ("draft", {"version": 0, "answers": {}}),
        ("send-back", BACK),
        ("urge", {"message": "请抓紧"}),
        ("sign", {"agrees": True, "opinion": "同意"}),
    ):
        answer = await desk.at(HANDLER, review, verb, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "case-suspended"), verb
        assert LEADER.code in answer.json()["detail"]
    told = await desk.actions(HANDLER, "Review")
    assert not any(action["allowed"] for action in told.values())
    assert (await desk.case(LEADER, "suspend")).json()["code"] == "case-suspended"
    clocks = await desk.clocks()
    assert clocks == before
    assert not any(clock["held"] for clock in clocks.values())
    await desk.room.set_clock(at("2026-09-23", "09:00"))
    late = await wait_until(lambda: desk.room.heard(desk.case_no, "timer.overdue"))
    assert f"step:{review}" in {each["clock_id"] for each in late or []}
    assert (await desk.case(LEADER, "resume")).json()["suspended"] is False
    assert (await desk.case(LEADER, "resume")).json()["code"] == "case-not-suspended"
    await desk.do(HANDLER, "Review", "claim")
    kinds = [said["type"].split(".workflow.")[1] for said in await desk.room.history(desk.case_no)]
    assert "case.suspended.v1" in kinds
    assert "case.resumed.v1" in kinds


async def test_given_a_proposed_jump_then_another_approves_it_and_it_is_carried_out(reviews: MADE) -> None:
    desk = await reviews()
    review = await desk.task("Review")
    jump = {"task_id": review, "to": "Lead", "reason": "两项审查已在旧系统完成"}
    assert (await desk.case(HANDLER, "jumps", jump)).status_code == 403
    stuck = await desk.case(IT, "jumps", jump | {"to": "Survey"})
    assert (stuck.status_code, stuck.json()["code"]) == (409, "not-undoable")
    assert "Join" in stuck.json()["detail"]
    proposal = (await desk.case(LEADER, "jumps", jump)).json()["proposals"][0]["proposal_id"]
    assert (await desk.case(LEADER, "jumps", jump)).json()["proposals"][0]["proposal_id"] == proposal
    own = await desk.case(LEADER, f"jumps/{proposal}/approve")
    assert (own.status_code, own.json()["code"]) == (403, "four-eyes")
    assert (await desk.case(IT, f"jumps/{proposal}/approve")).status_code == 403
    done = await desk.case(HEAD, f"jumps/{proposal}/approve")
    assert [step["element"] for step in done.json()["steps"]] == ["Lead"]
    assert (await desk.case(HEAD, f"jumps/{proposal}/approve")).json()["code"] == "proposal-not-found"
    [decided] = await desk.room.heard(desk.case_no, "jump.decided")
    assert (decided["approved"], decided["proposed_by"], decided["person"]) == (True, LEADER.code, HEAD.code)
    assert review in decided["cancelled"]


async def test_given_a_case_that_moved_on_then_an_old_proposal_is_refused_and_can_be_dropped(reviews: MADE) -> None:
    desk = await reviews()
    jump = {"task_id": await desk.task("Review"), "to": "Prepare", "reason": "重新准备"}
    proposal = (await desk.case(IT, "jumps", jump)).json()["proposals"][0]["proposal_id"]
    await desk.do(HANDLER, "Review", "complete", {"answers": REVIEW})
    assert (await desk.case(HEAD, f"jumps/{proposal}/approve")).json()["code"] == "proposal-outdated"
    assert (await desk.case(IT, f"jumps/{proposal}/reject")).json()["proposals"] == []
