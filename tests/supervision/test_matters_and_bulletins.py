"""The seven steps cannot be skipped (A-32); notices and bulletins are numbered, signed, then read-only (A-27, A-34)."""

import pytest

from services.supervision import bulletins, matters
from services.supervision.bulletins import Bulletin, BulletinNotReady, OwnApproval, Subject, TextEntry
from services.supervision.matters import Matter, Move, Step
from services.supervision.numbers import NumberBook, enter
from services.supervision.refusals import BulletinMissing, SelfRecheck, StepSkipped
from services.supervision.rules import default_table
from tests.supervision import timers
from tests.supervision.timers import NOW

_RULE = next(rule for rule in default_table().rules if rule.id == "SL-16/1")


def matter(step: Step = Step.REGISTER) -> Matter:
    found, _ = matters.register(timers.overdue(1), _RULE, no="督查〔2017〕1号", recipients=(), now=NOW)
    for following in tuple(Step)[1 : tuple(Step).index(step) + 1]:
        by = "u.supervisor" if following is Step.RECHECK else "u.chief.d06"
        found, _ = matters.move(found, Move(to=following, note="已办"), by=by, now=NOW)
    return found


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.ARCHIVE])
def test_given_a_step_then_only_the_next_one_is_allowed(step: Step) -> None:
    order = tuple(Step)
    allowed = {order[order.index(step) + 1]} | ({Step.URGE} if step is Step.RECHECK else set())
    for to in set(Step) - allowed:
        with pytest.raises(StepSkipped):
            matters.move(matter(step), Move(to=to, note="跳过"), by="u.supervisor", now=NOW)


def test_given_the_one_who_undertook_it_then_the_recheck_is_refused() -> None:
    with pytest.raises(SelfRecheck):
        matters.move(matter(Step.FEEDBACK), Move(to=Step.RECHECK, note="复核"), by="u.chief.d06", now=NOW)


def test_given_no_bulletin_then_the_archive_needs_a_reason_why_none_is_needed() -> None:
    at_bulletin = matter(Step.BULLETIN)
    with pytest.raises(BulletinMissing):
        matters.move(at_bulletin, Move(to=Step.ARCHIVE, note="归档"), by="u.supervisor", now=NOW)
    waived = Move(to=Step.ARCHIVE, note="首次发生，已当面提醒", not_needed=True)
    assert matters.move(at_bulletin, waived, by="u.supervisor", now=NOW)[0].step is Step.ARCHIVE
    named, _ = matters.name_bulletin(at_bulletin, "b1", heading="第1期", by="u.supervisor", now=NOW)
    assert matters.move(named, Move(to=Step.ARCHIVE, note="归档"), by="u.supervisor", now=NOW)[0].step is Step.ARCHIVE


def test_given_the_rule_that_registered_a_matter_when_it_is_met_again_then_the_file_is_not_changed() -> None:
    """The second overdue day, or the same event heard twice, once added the first fact again under another name."""
    again, said = matters.note(matter(Step.UNDERTAKE), _RULE, now=NOW)
    assert (again, said) == (matter(Step.UNDERTAKE), ())


def test_given_a_further_rule_when_it_is_met_twice_then_the_file_holds_one_more_fact() -> None:
    further = next(rule for rule in default_table().rules if rule.id == "SL-07")
    once, _ = matters.note(matter(), further, now=NOW)
    twice, _ = matters.note(once, further, now=NOW)
    assert len(once.facts) == 2
    assert twice == once


def bulletin() -> Bulletin:
    subject = Subject(matters=(matter(),), reasons=(_RULE.reason,))
    return bulletins.draft("b1", subject, by="u.supervisor", now=NOW, year=2017)[0]


def test_given_a_draft_then_it_is_approved_by_another_and_published_once() -> None:
    draft = bulletin()
    assert "在办理“雁城危房重建”业务时" in draft.text
    with pytest.raises(BulletinNotReady):
        bulletins.publish(draft, issue=1, by="u.supervisor", recipients=(), now=NOW)
    with pytest.raises(OwnApproval):
        bulletins.approve(draft, by="u.supervisor", now=NOW)
    approved, _ = bulletins.approve(draft, by="u.head", now=NOW)
    with pytest.raises(BulletinNotReady):
        bulletins.edit(approved, TextEntry(heading="督查通报", text="改动一下已经审签的内容"), by="u.a", now=NOW)
    published, said = bulletins.publish(approved, issue=1, by="u.supervisor", recipients=("u.head",), now=NOW)
    assert published.heading == "督查通报（2017年第1期）"
    assert len(said) == 1


def test_given_the_same_document_then_it_keeps_its_number_and_there_is_no_gap() -> None:
    book = NumberBook(book="notice-2017")
    for document in ("a", "b", "a", "c"):
        book = enter(book, document)
    assert book.documents == ("a", "b", "c")
