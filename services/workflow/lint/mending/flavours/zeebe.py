"""Camunda 8 (Zeebe): settings are elements, expressions are FEEL after `=`."""

import json
import re
from collections.abc import Callable
from typing import Final

from services.workflow.lint.mending.flavours.saying import Telling, Told, id_of, label, owner_of
from services.workflow.lint.mending.pages import Page, Spot
from services.workflow.lint.mending.wordings import from_feel

SPACE: Final = "http://camunda.org/schema/zeebe/1.0"
_ATTRIBUTES_OF_FILE: Final = ("modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon")
_NO_MEANING: Final = frozenset(
    {"userTask", "taskHeaders", "header", "priorityDefinition", "versionTag", "taskSchedule", "subscription", "adHoc"}
)
_INSIDE: Final = frozenset({"header", "property", "input", "output"})


def wording(source: str) -> str | None:
    """Rewrite an expression; a text without `=` stays as it is."""
    return from_feel(source) if source.startswith("=") else source


def translate(page: Page, space: str) -> list[Told]:
    """Translate the settings of a page."""
    telling = Telling(page)
    for spot in [each for each in page.all() if each.space == space and each.tag not in _INSIDE]:
        owner = owner_of(spot)
        translator = _TRANSLATORS.get(spot.tag)
        if translator is not None:
            if translator(telling, spot, owner):
                page.remove(spot)
        elif spot.tag in _NO_MEANING:
            page.remove(spot)
            telling.dropped(owner, label(spot))
        else:
            telling.left(owner, label(spot))
    for spot in page.all():
        for key in [key for key in spot.attributes if spot.named(key)[0] == space]:
            page.drop(spot, key)
            telling.dropped(spot, key)
    return telling.told


def _groups(written: str) -> str | None:
    """Give the one group of a plain list; None for an expression that cannot be told before it runs."""
    if written.startswith("="):
        try:
            found = json.loads(written[1:])
        except ValueError:
            return None
        names = found if isinstance(found, list) else [found]
        return ",".join(map(str, names))
    return ",".join(part.strip() for part in written.split(","))


def _assignment(telling: Telling, spot: Spot, owner: Spot) -> bool:
    groups = _groups(spot.get("candidateGroups") or "")
    if groups:
        telling.becomes(owner, "camunda:candidateGroups", groups, label(spot))
        return True
    if "candidateGroups" in spot.attributes:
        telling.left(owner, label(spot))
        return False
    telling.dropped(owner, label(spot))
    return True


def _form(telling: Telling, spot: Spot, owner: Spot) -> bool:
    key = spot.get("formKey") or spot.get("formId") or spot.get("externalReference")
    if not key or key.startswith("="):
        telling.left(owner, label(spot))
        return False
    name = key.rsplit(":", 1)[-1].rsplit("/", 1)[-1].removesuffix(".form").removesuffix(".json")
    telling.becomes(owner, "camunda:formKey", name, label(spot))
    return True


def _topic(telling: Telling, spot: Spot, owner: Spot) -> bool:
    kind = spot.get("type") or ""
    if not kind or kind.startswith("="):
        telling.left(owner, label(spot))
        return False
    telling.becomes(owner, "camunda:type", "external", label(spot))
    telling.becomes(owner, "camunda:topic", re.sub(r"[^\w.-]+", "-", kind), label(spot))
    return True


def _called(telling: Telling, spot: Spot, owner: Spot) -> bool:
    process = spot.get("processId") or ""
    if not process or process.startswith("="):
        telling.left(owner, label(spot))
        return False
    telling.becomes(owner, "calledElement", process, label(spot))
    prefix = telling.page.camunda()
    ways = ["in"] if spot.get("propagateAllChildVariables") == "false" else ["in", "out"]
    telling.page.add_behind(spot, "".join(f'<{prefix}{way} variables="all"/>' for way in ways))
    return True


def _decision(telling: Telling, spot: Spot, owner: Spot) -> bool:
    telling.becomes(owner, "camunda:decisionRef", spot.get("decisionId") or "", label(spot))
    telling.becomes(owner, "camunda:resultVariable", spot.get("resultVariable") or "", label(spot))
    return True


def _loop(telling: Telling, spot: Spot, owner: Spot) -> bool:
    collection = wording(spot.get("inputCollection") or "")
    if not collection:
        telling.left(owner, label(spot))
        return False
    telling.becomes(owner, "camunda:collection", collection, label(spot))
    if item := spot.get("inputElement"):
        telling.becomes(owner, "camunda:elementVariable", item, label(spot))
    return True


def _script(telling: Telling, spot: Spot, owner: Spot) -> bool:
    text = wording(spot.get("expression") or "")
    result = spot.get("resultVariable")
    if not text or not result:
        telling.left(owner, label(spot))
        return False
    written = f"{result} = {text}".replace("&", "&amp;").replace("<", "&lt;")
    prefix = telling.page.prefix(owner.space, "bpmn")
    telling.page.add(owner, f"<{prefix}script>{written}</{prefix}script>")
    telling.told.append((id_of(owner), "translated", label(spot), f"script {result} = {text}"))
    return True


def _properties(telling: Telling, spot: Spot, owner: Spot) -> bool:
    prefix = telling.page.camunda()
    entries = [(each.get("name") or "", each.get("value") or "") for each in spot.children]
    written = "".join(f'<{prefix}property name="{_quoted(name)}" value="{_quoted(value)}"/>' for name, value in entries)
    telling.page.add_behind(spot, f"<{prefix}properties>{written}</{prefix}properties>")
    for name, value in entries:
        telling.told.append((id_of(owner), "translated", f"property {name}", f"{name}={value}"))
    return True


def _mapping(telling: Telling, spot: Spot, owner: Spot) -> bool:
    """A call hands its variables over by `in` and `out`; on other elements a mapping has no counterpart."""
    if not owner.is_a("callActivity"):
        telling.left(owner, label(spot))
        return False
    prefix, written = telling.page.camunda(), ""
    for each in spot.children:
        way = "in" if each.tag == "input" else "out"
        source = wording(each.get("source") or "")
        if source is None:
            telling.left(owner, label(each))
            return False
        written += f'<{prefix}{way} sourceExpression="{_quoted(source)}" target="{_quoted(each.get("target") or "")}"/>'
    telling.page.add_behind(spot, written)
    telling.told.append((id_of(owner), "translated", "ioMapping", "camunda:in, camunda:out"))
    return True


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


_TRANSLATORS: Final[dict[str, Callable[[Telling, Spot, Spot], bool]]] = {
    "assignmentDefinition": _assignment,
    "formDefinition": _form,
    "taskDefinition": _topic,
    "calledElement": _called,
    "calledDecision": _decision,
    "loopCharacteristics": _loop,
    "script": _script,
    "properties": _properties,
    "ioMapping": _mapping,
}
