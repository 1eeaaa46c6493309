"""Working a task together: drafts, delegation, handing over, signers, urging, on the real service."""

from collections.abc import Awaitable, Callable

from services.contracts.words import Role
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.operations.conftest import Desk
from tests.workflow.room import EXPERTS, HANDLER, HANDLER2, LEADER, REVIEW, STRANGER, person_said, staff

MADE = Callable[[], Awaitable[Desk]]
OTHER = staff("u.survey.d08", Role.OFFICER, "P05@D08")
DRAFT = {"version": 0, "answers": {"opinion": "初稿", "officers": []}}


async def _known(desk: Desk) -> None:
    await desk.room.registry.say(person_said(OTHER), person_said(STRANGER))
    await desk.room.settled()


async def test_given_a_draft_then_its_holder_alone_reads_it_and_another_window_does_not_overwrite_it(
    reviews: MADE,
) -> None:
    desk = await reviews()
    assert await desk.refused(HANDLER, "Review", "draft", DRAFT) == (409, "task-not-claimed")
    await desk.do(HANDLER, "Review", "claim")
    first = await desk.do(HANDLER, "Review", "draft", DRAFT)
    assert (first["version"], first["answers"]["opinion"]) == (1, "初稿")
    assert await desk.do(HANDLER, "Review", "draft", DRAFT) == first
    stale = {"version": 0, "answers": {"opinion": "另一窗口"}}
    assert await desk.refused(HANDLER, "Review", "draft", stale) == (409, "draft-stale")
    much = {"version": 1, "answers": {"opinion": "长" * 4001}}
    assert await desk.refused(HANDLER, "Review", "draft", much) == (422, "answers-invalid")
    review = await desk.task("Review")
    theirs = await desk.room.ask(HANDLER2, "GET", f"/tasks/{review}/draft")
    assert (theirs.status_code, theirs.json()["code"]) == (409, "task-claimed")
    await desk.do(HANDLER, "Review", "release")
    await desk.do(HANDLER2, "Review", "claim")
    assert (await desk.room.have(HANDLER2, f"/tasks/{review}/draft"))["version"] == 0
    await desk.do(HANDLER2, "Review", "release")
    await desk.do(HANDLER, "Review", "claim")
    kept = await desk.room.have(HANDLER, f"/tasks/{review}/draft")
    assert kept["answers"]["opinion"] == "初稿"
    said = await desk.room.heard(desk.case_no, "task.draft_saved")
    assert [each["version"] for each in said] == [1]
    assert "初稿" not in str(await desk.room.history(desk.case_no))


async def test_given_a_delegated_task_then_it_comes_back_to_be_confirmed(reviews: MADE) -> None:
    desk = await reviews()
    await _known(desk)
    body = {"to": OTHER.code, "reason": "现场测量"}
    assert await desk.refused(HANDLER, "Review", "delegate", body) == (409, "task-not-claimed")
    await desk.do(HANDLER, "Review", "claim")
    assert await desk.refused(HANDLER, "Review", "delegate", {"to": HANDLER.code, "reason": "x"}) == (
        409,
        "person-unfit",
    )
    done = await desk.do(HANDLER, "Review", "delegate", body)
    step = next(step for step in done["steps"] if step["element"] == "Review")
    assert (step["assignee"], step["delegated_by"]) == (OTHER.code, HANDLER.code)
    mine = await desk.room.have(OTHER, "/tasks")
    assert step["task_id"] in {task["task_id"] for task in mine["tasks"]}
    assert await desk.refused(OTHER, "Review", "complete", {"answers": REVIEW}) == (409, "task-delegated")
    assert await desk.refused(HANDLER, "Review", "complete", {"answers": REVIEW}) == (409, "task-claimed")
    assert await desk.refused(HANDLER2, "Review", "resolve", {}) == (403, "not-your-task")
    await desk.do(OTHER, "Review", "resolve", {"answers": REVIEW})
    assert await desk.refused(OTHER, "Review", "complete", {"answers": REVIEW}) == (403, "not-your-task")
    draft = await desk.room.have(HANDLER, f"/tasks/{step['task_id']}/draft")
    assert draft["answers"] == REVIEW
    await desk.do(HANDLER, "Review", "complete", {"answers": draft["answers"]})
    [back] = await desk.room.heard(desk.case_no, "task.resolved")
    assert (back["person"], back["owner"], back["called_back"]) == (OTHER.code, HANDLER.code, False)


