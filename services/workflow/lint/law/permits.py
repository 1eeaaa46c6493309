"""What a law is asked of: a permit with its item, its processes and the forms of its steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.workflow.answers import schema_errors
from services.workflow.definitions.items import ItemFile
from services.workflow.engine.diagrams.model import Body, Node, Process
from services.workflow.engine.rules.forms import file_of

Form = Mapping[str, Any]
_ANSWERS = "body.answers."


@dataclass(slots=True)
class Permit:
    """A bundle as the law reads it. `forms` are those that can be filled in, by path."""

    item: ItemFile | None
    processes: Mapping[str, Process]
    forms: Mapping[str, Form]
    files: Mapping[str, bytes]
    _asked: dict[int, Form] = field(default_factory=dict)
    """The form of each step, by the identity of its node: ids may be used by two processes."""

    def __post_init__(self) -> None:
        """Find the form of every step once."""
        for process in self.processes.values():
            for node in process.body.all_nodes():
                path = file_of(process, node.settings.get("form", ""), self.files) if node.tag == "userTask" else None
                if path is not None and path in self.forms:
                    self._asked[id(node)] = self.forms[path]

    @property
    def is_licence(self) -> bool:
        """Whether the Administrative Licensing Law sets the limit of what is decided."""
        return self.item is not None and self.item.statutory_workdays > 0

    def form(self, node: Node) -> Form:
        """The form of a step; empty where it has none that can be read."""
        return self._asked.get(id(node), {})

    def inside(self, node: Node) -> Body | None:
        """What is drawn inside a subprocess, or in the process that is called."""
        called = self.processes.get(node.calls.process) if node.calls else None
        return node.body or (called.body if called else None)

    def nodes(self) -> Iterator[tuple[Process, Body, Node]]:
        """Every element with the body and the process in which it is drawn."""
        for process in self.processes.values():
            for body in process.body.bodies():
                yield from ((process, body, node) for node in body.nodes.values())

    def around(self, body: Body) -> Iterator[tuple[Body, Node]]:
        """Where a body is a part: the subprocess it is drawn in, or every activity that calls it."""
        for _, outer, node in self.nodes():
            if self.inside(node) is body:
                yield outer, node


def fields_of(form: Form) -> Mapping[str, Any]:
    """The fields of a form."""
    found = form.get("properties", {})
    return found if isinstance(found, Mapping) else {}


def offers(form: Form, value: str) -> tuple[str, ...]:
    """The fields in which a value can be chosen."""
    return tuple(name for name, described in fields_of(form).items() if value in _choices(described))


def _choices(described: object) -> list[object]:
    if not isinstance(described, Mapping):
        return []
    several = described.get("oneOf", described.get("anyOf", ()))
    each = [one.get("const") for one in several if isinstance(one, Mapping)] if isinstance(several, list) else []
    listed = described.get("enum", ())
    return [described.get("const"), *each, *(listed if isinstance(listed, list) else ())]


def faulted(form: Form, answers: Mapping[str, object]) -> frozenset[str]:
    """The fields that a form finds fault with in some answers: missing, empty or not allowed."""
    if not form:
        return frozenset()
    return frozenset(error.where.removeprefix(_ANSWERS).partition(".")[0] for error in schema_errors(answers, form))


def demands(form: Form, names: tuple[str, ...], given: Mapping[str, object]) -> bool:
    """Whether a form takes some answers only with these fields, and none of them as an empty text."""
    bare, empty = faulted(form, given), faulted(form, {**given, **dict.fromkeys(names, "")})
    return set(names) <= bare & empty
