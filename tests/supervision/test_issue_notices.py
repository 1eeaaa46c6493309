"""A notice from draft to re-check (A-38): approved by another, numbered without gaps, read-only once it is issued."""

import hashlib
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from services.supervision import notices
from services.supervision.notices import (
    ClockEntry,
    NewNotice,
    Notice,
    NoticeEntry,
    NoticeIssuedAlready,
    NoticeNotReady,
    RecheckEntry,
    Rectification,
    RectificationReport,
    SelfDecision,
)
from services.supervision.papers import PaperNotFilledIn
from tests.supervision import timers
from tests.supervision.rooms import CHIEF, HEAD, SUPERVISOR, Room, late
from tests.supervision.test_keep_records import database_of
from tests.supervision.test_matters_and_bulletins import matter
from tests.supervision.timers import NOW
from tests.support.office import Office
from tests.support.process import process
from tests.support.wait import wait_until

ENTRY = NoticeEntry(text="请立即整改并书面报告原因。", rectify_by=date(2017, 4, 12))


def draft() -> Notice:
    return notices.draft(matter(), department_name="建筑工程规划管理科", reason="逾期", now=NOW)[0]


def approved() -> Notice:
    filled, _ = notices.edit(draft(), ENTRY, by="u.supervisor", now=NOW)
    return notices.approve(filled, by="u.head", now=NOW)[0]


def issued() -> Notice:
    no = "资规督办〔2017〕1号"
    return notices.issue(approved(), no=no, by="u.supervisor", recipients=("u.chief.d06",), files={}, now=NOW)[0]


def test_given_a_draft_without_a_day_then_it_is_not_approved() -> None:
    with pytest.raises(PaperNotFilledIn):
        notices.approve(draft(), by="u.head", now=NOW)


def test_given_its_drafter_then_the_approval_is_refused() -> None:
    filled, _ = notices.edit(draft(), ENTRY, by="u.supervisor", now=NOW)
    with pytest.raises(SelfDecision):
        notices.approve(filled, by="u.supervisor", now=NOW)


def test_given_an_approved_notice_then_it_is_edited_only_after_it_was_returned() -> None:
    with pytest.raises(NoticeNotReady):
        notices.edit(approved(), ENTRY, by="u.supervisor", now=NOW)
    returned, _ = notices.give_back(approved(), reason="措辞", by="u.head", now=NOW)
    again, _ = notices.edit(returned, ENTRY, by="u.supervisor", now=NOW)
    assert again.approved_by is None


def test_given_an_issued_notice_then_nothing_of_it_changes_and_a_correction_is_a_new_one() -> None:
    paper = issued()
    for act in (
        lambda: notices.edit(paper, ENTRY, by="u.supervisor", now=NOW),
        lambda: notices.approve(paper, by="u.head", now=NOW),
        lambda: notices.give_back(paper, reason="x", by="u.head", now=NOW),
    ):
        with pytest.raises(NoticeIssuedAlready):
            act()
    entry = NewNotice(title="更正通知", text="期限改为四月十四日。", rectify_by=date(2017, 4, 14), department="D06")
    correction, _ = notices.draft_by_hand("c1", entry, matter=None, corrected=paper, by="u.supervisor", now=NOW)
    assert correction.text.startswith(f"现对《{paper.title}》（资规督办〔2017〕1号）作如下更正。")
    with pytest.raises(NoticeNotReady):
        notices.draft_by_hand("c2", entry, matter=None, corrected=correction, by="u.supervisor", now=NOW)


def test_given_a_void_notice_then_its_number_stays_with_it() -> None:
    voided, _ = notices.void(issued(), reason="重复印发", by="u.supervisor", now=NOW)
    assert (voided.notice_no, voided.rectification) == ("资规督办〔2017〕1号", None)
    with pytest.raises(NoticeNotReady):
        notices.acknowledge(voided, by="u.chief.d06", now=NOW)


def test_given_several_readers_then_each_is_received_once() -> None:
    paper = issued()
    for reader in ("u.chief.d06", "u.chief.d06", "u.leader"):
        paper, _ = notices.acknowledge(paper, by=reader, now=NOW)
    assert [each.person for each in paper.receipts] == ["u.chief.d06", "u.leader"]
    assert paper.acknowledged_by == "u.chief.d06"


def test_given_a_report_then_somebody_else_rechecks_it_and_may_send_it_back() -> None:
    reported, _ = notices.report(issued(), RectificationReport(report="已补齐材料。"), by="u.chief.d06", now=NOW)
    with pytest.raises(SelfDecision):
        notices.recheck(reported, RecheckEntry(accepted=True, opinion="好"), by="u.chief.d06", now=NOW)
    back, _ = notices.recheck(reported, RecheckEntry(accepted=False, opinion="缺图"), by="u.supervisor", now=NOW)
    assert back.rectification is Rectification.OPEN
    done, _ = notices.recheck(reported, RecheckEntry(accepted=True, opinion="属实"), by="u.supervisor", now=NOW)
    with pytest.raises(NoticeNotReady):
        notices.report(done, RectificationReport(report="又报一次。"), by="u.chief.d06", now=NOW)


def test_given_the_clock_ran_out_then_it_is_overdue_and_a_second_notice_refers_to_it() -> None:
    clocked, _ = notices.follow(issued(), ClockEntry(case_no="51200020170406DC0100001"), by="u.supervisor", now=NOW)
    overdue, _ = notices.overdue(clocked, now=NOW)
    assert notices.overdue(overdue, now=NOW) == (overdue, ())
    second, _ = notices.second(overdue, now=NOW)
    assert (second.round, second.follows, second.rectify_by) == (2, overdue.notice_id, None)
    assert "资规督办〔2017〕1号" in second.text


