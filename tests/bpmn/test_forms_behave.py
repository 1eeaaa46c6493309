"""Forms are schemas of their own: good examples pass, bad ones are refused in words, everything is in two languages."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from services.workflow.answers import AnswersInvalid, check
from tests.bpmn.bundles import BUNDLES, CAMUNDA, DRAWN, SHARED_FORMS, Bundle

FORMS: Final = [pytest.param(bundle, key, id=f"{bundle.key}/{key}") for bundle in DRAWN for key in sorted(bundle.forms)]
each_form = pytest.mark.parametrize(("bundle", "key"), FORMS)
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
DIFFERENT_IN_BROWSERS: Final = re.compile(r"\\[dwsDWSbB]|\(\?<")


@each_form
def test_given_a_form_then_it_is_a_closed_schema_of_2020_12(bundle: Bundle, key: str) -> None:
    form = bundle.forms[key]
    Draft202012Validator.check_schema(form)
    assert form["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert form["type"] == "object"
    assert form["additionalProperties"] is False
    assert set(form["required"]) <= form["properties"].keys()


@each_form
def test_given_a_form_then_titles_and_messages_are_in_both_languages(bundle: Bundle, key: str) -> None:
    form = bundle.forms[key]
    for part in (form, *form["properties"].values()):
        assert CHINESE.search(part["title"]), part
        assert re.search(r"[A-Za-z]{2}", part["x-title-en"]), part
    for field in form["properties"].values():
        assert CHINESE.search(field["x-error"]), field
        assert re.search(r"[A-Za-z]{2}", field["x-error-en"]), field
        assert all(CHINESE.search(one["title"]) and one["x-title-en"] for one in field.get("oneOf", ())), field


@each_form
def test_given_a_form_then_its_hints_name_fields_and_values_that_exist(bundle: Bundle, key: str) -> None:
    form = bundle.forms[key]
    for section in form.get("x-sections", ()):
        assert set(section["fields"]) <= form["properties"].keys()
    for field in form["properties"].values():
        if "x-show" in field:
            other = form["properties"][field["x-show"]["field"]]
            wanted = field["x-show"]["equals"]
            for value in wanted if isinstance(wanted, list) else [wanted]:
                assert Draft202012Validator(other).is_valid(value), field


@each_form
def test_given_a_pattern_then_it_means_the_same_in_browser_and_server(bundle: Bundle, key: str) -> None:
    assert [text for text in patterns(bundle.forms[key]) if DIFFERENT_IN_BROWSERS.search(text)] == []


@each_form
def test_given_a_good_example_then_it_passes(bundle: Bundle, key: str) -> None:
    examples = bundle.forms[key]["examples"]
    assert examples
    for example in examples:
        check(example, bundle.forms[key], task=key, two_officers=asks_two_officers(bundle, key))


@each_form
def test_given_a_bad_example_then_it_is_refused_in_chinese_and_says_why(bundle: Bundle, key: str) -> None:
    bad = bundle.forms[key]["x-bad-examples"]
    assert bad
    for example in bad:
        assert CHINESE.search(example["why"])
        assert example["why_en"]
        with pytest.raises(AnswersInvalid) as refused:
            check(example["answers"], bundle.forms[key], task=key, two_officers=asks_two_officers(bundle, key))
        assert all(CHINESE.search(error.zh) for error in refused.value.errors)


@each_form
def test_given_any_required_field_is_missing_then_it_is_refused(bundle: Bundle, key: str) -> None:
    form = bundle.forms[key]
    for name in form["required"]:
        short = {field: value for field, value in form["examples"][0].items() if field != name}
        with pytest.raises(AnswersInvalid):
            check(short, form, task=key)


def test_given_a_refusal_without_reasons_or_remedies_then_no_bundle_accepts_it() -> None:
    """行政许可法 §38; SC-12."""
    forms = [*(form for bundle in BUNDLES for form in bundle.forms.values()), *SHARED_FORMS.values()]
    signing = [form for form in forms if {"decision", "reasons", "remedies"} <= form["properties"].keys()]
    assert len(signing) >= len([bundle for bundle in BUNDLES if "sign-decision" in bundle.forms])
    for form in signing:
        example = next(each for each in form["examples"] if "remedies" in each)
        bare = {name: value for name, value in example.items() if name not in ("reasons", "remedies")}
        with pytest.raises(AnswersInvalid) as refused:
            check(bare, form, task="签发决定")
        assert {error.where for error in refused.value.errors} == {"body.answers.reasons", "body.answers.remedies"}


def asks_two_officers(bundle: Bundle, key: str) -> bool:
    using = [task for task in bundle.of("userTask") if task.attributes[f"{CAMUNDA}formKey"] == key]
    return any(task.settings.get("two_officers") == "yes" for task in using)


def patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        for inner in value.values():
            yield from patterns(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from patterns(inner)
