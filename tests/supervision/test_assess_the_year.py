"""What supervision finds counts at three levels, once, with its cause; appeals freeze; months add up (A-35)."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.contracts.words import ClockKind
from services.supervision.records.chains import digest
from services.supervision.scores import sheets
from services.supervision.scores.sheets import (
    Appeal,
    EntryNotReady,
    EntryState,
    Finding,
    NoSuchEntry,
    Posting,
    ReviewerInvolved,
    Ruling,
    Sheet,
)
from services.supervision.scores.tables import (
    Cause,
    Level,
    ScoreEntry,
    ScoresNotLawful,
    default_table,
    in_force,
    new_version,
)
from services.supervision.scores.workbooks import workbook
from tests.supervision import timers
from tests.supervision.rooms import CHIEF, HEAD, STRANGER, SUPERVISOR, Room, late
from tests.supervision.timers import NOW
from tests.support.wait import wait_until

PROMISED = {"kind": ClockKind.PROMISED, "clock_id": "promised", "name": "承诺时限"}


def sheet(*entries: tuple[str, str], cap: str = "20") -> Sheet:
    """A department's sheet with entries of these amounts, each on a day of its own."""
    key = sheets.sheet_id(2017, Level.DEPARTMENT, "D06")
    found = Sheet(
        sheet_id=key, year=2017, level=Level.DEPARTMENT, subject="D06", departments=("D06",), cap=Decimal(cap)
    )
    for place, (day, amount) in enumerate(entries):
        on = date.fromisoformat(day)
        finding = Finding(Cause.RED_STEP, f"c{place}", "=1+1", "system:light", on, datetime(2017, 1, 1, tzinfo=UTC))
        found, _ = sheets.post(found, [Posting(finding, Decimal(amount), 1, "D06")])
    return found


def test_given_the_same_cause_twice_then_it_counts_once() -> None:
    once = sheet(("2017-04-01", "-0.5"))
    finding = Finding(Cause.RED_STEP, "c0", "again", "system:light", date(2017, 4, 2), NOW)
    assert sheets.post(once, [Posting(finding, Decimal(-9), 1, "D05")]) == (once, ())


def test_given_many_findings_in_one_write_then_each_is_an_entry_and_all_records_tell_the_state_they_leave() -> None:
    empty = sheet()
    findings = [Finding(Cause.RED_STEP, f"c{n % 3}", "迟", "system:light", date(2017, 4, 2), NOW) for n in range(4)]
    posted, said = sheets.post(empty, [Posting(each, Decimal(-1), 1, "D05") for each in findings])
    assert [entry.no for entry in posted.entries] == [1, 2, 3]
    assert (posted.total, posted.departments) == (Decimal(-3), ("D05", "D06"))
    assert {each.model_dump()["state"] for each in said} == {digest(posted)}


@given(st.lists(st.tuples(st.dates(date(2017, 1, 1), date(2017, 12, 31)), st.integers(-500, 100)), max_size=20))
def test_given_any_entries_then_the_months_add_up_to_the_total_and_the_cap_ends_what_is_taken(
    entries: list[tuple[date, int]],
) -> None:
    found = sheet(*((day.isoformat(), str(Decimal(cents) / 100)) for day, cents in entries))
    assert sum(found.months().values(), Decimal(0)) == found.total
    assert found.total == sum((Decimal(cents) / 100 for _, cents in entries), Decimal(0))
    assert found.capped == max(found.total, Decimal(-20))


def test_given_an_appeal_then_the_entry_is_frozen_until_somebody_who_had_no_part_in_it_decides() -> None:
    frozen, _ = sheets.appeal(sheet(("2017-04-01", "-0.5")), 1, Appeal(reason="补正"), by="u.chief.d06", now=NOW)
    assert (frozen.total, frozen.entries[0].state) == (0, EntryState.FROZEN)
    with pytest.raises(EntryNotReady):
        sheets.appeal(frozen, 1, Appeal(reason="再次"), by="u.chief.d06", now=NOW)
    for involved in ("u.chief.d06", "system:light", "D06"):
        with pytest.raises(ReviewerInvolved):
            sheets.rule(frozen, 1, Ruling(upheld=True, opinion="同意"), by=involved, now=NOW)
    dismissed, _ = sheets.rule(frozen, 1, Ruling(upheld=False, opinion="不成立"), by="u.head", now=NOW)
    assert dismissed.total == Decimal("-0.5")
    withdrawn, _ = sheets.rule(frozen, 1, Ruling(upheld=True, opinion="成立"), by="u.head", now=NOW)
    assert (withdrawn.total, len(withdrawn.entries)) == (0, 1)
    assert (
        sum(withdrawn.months().values(), Decimal(0)) == 0
    )  # it left the roll-up, and stays to be seen with the reason
    assert (withdrawn.entries[0].state, withdrawn.entries[0].amount) == (EntryState.WITHDRAWN, Decimal("-0.5"))
    with pytest.raises(NoSuchEntry):
        sheets.rule(frozen, 2, Ruling(upheld=True, opinion="成立"), by="u.head", now=NOW)


