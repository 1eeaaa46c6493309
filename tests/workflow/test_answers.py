"""Answers are held against the form; every field that is wrong is named in both languages."""

from typing import Any

import pytest
from referencing.exceptions import Unresolvable

from services.workflow.answers import AnswersInvalid, check

FORM: dict[str, Any] = {
    "type": "object",
    "title": "初审意见",
    "required": ["decision", "opinion"],
    "properties": {
        "decision": {"type": "string", "enum": ["agree", "send_back"], "title": "意见", "x-title-en": "Decision"},
        "opinion": {
            "type": "string",
            "minLength": 2,
            "title": "说明",
            "x-error": "请写明理由",
            "x-error-en": "give the reasons",
        },
        "visited_on": {"type": "string", "format": "date", "title": "踏勘日期"},
        "officers": {"type": "array", "items": {"type": "string"}, "title": "踏勘人员"},
        "area": {"type": "number", "minimum": 0},
        "notice": {"type": "object", "properties": {"no": {"type": "string", "pattern": "^特告"}}, "required": ["no"]},
    },
    "if": {"properties": {"decision": {"const": "send_back"}}, "required": ["decision"]},
    "then": {"required": ["visited_on"]},
}
GOOD = {"decision": "agree", "opinion": "符合规划条件"}


def _errors(answers: dict[str, Any], *, two_officers: bool = False) -> dict[str, tuple[str, str]]:
    with pytest.raises(AnswersInvalid) as refused:
        check(answers, FORM, task="初审", two_officers=two_officers)
    return {error.where: (error.zh, error.en) for error in refused.value.errors}


def test_given_answers_that_fit_then_nothing_is_refused() -> None:
    check(GOOD, FORM, task="初审")
    check({**GOOD, "officers": ["甲", "乙"]}, FORM, task="踏勘", two_officers=True)


@pytest.mark.parametrize(
    ("wrong", "where", "zh"),
    [
        ({"decision": "maybe"}, "body.answers.decision", "意见：应为以下之一：agree、send_back"),
        ({"opinion": "好"}, "body.answers.opinion", "请写明理由"),
        ({"visited_on": "2026-02-30"}, "body.answers.visited_on", "踏勘日期：格式不符（date）"),
        ({"area": -1}, "body.answers.area", "area：不能小于 0"),
        ({"area": "1"}, "body.answers.area", "area：类型应为 number"),
        ({"smuggled": 1}, "body.answers.smuggled", "smuggled：表单中没有这一项"),
        ({"notice": {}}, "body.answers.notice.no", "no"),
        ({"notice": {"no": "x"}}, "body.answers.notice.no", "格式不符"),
        ({"officers": ["甲", 7]}, "body.answers.officers.1", "类型应为 string"),
        ({"decision": "send_back"}, "body.answers.visited_on", "踏勘日期：必须填写"),
    ],
)
def test_given_a_wrong_field_then_it_is_named(wrong: dict[str, Any], where: str, zh: str) -> None:
    errors = _errors({**GOOD, **wrong})
    assert list(errors) == [where]
    assert zh in errors[where][0]


def test_given_several_wrong_fields_then_all_are_named_in_the_order_of_the_form() -> None:
    assert list(_errors({"area": -1, "zzz": 1})) == [
        "body.answers.decision",
        "body.answers.opinion",
        "body.answers.area",
        "body.answers.zzz",
    ]


@pytest.mark.parametrize("officers", [None, [], ["甲"], ["甲", " 甲 "], "甲乙"])
def test_given_a_verification_by_fewer_than_two_officers_then_it_is_refused(officers: object) -> None:
    """行政许可法 §34."""
    answers = GOOD if officers is None else {**GOOD, "officers": officers}
    errors = _errors(answers, two_officers=True)
    assert any("第三十四条" in zh for zh, _ in errors.values())


def test_given_a_reference_to_elsewhere_then_nothing_is_fetched() -> None:
    form = {"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:9/x.json"}}}
    with pytest.raises(Unresolvable):
        check({"a": 1}, form, task="t")


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        ({"opinion": "x" * 4_001}, "body.answers.opinion"),
        ({"officers": ["x" * 4_001]}, "body.answers.officers"),
        ({"officers": ["x"] * 4_001}, "body.answers"),
        ({"notice": {f"k{n}": n for n in range(4_001)}}, "body.answers"),
        ({"notice": {"k" * 4_001: 1}}, "body.answers.notice"),
    ],
)
def test_given_more_than_any_form_asks_for_then_it_is_refused_before_the_form_is_read(
    answers: dict[str, Any], where: str
) -> None:
    assert list(_errors(answers)) == [where]
