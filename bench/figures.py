"""A figure with its limit, and the table of all of them."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `limit` is what it is held against in the same run; `ratio` is value to limit."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    limit_is: str = ""

    @property
    def ratio(self) -> float | None:
        """Value to limit."""
        return round(self.value / self.limit, 3) if self.limit else None


def percentile(values: Sequence[float], percent: int) -> float:
    """The percentile of at least two values."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def show(figures: Sequence[Figure], path: Path) -> None:
    """Print the table and write it as JSON."""
    table = Table("figure", "value", "unit", "limit", "ratio", "the limit is")
    for figure in figures:
        limit = "" if figure.limit is None else f"{figure.limit:,.1f}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.3f}"
        table.add_row(figure.name, f"{figure.value:,.1f}", figure.unit, limit, ratio, figure.limit_is)
    Console(width=150).print(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(figure), "ratio": figure.ratio} for figure in figures]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
