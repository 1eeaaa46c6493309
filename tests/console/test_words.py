"""Every text of the pages exists in both languages."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment

from services.console import languages, menus, rendering

HERE = Path(rendering.__file__).parent
_CHINESE = re.compile(r"[一-鿿]")
_COMMENTS = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.DOTALL)


def _templates() -> list[Path]:
    return sorted((HERE / "templates").rglob("*.html"))


def _asked_by_template(path: Path) -> set[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    found = environment.extract_translations(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    texts = [text if isinstance(text, tuple) else (text,) for _, _, text in found]  # a tuple: it has placeholders
    return {one for text in texts for one in text if isinstance(one, str)}


def _asked_by_module(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asking = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "say" and call.args]
    firsts = [call.args[0] for call in asking]
    return {first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)}


@pytest.mark.parametrize("path", _templates(), ids=lambda path: path.relative_to(HERE / "templates").as_posix())
def test_given_a_template_then_all_its_texts_have_english(path: Path) -> None:
    missing = {text for text in _asked_by_template(path) if _CHINESE.search(text)} - languages.english().keys()
    assert not missing


@pytest.mark.parametrize("path", _templates(), ids=lambda path: path.relative_to(HERE / "templates").as_posix())
def test_given_a_template_then_no_chinese_stands_outside_the_texts(path: Path) -> None:
    bare = _COMMENTS.sub("", path.read_text(encoding="utf-8"))
    assert [line for line in bare.splitlines() if _CHINESE.search(line)] == []


def test_given_the_modules_then_all_they_say_has_english() -> None:
    asked = set().union(*(_asked_by_module(path) for path in HERE.rglob("*.py")))
    assert {text for text in asked if _CHINESE.search(text)} <= languages.english().keys()


def test_given_menu_and_lights_then_their_names_have_english() -> None:
    names = {section.name for section in menus.MENU} | {one.name for section in menus.MENU for one in section.entries}
    names |= {word for words in rendering.LIGHTS.values() for word in words}
    assert names <= languages.english().keys()


def test_given_the_translations_then_placeholders_are_the_same_and_nothing_is_empty() -> None:
    for chinese, english in languages.english().items():
        assert english.strip(), chinese
        assert sorted(re.findall(r"%\(\w+\)s", chinese)) == sorted(re.findall(r"%\(\w+\)s", english)), chinese
