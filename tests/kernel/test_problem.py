"""A refusal says what is wrong, where, and what to do, in the reader's language."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.kernel.problem import FieldError, Language, Problem, TryLater, language_of, problems
from services.kernel.problem.render import render
from services.kernel.problem.validation import field_errors


class CaseNotFound(Problem):
    status = 404
    code = "case-not-found"
    zh = "没有案件 {case_no}"
    en = "no case {case_no}"
    remedy_zh = "请核对案件编号"
    remedy_en = "check the case number"


def rendered(problem: Problem, language: Language = Language.ZH) -> dict[str, Any]:
    response = render(problem, language=language, reference="abc")
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(bytes(response.body))
    return document


def test_given_a_chinese_reader_then_the_refusal_is_chinese_and_complete() -> None:
    assert rendered(CaseNotFound(case_no="51200020261123PT0500017")) == {
        "type": "urn:guihua:problem:case-not-found",
        "title": "没有找到",
        "status": 404,
        "detail": "没有案件 51200020261123PT0500017",
        "instance": "urn:guihua:request:abc",
        "code": "case-not-found",
        "remedy": "请核对案件编号",
        "errors": [],
        "case_no": "51200020261123PT0500017",
    }


def test_given_an_english_reader_then_every_text_is_english() -> None:
    document = rendered(CaseNotFound(case_no="7"), Language.EN)
    assert (document["title"], document["detail"], document["remedy"]) == (
        "Not Found",
        "no case 7",
        "check the case number",
    )


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("fr", "zh"),
        ("*", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("en, zh", "zh"),
        ("en;q=0.4, zh;q=0.3", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("en;q=nonsense", "zh"),
        (";;;,,,q=", "zh"),
    ],
)
def test_the_language_follows_accept_language_and_is_chinese_in_doubt(header: str | None, language: str) -> None:
    assert language_of(header) == language


def test_errors_name_places_in_the_readers_language() -> None:
    errors = [FieldError(where="body.phone", zh="缺少此项", en="is missing")]
    assert rendered(CaseNotFound(case_no="1", errors=errors))["errors"] == [
        {"where": "body.phone", "message": "缺少此项"}
    ]


def test_headers_of_a_refusal_are_filled_in() -> None:
    response = render(TryLater(what="x", what_zh="某", seconds=5), language=Language.ZH, reference="-")
    assert response.headers["retry-after"] == "5"
    assert (response.headers["content-language"], response.headers["vary"]) == ("zh", "Accept-Language")


def test_a_refusal_without_its_values_is_a_bug_found_at_once() -> None:
    with pytest.raises(TypeError, match="case_no"):
        CaseNotFound()


def test_a_refusal_that_lacks_a_text_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="does not state remedy_en"):
        type("Half", (Problem,), {"status": 400, "code": "half", "zh": "一", "en": "a", "remedy_zh": "二"})


@pytest.mark.parametrize("value", ["\ud800", float("inf"), float("nan"), object(), {"a": {1, 2}}, None])
def test_whatever_value_a_refusal_carries_it_can_be_sent(value: object) -> None:
    assert rendered(CaseNotFound(case_no=value))["status"] == 404


class Sample(BaseModel, extra="forbid"):
    name: str
    count: int = 0


def findings(model: type[Any], value: object) -> list[dict[str, Any]]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(model).validate_python(value)
    return [dict(finding) for finding in caught.value.errors()]


def test_validation_findings_speak_chinese_and_never_repeat_the_value() -> None:
    errors = field_errors(findings(Sample, {"count": "many-secret", "extra": 1}))
    assert {(error.where, error.zh) for error in errors} == {
        ("name", "缺少此项"),
        ("count", "应为整数"),
        ("extra", "没有这一项,请检查名称"),
    }
    assert "many-secret" not in str(errors)


def test_problems_are_documented_by_status_with_their_codes() -> None:
    class CaseClosed(CaseNotFound):
        code = "case-closed"
        status = 409

    documented = problems(CaseNotFound, CaseClosed)
    assert sorted(documented) == [404, 409]
    assert "case-closed" in documented[409]["content"]["application/problem+json"]["examples"]
