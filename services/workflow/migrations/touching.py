"""Which elements of a version are not the same in another: a case with none of them ahead is not affected."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.workflow.definitions.differences.comparing import processes_of
from services.workflow.definitions.differences.diagrams import facts_of
from services.workflow.engine.diagrams.model import Body, Node, Process
from services.workflow.lint.forms import form_path

Files = Mapping[str, bytes]
Touched = dict[str, frozenset[str]]

_TABLE: Final = ".dmn"
_WAITS_FOR_WAYS: Final = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


def touched(old: Files, new: Files) -> Touched:
    """The elements of the old version that differ, by process and body (`process/body`).

    An element differs with its name, its settings, its ways out, what is attached to it, its form, the decision it
    asks, and with anything inside the subprocess or called process that it starts.
    """
    was, now = processes_of(old), processes_of(new)
    files = _Files(old, new)
    found = {name: _in_body(files, now.get(process.id), body) for name, process, body in _bodies(was)}
    while True:
        wider = {name: found[name] | _starting(found, process, body) for name, process, body in _bodies(was)}
        if wider == found:
            return {name: elements for name, elements in found.items() if elements}
        found = wider


class _Files:
    """Whether forms and tables are the same."""

    def __init__(self, old: Files, new: Files) -> None:
        self.old, self.new = old, new
        self.tables_differ = _tables(old) != _tables(new)

    def form_differs(self, key: str) -> bool:
        """Whether the form of a key is another one."""
        was, now = form_path(self.old, key), form_path(self.new, key)
        return (self.old[was] if was else b"") != (self.new[now] if now else b"")


def _bodies(processes: Mapping[str, Process]) -> Iterator[tuple[str, Process, Body]]:
    for process in processes.values():
        for body in process.body.bodies():
            yield f"{process.id}/{body.id}", process, body


def _in_body(files: _Files, other: Process | None, body: Body) -> frozenset[str]:
    bodies = {each.id: each for each in other.body.bodies()} if other is not None else {}
    now = bodies.get(body.id)
    if now is None:
        return frozenset(body.nodes)
    return frozenset(
        name
        for name, node in body.nodes.items()
        if name not in now.nodes
        or _signature(node, body) != _signature(now.nodes[name], now)
        or files.form_differs(node.settings.get("form", ""))
        or (node.decides is not None and files.tables_differ)
    )


def _signature(node: Node, body: Body) -> tuple[Any, ...]:
    ways = sorted((body.flows[flow].target, body.flows[flow].condition or "") for flow in node.outgoing)
    comes = sorted(body.flows[flow].source for flow in node.incoming) if node.tag in _WAITS_FOR_WAYS else []
    attached = sorted(boundary.id for boundary in body.boundaries(node.id))
    facts = facts_of(node, body)
    return node.tag, node.name, node.event, node.loop, node.calls, node.decides, facts, ways, comes, attached


def _starting(found: Mapping[str, frozenset[str]], process: Process, body: Body) -> frozenset[str]:
    """The elements that start something in which anything differs."""
    return frozenset(
        node.id
        for node in body.nodes.values()
        if (node.body is not None and found.get(f"{process.id}/{node.body.id}"))
        or (node.calls is not None and _any_of(found, node.calls.process))
    )


def _any_of(found: Mapping[str, frozenset[str]], process: str) -> bool:
    return any(elements for name, elements in found.items() if name.startswith(f"{process}/"))


def _tables(files: Files) -> dict[str, bytes]:
    return {path: content for path, content in files.items() if path.endswith(_TABLE)}
