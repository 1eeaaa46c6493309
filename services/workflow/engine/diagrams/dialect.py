"""The one reader of extension elements: Camunda 7 attributes and our `permit:*` properties.

Everything a diagram says beyond BPMN is read here and nowhere else; another dialect would be another such module.
"""

from typing import Final

from lxml import etree

from services.workflow.engine.diagrams.model import Calls, Decides, Mapped

CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"
BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PREFIX: Final = "permit:"
_LIMIT: Final = "permit:limit_wd"

_SETTINGS: Final = {"candidateGroups": "post", "candidateStarterGroups": "starters", "formKey": "form"}
_IGNORED: Final = {
    "assignee",
    "candidateUsers",
    "dueDate",
    "followUpDate",
    "priority",
    "formRef",
    "formRefBinding",
    "taskPriority",
    "jobPriority",
    "errorCodeVariable",
    "errorMessageVariable",
    "escalationCodeVariable",
}
_FORBIDDEN_ATTRIBUTES: Final = {"class", "expression", "delegateExpression", "resource"}
_FORBIDDEN_ELEMENTS: Final = {
    "executionListener",
    "taskListener",
    "inputOutput",
    "connector",
    "field",
    "formData",
    "errorEventDefinition",
    "script",
}


def camunda(element: etree._Element, name: str) -> str | None:
    """Give a Camunda attribute; None when it is absent or blank."""
    value = element.get(f"{{{CAMUNDA}}}{name}")
    return value.strip() or None if value is not None else None


def settings(element: etree._Element) -> dict[str, str]:
    """Give the `permit:*` properties without the prefix, `post`, `starters` and `form`: of this element, not below.

    One without a value is as good as none: editors write an empty one for each field of a template that is left open.
    A limit is the exception: one that somebody emptied must not pass for none.
    """
    found: dict[str, str] = {}
    for extension in _extensions(element, "properties"):
        for entry in extension:
            name, said = entry.get("name") or "", (entry.get("value") or "").strip()
            if name.startswith(PREFIX) and (said or name == _LIMIT):
                found[name.removeprefix(PREFIX)] = said
    for attribute, key in _SETTINGS.items():
        value = camunda(element, attribute)
        if value is not None:
            found[key] = value
    return found


def topic(element: etree._Element) -> str | None:
    """Give the topic of an external task; None when the task is not external."""
    return camunda(element, "topic") if camunda(element, "type") == "external" else None


def calls(element: etree._Element) -> Calls:
    """Give what a call activity calls and hands over."""
    called = (element.get("calledElement") or "").strip()
    ins, outs = _extensions(element, "in"), _extensions(element, "out")
    return Calls(
        called,
        tuple(_mapped(entry) for entry in ins if entry.get("target")),
        tuple(_mapped(entry) for entry in outs if entry.get("target")),
        any(entry.get("variables") == "all" for entry in ins),
        any(entry.get("variables") == "all" for entry in outs),
    )


def decides(element: etree._Element) -> Decides:
    """Give what a business rule task decides with; empty texts for what is not said."""
    return Decides(
        camunda(element, "decisionRef") or "",
        camunda(element, "resultVariable") or "",
        camunda(element, "mapDecisionResult") or "",
    )


def oddities(element: etree._Element) -> tuple[tuple[str, str], ...]:
    """Give what another engine would act on and this one does not: (rule, name)."""
    found: list[tuple[str, str]] = []
    for key in element.attrib:
        name = etree.QName(key)
        if name.namespace == CAMUNDA and name.localname in _FORBIDDEN_ATTRIBUTES:
            found.append(("GH-E221", f"camunda:{name.localname}"))
        elif name.namespace == CAMUNDA and name.localname in _IGNORED:
            found.append(("GH-W222", f"camunda:{name.localname}"))
    for extension in _extensions(element):
        name = etree.QName(extension)
        if name.namespace == CAMUNDA and name.localname in _FORBIDDEN_ELEMENTS:
            found.append(("GH-E221", f"camunda:{name.localname}"))
    return tuple(found)


def several_attributes(element: etree._Element) -> tuple[str | None, str | None]:
    """Give the collection and the element variable of multi-instance characteristics."""
    return camunda(element, "collection"), camunda(element, "elementVariable")


def _mapped(entry: etree._Element) -> Mapped:
    return Mapped((entry.get("target") or "").strip(), entry.get("source"), entry.get("sourceExpression"))


def _extensions(element: etree._Element, name: str | None = None) -> list[etree._Element]:
    holder = element.find(f"{{{BPMN}}}extensionElements")
    if holder is None:
        return []
    wanted = f"{{{CAMUNDA}}}{name}"
    return [entry for entry in holder if name is None or entry.tag == wanted]
