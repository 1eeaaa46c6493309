"""Whether what is read was written before, on every way there, and whether forms have the fields that are read of them.

Nothing that is missing stops a case: it is `None`. But a condition that reads what nobody has written yet takes a way
nobody meant, and so does one that reads a field the form does not have.
"""

import ast
import json
from collections import deque
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from services.workflow.engine.diagrams.model import Body, Node, Process, Several
from services.workflow.engine.diagrams.results import result_of
from services.workflow.engine.findings import Report
from services.workflow.engine.language.texts import unwrapped
from services.workflow.engine.rules.forms import file_of
from services.workflow.engine.rules.texts import known_in, names_in, set_by, written_in
from services.workflow.engine.running.reach import linked

_WITH_FORMS: Final = frozenset({"userTask", "startEvent"})

_WHOLE: Final = frozenset({"parallelGateway"})
_ROUNDS: Final = 12
_MOST_TOLD: Final = 50
"""Warnings in one body: nobody reads more, and each takes a search."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A place where variables are read: at the entry of a node, or where one of its flows leaves it."""

    element: str
    node: str
    names: frozenset[str]
    leaving: bool = False


def check_dataflow(
    report: Report,
    process: Process,
    processes: Mapping[str, Process],
    inputs: Mapping[str, AbstractSet[str]],
) -> None:
    """Warn about variables that some way to their reader does not write. `inputs` are those that decisions read."""
    known = known_in(process, processes)
    given = known_in(process, processes, inside=False)
    if known is None or given is None:
        return
    _check_body(report, process, process.body, frozenset(given), known, inputs)


def _check_body(
    report: Report,
    process: Process,
    body: Body,
    given: frozenset[str],
    known: AbstractSet[str],
    inputs: Mapping[str, AbstractSet[str]],
) -> None:
    before, told = _written_before(body, given), 0
    for read in _reads(process, body, inputs):
        node = body.nodes[read.node]
        have = before.get(read.node)
        if have is None:
            continue  # nothing leads here: another rule says so
        have = have | _inside(node) | (set_by(node) if read.leaving else frozenset())
        for name in sorted((read.names & known) - have):
            told += 1
            if told > _MOST_TOLD:
                return
            path = _way_without(body, read.node, name)
            report.say("GH-W407", read.element, name=node.name or node.id, variable=name, path=path)
    for node in body.nodes.values():
        if node.body is not None and node.id in before:
            _check_body(report, process, node.body, frozenset(before[node.id] | _inside(node)), known, inputs)


def _inside(node: Node) -> frozenset[str]:
    """Give what a node that runs several times sets for each of its runs."""
    loop = node.loop
    names = (loop.item, loop.output, loop.output_item, result_of(node)) if isinstance(loop, Several) else ()
    return frozenset(name for name in names if name)


def _reads(process: Process, body: Body, inputs: Mapping[str, AbstractSet[str]]) -> Iterator[_Read]:
    for text in written_in(process):
        if text.callee:
            continue
        flow, node = body.flows.get(text.element), body.nodes.get(text.element)
        if flow is not None:
            yield _Read(flow.id, flow.source, frozenset(names_in(text)), leaving=True)
        elif node is not None:
            at = node.attached_to if node.attached_to in body.nodes else node.id
            yield _Read(node.id, at or node.id, frozenset(names_in(text)), leaving=text.is_clock)
    for node in body.nodes.values():
        if node.decides is not None:
            yield _Read(node.id, node.id, frozenset(inputs.get(node.decides.decision, ())))
        if notice := node.settings.get("hold_notice"):
            yield _Read(node.id, node.id, frozenset({notice.partition(".")[0]}))


# ── what is written on every way ──


@dataclass(frozen=True, slots=True)
class _Ways:
    """Where tokens come from and go to in a body, found once."""

    body: Body
    before: dict[str, list[str]]
    after: dict[str, list[str]]

    @classmethod
    def of(cls, body: Body) -> "_Ways":
        """Find them."""
        before: dict[str, list[str]] = {key: [] for key in body.nodes}
        after: dict[str, list[str]] = {key: [] for key in body.nodes}
        for node in body.nodes.values():
            targets = [body.flows[flow].target for flow in node.outgoing] + list(linked(body, node))
            after[node.id] += targets
            for target in targets:
                before[target].append(node.id)
            if node.attached_to in after:
                after[node.attached_to or ""].append(node.id)
        return cls(body, before, after)


def _written_before(body: Body, given: frozenset[str]) -> dict[str, frozenset[str]]:
    """Give, for each node that can be reached, the variables that every way to it has written.

    Empty for a body whose loops are too entangled to be told in good time.
    """
    ways = _Ways.of(body)
    written = {node.id: set_by(node) | _of_ends(node) for node in body.nodes.values()}
    before: dict[str, frozenset[str]] = {start.id: given for start in body.starts()}
    ahead, left = deque(before), _ROUNDS * len(body.nodes)
    while ahead and left > 0:
        for target in ways.after[ahead.popleft()]:
            left -= 1
            found = _at(ways, target, before, written)
            if before.get(target) != found:
                before[target] = found
                ahead.append(target)
    return {} if ahead and left <= 0 else before


