"""SpiffArena: forms are properties, service tasks have an operator, people come from lanes."""

import re
from typing import Final

from services.workflow.lint.mending.flavours.saying import Telling, Told, label, owner_of
from services.workflow.lint.mending.pages import Page, Spot

SPACE: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_FORMS: Final = frozenset({"formJsonSchemaFilename"})
_NO_MEANING: Final = frozenset(
    {
        "instructionsForEndUser",
        "guestConfirmation",
        "scriptsOnInstances",
        "unitTests",
        "isOutputSynced",
        "allowGuest",
        "retry",
        "parameters",
        "category",
    }
)
_POST: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}")
_INSIDE: Final = frozenset({"property", "parameter", "inputParameter", "parameters", "unitTest", "inputJson"})


def translate(page: Page, space: str) -> list[Told]:
    """Translate the settings of a page."""
    telling = Telling(page)
    for spot in [each for each in page.all() if each.space == space and each.tag not in _INSIDE]:
        if spot.parent is not None and spot.parent.space == space:
            continue
        _element(telling, spot, owner_of(spot))
    _lanes(telling)
    return telling.told


def _element(telling: Telling, spot: Spot, owner: Spot) -> None:
    match spot.tag:
        case "properties":
            _properties(telling, spot, owner)
        case "serviceTaskOperator":
            topic = re.sub(r"[^\w.-]+", "-", spot.get("id") or "").strip("-").lower()
            telling.becomes(owner, "camunda:type", "external", label(spot))
            telling.becomes(owner, "camunda:topic", topic, label(spot))
            if result := spot.get("resultVariable"):
                prefix = telling.page.camunda()
                entry = f'<{prefix}property name="permit:result" value="{result}"/>'
                telling.page.add_behind(spot, f"<{prefix}properties>{entry}</{prefix}properties>")
            telling.page.remove(spot)
        case "calledDecisionId":
            telling.becomes(owner, "camunda:decisionRef", spot.text.strip(), label(spot))
            telling.becomes(owner, "camunda:resultVariable", spot.text.strip(), label(spot))
            telling.page.remove(spot)
        case tag if tag in _NO_MEANING:
            telling.page.remove(spot)
            telling.dropped(owner, label(spot))
        case _:
            telling.left(owner, label(spot))


def _properties(telling: Telling, spot: Spot, owner: Spot) -> None:
    for entry in spot.children:
        name, value = entry.get("name") or "", entry.get("value") or ""
        if name in _FORMS:
            form = value.rsplit("/", 1)[-1].removesuffix(".json").removesuffix("-schema")
            telling.becomes(owner, "camunda:formKey", form, f"{name}={value}")
        else:
            telling.dropped(owner, f"{name}={value}")
    telling.page.remove(spot)


def _lanes(telling: Telling) -> None:
    """A user task in a lane that is called like a post is done by that post."""
    for lane in [each for each in telling.page.all() if each.is_a("lane")]:
        name = (lane.attributes.get("name") or "").strip()
        if not _POST.fullmatch(name):
            continue
        for reference in lane.children:
            task = telling.page.ids.get(reference.text.strip())
            if reference.is_a("flowNodeRef") and task is not None and task.is_a("userTask", "manualTask"):
                telling.becomes(task, "camunda:candidateGroups", name, f"lane {name}")
