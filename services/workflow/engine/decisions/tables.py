"""A decision table that can be asked, by each of the hit policies that are supported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from services.workflow.engine.decisions.builtins import Value
from services.workflow.engine.decisions.cells import Cell
from services.workflow.engine.decisions.converting import feel_value, plain_value
from services.workflow.engine.decisions.names import names_of, operands
from services.workflow.engine.decisions.reckoning import passes, value_of
from services.workflow.engine.decisions.trees import Test, Tree
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.values import moment


class HitPolicy(StrEnum):
    """How many rules may match and which count; the values are those of DMN."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"


class Aggregation(StrEnum):
    """What COLLECT makes of the outputs; the values are those of DMN."""

    LIST = ""
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Input:
    """An input column: what it looks at, its declared type, the values it allows (none given: any)."""

    source: str
    tree: Tree
    type_name: str = ""
    allowed: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """An output column; `default` is its value when no rule matches, `values` are those it may have, best first."""

    name: str
    type_name: str = ""
    default: Tree | None = None
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one cell of tests for each input, one expression (or nothing) for each output."""

    id: str
    number: int
    tests: tuple[tuple[Test, ...], ...]
    outputs: tuple[Tree | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    id: str
    name: str
    policy: HitPolicy
    aggregation: Aggregation
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def answer(self, layers: Sequence[Mapping[str, Any]], office: Office, *, mapping: str = "") -> Any:  # noqa: ANN401
        """Decide.

        One output gives its bare value, several an object; COLLECT and RULE ORDER give a list of these, an
        aggregation a number, no match the defaults or nothing. `mapping` is Camunda's `mapDecisionResult` and, when
        given, decides the form instead. Raises `Miscalculated`, for UNIQUE and ANY also when the rules contradict.
        """
        rows = self._rows(Cell(layers, office))
        if self.aggregation is not Aggregation.LIST:
            return plain_value(self._aggregated(rows))
        return self._formed(rows, mapping=mapping)

    def value(self, cell: Cell) -> Value:
        """Decide where the table stands inside other logic: the answer as FEEL has it. Raises `Miscalculated`."""
        rows = self._rows(cell)
        if self.aggregation is not Aggregation.LIST:
            return self._aggregated(rows)
        bare = [next(iter(row.values())) if len(self.outputs) == 1 else row for row in rows]
        if self.policy in _LISTS:
            return bare
        return bare[0] if bare else None

    def _rows(self, cell: Cell) -> list[dict[str, Value]]:
        values = [self._input(column, cell) for column in self.inputs]
        return self._chosen([rule for rule in self.rules if _matches(rule, values, cell)], cell)

    def names(self) -> frozenset[str]:
        """Give the variables the table reads."""
        trees = [column.tree for column in self.inputs]
        for rule in self.rules:
            trees += [tree for tree in rule.outputs if tree is not None]
            trees += [operand for tests in rule.tests for test in tests for operand in operands(test)]
        return frozenset[str]().union(*map(names_of, trees))

    def _input(self, column: Input, cell: Cell) -> Value:
        value = _typed(value_of(column.tree, cell), column)
        if column.allowed and value is not None and not passes(column.allowed, replace(cell, value=value)):
            shown = plain_value(value)
            raise Miscalculated(
                zh=f"决策“{self.name}”的输入 {column.source} 不允许的值：{shown!r:.60}",
                en=f"the input {column.source} of the decision {self.name} may not be {shown!r:.60}",
            )
        return value

    def _chosen(self, hits: list[Rule], cell: Cell) -> list[dict[str, Value]]:
        """Give the outputs that count, by the hit policy."""
        if not hits:
            defaults = {column.name: column.default for column in self.outputs if column.default is not None}
            return [{name: value_of(tree, cell) for name, tree in defaults.items()}] if defaults else []
        if self.policy is HitPolicy.UNIQUE and len(hits) > 1:
            raise self._contradiction(hits, HitPolicy.UNIQUE)
        if self.policy is HitPolicy.FIRST:
            hits = hits[:1]
        rows = [self._row(rule, cell) for rule in hits]
        if self.policy is HitPolicy.ANY:
            if any(row != rows[0] for row in rows):
                raise self._contradiction(hits, HitPolicy.ANY)
            return rows[:1]
        if self.policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
            rows = sorted(rows, key=self._rank)
        return rows[:1] if self.policy is HitPolicy.PRIORITY else rows

    def _rank(self, row: dict[str, Value]) -> list[int]:
        """Give the places of a row's values among those its columns may have; what is not among them comes last."""
        pairs = ((column.values, row[column.name]) for column in self.outputs)
        return [values.index(value) if value in values else len(values) for values, value in pairs]

    def _contradiction(self, hits: list[Rule], policy: HitPolicy) -> Miscalculated:
        numbers = ", ".join(str(rule.number) for rule in hits)
        return Miscalculated(
            zh=f"决策“{self.name}”的规则 {numbers} 同时命中，违反命中策略 {policy}",
            en=f"rules {numbers} of the decision {self.name} match at once, against its hit policy {policy}",
        )

    def _row(self, rule: Rule, cell: Cell) -> dict[str, Value]:
        pairs = zip(self.outputs, rule.outputs, strict=True)
        return {column.name: None if tree is None else value_of(tree, cell) for column, tree in pairs}

    def _aggregated(self, rows: list[dict[str, Value]]) -> Value:
        values = [next(iter(row.values())) for row in rows]
        if self.aggregation is Aggregation.COUNT:
            return Decimal(len(values))
        if not all(isinstance(value, Decimal) for value in values):
            raise Miscalculated(
                zh=f"决策“{self.name}”的输出不是数字，不能做 {self.aggregation}",
                en=f"the outputs of the decision {self.name} are not numbers: {self.aggregation} cannot be made",
            )
        match self.aggregation:
            case Aggregation.SUM:
                return sum(values, Decimal(0))
            case Aggregation.MIN:
                return min(values, default=None)
            case _:
                return max(values, default=None)

    def _formed(self, rows: list[dict[str, Value]], *, mapping: str) -> Any:  # noqa: ANN401 - any JSON
        plain = [{name: plain_value(value) for name, value in row.items()} for row in rows]
        bare = [next(iter(row.values())) if len(self.outputs) == 1 else row for row in plain]
        match mapping:
            case "resultList":
                return plain
            case "collectEntries":
                return bare
            case "singleResult" | "singleEntry":
                if len(plain) > 1:
                    raise Miscalculated(
                        zh=f"决策“{self.name}”给出 {len(plain)} 个结果，任务只要一个",
                        en=f"the decision {self.name} gave {len(plain)} results where the task wants one",
                    )
                chosen = plain if mapping == "singleResult" else bare
                return chosen[0] if chosen else None
            case _:
                return bare if self.policy in _LISTS else (bare[0] if bare else None)


_LISTS: Final = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER})


def _matches(rule: Rule, values: list[Value], cell: Cell) -> bool:
    pairs = zip(rule.tests, values, strict=True)
    return all(passes(tests, replace(cell, value=value)) for tests, value in pairs)


def _typed(value: Value, column: Input) -> Value:
    """Read an ISO text as the date its column declares."""
    if isinstance(value, str) and column.type_name in ("date", "dateTime"):
        return moment(value) or value
    return feel_value(value)
