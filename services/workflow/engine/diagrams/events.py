"""Reads what events wait for or throw."""

from dataclasses import dataclass
from typing import Final

from lxml import etree

from services.workflow.engine.diagrams.dialect import BPMN
from services.workflow.engine.diagrams.model import Event, EventKind, TimerForm, TimerText
from services.workflow.engine.documents import text_of

_SUFFIX: Final = "EventDefinition"
_KINDS: Final = {f"{{{BPMN}}}{kind}{_SUFFIX}": kind for kind in EventKind if kind is not EventKind.NONE}


@dataclass(frozen=True, slots=True)
class Names:
    """What a file declares once and events refer to by id."""

    messages: dict[str, str]
    signals: dict[str, str]
    errors: dict[str, str]
    escalations: dict[str, str]
    definitions: dict[str, etree._Element]


def read_names(root: etree._Element) -> Names:
    """Read the declarations of a file."""

    def declared(tag: str, attribute: str) -> dict[str, str]:
        found = root.findall(f"{{{BPMN}}}{tag}")
        return {each.get("id", ""): (each.get(attribute) or each.get("name") or "").strip() for each in found}

    definitions = {each.get("id", ""): each for each in root if each.tag in _KINDS}
    return Names(
        declared("message", "name"),
        declared("signal", "name"),
        declared("error", "errorCode"),
        declared("escalation", "escalationCode"),
        definitions,
    )


def read_event(names: Names, element: etree._Element) -> Event:
    """Read what an element waits for or throws; kind `none` when nothing is said."""
    if element.get("messageRef") is not None:  # send and receive tasks carry it themselves
        return Event(EventKind.MESSAGE, name=names.messages.get(_local(element.get("messageRef")), ""))
    found = [child for child in element if child.tag in _KINDS]
    found += [names.definitions[ref] for ref in _references(element) if ref in names.definitions]
    if not found:
        return Event()
    if len(found) > 1:
        parts = tuple(_definition(names, each) for each in found)
        return Event(EventKind.MULTIPLE, parts=parts, all_parts=element.get("parallelMultiple") == "true")
    return _definition(names, found[0])


def read_telling(names: Names, element: etree._Element, attribute: str) -> Event:
    """Read the event that an attribute refers to; kind `none` when it refers to nothing."""
    shared = names.definitions.get(_local(element.get(attribute)))
    return Event() if shared is None else _definition(names, shared)


def _references(element: etree._Element) -> list[str]:
    return [_local(reference.text) for reference in element.findall(f"{{{BPMN}}}eventDefinitionRef")]


def _definition(names: Names, element: etree._Element) -> Event:
    kind = EventKind(_KINDS[element.tag])

    def referred(declared: dict[str, str]) -> str | None:
        return declared.get(_local(element.get(f"{kind}Ref")))

    match kind:
        case EventKind.MESSAGE:
            event = Event(kind, name=referred(names.messages) or "")
        case EventKind.SIGNAL:
            event = Event(kind, name=referred(names.signals) or "")
        case EventKind.ERROR:
            event = Event(kind, code=referred(names.errors))
        case EventKind.ESCALATION:
            event = Event(kind, code=referred(names.escalations))
        case EventKind.LINK:
            event = Event(kind, name=(element.get("name") or "").strip())
        case EventKind.COMPENSATE:
            undoes, waits = _local(element.get("activityRef")), element.get("waitForCompletion") != "false"
            event = Event(kind, undoes=undoes, waits=waits)
        case _:
            condition = text_of(element.find(f"{{{BPMN}}}condition"))
            event = Event(kind, timers=tuple(_timers(element)), condition=condition)
    return event


def _timers(element: etree._Element) -> list[TimerText]:
    found = []
    for form in TimerForm:
        child = element.find(f"{{{BPMN}}}{form}")
        if child is not None:
            found.append(TimerText(form, text_of(child)))
    return found


def _local(reference: str | None) -> str:
    """Give the id a reference means; tools write it with or without a prefix."""
    return (reference or "").strip().rpartition(":")[2]
