"""Whether the forms that tasks name are there and usable."""

import json
from collections.abc import Mapping
from posixpath import dirname, join
from typing import Any, Final

from services.workflow.engine.diagrams.model import Node, Process
from services.workflow.engine.findings import Report

_FILLED_IN: Final = frozenset({"userTask", "startEvent"})


def check_forms(report: Report, process: Process, files: Mapping[str, bytes]) -> None:
    """Check the form of every user task of a process, and of its start events."""
    for node in process.body.all_nodes():
        key = node.settings.get("form")
        if node.tag not in _FILLED_IN or not key:
            continue
        file = file_of(process, key, files)
        if file is None:
            report.say("GH-E305", node.id, form=key)
        else:
            _fields(report, node, _schema(report.at(file), node, files[file]))


def file_of(process: Process, key: str, files: Mapping[str, bytes]) -> str | None:
    """Give the file of a form: beside the diagram, or at the top; None when there is none."""
    beside = join(dirname(process.file), "forms", f"{key}.json")
    return next((name for name in (beside, f"forms/{key}.json") if name in files), None)


def _schema(report: Report, node: Node, content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        report.say("GH-E306", node.id, reason=type(error).__name__)
        return None
    if not isinstance(found, dict) or not isinstance(found.get("properties"), dict):
        report.say("GH-E306", node.id, reason="properties")
        return None
    return found


def _fields(report: Report, node: Node, schema: dict[str, Any] | None) -> None:
    if schema is None or node.settings.get("quick_approval") != "yes":
        return
    for field in ("decision", "opinion"):
        if field not in schema["properties"]:
            report.say("GH-E314", node.id, name=node.name or node.id, field=field)
