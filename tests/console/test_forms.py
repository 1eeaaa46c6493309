"""From JSON Schema to the fields of a page and back: every form of every process goes round unchanged."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.console.forms import (
    PREFIX,
    Widget,
    errors_of,
    in_words,
    sections_of,
    texts_of,
    typed_answers,
    visible_answers,
)
from tests.support.process import ROOT

_FORMS = sorted((ROOT / "bpmn").rglob("forms/*.json"))

RULED = {
    "properties": {
        "decision": {"title": "决定", "oneOf": [{"const": "yes", "title": "准予"}, {"const": "no", "title": "不予"}]},
        "appeal": {"type": "boolean", "x-show": {"field": "decision", "equals": "no"}},
        "where": {"type": "string", "x-show": {"field": "appeal", "equals": [True]}},
    },
    "required": ["decision"],
}


def _sent(schema: dict[str, Any], answers: dict[str, Any]) -> dict[str, list[str]]:
    """What a browser sends for a page that shows these answers."""
    fields = {field.name: field for section in sections_of(schema) for field in section.fields}
    sent = {}
    for name, texts in texts_of(schema, answers).items():
        if fields[name].widget is Widget.LINES:
            sent[PREFIX + name] = ["\r\n".join(texts)]
        elif fields[name].widget is not Widget.HIDDEN:
            sent[PREFIX + name] = texts
    return sent


@pytest.mark.parametrize("path", _FORMS, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_given_a_form_of_a_process_then_its_examples_go_to_the_page_and_come_back_unchanged(path: Path) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    for example in schema["examples"]:
        answers = typed_answers(schema, _sent(schema, example))
        assert visible_answers(schema, answers) == example


@pytest.mark.parametrize("path", _FORMS, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_given_a_form_of_a_process_then_each_field_has_a_control_and_is_named_in_both_languages(path: Path) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    for english in (False, True):
        fields = [field for section in sections_of(schema, english=english) for field in section.fields]
        assert {field.name for field in fields} == set(schema["properties"])
        assert all(field.title and field.title != field.name for field in fields)
        assert not [field.name for field in fields if field.widget is Widget.JSON]
        assert all(choice.title for field in fields for choice in field.choices)


def test_given_a_field_behind_another_then_it_counts_only_while_it_shows() -> None:
    answers = {"decision": "no", "appeal": True, "where": "法院"}
    assert visible_answers(RULED, answers) == answers
    assert visible_answers(RULED, answers | {"decision": "yes"}) == {"decision": "yes"}
    assert visible_answers(RULED, answers | {"appeal": False}) == {"decision": "no", "appeal": False}


def test_given_fields_that_hang_on_each_other_then_they_show() -> None:
    ring = {"a": {"x-show": {"field": "b", "equals": 1}}, "b": {"x-show": {"field": "a", "equals": 1}}}
    assert visible_answers({"properties": ring}, {"a": 1, "b": 1}) == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("12", 12), ("-0.5", -0.5), ("１２００", 1200), ("1,200", 1200), ("三千", "三千"), ("1e5", "1e5"), ("nan", "nan")],
)
def test_given_a_number_as_people_type_it_then_it_is_read_or_kept_as_it_stands(typed: str, meant: object) -> None:
    schema = {"properties": {"area": {"type": "number"}}}
    assert typed_answers(schema, {"a.area": [typed]}) == {"area": meant}


def test_given_a_choice_of_other_kinds_than_texts_then_its_value_comes_back() -> None:
    schema = {"properties": {"n": {"enum": [1, "1", True]}}}
    assert typed_answers(schema, {"a.n": ["1"]}) == {"n": 1}
    assert typed_answers(schema, {"a.n": ["true"]}) == {"n": True}
    assert typed_answers(schema, {"a.n": ["of nobody"]}) == {"n": "of nobody"}


def test_given_people_ticked_and_others_written_down_then_all_are_named_once_a_line() -> None:
    schema = {"properties": {"officers": {"type": "array", "items": {"type": "string"}, "x-widget": "people"}}}
    sent = {"a.officers": ["u.one", "u.two"], "a.officers.more": ["外聘专家\r\n\r\n 王某 "]}
    assert typed_answers(schema, sent) == {"officers": ["u.one", "u.two", "外聘专家", "王某"]}


def test_given_an_object_then_it_is_written_as_json_and_kept_when_it_is_none() -> None:
    schema = {"properties": {"plot": {"type": "object"}}}
    assert texts_of(schema, {"plot": {"a": 1}}) == {"plot": ['{"a": 1}']}
    assert typed_answers(schema, {"a.plot": ['{"a": 1}']}) == {"plot": {"a": 1}}
    assert typed_answers(schema, {"a.plot": ["{"]}) == {"plot": "{"}


def test_given_a_refusal_then_each_error_leads_to_its_field() -> None:
    problem = {"errors": [{"where": "body.answers.appeal.0", "message": "少了"}, {"where": "body", "message": "别的"}]}
    assert errors_of(RULED, problem) == [
        {"where": "f-appeal", "field": "appeal", "message": "少了"},
        {"where": "", "field": "", "message": "别的"},
    ]


def test_given_answers_then_they_read_as_words() -> None:
    assert in_words(RULED, {"decision": "no", "appeal": True}) == [("决定", "不予"), ("appeal", "是")]
    assert in_words({}, {"kept": [1, "二"]}, english=True) == [("kept", "1; 二")]


def test_given_a_field_that_takes_over_then_it_shows_what_was_brought_until_something_else_is_typed() -> None:
    schema = {"properties": {"number": {"x-from": "certificate.certificate_no", "default": "–"}}}
    known = {"certificate": {"certificate_no": "建字第1号"}}
    assert texts_of(schema, {}, known) == {"number": ["建字第1号"]}
    assert texts_of(schema, {"number": "建字第2号"}, known) == {"number": ["建字第2号"]}
    assert texts_of(schema, {}, {"certificate": None}) == {"number": ["–"]}