def _at(
    ways: _Ways, target: str, before: Mapping[str, frozenset[str]], written: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """Join what comes from the nodes before: a parallel join has had all of them, any other node one of them."""
    node = ways.body.nodes[target]
    if node.attached_to:
        return before[node.attached_to]
    sets = [before[source] | written[source] for source in ways.before[target] if source in before]
    whole = frozenset[str]().union(*sets)
    return whole if node.tag in _WHOLE else frozenset(whole.intersection(*sets))


def _of_ends(node: Node) -> frozenset[str]:
    """Give what a subprocess has written by every one of its ends."""
    if node.body is None or node.loop is not None:
        return frozenset()
    inside = _written_before(node.body, frozenset())
    ends = [inside[end.id] | set_by(end) for end in node.body.nodes.values() if not end.outgoing and end.id in inside]
    return frozenset(frozenset[str]().union(*ends).intersection(*ends))


def _way_without(body: Body, target: str, name: str) -> str:
    """Tell the shortest way to a node that does not write a variable."""
    ways = _Ways.of(body)
    came: dict[str, str | None] = {start.id: None for start in body.starts()}
    ahead = deque(came)
    while ahead:
        place = ahead.popleft()
        if place == target:
            break
        node = body.nodes[place]
        writes = name in set_by(node) | _of_ends(node)
        steps = [boundary.id for boundary in body.boundaries(place)] if writes else ways.after[place]
        for following in steps:
            if following not in came:
                came[following] = place
                ahead.append(following)
    names: list[str] = []
    at: str | None = target
    while at is not None:
        names.append(body.nodes[at].name or at)
        at = came.get(at)
    return " → ".join(reversed(names))


# ── the fields of forms ──


def check_fields(
    report: Report, process: Process, processes: Mapping[str, Process], files: Mapping[str, bytes]
) -> None:
    """Refuse what reads a field that no form gives which writes the variable. Only closed forms tell.

    What a called process gives back under the name of a variable has the fields that it has in there.
    """
    fields = fields_of(process, processes, files)
    for text in written_in(process):
        for variable, field in () if text.callee else _members(text.source):
            if variable in fields and field not in fields[variable]:
                report.say("GH-E408", text.element, variable=variable, field=field, known=", ".join(fields[variable]))
    for node in process.body.all_nodes():
        variable, _, field = node.settings.get("hold_notice", "").partition(".")
        field = field.partition(".")[0]
        if field and variable in fields and field not in fields[variable]:
            report.say("GH-E408", node.id, variable=variable, field=field, known=", ".join(fields[variable]))


def _members(source: str) -> Iterator[tuple[str, str]]:
    """Give (variable, field) of every `variable.field` in a text."""
    try:
        tree = ast.parse(unwrapped(source).strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.value.id, node.attr


def fields_of(
    process: Process, processes: Mapping[str, Process], files: Mapping[str, bytes], *, above: tuple[str, ...] = ()
) -> dict[str, list[str]]:
    """Give the fields of each variable that closed forms alone write. `above` are the callers of the process."""
    fields: dict[str, set[str]] = {}
    open_ = {name.strip() for name in process.settings.get("inputs", "").split(",")}
    for node in process.body.all_nodes():
        if node.calls is not None and node.calls.all_out:
            return {}
        known = _given_back(node, process, processes, files, above) if node.calls else {}
        form = _form_fields(process, node, files) if node.tag in _WITH_FORMS else None
        for variable in set_by(node):
            found = form if form is not None else known.get(variable)
            if found is None or node.loop is not None:
                open_.add(variable)
            else:
                fields.setdefault(variable, set()).update(found)
    return {name: sorted(found) for name, found in fields.items() if name not in open_}


def _given_back(
    node: Node, process: Process, processes: Mapping[str, Process], files: Mapping[str, bytes], above: tuple[str, ...]
) -> dict[str, list[str]]:
    """Give the fields of what comes back from a called process, as far as closed forms in there tell them."""
    called = processes.get(node.calls.process) if node.calls else None
    if node.calls is None or called is None or called.id in (*above, process.id):
        return {}
    inside = fields_of(called, processes, files, above=(*above, process.id))
    given = {mapped.target: (mapped.source or "").strip() for mapped in node.calls.outs if not mapped.expression}
    return {target: inside[source] for target, source in given.items() if source in inside}


def _form_fields(process: Process, node: Node, files: Mapping[str, bytes]) -> set[str] | None:
    """Give the fields of a step's form; None when the form is not closed, or cannot be read."""
    file = file_of(process, node.settings.get("form", ""), files)
    if file is None:
        return None
    try:
        schema = json.loads(files[file])
    except (ValueError, RecursionError):
        return None
    closed = isinstance(schema, dict) and schema.get("additionalProperties") is False
    properties = schema.get("properties") if closed else None
    return set(properties) if isinstance(properties, dict) else None
