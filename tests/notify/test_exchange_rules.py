"""What a provincial platform is told of a case, in which order, and what becomes of each record: plain rules."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.words import Outcome
from services.notify.exchange import facts
from services.notify.exchange.facts import CHINA, Fact, FactState, NoSuchRecord, NotRefused, ToldCase
from services.notify.exchange.records import END_CODES, RecordKind, item_state_of, run_state_of
from services.notify.exchange.reports import as_csv, report_of
from services.notify.exchange.rosters import load_exchange
from tests.notify.builders import CASE

WALL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = WALL.astimezone(CHINA).date()
LEASE = timedelta(minutes=1)
PAUSES = (timedelta(seconds=5), timedelta(hours=1))
R, A, P, D = (f"{CASE}-{mark}" for mark in ("R", "A", "P1", "D9"))

ROSTER = """
[platform]
name = "province"
kind = "reference"
url = "http://127.0.0.1:9"
app = "512000-ghj"
secret = "the secret"
keys = "a key of sixteen signs"
answer_keys = "a key for the answers"

[office]
organ = "11512000MBD0000127"
region = "512000"

[items.PT05]
implement = "11512000MBD00001273000115056000"
business = "11512000MBD0000127300011505600001"
"""


def fact(number: str, kind: RecordKind, rank: tuple[int, int]) -> Fact:
    return Fact(record_no=number, kind=kind, occurred_at=WALL, rank=rank, details={})


RECEIVED = fact(R, RecordKind.RECEIVE, (0, 0))
ACCEPTED = fact(A, RecordKind.ACCEPT, (1, 2))
DONE = fact(P, RecordKind.PROCESS, (1, 5))
DECIDED = fact(D, RecordKind.DECIDE, (1, 9))
ALL = (RECEIVED, ACCEPTED, DONE, DECIDED)


def case(*noted: Fact) -> ToldCase:
    found = ToldCase(case_no=CASE)
    for each in noted:
        item = {"item_code": "PT05"} if each.kind is RecordKind.RECEIVE else {}
        found = facts.noted(found, each, wall=WALL, **item)
    return found


def told(found: ToldCase) -> ToldCase:
    """The next record is told and taken."""
    begun = facts.begun(found, wall=WALL, lease=LEASE)
    assert begun.next is not None
    return facts.taken(begun, begun.next.record_no, reference="F1", wall=WALL)


def states(found: ToldCase) -> dict[str, FactState]:
    return {each.record_no: each.state for each in found.facts}


def test_every_outcome_has_its_codes() -> None:
    assert END_CODES.keys() == set(Outcome)
    assert {each.finish for each in END_CODES.values()} <= set("0123456")
    assert {each.item_state for each in END_CODES.values()} <= {"", *map(str, range(2, 16))}


@pytest.mark.parametrize(
    ("kind", "outcome", "run", "item"),
    [
        (RecordKind.RECEIVE, "", "0", ""),
        (RecordKind.ACCEPT, "", "0", "3"),
        (RecordKind.PROCESS, "", "0", "8"),
        (RecordKind.DECIDE, "granted", "1", "11"),
        (RecordKind.DECIDE, "refused", "1", "13"),
        (RecordKind.DECIDE, "void_entry", "2", ""),
    ],
)
def test_states_are_told_by_the_platforms_codes(kind: RecordKind, outcome: str, run: str, item: str) -> None:
    details = {"outcome": outcome}
    assert (run_state_of(kind, details), item_state_of(kind, details)) == (run, item)


@given(st.permutations(ALL), st.lists(st.sampled_from(ALL), max_size=4))
def test_in_whatever_order_facts_are_heard_a_case_is_told_in_its_order(heard: list[Fact], again: list[Fact]) -> None:
    found = case(*heard, *again)
    order = []
    while found.next is not None:
        order.append(found.next.record_no)
        found = told(found)
    assert order == [R, A, P, D]
    assert [each.sequence for each in found.facts] == [1, 2, 3, 4]


def test_nothing_is_told_of_a_case_that_was_not_received() -> None:
    found = case(ACCEPTED)
    assert (found.next, found.due_at) == (None, None)
    assert facts.begun(found, wall=WALL, lease=LEASE) is found


def test_what_comes_late_is_told_after_what_was_told() -> None:
    found = told(told(case(RECEIVED, DONE)))
    late = told(facts.noted(found, ACCEPTED, wall=WALL))
    assert [(each.record_no, each.sequence) for each in late.facts] == [(R, 1), (P, 2), (A, 3)]


def test_a_refusal_holds_up_what_is_behind_it_until_it_is_told_again() -> None:
    found = facts.refused(told(case(RECEIVED, ACCEPTED)), R, reason="编码错误", wall=WALL)
    assert found.next is None
    again = facts.sent_again(found, R, by="u.it", because="已更正", wall=WALL)
    assert told(again).next == told(again).facts[1]
    with pytest.raises(NotRefused):
        facts.sent_again(again, R, by="u.it", because="x", wall=WALL)
    with pytest.raises(NoSuchRecord):
        facts.sent_again(again, f"{CASE}-X", by="u.it", because="x", wall=WALL)


def test_a_try_that_failed_comes_again_for_ever_under_the_same_number_and_sequence() -> None:
    found = case(RECEIVED)
    for pause in (PAUSES[0], PAUSES[1], PAUSES[1]):
        found = facts.failed(facts.begun(found, wall=WALL, lease=LEASE), R, reason="away", wall=WALL, pauses=PAUSES)
        assert (found.due_at, found.facts[0].sequence) == (WALL + pause, 1)


def test_who_died_while_telling_leaves_it_to_the_next() -> None:
    begun = facts.begun(case(RECEIVED, ACCEPTED), wall=WALL, lease=LEASE)
    assert begun.due_at == WALL + LEASE
    later = facts.begun(begun, wall=WALL + LEASE, lease=LEASE)
    assert (later.facts[0].record_no, later.facts[0].sequence, later.facts[0].tries) == (R, 1, 2)


def test_a_verdict_that_comes_before_the_answer_stays() -> None:
    begun = facts.begun(case(RECEIVED), wall=WALL, lease=LEASE)
    found = facts.taken(facts.accepted(begun, R, wall=WALL), R, reference="F1", wall=WALL)
    assert states(found) == {R: FactState.ACCEPTED}
    assert facts.accepted(found, R, wall=WALL) is found


Verb = Callable[[ToldCase], ToldCase]
VERBS: dict[str, Verb] = {
    "note": lambda found: facts.noted(found, ACCEPTED, wall=WALL),
    "begin": lambda found: facts.begun(found, wall=WALL, lease=LEASE),
    "take": lambda found: facts.taken(found, R, reference="F", wall=WALL),
    "fail": lambda found: facts.failed(found, R, reason="away", wall=WALL, pauses=PAUSES),
    "accept": lambda found: facts.accepted(found, R, wall=WALL),
    "refuse": lambda found: facts.refused(found, R, reason="no", wall=WALL),
    "miss": lambda found: facts.missed(found, R, wall=WALL),
}


@given(st.lists(st.sampled_from(sorted(VERBS)), max_size=12))
def test_whatever_happens_no_record_is_lost_or_doubled_and_what_waits_is_due(verbs: list[str]) -> None:
    found = case(RECEIVED)
    for verb in verbs:
        found = VERBS[verb](found)
    numbers = [each.record_no for each in found.facts]
    assert len(numbers) == len(set(numbers))
    assert R in numbers
    sequences = [each.sequence for each in found.facts if each.sequence]
    assert len(sequences) == len(set(sequences))
    for each in found.facts:
        assert (each.due_at is not None) == (each.state in {FactState.WAITING, FactState.SENDING})


def test_a_day_is_reported_with_what_was_sent_accepted_refused_missing_and_waits() -> None:
    first = told(told(told(case(*ALL))))
    first = facts.accepted(first, R, wall=WALL)
    first = facts.refused(first, P, reason="=1+1", wall=WALL)
    report = report_of(TODAY, [first], held={R}, made_at=WALL, strange=["x"])
    counts = (report.sent, report.accepted, report.refused, report.waiting, report.missing)
    assert counts == (1, 1, 1, 1, 1)
    assert [line.record_no for line in report.lines if line.missing] == [A]
    assert report.strange == ("x",)
    text = as_csv(report)
    assert "平台缺失" in text
    assert ",'=1+1" in text
    assert report_of(date(2026, 11, 1), [first], held=None, made_at=WALL).accepted == 0


def test_what_is_missing_at_the_platform_is_told_again_as_of_that_day() -> None:
    found = facts.missed(told(case(RECEIVED)), R, wall=WALL + timedelta(days=1))
    again = facts.begun(found, wall=WALL + timedelta(days=1), lease=LEASE)
    again = facts.taken(again, R, reference="F2", wall=WALL + timedelta(days=1))
    assert (again.facts[0].sent_on, again.facts[0].sequence) == (TODAY + timedelta(days=1), 1)


def roster(tmp_path: Path, **changes: str) -> Path:
    text = ROSTER
    for old, new in changes.values():  # type: ignore[misc]
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "exchange.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('11512000MBD0000127"\nregion', '11512000MBD0000128"\nregion'),
        ('region = "512000"', 'region = "12000"'),
        ('11512000MBD00001273000115056000"', '11512000MBD00001283000115056000"'),
        ("11512000MBD0000127300011505600001", "11512000MBD0000127300011505700001"),
        ("11512000MBD0000127300011505600001", "11512000MBD00001273000115056000"),
        ('keys = "a key of sixteen signs"', 'keys = "short"'),
        ("[items.PT05]", "[others]\n[items.PT05]"),
    ],
)
def test_a_file_with_a_wrong_code_or_key_stops_the_start(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(ValueError, match="无法使用"):
        load_exchange(roster(tmp_path, change=(old, new)))  # type: ignore[arg-type]


def test_a_right_file_is_read(tmp_path: Path) -> None:
    found: Any = load_exchange(roster(tmp_path))
    assert found.items["PT05"].business.endswith("01")
    assert load_exchange(None) is None
