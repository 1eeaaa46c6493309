"""Patterns of forms: those that some text keeps busy for ever are told from those that none does."""

import re
import time

import pytest

from services.workflow.engine.language.patterns import is_costly

COSTLY = [
    r"^(a+)+$",
    r"^(a|a)*$",
    r"^(a|aa)+$",
    r"^([a-z]+)*$",
    r"^(.*)*$",
    r"^(a*?)*$",
    r"(x+x+)+y",
    r"(.*a){25}",
    r"^a*a*a*a*b$",
    r"^\s*.*\s*.*\s*$",
    r".*.*=.*",
    r"(a{1,1000}){1,1000}",
    r"^(\w+)\1+$",
    r"(?=(a+))a*b\1",
    r"^(?:(?:a|b)+)+$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"^(\d+\s*)+$",
    r"^(-?\d+)*$",
    r"(\s*\S+\s*)*",
]
FAIR = [
    "",
    r"^$",
    r"^特告",
    r"^建字第[0-9A-Z]{9,24}号$",
    r"^1[3-9][0-9]{9}$",
    r"^\d{4}-\d{2}-\d{2}$",
    r"^(\d{4}-)?\d+$",
    r"^(19|20)\d\d$",
    r"^(?:ab|cd)+$",
    r"^(一|二|三)+$",
    r"^.{2,2000}$",
    r"[^\x00-\x1f]+",
    r"^[A-Z]{2}\d+(-\d+)*$",
    r"^\d{1,3}(,\d{3})*(\.\d+)?$",
    r"^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$",
    r"^[0-9]+-[0-9]+-[0-9]+-[0-9]+$",
    r"^\S+@\S+$",
    r"^(https?)://[^\s/]+(/[^\s/]*)*$",
    r"^(?!x)[a-z]+$",
]
TEXTS = [part * 2_000 + "!" for part in ("a", "ab", "1", "1-", " ", "aA", "中", "a@", ",1", "/", "x.y", "https://a/")]


@pytest.mark.parametrize("pattern", COSTLY)
def test_given_a_pattern_with_too_many_ways_to_match_then_it_is_costly(pattern: str) -> None:
    assert is_costly(pattern)


@pytest.mark.parametrize("pattern", FAIR)
def test_given_a_pattern_that_forms_need_then_it_is_not_and_no_text_takes_long(pattern: str) -> None:
    assert not is_costly(pattern)
    began = time.process_time()
    for text in TEXTS:
        re.search(pattern, text)
    assert time.process_time() - began < 1
