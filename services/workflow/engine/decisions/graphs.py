"""Decisions that ask other decisions: a DMN file as a whole (decision requirements graph)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from services.workflow.engine.decisions.boxes import Boxes
from services.workflow.engine.decisions.builtins import Function, Value
from services.workflow.engine.decisions.cells import NOWHERE, Cell, Scope
from services.workflow.engine.decisions.converting import feel_value, plain_value
from services.workflow.engine.decisions.kinds import Kind, fits
from services.workflow.engine.decisions.names import names_of
from services.workflow.engine.decisions.reading import TablePage, space_of
from services.workflow.engine.decisions.reckoning import value_of
from services.workflow.engine.decisions.tables import Table
from services.workflow.engine.decisions.trees import Lambda, Tabled, Tree, Typed
from services.workflow.engine.decisions.words import plain
from services.workflow.engine.findings import Report
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.office import Office

_NAMED: Final = ("inputData", "decision", "businessKnowledgeModel", "variable", "formalParameter", "itemComponent")
_NAMED_TOO: Final = ("decisionService", "parameter", "column", "output")


@dataclass(slots=True, eq=False)
class Decision:
    """One decision of a file and what it asks: other decisions, functions, inputs."""

    id: str
    name: str
    variable: str
    tree: Tree
    graph: "Graph"
    needs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()

    @property
    def table(self) -> Table | None:
        """The table the decision is made by; nothing when it is made otherwise."""
        tree = self.tree.value if isinstance(self.tree, Typed) else self.tree
        return tree.table if isinstance(tree, Tabled) else None

    def answer(self, layers: Sequence[Mapping[str, Any]], office: Office, *, mapping: str = "") -> Any:  # noqa: ANN401
        """Decide, after all that has to be decided before. Raises `Miscalculated`."""
        cell = Cell(layers, office)
        if self.table is not None and mapping:
            scope = cell.within(self.graph.scope(self, cell, {}))
            return self.table.answer(scope.layers, office, mapping=mapping)
        found = plain_value(self.graph.decide(self.id, cell))
        several = mapping in ("collectEntries", "resultList") and not isinstance(found, list)
        return [found] if several else found

    def names(self) -> frozenset[str]:
        """Give the variables that the decision, and those it asks, read."""
        asked = [self.graph.decisions[need] for need in self.needs if need in self.graph.decisions]
        own = names_of(self.tree) - {decision.variable for decision in asked} - set(self.graph.functions)
        return own.union(*(decision.names() for decision in asked))


@dataclass(slots=True, eq=False)
class Graph:
    """The decisions of a file by id, its functions by name, its inputs by id with their names and types."""

    decisions: dict[str, Decision] = field(default_factory=dict)
    functions: dict[str, Lambda] = field(default_factory=dict)
    services: "dict[str, Service]" = field(default_factory=dict)
    inputs: dict[str, tuple[str, Kind]] = field(default_factory=dict)

    def decide(self, key: str, cell: Cell, known: dict[str, Value] | None = None) -> Value:
        """Give the value of a decision. `known` are the values of decisions already made, by id."""
        made = {} if known is None else known
        if key not in made:
            decision = self.decisions[key]
            made[key] = value_of(decision.tree, cell.within(self.scope(decision, cell, made)))
        return made[key]

    def scope(self, decision: Decision, cell: Cell, made: dict[str, Value]) -> dict[str, Value]:
        """Give what a decision sees: the decisions it asks, functions, and its inputs as their types have them."""
        layer: dict[str, Value] = self.functions_in(cell)
        for key in decision.inputs:
            name, kind = self.inputs[key]
            raw = next((each[name] for each in cell.layers if name in each), None)
            if kind:
                layer[name] = fits(feel_value(raw), kind)
        for need in decision.needs:
            asked = self.decisions.get(need)
            if asked is not None:
                layer[asked.variable] = self.decide(need, cell, made)
        return layer

    def functions_in(self, cell: Cell) -> dict[str, Value]:
        """Give the functions of the file by name."""
        layer = Scope()
        around = cell.within(layer)
        for name, function in self.functions.items():
            layer[name] = value_of(function, around)
        for name, service in self.services.items():
            layer[name] = service.function(self, cell)
        return layer


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions that are asked together, with some of their inputs given by the caller."""

    outputs: tuple[str, ...]
    given: tuple[str, ...]
    inputs: tuple[str, ...]

    def function(self, graph: Graph, cell: Cell) -> Function:
        """Give the service as a function of its inputs."""
        names = [graph.inputs[key][0] for key in self.inputs if key in graph.inputs]
        names += [graph.decisions[key].variable for key in self.given if key in graph.decisions]

        def run(*values: Value) -> Value:
            cell.budget.step()
            layer = dict(zip(names, values, strict=False))
            made = {key: layer.get(graph.decisions[key].variable) for key in self.given if key in graph.decisions}
            around = cell.within(layer)
            found = {graph.decisions[key].variable: graph.decide(key, around, made) for key in self.outputs}
            return next(iter(found.values())) if len(found) == 1 else found

        return Function(tuple(names), run)


def read_decisions(report: Report, root: etree._Element, *, lenient: bool = False) -> list[Table | Decision]:
    """Read every decision of a file: as a table when it stands alone, else with what it asks."""
    graph = read_graph(report, root, lenient=lenient)
    return [_alone(decision) or decision for decision in graph.decisions.values()]


