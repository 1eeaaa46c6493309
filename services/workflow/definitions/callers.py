"""A permit made for one shared process alone: it accepts, calls the process, decides and ends.

A shared process is judged and walked in it as it is in every permit: `permit:inputs` are handed over from the case's
facts, and everything it sets comes back. Clocks that start or stop inside the process do neither outside.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final
from xml.sax.saxutils import quoteattr

from services.workflow.definitions.items import ITEM_FILE
from services.workflow.definitions.sharing import SHARED, needed
from services.workflow.engine import findings
from services.workflow.engine.diagrams.model import Process
from services.workflow.engine.diagrams.reading import read_diagram
from services.workflow.engine.documents import read_xml

CALLER: Final = "shared-caller"
DIAGRAM: Final = "diagram.bpmn"
WALKS: Final = SHARED + "walks/"

_ITEM: Final = f"""
key = "{CALLER}"
code = "SHARED"
name = "共用流程"
name_en = "Shared process"
department = "D06"
legal_basis = ["《中华人民共和国行政许可法》第四十二条"]
statutory_workdays = 20
situations = [{{ code = "any", name = "任何情形", name_en = "Any situation", promised_workdays = 20 }}]
"""

_HEAD: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="Definitions_Caller" targetNamespace="https://guihua.example/bpmn">
<bpmn:process id="{CALLER}" name="共用流程" isExecutable="true">
"""
_TAIL: Final = "</bpmn:process></bpmn:definitions>"


def shared_processes(shelf: Mapping[str, bytes]) -> dict[str, Process]:
    """The processes of the shared folder by their ids, as far as they can be read. Paths begin with `shared/`."""
    found: dict[str, Process] = {}
    for path, content in sorted(shelf.items()):
        report = findings.Report(path)
        root = read_xml(report, content) if path.endswith(".bpmn") else None
        if root is not None:
            found |= {process.id: process for process in read_diagram(report, root).processes if process.executable}
    return found


def alone(process: Process, shelf: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a permit that calls one shared process; its walks are those in `shared/walks/<process id>/`."""
    own = {DIAGRAM: _drawn(process).encode(), ITEM_FILE: _ITEM.encode()}
    mine = f"{WALKS}{process.id}/"
    walks = {f"walks/{path.removeprefix(mine)}": text for path, text in shelf.items() if path.startswith(mine)}
    return own | walks | needed(own, shelf)


def _drawn(process: Process) -> str:
    return _HEAD + "\n".join((*_nodes(process), *_flows())) + _TAIL


def _nodes(process: Process) -> Iterator[str]:
    yield '<bpmn:startEvent id="Start_Caller" name="收件" />'
    yield _event("Event_CallerAccepted", "受理", *_clock(process, "start"), ("milestone", "accepted"))
    name, called = quoteattr(process.name or process.id), quoteattr(process.id)
    yield f'<bpmn:callActivity id="Call_Shared" name={name} calledElement={called}>'
    names = (name.strip() for name in process.settings.get("inputs", "").split(","))
    ins = (f'<camunda:in sourceExpression="case.facts.{name}" target="{name}" />' for name in names if name)
    yield f'<bpmn:extensionElements>{"".join(ins)}<camunda:out variables="all" /></bpmn:extensionElements>'
    yield "</bpmn:callActivity>"
    decided = (("milestone", "decided"), ("outcome", "done"))
    yield _event("Event_CallerDecided", "作出决定", *_clock(process, "stop"), *decided)
    yield f'<bpmn:endEvent id="End_Caller" name="办结">{_settings(("outcome", "done"))}</bpmn:endEvent>'


def _flows() -> Iterator[str]:
    line = ("Start_Caller", "Event_CallerAccepted", "Call_Shared", "Event_CallerDecided", "End_Caller")
    for number, (source, target) in enumerate(pairwise(line), start=1):
        yield f'<bpmn:sequenceFlow id="Flow_Caller{number}" sourceRef="{source}" targetRef="{target}" />'


def _clock(process: Process, does: str) -> tuple[tuple[str, str], ...]:
    inside = any(node.settings.get("case_clock") == does for node in process.body.all_nodes())
    return () if inside else (("case_clock", does),)


def _event(element: str, name: str, *settings: tuple[str, str]) -> str:
    inside = _settings(*settings)
    return f'<bpmn:intermediateThrowEvent id="{element}" name="{name}">{inside}</bpmn:intermediateThrowEvent>'


def _settings(*settings: tuple[str, str]) -> str:
    inside = "".join(f'<camunda:property name="permit:{key}" value="{value}" />' for key, value in settings)
    return f"<bpmn:extensionElements><camunda:properties>{inside}</camunda:properties></bpmn:extensionElements>"
