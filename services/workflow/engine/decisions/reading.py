"""Reads a DMN file into tables. Says what cannot be read or decided; never raises, whatever the XML is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from lxml import etree

from services.workflow.engine.decisions.cells import NOWHERE, Budget, Cell
from services.workflow.engine.decisions.feel import read_expression, read_tests
from services.workflow.engine.decisions.names import asks_input, names_of, operands
from services.workflow.engine.decisions.reckoning import value_of
from services.workflow.engine.decisions.tables import Aggregation, HitPolicy, Input, Output, Rule, Table
from services.workflow.engine.decisions.trees import Constant, Items, Matches, Test, Tree
from services.workflow.engine.diagrams.results import is_variable
from services.workflow.engine.documents import text_of
from services.workflow.engine.findings import Report
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.texts import unwrapped

MAX_RULES: Final = 2_000
_STEPS_TRIED: Final = 500
_NAMESPACE: Final = re.compile(r"\{(https?://www\.omg\.org/spec/DMN/\d{8}/(?:MODEL/|dmn\.xsd))\}(\w+)")
_FEEL: Final = re.compile(r"|feel|.*/FEEL/?", re.IGNORECASE)
_T = TypeVar("_T")


def space_of(report: Report, root: etree._Element) -> str | None:
    """Give the namespace of a DMN file in braces; nothing, and a finding, when it is none."""
    found = _NAMESPACE.fullmatch(root.tag)
    if found is None or found.group(2) != "definitions":
        report.say("GH-E501", "", reason=root.tag)
        return None
    return f"{{{found.group(1)}}}"


@dataclass(slots=True)
class TablePage:
    """What reading the tables of a file needs. `space` is the namespace in braces, `names` are those it declares."""

    report: Report
    space: str
    names: frozenset[str] = frozenset()
    lenient: bool = False

    def tag(self, name: str) -> str:
        """Give a tag with its namespace."""
        return self.space + name

    def table(self, key: str, name: str, drawn: etree._Element) -> Table | None:
        """Read one table; nothing when it cannot be asked."""
        policy = self._policy(key, drawn)
        if policy is None:
            return None
        inputs = tuple(self._input(key, each) for each in drawn.findall(self.tag("input")))
        outputs = self._outputs(key, drawn)
        aggregation = Aggregation(drawn.get("aggregation") or "")
        if aggregation is not Aggregation.LIST and len(outputs) != 1:
            self.report.say("GH-E510", key, aggregation=aggregation)
        rules = tuple(self._rules(key, drawn, len(inputs), len(outputs)))
        return Table(key, name, policy, aggregation, inputs, outputs, rules)

    def expression(self, text: str) -> Tree:
        """Read an expression. Raises `Unwritable`."""
        tree = read_expression(text, self.names, lenient=self.lenient)
        self._tried(tree)
        return tree

    def tests(self, text: str) -> tuple[Test, ...]:
        """Read the tests of a cell. Raises `Unwritable`."""
        tests = read_tests(text, self.names, lenient=self.lenient)
        for test in tests:
            for tree in operands(test):
                self._tried(tree)
        return tests

    def _tried(self, tree: Tree) -> None:
        """Refuse what reads nothing and cannot be reckoned: it would fail in every case."""
        if self.lenient or isinstance(tree, Constant) or names_of(tree) or asks_input(tree):
            return
        try:
            value_of(tree, Cell((), NOWHERE, budget=Budget(_STEPS_TRIED)))
        except Miscalculated as error:
            raise Unwritable(zh=error.zh, en=error.en) from None

    def _policy(self, key: str, drawn: etree._Element) -> HitPolicy | None:
        policy, aggregation = drawn.get("hitPolicy") or "UNIQUE", drawn.get("aggregation") or ""
        known = policy in set(HitPolicy) and aggregation in set(Aggregation)
        if not known or (aggregation and policy != HitPolicy.COLLECT):
            self.report.say("GH-E503", key, policy=f"{policy} {aggregation}".strip())
            return None
        return HitPolicy(policy)

    def _input(self, key: str, drawn: etree._Element) -> Input:
        expression = drawn.find(self.tag("inputExpression"))
        text = "" if expression is None else unwrapped(text_of(expression.find(self.tag("text"))))
        type_name = "" if expression is None else (expression.get("typeRef") or "")
        language = "" if expression is None else (expression.get("expressionLanguage") or "")
        tree = self._read(lambda: self.expression(text), "GH-E508", key, text, rule="")
        if not _FEEL.fullmatch(language):
            self.report.say("GH-E508", key, reason_zh=language, reason_en=language, source=text)
        values = text_of(drawn.find(f"{self.tag('inputValues')}/{self.tag('text')}"))
        allowed = self._read(lambda: self.tests(values), "GH-E508", key, values, rule="") if values else ()
        return Input(text, tree or Constant(None), type_name.rpartition(":")[2], allowed or ())

    def _outputs(self, key: str, drawn: etree._Element) -> tuple[Output, ...]:
        found: list[Output] = []
        for each in drawn.findall(self.tag("output")):
            name = (each.get("name") or "").strip()
            named = is_variable(name) or (self.lenient and (name or len(drawn.findall(self.tag("output"))) == 1))
            if not named or name in {output.name for output in found}:
                self.report.say("GH-E509", key, name=name)
            text = text_of(each.find(f"{self.tag('defaultOutputEntry')}/{self.tag('text')}"))
            default = self._read(partial(self.expression, text), "GH-E504", key, text, rule="") if text else None
            found.append(Output(name, (each.get("typeRef") or "").rpartition(":")[2], default, self._values(each)))
        if not found:
            self.report.say("GH-E509", key, name="")
        return tuple(found)

    def _values(self, output: etree._Element) -> tuple[Any, ...]:
        """Give the values an output may have, in their order."""
        text = text_of(output.find(f"{self.tag('outputValues')}/{self.tag('text')}"))
        tests = self._read(partial(self.tests, text), "GH-E504", "", text, rule="") if text else ()
        trees = [test.operand for test in tests or () if isinstance(test, Matches)]
        parts = [part for tree in trees for part in (tree.items if isinstance(tree, Items) else (tree,))]
        return tuple(part.value for part in parts if isinstance(part, Constant))

    def _rules(self, key: str, drawn: etree._Element, inputs: int, outputs: int) -> list[Rule]:
        rows = drawn.findall(self.tag("rule"))
        if len(rows) > MAX_RULES:
            self.report.say("GH-E501", key, reason=f"> {MAX_RULES}")
            return []
        found = []
        for number, row in enumerate(rows, start=1):
            entries, results = row.findall(self.tag("inputEntry")), row.findall(self.tag("outputEntry"))
            if len(entries) != inputs or len(results) != outputs:
                self.report.say("GH-E511", key, rule=number)
                continue
            tests = tuple(self._cell(key, number, entry, self.tests) or () for entry in entries)
            values = tuple(self._output_cell(key, number, entry) for entry in results)
            found.append(Rule(row.get("id") or "", number, tests, values))
        return found

    def _cell(self, key: str, number: int, entry: etree._Element, read: Callable[[str], _T]) -> _T | None:
        text, language = text_of(entry.find(self.tag("text"))), entry.get("expressionLanguage") or ""
        if not _FEEL.fullmatch(language):
            self.report.say("GH-E504", key, rule=number, reason_zh=language, reason_en=language, source=text)
        return self._read(lambda: read(text), "GH-E504", key, text, rule=number)

    def _output_cell(self, key: str, number: int, entry: etree._Element) -> Tree | None:
        if text_of(entry.find(self.tag("text"))) in ("", "-"):
            return None
        return self._cell(key, number, entry, self.expression)

    def _read(self, read: Callable[[], _T], finding: str, key: str, text: str, **values: Any) -> _T | None:  # noqa: ANN401
        try:
            return read()
        except Unwritable as error:
            self.report.say(finding, key, reason_zh=error.zh, reason_en=error.en, source=text, **values)
            return None