def test_given_an_explained_light_then_its_entry_is_cleared_and_stays_to_be_seen() -> None:
    cleared, said = sheets.clear(sheet(("2017-04-01", "-0.2")), "c0", note="属实", by="u.supervisor", now=NOW)
    assert (cleared.total, cleared.entries[0].state, len(said)) == (0, EntryState.CLEARED, 1)
    assert sheets.clear(cleared, "c0", note="属实", by="u.supervisor", now=NOW) == (cleared, ())


def test_given_a_new_table_then_it_holds_from_its_day_and_what_is_wrong_with_it_is_named() -> None:
    first = default_table()
    entry = ScoreEntry(effective_from=date(2017, 5, 1), lines=first.lines, caps=first.caps, note="修订")
    second = new_version(entry, latest=first, by="u.supervisor", now=NOW)
    assert [in_force((first, second), day).number for day in (date(2017, 4, 30), date(2017, 5, 1))] == [1, 2]
    doubled = entry.model_copy(update={"lines": (*first.lines, first.lines[0])})
    with pytest.raises(ScoresNotLawful) as refused:
        new_version(doubled, latest=second, by="u.supervisor", now=NOW)
    assert [error.where for error in refused.value.errors] == [f"body.lines.{len(first.lines)}.cause"]


def test_given_the_year_as_a_workbook_then_each_entry_is_a_row_and_no_text_is_a_formula() -> None:
    book = load_workbook(io.BytesIO(workbook([sheet(("2017-04-01", "-0.5"))], year=2017, names={"D06": "建管科"})))
    results, entries = book.worksheets
    assert [cell.value for cell in results[2]] == ["科室", "建管科", 1, -0.5, 20, -0.5]
    assert entries.max_row == 2
    assert (entries["F2"].value, entries["F2"].data_type) == ("=1+1", "s")


async def sheets_of(room: Room, who: Any = SUPERVISOR) -> dict[str, dict[str, Any]]:
    """The sheets that somebody may read, by whom they are about."""
    return {each["subject"]: each for each in (await room.have(who, "/assessments?year=2017"))["sheets"]}


async def test_given_one_late_promise_then_person_department_and_leader_lose_what_the_table_says(room: Room) -> None:
    one = {**PROMISED, "person": "u.handler.d06"}
    await room.workflow.say(timers.started(**one), timers.overdue(0, **one), timers.overdue(1, **one))
    await wait_until(room.idle)
    found = await sheets_of(room)
    assert {subject: each["result"] for subject, each in found.items()} == {
        "u.handler.d06": "-2",
        "D06": "-1",
        "u.head": "-0.5",
    }
    rolled = await room.have(SUPERVISOR, "/assessment-roll-up?year=2017")
    assert rolled["months"] == {"2017-04": {"person": "-2", "department": "-1", "leader": "-0.5"}}
    assert rolled["entries"] == 3
    assert sorted(await sheets_of(room, CHIEF)) == ["D06", "u.handler.d06"]
    assert await sheets_of(room, STRANGER) == {}
    path = f"/assessments/{found['D06']['sheet_id']}"
    assert (await room.ask(STRANGER, "GET", path)).status_code == 404
    appealed = await room.ask(CHIEF, "POST", f"{path}/entries/1/appeal", {"reason": "等待补正"})
    assert (appealed.json()["total"], appealed.json()["frozen"]) == ("0", 1)
    not_theirs = await room.ask(SUPERVISOR, "POST", f"{path}/entries/1/appeal", {"reason": "代为申诉"})
    assert (not_theirs.status_code, not_theirs.json()["code"]) == (403, "not-your-entry")
    ruled = await room.ask(HEAD, "POST", f"{path}/entries/1/decide", {"upheld": False, "opinion": "不成立"})
    assert ruled.json()["total"] == "-1"
    book = await room.ask(SUPERVISOR, "GET", "/assessment.xlsx?year=2017")
    assert load_workbook(io.BytesIO(book.content)).worksheets[1].max_row == 4


