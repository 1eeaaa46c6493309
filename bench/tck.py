"""`python -m bench.tck FOLDER`: how much of the public DMN Technology Compatibility Kit holds here.

The folder is the kit's `TestCases`, with one folder a level and in it one a subject: models, and tests that give the
inputs and the value each decision must have. A test that expects nothing (null) because the kit expects an error
counts like any other. Prints a line a subject that does not hold wholly, and the totals of each level.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from lxml import etree

from services.kernel.worktime import Calendar
from services.workflow.engine.decisions.cells import Cell
from services.workflow.engine.decisions.comparing import same
from services.workflow.engine.decisions.graphs import Decision, Graph, read_graph
from services.workflow.engine.decisions.moments import read_date, read_duration, read_moment, read_time
from services.workflow.engine.documents import read_xml
from services.workflow.engine.findings import Report
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.office import Office

_OFFICE: Final = Office(datetime(2026, 1, 5, tzinfo=UTC), Calendar.builtin())
_NEAR: Final = Decimal("1e-8")
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "date": read_date,
    "time": read_time,
    "dateTime": read_moment,
    "duration": read_duration,
    "decimal": Decimal,
    "double": Decimal,
    "integer": Decimal,
    "int": Decimal,
    "boolean": lambda text: text == "true",
    "string": str,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One expected value of one decision of one test."""

    level: str
    subject: str
    name: str
    wanted: Any
    got: Any
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether the decision has the value it must have; numbers may differ in the eighth place."""
        return not self.why and _equal(self.wanted, self.got)


def cases(folder: Path) -> Iterator[Case]:
    """Run every test below a folder."""
    for file in sorted(folder.rglob("*-test-*.xml")):
        root = etree.parse(file).getroot()
        model = file.parent / (root.findtext("{*}modelName") or "")
        yield from _tested(file, root, model)


def _tested(file: Path, root: etree._Element, model: Path) -> Iterator[Case]:
    graph = _graph(model)
    by_name = {} if graph is None else {each.name: each for each in graph.decisions.values()}
    for test in root.findall("{*}testCase"):
        inputs = {node.get("name") or "": _value(node) for node in test.findall("{*}inputNode")}
        service = test.get("invocableName") if test.get("type") in ("decisionService", "bkm") else None
        for node in test.findall("{*}resultNode"):
            name = f"{test.get('id')} {node.get('name')}"
            expected = node.find("{*}expected")
            wanted = None if expected is None else _value(expected)
            got, why = _answer(graph, by_name, node.get("name") or "", inputs, service)
            yield Case(file.parts[-3], file.parts[-2], name, wanted, got, why)


def _graph(model: Path) -> Graph | None:
    report = Report(model.name)
    root = read_xml(report, model.read_bytes()) if model.is_file() else None
    return None if root is None else read_graph(report, root, lenient=True)


def _answer(
    graph: Graph | None, by_name: Mapping[str, Decision], name: str, inputs: Mapping[str, Any], service: str | None
) -> tuple[Any, str]:
    if graph is None:
        return None, "the model cannot be read"
    cell = Cell((inputs,), _OFFICE)
    try:
        if service in graph.services or service in graph.functions:
            function = graph.functions_in(cell)[service or ""]
            found = function.call([], {each: inputs.get(each) for each in function.names})
            return (found[name] if isinstance(found, Mapping) and name in found else found), ""
        decision = by_name.get(name)
        if decision is None:
            return None, f"no decision {name} can be read"
        return graph.decide(decision.id, cell), ""
    except Miscalculated:
        return None, ""


def _value(holder: etree._Element) -> Any:  # noqa: ANN401 - any FEEL value
    """Read a value as the kit writes it: simple, list or components."""
    listed = holder.find("{*}list")
    if listed is not None:
        return None if _is_nothing(listed) else [_value(item) for item in listed.findall("{*}item")]
    parts = holder.findall("{*}component")
    if parts:
        return {part.get("name") or "": _value(part) for part in parts}
    value = holder.find("{*}value")
    if value is None or _is_nothing(value):
        return None
    text = value.text or ""
    kind = (value.get("{http://www.w3.org/2001/XMLSchema-instance}type") or "string").rpartition(":")[2]
    return _READERS.get(kind, str)(text if kind == "string" else text.strip())


def _is_nothing(element: etree._Element) -> bool:
    return element.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"


def _equal(wanted: Any, got: Any) -> bool:  # noqa: ANN401 - any FEEL value
    if isinstance(wanted, Decimal) and isinstance(got, Decimal):
        return abs(wanted - got) <= max(_NEAR, abs(wanted) * _NEAR)
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(map(_equal, wanted, got))
    if isinstance(wanted, dict) and isinstance(got, Mapping):
        return wanted.keys() == got.keys() and all(_equal(wanted[key], got[key]) for key in wanted)
    if isinstance(wanted, date | time | timedelta):
        return type(wanted) is type(got) and bool(wanted == got)
    return (wanted is None and got is None) or same(wanted, got) is True


def main() -> None:
    """Print what does not hold and the totals; 2 when the folder holds no tests."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    found = list(cases(folder))
    if not found:
        sys.stderr.write(f"{folder}: 没有测试 / holds no tests (the kit's folder TestCases is expected)\n")
        sys.exit(2)
    subjects: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in found:
        subjects[case.level, case.subject].append(case)
    for (level, subject), tests in sorted(subjects.items()):
        wrong = [test for test in tests if not test.holds]
        if wrong:
            names = ", ".join(test.name for test in wrong[:6])
            sys.stdout.write(f"{level} {subject}: {len(tests) - len(wrong)} of {len(tests)}; not {names}\n")
            for test in wrong if "-v" in sys.argv else ():
                sys.stdout.write(f"    {test.name}: wanted {test.wanted!r}, got {test.got!r} {test.why}\n")
    for level in sorted({case.level for case in found}):
        tests = [case for case in found if case.level == level]
        held = sum(test.holds for test in tests)
        sys.stdout.write(f"{level}: {held} of {len(tests)} ({held / len(tests):.1%})\n")


if __name__ == "__main__":
    main()
