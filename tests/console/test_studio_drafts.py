"""Drafts and diagrams by themselves: what is kept to come back to, and that writing a setting writes nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from services.console import drafts
from services.console.diagrams import DiagramUnreadable, names_of, permits_of, steps_of, with_settings
from services.console.drafts import Draft, NoSuchState
from tests.console.studios import HOME

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
BASE = {"diagram.bpmn": "<a/>", "item.toml": "x"}
DIAGRAM = (HOME / "works-planning-permit" / "diagram.bpmn").read_text(encoding="utf-8")


def _begun() -> Draft:
    return drafts.begun("u.it", "some-permit", base=1, at=NOW)


def test_given_a_file_set_back_to_the_version_then_the_draft_is_empty_again() -> None:
    draft = drafts.put(_begun(), BASE, {"item.toml": "y", "new.dmn": "z"}, at=NOW, note="")
    assert draft.over(BASE) == {"diagram.bpmn": "<a/>", "item.toml": "y", "new.dmn": "z"}
    assert drafts.put(draft, BASE, {"item.toml": "x", "new.dmn": None}, at=NOW, note="").is_empty


def test_given_a_removed_file_then_it_is_not_among_the_files() -> None:
    draft = drafts.put(_begun(), BASE, {"item.toml": None}, at=NOW, note="remove")
    assert draft.over(BASE) == {"diagram.bpmn": "<a/>"}


def test_given_changes_in_a_row_then_one_state_is_kept_and_a_marked_one_always() -> None:
    draft = _begun()
    for number in range(20):
        at = NOW + timedelta(seconds=number)
        draft = drafts.put(draft, BASE, {"item.toml": f"{number}"}, at=at, note="")
    assert len(draft.past) == 1
    marked = drafts.put(draft, BASE, {"item.toml": "here"}, at=NOW + timedelta(minutes=1), note="save")
    assert [one.note for one in marked.past] == ["", "save"]


def test_given_a_state_of_the_history_when_restored_then_what_was_there_before_is_kept_too() -> None:
    first = drafts.put(_begun(), BASE, {"item.toml": "first"}, at=NOW, note="save")
    second = drafts.put(first, BASE, {"item.toml": "second"}, at=NOW, note="save")
    back = drafts.restored(second, 0, at=NOW)
    assert back.over(BASE)["item.toml"] == "first"
    assert drafts.restored(back, len(back.past) - 1, at=NOW).over(BASE)["item.toml"] == "second"
    with pytest.raises(NoSuchState):
        drafts.restored(second, 9, at=NOW)


def test_given_large_files_then_the_history_stays_small_enough_for_one_document() -> None:
    draft = _begun()
    for number in range(2 * drafts.MOST_PAST):
        draft = drafts.put(draft, BASE, {"item.toml": f"{number}" + "宽" * 900_000}, at=NOW, note="save")
    assert 1 <= len(draft.past) <= drafts.MOST_PAST
    assert sum(len(one.text or "") for each in draft.past for one in each.files) < 3_000_000
    assert drafts.emptied(draft, base=2, at=NOW).base == 2


def test_given_a_limit_when_set_then_that_line_alone_differs() -> None:
    changed = with_settings(DIAGRAM, {"Task_ChiefReview": {"limit": "15"}})
    lines = [(old, new) for old, new in zip(DIAGRAM.split("\n"), changed.split("\n"), strict=True) if old != new]
    [(old, new)] = lines
    assert ('value="1"' in old, 'value="15"' in new) == (True, True)
    assert with_settings(DIAGRAM, {"Task_ChiefReview": {"limit": "1"}}) is DIAGRAM


def test_given_every_field_when_set_then_it_is_read_back_and_no_other_step_is_touched() -> None:
    wanted = {"name": "复核", "post": "P09", "form": "other", "limit": "7", "warn": "2wd", "counts": "no"}
    changed = with_settings(DIAGRAM, {"Task_ChiefReview": wanted})
    now = {one.id: one for one in steps_of(changed)}
    was = {one.id: one for one in steps_of(DIAGRAM)}
    step = now.pop("Task_ChiefReview")
    was.pop("Task_ChiefReview")
    assert now == was
    assert {field: getattr(step, field) for field in wanted} == wanted


def test_given_a_step_without_settings_then_they_are_put_where_the_schema_wants_them() -> None:
    bare = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"><bpmn:process id="p">'
        '<bpmn:userTask id="T" name="a &gt; b"><bpmn:documentation>d</bpmn:documentation>'
        "<bpmn:incoming>F</bpmn:incoming></bpmn:userTask></bpmn:process></bpmn:definitions>"
    )
    changed = with_settings(bare, {"T": {"limit": "3", "post": "P04"}})
    assert permits_of(changed)["T"]["permit:limit_wd"] == "3"
    assert changed.index("documentation>") < changed.index("extensionElements") < changed.index("incoming")
    assert steps_of(with_settings(changed, {"T": {"limit": "", "post": ""}}))[0].limit == ""
    assert names_of(changed)["T"] == "a > b"


@pytest.mark.parametrize("text", ["", "<a>", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "no xml"])
def test_given_what_is_no_diagram_then_it_is_refused_in_words(text: str) -> None:
    with pytest.raises(DiagramUnreadable):
        steps_of(text)
