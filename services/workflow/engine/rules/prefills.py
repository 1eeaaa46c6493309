"""Whether there is what a form takes over from earlier steps (`x-from`): a variable somebody sets, a field it has."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from services.workflow.engine.diagrams.model import Node, Process
from services.workflow.engine.findings import Report
from services.workflow.engine.rules.dataflow import fields_of
from services.workflow.engine.rules.forms import file_of
from services.workflow.engine.rules.texts import known_in

_PLACE: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


def check_prefills(
    report: Report, process: Process, processes: Mapping[str, Process], files: Mapping[str, bytes]
) -> None:
    """Refuse a form that takes a field over from what nothing in the process sets, or from a field it does not have."""
    known, fields = known_in(process, processes), fields_of(process, processes, files)
    for node in process.body.all_nodes():
        for name, source in _prefills(process, node, files):
            variable, *rest = source.split(".")
            if not _PLACE.fullmatch(source) or (known is not None and variable not in known):
                report.say("GH-E316", node.id, name=node.name or node.id, field=name, source=source)
            elif rest and variable in fields and rest[0] not in fields[variable]:
                report.say("GH-E408", node.id, variable=variable, field=rest[0], known=", ".join(fields[variable]))


def _prefills(process: Process, node: Node, files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The fields of a step's form that are taken over, each with its source."""
    key = node.settings.get("form")
    file = file_of(process, key, files) if key else None
    if file is None:
        return
    try:
        schema = json.loads(files[file])
    except (ValueError, RecursionError):
        return  # another rule says so
    described = schema.get("properties") if isinstance(schema, dict) else None
    for name, field in described.items() if isinstance(described, dict) else ():
        if isinstance(field, dict) and "x-from" in field:
            yield name, str(field["x-from"])
