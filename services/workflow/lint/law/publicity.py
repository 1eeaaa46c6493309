"""How long something is published: whatever hands the days over must not hand over fewer than the law's."""

import ast
from collections.abc import Iterator
from typing import Any, Final

from services.workflow.engine.diagrams.model import Body, Node, Process
from services.workflow.engine.diagrams.results import result_of
from services.workflow.engine.documents import read_xml
from services.workflow.engine.findings import Report
from services.workflow.engine.language.texts import unwrapped
from services.workflow.lint.law import elements
from services.workflow.lint.law.permits import Permit, faulted, fields_of
from services.workflow.lint.law.ways import day_of, workday_after

LEAST: Final = 7
"""Days: the shortest period of the local rules on which the house is built (docs/domain.md §2.4)."""

DAYS: Final = "publicity_workdays"
"""The variable in which the days are handed to whoever publishes."""

_LONG: Final = 30


def is_short(permit: Permit, process: Process, body: Body, node: Node) -> Iterator[dict[str, Any]]:
    """What a call hands over as days of publicity: a number, or what a decision or a form gives."""
    del body
    for mapped in node.calls.ins if node.calls else ():
        text = mapped.expression or mapped.source or ""
        days = least_days(permit, process, text) if mapped.target == DAYS else None
        if days is not None and days < LEAST:
            yield {"days": f"{days:g}", "least": LEAST}


def ends_early(permit: Permit, process: Process, body: Body, node: Node) -> Iterator[dict[str, Any]]:
    """The timer that ends a publicity period leaves it its days, the first one counted."""
    del permit, process
    for boundary, text in elements.timers_of(body, node):
        for days in (LEAST, _LONG):
            day = day_of(text, **{DAYS: days})
            wanted = days if DAYS in text else LEAST
            if day is not None and day < workday_after(wanted - 1):
                yield {"element": boundary.id, "timer": text, "least": wanted}
                break


def least_days(permit: Permit, process: Process, text: str) -> float | None:
    """The fewest days that an expression can give; None where that is not known."""
    try:
        tree = ast.parse(unwrapped(text).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return _least(permit, process, tree)


def _least(permit: Permit, process: Process, tree: ast.expr) -> float | None:
    match tree:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.IfExp(body=one, orelse=other):
            found = [_least(permit, process, each) for each in (one, other)]
            return min((each for each in found if each is not None), default=None)
        case ast.Name(id=variable):
            return _decided(permit, process, variable)
        case ast.Attribute(value=ast.Name(id=variable), attr=field):
            return _filled_in(permit, process, variable, field)
        case _:
            return None


def _filled_in(permit: Permit, process: Process, variable: str, field: str) -> float | None:
    """What a form takes: with a smaller number than the law's it must find fault."""
    for node in process.body.all_nodes():
        form = permit.form(node)
        if result_of(node) == variable and field in fields_of(form) and field not in faulted(form, {field: LEAST - 1}):
            return LEAST - 1
    return _decided(permit, process, variable)


def _decided(permit: Permit, process: Process, variable: str) -> float | None:
    """The smallest number that a decision table can give."""
    asked = {
        node.decides.decision for node in process.body.all_nodes() if node.decides and node.decides.result == variable
    }
    return min((number for key in asked for number in _outputs(permit, key)), default=None)


def _outputs(permit: Permit, decision: str) -> Iterator[float]:
    for path, content in permit.files.items():
        root = read_xml(Report(path), content) if path.endswith(".dmn") else None
        if root is None:
            continue
        for table in root.iterfind(f".//{{*}}decision[@id='{decision}']") if "'" not in decision else ():
            texts = [cell.findtext("{*}text") for cell in table.iter("{*}outputEntry", "{*}defaultOutputEntry")]
            yield from (float(text) for text in texts if text and text.strip().isdecimal())
