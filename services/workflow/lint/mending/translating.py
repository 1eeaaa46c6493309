"""Drawings for Camunda 8, Flowable, Activiti and SpiffArena, turned into our dialect where the meaning is the same.

What has no counterpart is either without meaning here and taken away, or left in place and told, so that lint goes on
refusing it: nothing is lost in silence.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from services.workflow.engine.diagrams.dialect import CAMUNDA
from services.workflow.lint.mending.flavours import activiti, spiff, zeebe
from services.workflow.lint.mending.flavours.saying import id_of
from services.workflow.lint.mending.pages import Page, Unreadable, in_utf8
from services.workflow.lint.mending.wordings import from_juel

_VENDORS: Final = {
    zeebe.SPACE: zeebe.translate,
    activiti.FLOWABLE: activiti.translate,
    activiti.ACTIVITI: activiti.translate,
    spiff.SPACE: spiff.translate,
}
_MODELER: Final = "http://camunda.org/schema/modeler/1.0"


class Outcome(StrEnum):
    """What became of a setting."""

    TRANSLATED = "translated"
    DROPPED = "dropped"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One setting of another engine: where it was, what it said, and what it became (empty: nothing)."""

    file: str
    element: str
    outcome: Outcome
    was: str
    now: str = ""

    def told(self) -> dict[str, str]:
        """Give it as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Translated:
    """The files in our dialect, and what was rewritten in them."""

    files: dict[str, bytes]
    rewritten: tuple[Rewritten, ...]


def translate(files: Mapping[str, bytes]) -> Translated:
    """Translate every drawing among the files. Never raises: what cannot be read is given back as it is."""
    now, rewritten = dict(files), list[Rewritten]()
    for name in files:
        if not name.lower().endswith((".bpmn", ".bpmn20.xml", ".xml")):
            continue
        for _ in range(2):  # what was put in place of another element is looked at again
            try:
                page = Page(in_utf8(now[name]))
            except Unreadable:
                break
            told = _one(page)
            if not told:
                break
            rewritten += [Rewritten(name, element, Outcome(outcome), was, into) for element, outcome, was, into in told]
            now[name] = page.edited()
    return Translated(now, tuple(dict.fromkeys(rewritten)))


def _one(page: Page) -> list[tuple[str, str, str, str]]:
    assert page.root is not None  # noqa: S101 - a page without a root is not made
    told: list[tuple[str, str, str, str]] = []
    found = {space: prefix for spot in page.all() for prefix, space in spot.spaces.items() if space in _VENDORS}
    for space, prefix in found.items():
        said = _VENDORS[space](page, space)
        told += said
        if not any(outcome == "left" for _, outcome, _, _ in said) and f"xmlns:{prefix}" in page.root.attributes:
            page.drop(page.root, f"xmlns:{prefix}")
            told.append((page.root.attributes.get("id", ""), "dropped", f"xmlns:{prefix}", ""))
    if found:
        told += _platform(page)
    return told + _forms(page) + _conditions(page, zeebe_file=zeebe.SPACE in found)


def _platform(page: Page) -> list[tuple[str, str, str, str]]:
    """The modeller opens the file in the tab of its execution platform: ours is that of Camunda 7."""
    assert page.root is not None  # noqa: S101
    told = []
    for key in page.root.attributes:
        if page.root.named(key) == (_MODELER, "executionPlatform"):
            page.set(page.root, key, "Camunda Platform")
            told.append((page.root.attributes.get("id", ""), "translated", key, "Camunda Platform"))
        if page.root.named(key) == (_MODELER, "executionPlatformVersion"):
            page.set(page.root, key, "7.24.0")
    return told


def _forms(page: Page) -> list[tuple[str, str, str, str]]:
    """A form is named here, not addressed: `embedded:app:forms/approve.html` is the form `approve`."""
    told = []
    for spot in page.all():
        for key, value in list(spot.attributes.items()):
            name = value.rsplit(":", 1)[-1].rsplit("/", 1)[-1].rsplit(".", 1)[0]
            if spot.named(key) == (CAMUNDA, "formKey") and name != value and name:
                page.set(spot, key, name)
                told.append((spot.attributes.get("id", ""), "translated", f'{key}="{value}"', f'{key}="{name}"'))
    return told


def _conditions(page: Page, *, zeebe_file: bool) -> list[tuple[str, str, str, str]]:
    """Rewrite the conditions, and the texts of timers."""
    told = []
    for spot in page.all():
        if not spot.is_a("conditionExpression", "completionCondition", "loopCondition", "loopCardinality"):
            continue
        element = id_of(spot)
        source = spot.text.strip()
        now = zeebe.wording(source) if zeebe_file and source.startswith("=") else from_juel(source)
        if now is None:
            told.append((element, "left", source, ""))
        elif now not in (source, source.removeprefix("${").removesuffix("}").strip()):
            page.reword(spot, now)
            told.append((element, "translated", source, now))
    return [entry for entry in told if entry[1] != "left" or zeebe_file]
