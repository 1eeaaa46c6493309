"""A red light's matter begins its process once, and stands where that stands (A-32, A-36); a notice's clocks (A-38)."""

from datetime import date
from typing import Any

from services.supervision import following, matters, notices
from services.supervision.matters import Matter, Step
from services.supervision.notices import NoticeEntry, RecheckEntry, RectificationReport
from services.supervision.rules import default_table
from tests.supervision import timers
from tests.supervision.processes import DC01, DC02, began, calls, completed, opened
from tests.supervision.rooms import CHIEF, HEAD, SUPERVISOR, Room, late, matters_of
from tests.supervision.test_matters_and_bulletins import matter
from tests.supervision.timers import CASE, NOW
from tests.support.wait import wait_until

RULE = next(rule for rule in default_table().rules if rule.id == "SL-16/1")
LINE = (
    opened("Task_Undertake"),
    completed("Task_Undertake", "u.chief.d06", plan="两日内补齐比选。"),
    opened("Task_Urge"),
    completed("Task_Urge", "u.supervisor", progress="材料在改。"),
    opened("Task_Feedback"),
    completed("Task_Feedback", "u.chief.d06", report="已报送。"),
    opened("Task_Recheck"),
    completed("Task_Recheck", "u.supervisor", findings="属实。"),
    opened("Task_Bulletin"),
    completed("Task_Bulletin", "u.supervisor", kind="none", reason="首次发生，已提醒。"),
)
"""From 登记 to 通报, without a bulletin and with the reason why."""


def run() -> Matter:
    """A matter whose process runs."""
    return following.begun(matter(), DC01, now=NOW)[0]


def test_given_a_red_light_then_its_matter_calls_the_process_with_what_is_known_and_the_same_call_again() -> None:
    both = [
        matters.register(timers.overdue(1), RULE, no="督查〔2017〕1号", recipients=(), now=at)[1]
        for at in (NOW, NOW.replace(day=9))
    ]
    assert len({each.message_id for said in both for each in said if hasattr(each, "message_id")}) == 1
    [(key, name, lead)] = calls(both[0])
    assert (key, name) == (f"matter-{matter().matter_id}", "supervision_matter")
    assert (lead["matter_no"], lead["source_no"], lead["unit"], lead["case_no"]) == (
        "督查〔2017〕1号",
        "SL-16/1",
        "D06",
        CASE,
    )


def test_given_what_is_late_in_a_supervision_process_then_it_is_registered_and_begins_no_further_process() -> None:
    for item in ("DC01", "DC02"):
        late_step = timers.overdue(1, item_code=item, case_no=DC01)
        found, said = matters.register(late_step, RULE, no="督查〔2017〕2号", recipients=(), now=NOW)
        assert (found.step, calls(said)) == (Step.REGISTER, [])


def test_given_a_process_that_is_sent_back_then_the_matter_is_urged_again_and_the_file_keeps_both() -> None:
    found = run()
    for element in ("Task_Undertake", "Task_Urge", "Task_Feedback", "Task_Recheck", "Task_Urge"):
        found, _ = following.at_step(found, opened(element))
    assert found.step is Step.URGE
    assert [fact.step for fact in found.facts if fact.by == "system:process"][1:] == [
        Step.UNDERTAKE,
        Step.URGE,
        Step.FEEDBACK,
        Step.RECHECK,
        Step.URGE,
    ]
    assert following.at_step(found, opened("Task_Urge")) == (found, ())


def test_given_an_objection_that_is_upheld_then_its_review_was_the_re_check() -> None:
    found = run()
    for element in ("Task_Undertake", "Task_Urge", "Task_Feedback", "Task_Objection", "Task_Bulletin"):
        found, _ = following.at_step(found, opened(element))
    steps = [fact.step for fact in found.facts]
    assert steps[-2:] == [Step.RECHECK, Step.BULLETIN]


async def _running(room: Room) -> dict[str, Any]:
    """The late case's matter, whose process the workflow service has begun."""
    await late(room)
    [found] = await matters_of(room)
    await room.workflow.say(began(f"matter-{found['matter_id']}"))
    await wait_until(room.idle)
    return found