async def test_given_a_task_handed_over_then_the_other_completes_it_whatever_their_post(reviews: MADE) -> None:
    desk = await reviews()
    await _known(desk)
    await desk.do(HANDLER, "Review", "claim")
    assert (await desk.ask(HANDLER, "Review", "hand-over", {"to": OTHER.code})).status_code == 422
    assert await desk.refused(HANDLER, "Review", "hand-over", {"to": "u.nobody", "reason": "x"}) == (
        409,
        "person-unfit",
    )
    await desk.do(HANDLER, "Review", "hand-over", {"to": OTHER.code, "reason": "调离"})
    assert await desk.refused(HANDLER, "Review", "complete", {"answers": REVIEW}) == (409, "task-claimed")
    clock = (await desk.clocks())[f"step:{await desk.task('Review')}"]
    assert clock["started_on"] == "2026-09-17"
    await desk.do(OTHER, "Review", "complete", {"answers": REVIEW})
    [said] = await desk.room.heard(desk.case_no, "task.handed_over")
    assert (said["person"], said["to"], said["reason"]) == (HANDLER.code, OTHER.code, "调离")


async def test_given_signers_before_beside_and_after_then_each_waits_for_its_turn(reviews: MADE) -> None:
    desk = await reviews()
    await _known(desk)
    await desk.do(HANDLER, "Review", "claim")
    for place, signer in (("before", OTHER.code), ("beside", HANDLER2.code), ("after", "P08@D04")):
        await desk.do(HANDLER, "Review", "signers", {"signer": signer, "place": place, "reason": "涉及消防"})
    twice = {"signer": OTHER.code, "place": "after", "reason": "x"}
    assert await desk.refused(HANDLER, "Review", "signers", twice) == (409, "signer-unfit")
    assert await desk.refused(HANDLER, "Review", "complete", {"answers": REVIEW}) == (409, "signers-outstanding")
    assert await desk.refused(LEADER, "Review", "sign", {"agrees": True, "opinion": "x"}) == (403, "not-a-signer")
    assert await desk.refused(EXPERTS, "Review", "sign", {"agrees": True, "opinion": "x"}) == (409, "not-your-turn")
    await desk.do(OTHER, "Review", "sign", {"agrees": True, "opinion": "满足间距"})
    review = await desk.task("Review")
    done = await desk.at(HANDLER, review, "complete", {"answers": REVIEW})
    assert sorted(done.json()["waiting_for"]) == ["P08@D04", HANDLER2.code]
    assert (await desk.at(HANDLER, review, "complete", {"answers": REVIEW})).json() == done.json()
    assert await desk.refused(HANDLER, "Review", "draft", DRAFT) == (409, "task-submitted")
    await desk.do(HANDLER2, "Review", "sign", {"agrees": False, "opinion": "日照不足"})
    assert "Review" in await desk.open()
    last = await desk.at(EXPERTS, review, "sign", {"agrees": True, "opinion": "可行"}, key="sign-0000001")
    assert "Review" not in {step["element"] for step in last.json()["steps"]}
    again = await desk.at(EXPERTS, review, "sign", {"agrees": True, "opinion": "可行"}, key="sign-0000001")
    assert again.json()["steps"] == last.json()["steps"]
    completed = await desk.room.heard(desk.case_no, "task.completed")
    told = next(each for each in completed if each["element"] == "Review")
    assert (told["person"], told["answers"]["cosign"]["passed"]) == (HANDLER.code, False)
    assert [each["by"] for each in told["answers"]["cosign"]["signers"]] == [OTHER.code, HANDLER2.code, EXPERTS.code]