def test_given_a_notice_from_before_there_were_states_then_it_is_read_as_what_it_was() -> None:
    stored = issued().model_dump(exclude={"state", "rectification"})
    assert Notice.model_validate(stored).state == "issued"
    assert Notice.model_validate({**stored, "issued_at": None}).state == "draft"


async def _issued(room: Room) -> dict[str, Any]:
    await late(room)
    [drafted] = (await room.have(SUPERVISOR, "/notices"))["notices"]
    path = f"/notices/{drafted['notice_id']}"
    entry = {"text": "请立即整改并书面报告原因。", "rectify_by": "2017-04-12"}
    (await room.ask(SUPERVISOR, "PUT", path, entry)).raise_for_status()
    (await room.ask(HEAD, "POST", f"{path}/approve")).raise_for_status()
    made: dict[str, Any] = (await room.ask(SUPERVISOR, "POST", f"{path}/issue")).raise_for_status().json()
    return made


async def test_given_an_issued_notice_then_its_files_say_the_same_and_are_kept_with_their_digests(room: Room) -> None:
    notice = await _issued(room)
    path = f"/notices/{notice['notice_id']}"
    assert (notice["notice_no"], notice["recipients"]) == ("资规督办〔2017〕1号", ["u.chief.d06", "u.head"])
    pdf, word = [await room.ask(CHIEF, "GET", f"{path}/files/{kind}") for kind in ("pdf", "docx")]
    for kind, answer in (("pdf", pdf), ("docx", word)):
        assert hashlib.sha256(answer.content).hexdigest() == notice["files"][kind]["sha256"]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    lines = "\n".join(each.text for each in Document(io.BytesIO(word.content)).paragraphs)
    for content in (text, lines):
        assert "资规督办〔2017〕1号" in content.replace(" ", "")
        assert "请立即整改并书面报告原因" in content
    assert "科室D06" in lines


async def test_given_the_clock_of_its_rectification_when_it_runs_out_then_a_second_notice_is_drafted(
    room: Room,
) -> None:
    notice = await _issued(room)
    clock = "51200020170406DC0100001"
    path = f"/notices/{notice['notice_id']}"
    (await room.ask(SUPERVISOR, "PUT", f"{path}/clock", {"case_no": clock})).raise_for_status()
    due = {"case_no": clock, "title": "督查事项", "light_rules": ("SL-22",), "name": "办理落实"}
    await room.workflow.say(timers.started(**due), timers.stopped(0, **due).model_copy(update={"lapsed": True}))

    async def second() -> list[dict[str, Any]]:
        return [one for one in (await room.have(SUPERVISOR, "/notices"))["notices"] if one["follows"]]

    [again] = await wait_until(second)
    assert (again["follows"], again["state"], again["round"]) == (notice["notice_id"], "draft", 2)
    assert (await room.have(CHIEF, path))["rectification"] == "overdue"
    [light] = (await room.have(CHIEF, f"/alerts?case_no={clock}"))["alerts"]
    assert (light["rule"], light["light"]) == ("SL-22", "red")


async def test_given_an_open_rectification_then_the_matter_is_not_archived(room: Room) -> None:
    notice = await _issued(room)
    move = f"/matters/{notice['matter_id']}/move"
    steps = [{"to": "undertake", "note": "承办", "responsible": "u.chief.d06"}]
    steps += [{"to": step, "note": "照办"} for step in ("urge", "feedback", "recheck", "bulletin")]
    for step in steps:
        (await room.ask(SUPERVISOR, "POST", move, step)).raise_for_status()
    archive = {"to": "archive", "note": "首次发生，已提醒", "not_needed": True}
    refused = await room.ask(SUPERVISOR, "POST", move, archive)
    assert (refused.status_code, refused.json()["code"]) == (409, "rectification-open")
    assert "资规督办〔2017〕1号" in refused.json()["detail"]
    path = f"/notices/{notice['notice_id']}"
    (await room.ask(CHIEF, "POST", f"{path}/report", {"report": "已补齐材料。"})).raise_for_status()
    done = {"accepted": True, "opinion": "属实"}
    (await room.ask(SUPERVISOR, "POST", f"{path}/recheck", done)).raise_for_status()
    assert (await room.ask(SUPERVISOR, "POST", move, archive)).json()["step"] == "archive"


async def test_given_a_stop_right_after_the_issue_then_score_and_files_are_made_good_at_the_next_start(
    room: Room, office: Office, tmp_path: Path
) -> None:
    notice = await _issued(room)
    async with database_of(office) as database:
        await database["sheets"].delete_many({})
        await database["papers.files"].update_many({}, {"$set": {"metadata.attached_at": None}})
        room.service.child.kill()
        await room.service.ended(within=30)
        async with process("services.supervision", room.environment, tmp_path / "again.log") as again:
            room.service = await again.serving()
            [sheet] = await wait_until(lambda: _sheets(room, "department"), within=60)
            attached = {"metadata.attached_at": {"$ne": None}}
            await wait_until(lambda: _are(database["papers.files"], attached, 2), within=60)
        entries = (await _sheet(database, sheet["sheet_id"]))["entries"]
    assert [entry["cause_id"] for entry in entries] == [notice["notice_id"]]


async def _sheets(room: Room, level: str) -> list[dict[str, Any]]:
    found = (await room.have(SUPERVISOR, "/assessments?year=2017"))["sheets"]
    return [sheet for sheet in found if sheet["level"] == level]


async def _are(collection: Any, where: dict[str, Any], count: int) -> bool:
    return int(await collection.count_documents(where)) == count


async def _sheet(database: Any, sheet_id: str) -> dict[str, Any]:
    row: dict[str, Any] = await database["sheets"].find_one({"_id": sheet_id})
    return dict(row["body"])