async def test_given_its_process_then_the_matter_goes_through_all_seven_with_who_did_what_and_nobody_moves_it_by_hand(
    room: Room,
) -> None:
    path = f"/matters/{(await _running(room))['matter_id']}"
    shown = await room.have(SUPERVISOR, path)
    assert (shown["process_case"], shown["step"], shown["next"]) == (DC01, "register", [])
    refused = await room.ask(SUPERVISOR, "POST", f"{path}/move", {"to": "undertake", "note": "承办"})
    assert (refused.status_code, refused.json()["code"]) == (409, "matter-in-process")
    assert DC01 in refused.json()["detail"]

    await room.workflow.say(*LINE)
    await wait_until(room.idle)
    at_bulletin = await room.have(SUPERVISOR, path)
    assert (at_bulletin["step"], at_bulletin["undertaken_by"]) == ("bulletin", "u.chief.d06")
    done = [(fact["step"], fact["by"], fact["note"]) for fact in at_bulletin["facts"] if fact["responsible"]]
    assert done == [
        ("undertake", "u.chief.d06", "两日内补齐比选。"),
        ("urge", "u.supervisor", "材料在改。"),
        ("feedback", "u.chief.d06", "已报送。"),
        ("recheck", "u.supervisor", "属实。"),
        ("bulletin", "u.supervisor", "首次发生，已提醒。"),
    ]
    path_of_notice = await _issued(room)
    await room.workflow.say(completed("Task_Archive", "u.supervisor", archive_no="DC-2017-001"))
    await wait_until(room.idle)
    waiting = await room.have(SUPERVISOR, path)
    assert (waiting["step"], waiting["filed"]) == ("bulletin", True)  # its notice is not put right yet

    (await room.ask(CHIEF, "POST", f"{path_of_notice}/report", {"report": "已补齐材料。"})).raise_for_status()
    done_now = {"accepted": True, "opinion": "属实"}
    (await room.ask(SUPERVISOR, "POST", f"{path_of_notice}/recheck", done_now)).raise_for_status()
    archived = await room.have(SUPERVISOR, path)
    assert (archived["step"], archived["filed"]) == ("archive", False)
    assert (await room.have(SUPERVISOR, "/records?register=matters"))["breaks"] == []


async def _issued(room: Room) -> str:
    """The notice that the rule drafted, issued; its path."""
    [drafted] = (await room.have(SUPERVISOR, "/notices"))["notices"]
    path = f"/notices/{drafted['notice_id']}"
    entry = {"text": "请立即整改并书面报告原因。", "rectify_by": "2017-04-12"}
    (await room.ask(SUPERVISOR, "PUT", path, entry)).raise_for_status()
    (await room.ask(HEAD, "POST", f"{path}/approve")).raise_for_status()
    (await room.ask(SUPERVISOR, "POST", f"{path}/issue")).raise_for_status()
    return path


def test_given_an_issued_notice_then_its_clocks_are_started_and_told_how_it_goes_on() -> None:
    entry = NoticeEntry(text="请立即整改并书面报告原因。", rectify_by=date(2017, 4, 12))
    paper, _ = notices.draft(matter(), department_name="建筑工程规划管理科", reason="逾期", now=NOW)
    paper, drafted = notices.edit(paper, entry, by="u.supervisor", now=NOW)
    paper, approved = notices.approve(paper, by="u.head", now=NOW)
    assert calls((*drafted, *approved)) == []
    paper, issued = notices.issue(paper, no="资规督办〔2017〕1号", by="u.supervisor", recipients=(), files={}, now=NOW)
    [(key, name, facts)] = calls(issued)
    assert (key, name) == (f"notice-{paper.notice_id}", "notice_issued")
    assert (facts["unit"], facts["rectify_by"], facts["round"]) == ("D06", "2017-04-12", 1)

    read, first = notices.acknowledge(paper, by="u.chief.d06", now=NOW)
    _, again = notices.acknowledge(read, by="u.leader", now=NOW)
    reported, told = notices.report(read, RectificationReport(report="已补齐材料。"), by="u.chief.d06", now=NOW)
    _, rechecked = notices.recheck(reported, RecheckEntry(accepted=False, opinion="缺图"), by="u.supervisor", now=NOW)
    _, voided = notices.void(paper, reason="重复", by="u.supervisor", now=NOW)
    assert [(name, facts) for said in (first, again, told, rechecked, voided) for _, name, facts in calls(said)] == [
        ("notice_received", {}),
        ("rectification_reported", {}),
        ("rectification_rechecked", {"accepted": False}),
        ("notice_void", {}),
    ]


async def test_given_its_clock_then_a_notice_shows_yellow_before_the_day_red_after_it_and_the_next_paper_is_drafted(
    room: Room,
) -> None:
    await late(room)
    path = await _issued(room)
    notice_id = path.rpartition("/")[2]
    clock = {"case_no": DC02, "item_code": "DC02", "title": "整改", "name": "等待整改报告", "light_rules": ("SL-22",)}
    due = {**clock, "due_on": date(2017, 4, 12)}
    await room.workflow.say(began(f"notice-{notice_id}", case_no=DC02), timers.started(**due), timers.warned(**due))
    await wait_until(room.idle)
    assert (await room.have(CHIEF, path))["clock_case"] == DC02
    assert (await room.have(CHIEF, f"/lights/{DC02}"))["light"] == "yellow"

    await room.workflow.say(timers.overdue(0, **due), timers.overdue(1, **due))
    await wait_until(room.idle)
    assert (await room.have(CHIEF, path))["rectification"] == "overdue"
    alerts = (await room.have(CHIEF, f"/alerts?case_no={DC02}"))["alerts"]
    assert sorted((one["rule"], one["light"]) for one in alerts) == [("SL-22/1", "yellow"), ("SL-22/2", "red")]
    drafts = [one for one in (await room.have(SUPERVISOR, "/notices"))["notices"] if one["follows"] == notice_id]
    assert [(one["round"], one["state"]) for one in drafts] == [(2, "draft")]
