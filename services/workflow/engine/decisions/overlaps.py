"""Says at deploy which rules of a table can match at once, wherever its cells hold constants.

Between two neighbouring constants of a column every value behaves alike, so it is enough to try each constant, one
value between each two, and one beyond either end. Two columns on the same input are tried together.
"""

from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Final

from services.workflow.engine.decisions.builtins import Value
from services.workflow.engine.decisions.cells import NOWHERE, Cell
from services.workflow.engine.decisions.converting import plain_value
from services.workflow.engine.decisions.reckoning import passes, value_of
from services.workflow.engine.decisions.tables import HitPolicy, Output, Rule, Table
from services.workflow.engine.decisions.trees import (
    Anything,
    Compared,
    Condition,
    Constant,
    Items,
    Matches,
    Negated,
    Range,
    Test,
    Tree,
)
from services.workflow.engine.findings import Report

MAX_PAIRS: Final = 20_000
MAX_WORK: Final = 1_000_000
_ANOTHER: Final = "another text "
_SINGLE: Final = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})
_HALF: Final = Decimal(2)
_SECOND: Final = timedelta(seconds=1)
_FIRST_DAY: Final = date.min.toordinal()
_LAST_DAY: Final = date.max.toordinal()
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (Decimal,),
    "long": (Decimal,),
    "double": (Decimal,),
    "number": (Decimal,),
    "date": (date,),
    "dateTime": (date,),
}


def check_table(report: Report, table: Table) -> None:
    """Check a table for rules that contradict each other, rules that never match, and outputs of a wrong type."""
    for rule in table.rules:
        for column, tree in zip(table.outputs, rule.outputs, strict=True):
            _check_type(report, table, rule, column, tree)
    points = _points(table)
    if points is None:
        return
    if points.work(table) > MAX_WORK:
        report.say("GH-I514", table.id)
        return
    _check_gap(report, table, points)
    for first, second in list(combinations(table.rules, 2))[:MAX_PAIRS]:
        _check_pair(report, table, points, first, second)


def _check_type(report: Report, table: Table, rule: Rule, column: Output, tree: Tree | None) -> None:
    wanted = _TYPES.get(column.type_name)
    if wanted and isinstance(tree, Constant) and tree.value is not None and not isinstance(tree.value, wanted):
        report.say("GH-W513", table.id, rule=rule.number, name=column.name, type=column.type_name)


def _check_gap(report: Report, table: Table, points: "_Points") -> None:
    """Tell an input that no rule matches, where the table has nothing to say for it either."""
    if table.policy not in _SINGLE or any(column.default is not None for column in table.outputs) or not table.rules:
        return
    gap = points.gap(table)
    if gap is not None:
        shown = ", ".join(f"{source} = {plain_value(value)}" for source, value in gap)
        report.say("GH-I516", table.id, case=shown)


def _check_pair(report: Report, table: Table, points: "_Points", first: Rule, second: Rule) -> None:
    if table.policy is HitPolicy.UNIQUE and points.meet(first, second):
        report.say("GH-E505", table.id, first=first.number, second=second.number)
    elif table.policy is HitPolicy.ANY and first.outputs != second.outputs and points.meet(first, second):
        constant = all(tree is None or isinstance(tree, Constant) for tree in (*first.outputs, *second.outputs))
        if constant:
            report.say("GH-E506", table.id, first=first.number, second=second.number)
    elif table.policy is HitPolicy.FIRST and points.covers(first, second):
        report.say("GH-W512", table.id, rule=second.number, earlier=first.number)


