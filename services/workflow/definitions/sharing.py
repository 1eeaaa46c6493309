"""Shared processes lie in `shared/` beside the permits: a permit's files are its own and what it calls of them.

A called process is the file of its name, `shared/<process id>.bpmn`; its decisions are `shared/<decision id>.dmn`, its
forms `shared/forms/<key>.json`. What a permit does not call is no part of it: a change there makes no new version.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

SHARED: Final = "shared/"

_CALLS: Final = re.compile(rb"""\bcalledElement\s*=\s*["']([^"']+)["']""")
_USES: Final = re.compile(rb"""\b(decisionRef|formKey)\s*=\s*["']([^"']+)["']""")
_FILES: Final = {b"decisionRef": SHARED + "{}.dmn", b"formKey": SHARED + "forms/{}.json"}


def needed(own: Mapping[str, bytes], shelf: Mapping[str, bytes]) -> dict[str, bytes]:
    """Of the shared files (paths with `shared/`) those that a permit calls, directly or through another."""
    found: dict[str, bytes] = {}
    ahead = [*_called(own)]
    while ahead:
        path = ahead.pop()
        if path in shelf and path not in found:
            found[path] = shelf[path]
            ahead += _called({path: shelf[path]})
    return found | {path: shelf[path] for path in _used(found) if path in shelf}


def _called(files: Mapping[str, bytes]) -> Iterable[str]:
    for path, content in files.items():
        if path.endswith(".bpmn"):
            yield from (f"{SHARED}{_text(name)}.bpmn" for name in _CALLS.findall(content))


def _used(diagrams: Mapping[str, bytes]) -> Iterable[str]:
    for content in diagrams.values():
        yield from (_FILES[kind].format(_text(name)) for kind, name in _USES.findall(content))


def _text(name: bytes) -> str:
    return name.decode("utf-8", errors="replace").strip()
