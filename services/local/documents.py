"""Generated documents: OpenAPI of each service, AsyncAPI of all events, who may ask what, ends of docs/domain.md.

`python -m services.local.documents --write` writes them anew, `--check` fails when they are not what the code says.
"""

import difflib
import importlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.contracts.catalogue import CATALOGUE
from services.contracts.events import Envelope, Said
from services.local import permits
from services.local.layout import SERVICES

_API: Final = Path("docs/api")
_DOMAIN: Final = Path("docs/domain.md")
_EVERY_ID: Final = Path("tests/docs")
"""Lists all ids, and so proves none."""
_CITED: Final = re.compile(r"\b(?:A|B|SL)-\d{2}\b")
_CITING: Final = frozenset({".py", ".toml", ".bpmn"})


def openapi(service: str) -> str:
    """The OpenAPI document of a service."""
    module = importlib.import_module(f"services.{service}.__main__")
    document = module.SERVICE.create_app().openapi()
    document["info"]["version"] = "1"
    return _json(document)


def asyncapi() -> str:
    """One AsyncAPI 3.0 document: every event type, who says it and who hears it."""
    hears = {service: _hears(service) for service in SERVICES}
    events = [CATALOGUE[name] for name in sorted(CATALOGUE)]
    models: list[type[BaseModel]] = [Envelope, *events]
    _, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Guihua events",
            "version": "1",
            "description": "CloudEvents 1.0 in JSON over NATS JetStream. Subject: the event type, a dot, the key.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {event.TYPE: _channel(event) for event in events},
        "operations": dict(_operations(events, hears)),
        "components": {"schemas": definitions["$defs"], "messages": {event.TYPE: _message(event) for event in events}},
    }
    return _json(document)


def domain() -> str:
    """docs/domain.md with the columns «built in» and «proven by» as the docstrings of code and tests cite the ids."""
    built, proven = _citations(Path("services"), Path("bpmn")), _citations(Path("tests"))
    return "\n".join(_row(line, built, proven) for line in _DOMAIN.read_text(encoding="utf-8").splitlines()) + "\n"


def _documents() -> Iterable[tuple[Path, Callable[[], str]]]:
    for service in SERVICES:
        yield _API / f"{service}.openapi.json", lambda service=service: openapi(service)  # type: ignore[misc]
    yield _API / "events.asyncapi.json", asyncapi
    yield _DOMAIN, domain
    yield permits.PATH, permits.permissions


def _hears(service: str) -> set[str]:
    module = importlib.import_module(f"services.{service}.__main__")
    return {kind.TYPE for kind in module.SERVICE.hears}


def _channel(event: type[Said]) -> dict[str, Any]:
    return {
        "address": f"{event.TYPE}.{{{event.KEY}}}",
        "parameters": {event.KEY: {"description": "whose event this is"}},
        "messages": {"event": {"$ref": f"#/components/messages/{event.TYPE}"}},
    }


def _message(event: type[Said]) -> dict[str, Any]:
    envelope = {"$ref": "#/components/schemas/Envelope"}
    data = {"properties": {"data": {"$ref": f"#/components/schemas/{event.__name__}"}}}
    return {"name": event.TYPE, "summary": _first_line(event), "payload": {"allOf": [envelope, data]}}


def _operations(events: Iterable[type[Said]], hears: Mapping[str, set[str]]) -> Iterable[tuple[str, dict[str, Any]]]:
    for event in events:
        channel = {"$ref": f"#/channels/{event.TYPE}"}
        speaker = event.TYPE.split(".")[1]
        yield f"{speaker}.says.{event.TYPE}", {"action": "send", "channel": channel}
        for service, heard in hears.items():
            if event.TYPE in heard:
                yield f"{service}.hears.{event.TYPE}", {"action": "receive", "channel": channel}


def _first_line(event: type[Said]) -> str:
    return (event.__doc__ or "").splitlines()[0]


def _citations(*folders: Path) -> dict[str, list[str]]:
    """For each id: the files that cite it."""
    cited: dict[str, list[str]] = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in _CITING):
        if path.name == Path(__file__).name or _EVERY_ID in path.parents:
            continue
        for found in sorted(set(_CITED.findall(path.read_text(encoding="utf-8")))):
            cited.setdefault(found, []).append(str(path))
    return cited


def _row(line: str, built: Mapping[str, list[str]], proven: Mapping[str, list[str]]) -> str:
    cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    if not line.startswith("| ") or not _CITED.fullmatch(cells[0]):
        return line
    cells[-2], cells[-1] = _files(built.get(cells[0])), _files(proven.get(cells[0]))
    return "| " + " | ".join(cells) + " |"


def _files(paths: list[str] | None) -> str:
    return "<br>".join(f"`{path}`" for path in paths) if paths else "–"


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write or check all documents; 1 when one is out of date."""
    stale = 0
    for path, make in _documents():
        new = make()
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if new == old:
            continue
        if "--write" in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(new, encoding="utf-8")
            continue
        stale = 1
        changes = difflib.unified_diff(old.splitlines(), new.splitlines(), str(path), "the code", lineterm="", n=0)
        sys.stderr.write(
            "\n".join(list(changes)[:20]) + f"\n{path}: 已过期，请执行 make fix / out of date, run: make fix\n"
        )
    return stale


if __name__ == "__main__":
    sys.exit(main())