def read_graph(report: Report, root: etree._Element, *, lenient: bool = False) -> Graph:
    """Read a file whole; empty when it is none that can be read."""
    space = space_of(report, root)
    if space is None:
        return Graph()
    reader = _Reader(report, root, space, lenient=lenient)
    if not reader.drawn:
        report.say("GH-E501", "", reason="decision")
    graph = reader.graph()
    _check_rounds(report, graph)
    return graph


def _alone(decision: Decision) -> Table | None:
    plain_table = isinstance(decision.tree, Tabled) and not decision.needs
    return decision.table if plain_table and not decision.graph.functions and not decision.graph.services else None


def _check_rounds(report: Report, graph: Graph) -> None:
    """Refuse decisions that ask themselves, directly or through others."""
    for key in list(graph.decisions):
        seen, ahead = set[str](), list(graph.decisions[key].needs)
        while ahead:
            need = ahead.pop()
            if need not in seen and need in graph.decisions:
                seen.add(need)
                ahead += graph.decisions[need].needs
        if key in seen:
            report.say("GH-E515", key, name=graph.decisions[key].name)
    if any(key in _all_needs(graph, key) for key in graph.decisions):
        graph.decisions.clear()


def _all_needs(graph: Graph, key: str) -> set[str]:
    seen, ahead = set[str](), [key]
    while ahead:
        for need in graph.decisions[ahead.pop()].needs:
            if need not in seen and need in graph.decisions:
                seen.add(need)
                ahead.append(need)
    return seen


class _Reader:
    """Reads a file into a graph."""

    def __init__(self, report: Report, root: etree._Element, space: str, *, lenient: bool) -> None:
        self._report, self._root, self._lenient = report, root, lenient
        names = frozenset(
            plain(name)
            for tag in (*_NAMED, *_NAMED_TOO)
            for element in root.iter(space + tag)
            if (name := element.get("name"))
        )
        self._page = TablePage(report, space, names, lenient)
        self._boxes = Boxes(self._page, root, NOWHERE)
        self.drawn = root.findall(space + "decision")

    def graph(self) -> Graph:
        """Read all there is; what cannot be read is said, and left out."""
        graph, tag = Graph(), self._page.tag
        for element in self._root.findall(tag("inputData")):
            variable = element.find(tag("variable"))
            kind = self._boxes.kind(None if variable is None else variable.get("typeRef"))
            graph.inputs[element.get("id") or ""] = (self._boxes.names_of(element), kind)
        for element in self._root.findall(tag("businessKnowledgeModel")):
            logic = element.find(tag("encapsulatedLogic"))
            tree = None if logic is None else self._function(element, logic)
            if isinstance(tree, Lambda):
                graph.functions[self._boxes.names_of(element)] = tree
        for element in self._root.findall(tag("decisionService")):
            graph.services[self._boxes.names_of(element)] = self._service(element)
        for element in self.drawn:
            decision = self._decision(element, graph)
            if decision is not None:
                graph.decisions[decision.id] = decision
        return graph

    def _function(self, element: etree._Element, logic: etree._Element) -> Tree | None:
        try:
            return self._boxes.function(logic, element.get("id") or "")
        except Unwritable as error:
            self._refused(element, error)
            return None

    def _service(self, element: etree._Element) -> Service:
        def hrefs(name: str) -> tuple[str, ...]:
            return tuple(_local(each.get("href")) for each in element.findall(self._page.tag(name)))

        return Service(hrefs("outputDecision"), hrefs("inputDecision"), hrefs("inputData"))

    def _decision(self, element: etree._Element, graph: Graph) -> Decision | None:
        name = element.get("name") or element.get("id") or ""
        key = element.get("id") or (name if self._lenient else "")
        if not key:
            self._report.say("GH-E502", key, name=name, reason_zh="没有编号", reason_en="it has no id")
            return None
        drawn = element.find(self._page.tag("decisionTable"))
        try:
            if drawn is not None:
                table = self._page.table(key, name, drawn)
                if table is None:
                    return None
                tree: Tree = Tabled(table)
            else:
                tree = self._boxes.inside(element, key)
        except Unwritable as error:
            self._refused(element, error)
            return None
        variable = self._boxes.names_of(element)
        needs, inputs = self._required(element, "requiredDecision"), self._required(element, "requiredInput")
        known = tuple(each for each in inputs if each in graph.inputs)
        declared = drawn is None or needs or self._lenient
        return Decision(key, name, variable, self._typed(tree, element) if declared else tree, graph, needs, known)

    def _typed(self, tree: Tree, element: etree._Element) -> Tree:
        return self._boxes.typed(tree, element)

    def _required(self, element: etree._Element, name: str) -> tuple[str, ...]:
        return tuple(_local(each.get("href")) for each in element.iter(self._page.tag(name)))

    def _refused(self, element: etree._Element, error: Unwritable) -> None:
        name = element.get("name") or element.get("id") or ""
        self._report.say("GH-E502", element.get("id") or "", name=name, reason_zh=error.zh, reason_en=error.en)


def _local(reference: str | None) -> str:
    return (reference or "").rpartition("#")[2]


__all__ = ["Decision", "Graph", "Miscalculated", "read_decisions"]