class _Points:
    """The values worth trying, for each group of columns on one input."""

    def __init__(self, groups: list[tuple[list[int], list[Value]]]) -> None:
        self._groups = groups
        self._cell = Cell((), NOWHERE)
        self._hits: dict[tuple[int, int], frozenset[int]] = {}

    def work(self, table: Table) -> int:
        """Say how many single tests it takes to hold every value against every rule."""
        return sum(
            len(values) * len(rule.tests[column])
            for columns, values in self._groups
            for column in columns
            for rule in table.rules
        )

    def meet(self, first: Rule, second: Rule) -> bool:
        """Say whether some input is matched by both rules."""
        return all(self._of(first, group) & self._of(second, group) for group in range(len(self._groups)))

    def covers(self, wide: Rule, narrow: Rule) -> bool:
        """Say whether every input that a rule matches is matched by the other."""
        return all(self._of(narrow, group) <= self._of(wide, group) for group in range(len(self._groups)))

    def gap(self, table: Table) -> list[tuple[str, Value]] | None:
        """Give values, one for each input, that no rule matches; nothing when there are none, or too many to try."""
        left = MAX_PAIRS

        def search(group: int, rules: Sequence[Rule]) -> list[int] | None:
            nonlocal left
            left -= 1
            if left < 0 or group == len(self._groups):
                return None if rules or left < 0 else []
            for place, value in enumerate(self._groups[group][1]):
                if not self._may_be(table, group, value):
                    continue
                rest = search(group + 1, [rule for rule in rules if place in self._of(rule, group)])
                if rest is not None:
                    return [place, *rest]
            return None

        found = search(0, table.rules)
        if found is None:
            return None
        sources = [table.inputs[columns[0]].source for columns, _ in self._groups]
        values = [values[place] for (_, values), place in zip(self._groups, found, strict=True)]
        return list(zip(sources, values, strict=True))

    def _may_be(self, table: Table, group: int, value: Value) -> bool:
        """Say whether an input may have a value: one it is declared to have, and none made up for the trial."""
        made_up = isinstance(value, str) and value.startswith(_ANOTHER)
        columns = [table.inputs[column] for column in self._groups[group][0]]
        allowed = all(not each.allowed or passes(each.allowed, Cell((), NOWHERE, value)) for each in columns)
        only = len(self._groups[group][1]) == 1
        return allowed and (only or not made_up)

    def _of(self, rule: Rule, group: int) -> frozenset[int]:
        """Give the places of the values of a group that a rule matches."""
        key = (rule.number, group)
        if key not in self._hits:
            columns, values = self._groups[group]
            self._hits[key] = frozenset(
                place
                for place, value in enumerate(values)
                if all(passes(rule.tests[column], Cell((), self._cell.office, value)) for column in columns)
            )
        return self._hits[key]


def _points(table: Table) -> _Points | None:
    """Give the values worth trying; nothing when a cell holds more than constants."""
    groups: dict[str, list[int]] = {}
    for place, each in enumerate(table.inputs):
        groups.setdefault(each.source, []).append(place)
    found: list[tuple[list[int], list[Value]]] = []
    for columns in groups.values():
        constants: list[Value] = []
        for rule in table.rules:
            for column in columns:
                for test in rule.tests[column]:
                    told = _constants(test)
                    if told is None:
                        return None
                    constants += told
        found.append((columns, list(_worth_trying(constants, table.inputs[columns[0]].type_name))))
    return _Points(found)


def _constants(test: Test) -> list[Value] | None:
    """Give the constants of a test; nothing when it holds more than constants."""
    match test:
        case Anything():
            return []
        case Negated(tests):
            told = [_constants(each) for each in tests]
            return None if None in told else [value for part in told if part for value in part]
        case Compared(_, operand) | Matches(operand):
            return _literal(operand)
        case Condition():
            return None


def _literal(tree: Tree) -> list[Value] | None:
    match tree:
        case Constant(value):
            return [value]
        case Range(low, high) if low is not None and high is not None:
            parts: Sequence[Tree] = (low, high)
        case Items(items):
            parts = items
        case _:
            return None
    values = [value_of(part, Cell((), NOWHERE)) for part in parts if isinstance(part, Constant)]
    return values if len(values) == len(parts) else None


def _worth_trying(constants: list[Value], type_name: str) -> Iterator[Value]:
    texts = {value for value in constants if isinstance(value, str)}
    yield from sorted(texts)
    if texts or type_name == "string" or not constants:
        yield _ANOTHER + "·".join(sorted(texts))
    if any(isinstance(value, bool) for value in constants):
        yield from (True, False)
    if None in constants:
        yield None
    numbers = sorted({value for value in constants if isinstance(value, Decimal)})
    yield from _whole(numbers) if type_name in ("integer", "long") else _between(numbers)
    yield from _days(sorted({value for value in constants if type(value) is date}))
    moments = {value for value in constants if isinstance(value, datetime) and value.tzinfo is not None}
    for at in sorted(moments):
        yield from (at - _SECOND, at, at + _SECOND) if MINYEAR < at.year < MAXYEAR else (at,)


def _between(numbers: list[Decimal]) -> Iterator[Decimal]:
    if not numbers:
        return
    yield numbers[0] - 1
    for low, high in pairwise(numbers):
        yield from (low, (low + high) / _HALF)
    yield from (numbers[-1], numbers[-1] + 1)


def _whole(numbers: list[Decimal]) -> Iterator[Decimal]:
    yield from sorted({number.to_integral_value() + step for number in numbers for step in (-1, 0, 1)})


def _days(days: list[date]) -> Iterator[date]:
    for day in days:
        near = range(max(_FIRST_DAY, day.toordinal() - 1), min(_LAST_DAY, day.toordinal() + 1) + 1)
        yield from map(date.fromordinal, near)
