"""Templates: what ships is sound, what asks for something that is not there is refused before anybody is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.contracts.events import CATALOGUE, Said
from services.notify.templates import LINK_MARK, Audience, BrokenTemplateError, Template, check, load, word
from tests.notify.builders import CASE, accepted, bulletin, contact, incident, opened, ordinary, ready, red
from tests.support.process import ROOT

SAMPLES = ROOT / "tests/contracts/samples"
RED = "guihua.supervision.light.changed.v1"
TASK = "guihua.workflow.task.opened.v1"


def sample(event: str) -> Said:
    """The event as the catalogue shows it."""
    data = json.loads((SAMPLES / f"{event}.json").read_text(encoding="utf-8"))["data"]
    return CATALOGUE[event].model_validate(data)


def climbed() -> Said:
    """The ladder went up to a matter."""
    return sample("guihua.supervision.escalation.climbed.v1").model_copy(update={"rung": "matter"})


def template(**changes: Any) -> Template:
    usual = {
        "id": "one",
        "version": 1,
        "event": RED,
        "to": "recipients",
        "channels": ["smtp"],
        "subject": "{{ name }}",
        "text": "{{ case_no }}",
    }
    return Template.model_validate({**usual, **changes})


@pytest.mark.parametrize(
    ("said", "template_id", "words"),
    [
        (contact(), "receipt-applicant", ["收件", CASE, "5月12日"]),
        (accepted(), "accepted-applicant", ["4月24日受理", "5月12日前办结"]),
        (ready(), "ready-applicant", ["已办结", "出件窗口"]),
        (climbed(), "escalation", ["升级为“督查事项”"]),
        (ordinary(), "task-opened", ["待办", "请于4月24日前办理"]),
        (ordinary(due_on=None), "task-opened", ["环节“经办审查”。"]),
        (opened(), "quick-approval", ["提交您审批", LINK_MARK]),
        (red("u"), "light-red", ["红灯", "逾期1个工作日"]),
        (bulletin("u"), "bulletin", ["两周"]),
        (incident(), "incident", ["Task_X", "坏了"]),
    ],
)
def test_an_event_becomes_words(said: Any, template_id: str, words: list[str]) -> None:
    (fitting,) = [each for each in load() if each.fits(said) and each.id == template_id]
    worded = word(fitting, said)

    assert not [missing for missing in words if missing not in worded.text]


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        (opened(), ["task-opened", "quick-approval"]),
        (ordinary(), ["task-opened"]),
        (ordinary(kind="receive"), []),
        (red("u").model_copy(update={"light": "green"}), []),
        (ready().model_copy(update={"milestone": "other"}), []),
    ],
)
def test_conditions_choose_the_templates(said: Any, ids: list[str]) -> None:
    assert [each.id for each in load() if each.fits(said)] == ids


def test_every_short_message_to_an_applicant_is_one_segment_and_holds_neither_name_nor_title() -> None:
    known = {type(said).TYPE: said for said in (contact(), accepted(), ready())}
    for each in load():
        if each.to is Audience.APPLICANT:
            text = word(each, known.get(each.event) or sample(each.event)).text
            assert len(f"【规划局】{text}") <= 2 * 67, "two segments at most (docs/domain.md §6.7)"
            assert "张某" not in text


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "guihua.workflow.case.dreamt.v1"},
        {"text": "{{ applicant_name }}"},
        {"subject": "{{ password }}"},
        {"text": "{% if secret %}1{% endif %}"},
        {"text": "{{ case_no"},
        {"text": "{{ case_no | no_such_filter }}"},
        {"when": {"colour": "red"}},
        {"when": {"light": "yelow"}},
        {"when": {"overdue_workdays": "many"}},
        {"event": "guihua.workflow.incident.opened.v1", "text": "{{ reason }}", "subject": ""},
        {"to": "desk"},
        {"to": "away", "text": "{{ link }}"},
        {"to": "away", "event": TASK, "text": "{{ title }}", "subject": ""},
        {"text": "{{ link }}"},
        {"to": "desk", "event": TASK, "text": "{{ link }}", "subject": ""},
        {"to": "applicant", "event": "guihua.supervision.bulletin.published.v1", "text": "{{ text }}", "subject": ""},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_a_template_that_asks_for_what_is_not_there_is_refused_in_both_languages(changes: dict[str, Any]) -> None:
    with pytest.raises(BrokenTemplateError, match=r"one: .+ / .+"):
        check(template(**changes))


@pytest.mark.parametrize(
    "changes", [{"channels": []}, {"channels": ["pigeon"]}, {"version": 0}, {"id": "Big"}, {"x": 1}]
)
def test_a_template_that_cannot_be_read_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        template(**changes)


def test_a_subject_is_one_line_whatever_the_title_holds() -> None:
    said = red("u").model_copy(update={"name": "审查\r\nBcc: everyone@example.org"})

    assert word(template(), said).subject == "审查 Bcc: everyone@example.org"


def test_text_from_outside_is_no_template() -> None:
    said = red("u").model_copy(update={"name": "{{ 7 * 7 }}"})

    assert word(template(), said).subject == "{{ 7 * 7 }}"


def test_a_template_reaches_nothing_behind_the_event() -> None:
    sly = template(text="{{ case_no.__class__.__mro__ }}")
    with pytest.raises(Exception, match="unsafe"):
        word(sly, red("u"))


def file_with(folder: Path, text: str) -> Path:
    path = folder / "templates.toml"
    path.write_text(text, encoding="utf-8")
    return path


GOOD = f"""
[[template]]
id = "one"
version = 7
event = "{RED}"
to = "recipients"
channels = ["smtp"]
subject = ""
text = "自己的话：{{{{ case_no }}}}"
"""


def test_the_bureau_may_bring_its_own_templates(tmp_path: Path) -> None:
    (only,) = load(file_with(tmp_path, GOOD))

    assert word(only, red("u")).text == f"自己的话：{CASE}"
    assert word(only, red("u")).version == 7


@pytest.mark.parametrize(
    "text",
    ["", "[[template", "template = 3", GOOD + GOOD, GOOD.replace("case_no", "phone"), "[[template]]\nid = 'one'"],
    ids=["empty", "no TOML", "no list", "an id twice", "unknown placeholder", "incomplete"],
)
def test_a_file_that_is_not_sound_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BrokenTemplateError):
        load(file_with(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenTemplateError):
        load(tmp_path / "nothing.toml")


def test_every_template_that_ships_speaks_about_an_event_and_has_its_own_id() -> None:
    templates = load()

    assert len({each.id for each in templates}) == len(templates)
    assert {each.event for each in templates} <= CATALOGUE.keys()
