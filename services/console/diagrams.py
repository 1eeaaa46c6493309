"""Diagrams as the studio reads and writes them: names of elements, and the settings of the steps people work on. Pure.

Of a file nothing changes but the settings that are set: order, layout and what other editors wrote stay as they are.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lxml import etree

from services.kernel.problem import Problem

_BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"
_NAMES: Final = {"bpmn": _BPMN, "camunda": _CAMUNDA}
_PREFIX: Final = "permit:"
_POST_ATTRIBUTE: Final = f"{{{_CAMUNDA}}}candidateGroups"
_FORM_ATTRIBUTE: Final = f"{{{_CAMUNDA}}}formKey"
_STEPS: Final = ("userTask", "receiveTask")
_PROPERTIES: Final = {"limit": "limit_wd", "warn": "warn", "counts": "counts_in_case_clock"}
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'

_CLOSED: Final = re.compile(r"(<[A-Za-z][\w:.-]*|\")/>")


class DiagramUnreadable(Problem):
    """The file is no XML that one would take."""

    status = 422
    code = "diagram-unreadable"
    zh = "流程图无法读取：{reason}"
    en = "the diagram cannot be read: {reason}"
    remedy_zh = "请在“XML 源码”中更正所指的行，或恢复到历史中较早的一份"
    remedy_en = "mend the line in the XML source, or go back to an earlier state in the history"


@dataclass(frozen=True, slots=True)
class Step:
    """A step somebody works on, or waits for, with its settings as they are written."""

    id: str
    name: str
    kind: str
    post: str
    form: str
    limit: str
    warn: str
    counts: str


def steps_of(text: str) -> list[Step]:
    """The steps with a post and a limit, in the order of the file. Raises DiagramUnreadable."""
    return [_step(one) for one in _elements(_read(text))]


def with_settings(text: str, wanted: Mapping[str, Mapping[str, str]]) -> str:
    """The diagram with other settings: for each id the fields of `Step` that are to be set; an empty one is removed.

    Gives the same text if nothing differs. Raises DiagramUnreadable.
    """
    root, changed = _read(text), False
    for element in _elements(root):
        now = _step(element)
        for field, value in wanted.get(now.id, {}).items():
            if getattr(now, field) != value.strip():
                _set(element, field, value.strip())
                changed = True
    return _written(root) if changed else text


def names_of(text: str) -> dict[str, str]:
    """The names of all elements by id; of one without a name its id. Raises DiagramUnreadable."""
    found = (one for one in _read(text).iter(f"{{{_BPMN}}}*") if one.get("id"))
    return {str(one.get("id")): str(one.get("name") or one.get("id")) for one in found}


def permits_of(text: str) -> dict[str, dict[str, str]]:
    """Every setting of ours by element: `permit:*`, post and form. Raises DiagramUnreadable."""
    found: dict[str, dict[str, str]] = {}
    for element in _read(text).iter(f"{{{_BPMN}}}*"):
        said = {
            str(one.get("name")): str(one.get("value") or "")
            for one in _listed(element)
            if str(one.get("name")).startswith(_PREFIX)
        }
        said |= {name: str(element.get(name)) for name in (_POST_ATTRIBUTE, _FORM_ATTRIBUTE) if element.get(name)}
        if said:
            found[str(element.get("id"))] = said
    return found


def walk_path(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The elements that a walk passes, as marks; its steps as badges: their order and day. Both empty for no walk."""
    try:
        walk: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}, {}
    passed = [one for one in walk.get("expect", {}).get("passed", ()) if isinstance(one, str)]
    steps = [(one.get("complete") or one.get("answer"), one.get("at")) for one in walk.get("step", ())]
    taken = [(str(element), at) for element, at in steps if element]
    badges: dict[str, str] = {}
    for number, (element, at) in enumerate(taken, start=1):
        day = f"{number} · {at:%m-%d}" if isinstance(at, datetime) else f"{number}"
        badges[element] = f"{badges[element]}, {day}" if element in badges else day
    return dict.fromkeys([*passed, *badges], "passed"), badges


def _read(text: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DiagramUnreadable(reason=" ".join(str(error).split())[:200]) from None
    information: Any = root.getroottree().docinfo
    if information.doctype:
        raise DiagramUnreadable(reason="DOCTYPE")
    return root


def _written(root: etree._Element) -> str:
    """As bpmn-js writes it, with a blank before `/>`: so that not every line of the file differs in a comparison."""
    body = etree.tostring(root, encoding="UTF-8", xml_declaration=False).decode()
    return _HEAD + _CLOSED.sub(r"\1 />", body) + "\n"


def _elements(root: etree._Element) -> Iterable[etree._Element]:
    return (one for one in root.iter(*(f"{{{_BPMN}}}{kind}" for kind in _STEPS)) if one.get("id"))


def _listed(element: etree._Element) -> list[etree._Element]:
    """The properties of this element, not of those below it."""
    return list(element.findall("bpmn:extensionElements/camunda:properties/camunda:property", _NAMES))


def _step(element: etree._Element) -> Step:
    said = {str(one.get("name")).removeprefix(_PREFIX): str(one.get("value") or "") for one in _listed(element)}
    kind = etree.QName(element).localname
    return Step(
        id=str(element.get("id")),
        name=str(element.get("name") or ""),
        kind=kind,
        post=str(element.get(_POST_ATTRIBUTE) or "") if kind == "userTask" else said.get("post", ""),
        form=str(element.get(_FORM_ATTRIBUTE) or ""),
        limit=said.get("limit_wd", ""),
        warn=said.get("warn", ""),
        counts=said.get("counts_in_case_clock", ""),
    )


def _set(element: etree._Element, field: str, value: str) -> None:
    is_user_task = etree.QName(element).localname == "userTask"
    if field == "name":
        _set_attribute(element, "name", value)
    elif field == "form":
        _set_attribute(element, _FORM_ATTRIBUTE, value)
    elif field == "post" and is_user_task:
        _set_attribute(element, _POST_ATTRIBUTE, value)
    else:
        _set_property(element, _PREFIX + _PROPERTIES.get(field, field), value)


def _set_attribute(element: etree._Element, name: str, value: str) -> None:
    if value:
        element.set(name, value)
    else:
        element.attrib.pop(name, "")


def _set_property(element: etree._Element, name: str, value: str) -> None:
    found = next((one for one in _listed(element) if one.get("name") == name), None)
    if found is not None and not value:
        parent = found.getparent()
        assert parent is not None  # noqa: S101 - it was found below one
        parent.remove(found)
    elif found is not None:
        found.set("value", value)
    elif value:
        etree.SubElement(_properties(element), f"{{{_CAMUNDA}}}property", {"name": name, "value": value})


def _properties(element: etree._Element) -> etree._Element:
    """The list of properties; made where the schema wants it, behind the documentation."""
    extensions = element.find("bpmn:extensionElements", _NAMES)
    if extensions is None:
        extensions = etree.Element(f"{{{_BPMN}}}extensionElements")
        element.insert(len(element.findall("bpmn:documentation", _NAMES)), extensions)
    properties = extensions.find("camunda:properties", _NAMES)
    return properties if properties is not None else etree.SubElement(extensions, f"{{{_CAMUNDA}}}properties")