async def test_given_a_signer_who_does_not_answer_then_removing_them_lets_the_task_go_on(reviews: MADE) -> None:
    desk = await reviews()
    await desk.do(HANDLER, "Review", "claim")
    await desk.do(HANDLER, "Review", "signers", {"signer": HANDLER2.code, "place": "after", "reason": "复核"})
    review = await desk.task("Review")
    await desk.at(HANDLER, review, "complete", {"answers": REVIEW})
    assert await desk.refused(HANDLER, "Review", "signers/s9/remove", {"reason": "x"}) == (409, "seat-fixed")
    assert await desk.refused(HANDLER2, "Review", "signers/s1/remove", {"reason": "x"}) == (409, "task-claimed")
    done = await desk.at(HANDLER, review, "signers/s1/remove", {"reason": "已外出"})
    assert "Review" not in {step["element"] for step in done.json()["steps"]}
    [said] = await desk.room.heard(desk.case_no, "task.signer_removed")
    assert said["reason"] == "已外出"


async def test_given_a_veto_drawn_in_the_diagram_then_the_first_who_disagrees_settles_it(reviews: MADE) -> None:
    desk = await reviews()
    await desk.do(HANDLER, "Review", "complete", {"answers": REVIEW})
    await desk.do(EXPERTS, "Survey", "complete", {"answers": {"opinion": "可行"}})
    decision = {"answers": {"decision": "agree", "opinion": "同意"}}
    assert await desk.refused(LEADER, "Lead", "complete", decision) == (409, "signers-outstanding")
    task = await desk.room.have(LEADER, f"/tasks/{await desk.task('Lead')}")
    [seat] = task["signers"]
    assert (seat["signer"], seat["rule"], seat["place"]) == ("P08@D04", "veto", "before")
    await desk.do(LEADER, "Lead", "claim")
    assert await desk.refused(LEADER, "Lead", f"signers/{seat['seat_id']}/remove", {"reason": "x"}) == (
        409,
        "seat-fixed",
    )
    await desk.do(EXPERTS, "Lead", "sign", {"agrees": False, "opinion": "结构超限"})
    [settled] = await desk.room.heard(desk.case_no, "task.signing_settled")
    assert (settled["rule"], settled["passed"]) == ("veto", False)
    await desk.do(LEADER, "Lead", "send-back", {"to": "Review", "reason": "按否决意见修改"})
    assert await desk.open() == ["Review"]


async def test_given_a_late_task_then_urging_it_tells_its_holder_and_not_too_often(reviews: MADE) -> None:
    desk = await reviews()
    await desk.do(LEADER, "Review", "urge", {"message": "请今日办结"})
    [said] = await desk.room.heard(desk.case_no, "task.urged")
    assert set(said["recipients"]) >= {HANDLER.code, HANDLER2.code}
    told = await desk.ask(LEADER, "Review", "urge", {"message": "再催"})
    assert (told.status_code, told.json()["code"]) == (429, "urged-lately")
    await desk.do(HANDLER, "Review", "claim")
    await desk.room.set_clock(at("2026-09-18", "15:00"))
    await desk.do(LEADER, "Review", "urge", {"message": "再催"})
    urged = await wait_until(lambda: desk.room.heard(desk.case_no, "task.urged"))
    assert (urged or [])[-1]["recipients"] == [HANDLER.code]


async def test_given_an_open_task_then_every_action_is_listed_with_its_reason(reviews: MADE) -> None:
    desk = await reviews()
    await desk.do(HANDLER, "Review", "claim")
    mine, theirs = await desk.actions(HANDLER, "Review"), await desk.actions(HANDLER2, "Review")
    assert {name for name, action in mine.items() if action["allowed"]} == {
        "claim",
        "release",
        "complete",
        "save_draft",
        "delegate",
        "hand_over",
        "send_back",
        "add_signer",
        "urge",
    }
    assert {name for name, action in theirs.items() if action["allowed"]} == {"urge"}
    assert theirs["complete"]["code"] == "task-claimed"
    assert HANDLER.code in theirs["complete"]["reason_zh"]
    assert HANDLER.code in theirs["complete"]["reason_en"]
