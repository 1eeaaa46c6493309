"""Lint of forms: each is a closed JSON Schema 2020-12 of its own, and fits the steps that use it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from services.workflow.answers import OFFICERS_FIELD
from services.workflow.engine.diagrams.model import Node, Process
from services.workflow.lint.reports import Report
from services.workflow.lint.settings import label

LINK_FIELDS: Final = frozenset({"decision", "opinion"})
"""What a decision by signed link fills in."""

_FOLDER: Final = "forms/"
Form = Mapping[str, Any]


def form_path(key: str) -> str:
    """The file of a form key."""
    return f"{_FOLDER}{key}.json"


def check_forms(report: Report, files: Mapping[str, bytes], processes: Iterable[Process]) -> None:
    """Check every form by itself, and against the steps that use it."""
    forms = {path: _read(report, path, content) for path, content in files.items() if path.startswith(_FOLDER)}
    used: set[str] = set()
    for process in processes:
        for node in process.body.all_nodes():
            if node.tag in ("userTask", "manualTask"):
                used |= _check_step(report, process, node, forms)
    for path in forms.keys() - used:
        report.say("GH-W722", path)


def _read(report: Report, path: str, content: bytes) -> Form | None:
    try:
        form = json.loads(content)
        Draft202012Validator.check_schema(form)
    except (ValueError, RecursionError) as error:
        report.say("GH-E718", path, reason=str(error).splitlines()[0])
        return None
    except SchemaError as error:
        report.say("GH-E718", path, reason=f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
        return None
    if not isinstance(form, dict) or form.get("type") != "object":
        report.say("GH-E718", path, reason='"type" is not "object"')
        return None
    for reference in _references(form):
        if not reference.startswith("#"):
            report.say("GH-E719", path, reference=reference)
    for field, described in form.get("properties", {}).items():
        if not (isinstance(described, dict) and described.get("title")):
            report.say("GH-W726", path, field=field)
    return form


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("$ref", "$dynamicRef") and isinstance(inner, str):
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _check_step(report: Report, process: Process, node: Node, forms: Mapping[str, Form | None]) -> set[str]:
    key = node.settings.get("form", "")
    path = form_path(key)
    if not key:
        report.say("GH-E707", process.file, node.id, name=label(node))
        return set()
    if path not in forms:
        report.say("GH-E708", process.file, node.id, name=label(node), form=path)
        return set()
    form = forms[path]
    if form is not None:
        _check_fit(report, process, node, path, form)
    return {path}


def _check_fit(report: Report, process: Process, node: Node, path: str, form: Form) -> None:
    fields = set(form.get("properties", {}))
    if node.settings.get("two_officers") == "yes" and OFFICERS_FIELD not in fields:
        report.say("GH-E721", process.file, node.id, name=label(node), form=path)
    if node.settings.get("quick_approval") == "yes":
        if missing := LINK_FIELDS - fields:
            report.say("GH-E730", process.file, node.id, name=label(node), form=path, fields=", ".join(sorted(missing)))
        if beyond := set(form.get("required", ())) - LINK_FIELDS:
            report.say("GH-E720", process.file, node.id, name=label(node), form=path, fields=", ".join(sorted(beyond)))
