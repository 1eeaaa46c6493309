"""A case's history in plain words: every event that has a line has it in both languages, from its sample."""

import json
from typing import Any

import pytest

from services.console.casefiles import FACTS
from services.console.histories import GROUNDS, OUTCOMES, WORDS, told
from services.console.languages import english
from services.console.naming import Names
from services.console.pages.search import _COLUMNS, STATUSES
from services.contracts.catalogue import CATALOGUE
from services.contracts.words import HoldGround, Outcome
from services.kernel.problem import Language
from tests.support.process import ROOT

NAMES = Names(people={"u.handler.d06": "李某"}, departments={"D06": "建筑科"}, posts={"P04": "经办岗"})
_SAMPLES = ROOT / "tests" / "contracts" / "samples"


@pytest.mark.parametrize("verb", sorted(WORDS))
def test_given_an_event_as_it_was_sent_then_its_line_is_complete_in_both_languages(verb: str) -> None:
    sample = json.loads((_SAMPLES / f"guihua.workflow.{verb}.v1.json").read_text(encoding="utf-8"))
    event: dict[str, Any] = {"order": "1", "type": sample["type"], "at": sample["time"], "data": sample["data"]}
    for language in Language:
        [line] = told([event], NAMES, language)
        assert line.text
        assert "%" not in line.text
        assert "None" not in line.text


def test_given_the_table_then_every_line_is_about_an_event_there_is() -> None:
    assert {f"guihua.workflow.{verb}.v1" for verb in WORDS} <= CATALOGUE.keys()


def test_given_the_tables_then_all_words_have_english_and_no_code_is_left_out() -> None:
    words = {text for _, text in WORDS.values()} | set(OUTCOMES.values()) | set(GROUNDS.values())
    assert words | set(FACTS.values()) | set(STATUSES.values()) | set(_COLUMNS) <= english().keys()
    assert OUTCOMES.keys() == set(Outcome)
    assert GROUNDS.keys() == set(HoldGround)


def test_given_a_sentence_with_codes_then_people_posts_and_departments_are_named_and_nothing_else() -> None:
    said = "任务由 D06 的岗位 P04 办理，u.handler.d06 已签收，u.handler.d060 没有"
    assert NAMES.within(said) == "任务由 建筑科 的岗位 经办岗 办理，李某 已签收，u.handler.d060 没有"
    assert NAMES.signer("P04@D06") == "建筑科 · 经办岗"
    assert NAMES.person("u.nobody") == "u.nobody"