async def test_given_yellow_and_red_lights_in_a_quarter_then_repetition_makes_a_red_one_and_a_bulletins_draft(
    room: Room,
) -> None:
    for number in range(3):
        one = {"clock_id": f"step:{number}", "light_rules": ()}
        await room.workflow.say(timers.started(**one), timers.warned(**one))
    await wait_until(room.idle)
    red = await room.have(SUPERVISOR, "/alerts?light=red")
    assert [(each["rule"], each["reason"]) for each in red["alerts"]] == [
        ("repetition", "同一岗位一个季度内黄灯满 3 次")
    ]
    assert (await room.have(SUPERVISOR, "/bulletins"))["bulletins"] == []
    await room.workflow.say(timers.started(**PROMISED), timers.overdue(0, **PROMISED))
    await wait_until(room.idle)
    [draft] = (await room.have(SUPERVISOR, "/bulletins"))["bulletins"]
    assert (draft["state"], draft["drafted_by"], draft["departments"]) == ("draft", "system:light", ["D06"])
    assert {row["rule"] for row in draft["rows"]} == {"repetition", "SL-05"}


async def test_given_a_window_of_silence_then_lights_are_recorded_and_blame_nobody(room: Room) -> None:
    window = {"since": "2017-04-06", "until": "2017-04-07", "departments": ["D06"], "reason": "机房断电"}
    first, again = [await room.ask(SUPERVISOR, "POST", "/silences", window, "outage-0001") for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    other = await room.ask(SUPERVISOR, "POST", "/silences", {**window, "departments": []}, "outage-0001")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-taken")
    await late(room)
    silent = (await room.have(SUPERVISOR, "/alerts"))["alerts"]
    assert len(silent) == 2
    assert all(each["silence"] for each in silent)
    assert await sheets_of(room) == {}
    drafted = await room.ask(SUPERVISOR, "POST", "/bulletins", {"since": "2017-04-01", "until": "2017-04-30"})
    assert (drafted.status_code, drafted.json()["code"]) == (422, "nothing-to-report")


async def test_given_an_explanation_then_another_settles_it_and_a_yellow_light_counts_no_more(room: Room) -> None:
    one = {"person": "u.handler.d06"}
    await room.workflow.say(timers.started(**one), timers.warned(**one))
    await wait_until(room.idle)
    [light] = (await room.have(CHIEF, "/alerts"))["alerts"]
    assert (await sheets_of(room))["u.handler.d06"]["result"] == "-0.2"
    path = f"/alerts/{light['alert_id']}"
    assert (await room.ask(STRANGER, "POST", f"{path}/explain", {"text": "等待补正"})).status_code == 404
    settle = {"accepted": True, "opinion": "属实"}
    assert (await room.ask(SUPERVISOR, "POST", f"{path}/settle", settle)).status_code == 409
    seen = await room.ask(CHIEF, "POST", f"{path}/acknowledge")
    assert seen.json()["state"] == "acknowledged"
    (await room.ask(CHIEF, "POST", f"{path}/explain", {"text": "等待申请人补正"})).raise_for_status()
    (await room.ask(SUPERVISOR, "POST", f"{path}/settle", settle)).raise_for_status()
    assert Decimal((await sheets_of(room))["u.handler.d06"]["result"]) == 0
    for register in ("alerts", "sheets"):
        assert (await room.have(SUPERVISOR, f"/records?register={register}"))["breaks"] == []


async def test_given_the_red_lights_of_a_period_then_they_are_the_rows_of_its_bulletin(room: Room) -> None:
    await late(room)
    ask = {"since": "2017-04-01", "until": "2017-04-30"}
    draft = (await room.ask(SUPERVISOR, "POST", "/bulletins", ask, "period-4")).raise_for_status().json()
    red = (await room.have(SUPERVISOR, "/alerts?light=red"))["alerts"]
    assert [row["alert_id"] for row in draft["rows"]] == [each["alert_id"] for each in red]
    assert draft["scope"] == "internal"
    path = f"/bulletins/{draft['bulletin_id']}"
    (await room.ask(HEAD, "POST", f"{path}/approve")).raise_for_status()
    published = (await room.ask(SUPERVISOR, "POST", f"{path}/publish")).raise_for_status().json()
    assert set(published["files"]) == {"pdf", "docx"}
    assert (await room.ask(STRANGER, "GET", f"{path}/files/pdf")).content.startswith(b"%PDF")
    read = (await room.ask(STRANGER, "POST", f"{path}/acknowledge")).json()
    assert [each["person"] for each in read["receipts"]] == ["u.chief.d08"]
    wrong = {**ask, "corrects": draft["bulletin_id"]}
    correction = (await room.ask(SUPERVISOR, "POST", "/bulletins", wrong)).raise_for_status().json()
    assert correction["text"].startswith("现对《督查通报（2017年第1期）》作如下更正。")
    voided = (await room.ask(SUPERVISOR, "POST", f"{path}/void", {"reason": "事实有误"})).json()
    assert (voided["state"], voided["issue"]) == ("void", 1)
    assert (await sheets_of(room))["D06"]["result"] == "-3.5"
