"""Lint of forms: each is a closed JSON Schema 2020-12 of its own, and fits the steps that use it."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from services.workflow.answers import OFFICERS_FIELD
from services.workflow.engine.diagrams.model import Node, Process
from services.workflow.engine.language.patterns import is_costly
from services.workflow.engine.models import Finding
from services.workflow.engine.rules.forms import file_of
from services.workflow.lint.references import references, tangled
from services.workflow.lint.reports import Report
from services.workflow.lint.settings import label

LINK_FIELDS: Final = frozenset({"decision", "opinion"})
"""What a decision by signed link fills in."""

_FORM: Final = re.compile(r"([^/]+/)?forms/[^/]+\.json")

_NO_SCHEMA: Final = frozenset({"enum", "const", "default", "examples"})
_DEEPEST: Final = 40
_TOO_DEEP: Final = f"it nests deeper than {_DEEPEST} levels"

Form = Mapping[str, Any]


def form_path(files: Collection[str], key: str) -> str | None:
    """The file of a form key: in `forms/`, or in that of a shared process; None if there is none."""
    own = f"forms/{key}.json"
    return own if own in files else next((path for path in sorted(files) if path.endswith(f"/{own}")), None)


def check_forms(report: Report, files: Mapping[str, bytes], processes: Iterable[Process]) -> dict[str, Form]:
    """Check every form by itself, and against the steps that use it; gives those that can be filled in."""
    forms = {path: _read(report, path, content) for path, content in files.items() if _FORM.fullmatch(path)}
    used: set[str] = set()
    for process in processes:
        for node in process.body.all_nodes():
            key = node.settings.get("form", "")
            path, beside = form_path(forms, key), file_of(process, key, files)
            if path is not None:
                used.add(path)
                _check_fit(report, process, node, path, forms[path])
            if beside not in (None, path):
                report.say("GH-E737", process.file, node.id, name=label(node), form=beside, shown=path)
    for path in forms.keys() - used:
        report.say("GH-W722", path)
    return {path: form for path, form in forms.items() if form is not None and not _is_endless(form)}


def look_at(text: str) -> tuple[list[Finding], Form | None]:
    """What is wrong with a form by itself; and the form, if it can be filled in and answers to it be checked."""
    report = Report()
    form = _read(report, "", text.encode("utf-8", "replace"))
    return report.findings, None if form is None or _is_endless(form) else form


def _is_endless(form: Form) -> bool:
    """Whether answers to a form could be checked for ever, or not at all: other rules say so."""
    return bool(tangled(form)) or any(is_costly(pattern) for _, pattern in _patterns(form, ""))


def _read(report: Report, path: str, content: bytes) -> Form | None:
    try:
        form = _parsed(content)
        Draft202012Validator.check_schema(form)
    except (ValueError, OverflowError) as error:
        report.say("GH-E718", path, reason=str(error).splitlines()[0])
        return None
    except SchemaError as error:
        report.say("GH-E718", path, reason=f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
        return None
    if not isinstance(form, dict) or form.get("type") != "object":
        report.say("GH-E718", path, reason='"type" is not "object"')
        return None
    _check_references(report, path, form)
    for field, pattern in _patterns(form, ""):
        if is_costly(pattern):
            report.say("GH-E735", path, field=field, pattern=pattern)
    for field, described in form.get("properties", {}).items():
        if not (isinstance(described, dict) and described.get("title")):
            report.say("GH-W726", path, field=field)
    return form


def _parsed(content: bytes) -> Any:  # noqa: ANN401 - whatever a file may hold
    """The JSON of a file. Raises ValueError for what is none, or could not be sent on as JSON."""
    try:
        value = json.loads(content, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is a ValueError as well
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return value
    raise ValueError(_TOO_DEEP)


def _no_constant(name: str) -> None:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


def _inside(value: object) -> Iterable[object]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case _:
            return ()


def _check_references(report: Report, path: str, form: Form) -> None:
    foreign = [reference for reference in references(form) if not reference.startswith("#")]
    for reference in foreign:
        report.say("GH-E719", path, reference=reference)
    if not foreign and (fault := tangled(form)):
        report.say("GH-E734", path, reference=fault)


def _patterns(value: object, field: str) -> Iterator[tuple[str, str]]:
    """Every pattern with the field that it is for."""
    if isinstance(value, list):
        for inner in value:
            yield from _patterns(inner, field)
    if not isinstance(value, dict):
        return
    if isinstance(pattern := value.get("pattern"), str):
        yield field, pattern
    yield from ((field, pattern) for pattern in value.get("patternProperties", ()))
    for key, inner in value.items():
        if key == "properties" and isinstance(inner, dict):
            for name, described in inner.items():
                yield from _patterns(described, name)
        elif key not in _NO_SCHEMA:
            yield from _patterns(inner, field)


def _check_fit(report: Report, process: Process, node: Node, path: str, form: Form | None) -> None:
    if form is None:
        return
    fields = set(form.get("properties", {}))
    if node.settings.get("two_officers") == "yes" and OFFICERS_FIELD not in fields:
        report.say("GH-E721", process.file, node.id, name=label(node), form=path)
    beyond = set(form.get("required", ())) - LINK_FIELDS
    if node.settings.get("quick_approval") == "yes" and beyond:
        report.say("GH-E720", process.file, node.id, name=label(node), form=path, fields=", ".join(sorted(beyond)))
