"""Flowable and Activiti: their settings have the names of Camunda 7, whose ancestor Activiti is."""

from typing import Final

from services.workflow.lint.mending.flavours.saying import Telling, Told, id_of, label, owner_of
from services.workflow.lint.mending.pages import Page, Spot

FLOWABLE: Final = "http://flowable.org/bpmn"
ACTIVITI: Final = "http://activiti.org/bpmn"

_SAME: Final = frozenset({"candidateGroups", "collection", "elementVariable", "topic", "decisionRef", "resultVariable"})
_ACTS: Final = frozenset({"class", "expression", "delegateExpression"})
"""Said in our dialect too, so that lint names them: the engine does not act on them."""

_EXTERNAL: Final = frozenset({"external-worker", "external"})
_CALLS: Final = frozenset({"in", "out"})
_MEANS: Final = frozenset({"executionListener", "taskListener", "field", "formProperty", "mapException"})


def translate(page: Page, space: str) -> list[Told]:
    """Translate the settings of a page."""
    telling = Telling(page)
    for spot in page.all():
        for key in [key for key in spot.attributes if spot.named(key)[0] == space]:
            _attribute(telling, spot, key)
    for spot in [each for each in page.all() if each.space == space]:
        _element(telling, spot)
    return telling.told


def _attribute(telling: Telling, spot: Spot, key: str) -> None:
    name, value = spot.named(key)[1], spot.attributes[key]
    was = f'{key}="{value}"'
    telling.page.drop(spot, key)
    if name in _SAME or name in _ACTS:
        telling.becomes(spot, f"camunda:{name}", value, was)
    elif name == "formKey":
        telling.becomes(spot, "camunda:formKey", value.rsplit("/", 1)[-1].removesuffix(".json"), was)
    elif name == "type" and value in _EXTERNAL:
        telling.becomes(spot, "camunda:type", "external", was)
    elif name == "candidateUsers" or (name == "assignee" and not value.startswith(("$", "#"))):
        telling.becomes(spot, f"camunda:{name}", value, was)
    else:
        telling.dropped(spot, was)


def _element(telling: Telling, spot: Spot) -> None:
    owner = owner_of(spot)
    if spot.tag in _CALLS and owner.is_a("callActivity"):
        written = " ".join(f'{k}="{v}"' for k, v in spot.attributes.items() if not k.startswith("xmlns"))
        prefix = telling.page.camunda()
        telling.page.replace(spot, f"<{prefix}{spot.tag} {written}/>")
        telling.told.append((id_of(owner), "translated", label(spot), f"camunda:{spot.tag} {written}"))
    elif spot.tag in _MEANS:
        telling.left(owner, label(spot))
    elif spot.parent is not None and not any(up.space == spot.space for up in _above(spot)):
        telling.page.remove(spot)
        telling.dropped(owner, label(spot))


def _above(spot: Spot) -> list[Spot]:
    found, parent = [], spot.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found
