"""Every planted breach of law is refused at the gate, by its rule and at its element; no real folder is."""

import re
from pathlib import Path
from typing import Final

import pytest

from services.workflow.engine.models import Severity
from services.workflow.lint import lint_files
from services.workflow.lint.law.rules import LAWS
from services.workflow.lint.reports import catalogue
from tests.bpmn.law.planting import PLANTED, Planted

LEAST: Final = 50
LAW: Final = Path(__file__).parents[3] / "docs" / "law.md"


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.rule} {planted.what}")
def test_given_a_breach_of_law_then_the_gate_refuses_it_where_it_is(planted: Planted) -> None:
    found = [each for each in lint_files(planted.files()) if each.severity is Severity.ERROR]
    assert (planted.rule, planted.where, planted.element) in {(each.rule, each.file, each.element) for each in found}


def test_given_the_table_then_there_are_enough_breaches_and_one_of_every_rule() -> None:
    assert len(PLANTED) >= LEAST
    assert {law.id for law in LAWS} <= {planted.rule for planted in PLANTED}


def test_given_the_rules_then_each_is_in_the_catalogue_and_none_says_the_law_twice() -> None:
    words = catalogue()
    for law in LAWS:
        rule = words[law.id]
        assert rule.severity is Severity.ERROR
        assert "{article}" in rule.zh
        assert "{article}" in rule.en


def test_given_the_page_of_the_law_then_it_has_every_rule_with_its_article() -> None:
    rows = {row[0]: row for row in re.findall(r"^\| `(GH-E\d+)` \| ([^|]+) \|", LAW.read_text("utf-8"), re.MULTILINE)}
    for law in LAWS:
        assert law.id in rows, law.id
        assert law.article in rows[law.id][1], law.id
