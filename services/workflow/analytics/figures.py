"""The figures of each element, from counted facts. Pure."""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any, Final

from pydantic import BaseModel

MEDIAN: Final = 50
P90: Final = 90
_HUNDRED: Final = 100


class ElementFigures(BaseModel, frozen=True):
    """One element of the diagram.

    `running` and `running_overdue` are steps open now. `finished` steps were completed, `undone` of them in vain;
    `left` were not completed. Durations are working days from opening to completion; a percentile is the smallest
    value that so many percent of the steps do not exceed. `loops` counts how often a case came again, `looped` the
    cases in which that happened. `passed` counts every element of the diagram, also those without a step.
    """

    element: str
    name: str
    running: int = 0
    running_overdue: int = 0
    finished: int = 0
    undone: int = 0
    left: int = 0
    cases: int = 0
    median_workdays: int | None = None
    p90_workdays: int | None = None
    overdue: int = 0
    overdue_share: float = 0.0
    loops: int = 0
    looped: int = 0
    incidents: int = 0
    mended: int = 0
    passed: int = 0


class ProcessFigures(BaseModel, frozen=True):
    """A process by its cases; all figures are of the cases that started in the days asked for."""

    process_key: str
    version: int | None
    cases: int
    running: int
    ended: int
    median_workdays: int | None
    p90_workdays: int | None
    elements: list[ElementFigures]


Rows = Iterable[Mapping[str, Any]]


def percentile(counts: Mapping[int, int], percent: int) -> int | None:
    """The smallest value that `percent` of the counted ones do not exceed; None when nothing was counted."""
    total = sum(counts.values())
    wanted, seen = ceil(total * percent / _HUNDRED), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return None


def element_figures(facts: Mapping[str, Rows]) -> list[ElementFigures]:
    """One line for each element that has any figure, in the order of their ids."""
    found: dict[str, dict[str, Any]] = {}
    durations: dict[str, dict[int, int]] = {}
    for row in facts["open"]:
        _add(found, row["_id"], name=row["name"], running=row["count"], running_overdue=row["overdue"])
    for row in facts["closed"]:
        key, count = row["_id"], row["count"]
        if not key["completed"]:
            _add(found, key["element"], name=row["name"], left=count)
            continue
        late, undone = (count if key["late"] else 0), (count if key["undone"] else 0)
        _add(found, key["element"], name=row["name"], finished=count, overdue=late, undone=undone)
        if key["workdays"] is not None:
            days = durations.setdefault(key["element"], {})
            days[key["workdays"]] = days.get(key["workdays"], 0) + count
    for row in facts["loops"]:
        _add(found, row["_id"], cases=row["cases"], loops=row["loops"], looped=row["looped"])
    for name in ("incidents", "mended", "passed"):
        for row in facts[name]:
            _add(found, row["_id"], **{name: row["count"]})
    return [_line(element, found[element], durations.get(element, {})) for element in sorted(found)]


def _add(found: dict[str, dict[str, Any]], element: str, *, name: str = "", **counts: int) -> None:
    line = found.setdefault(element, {"name": ""})
    line["name"] = name or line["name"]
    for field, count in counts.items():
        line[field] = line.get(field, 0) + count


def _line(element: str, counted: Mapping[str, Any], days: Mapping[int, int]) -> ElementFigures:
    finished = counted.get("finished", 0)
    return ElementFigures(
        element=element,
        **counted,
        median_workdays=percentile(days, MEDIAN),
        p90_workdays=percentile(days, P90),
        overdue_share=round(counted.get("overdue", 0) / finished, 4) if finished else 0.0,
    )
