"""The same numbers as a CSV file: one number a line, under the name that the API gives it."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from services.supervision.statistics.models import Statistics

HEADER: Final = ("section", "key", "name", "measure", "value")
_BOM: Final = "\ufeff"
"""So that spreadsheet programs read it as UTF-8."""

_NAMES: Final = frozenset({"key", "name", "case_no", "title"})
_LIKE_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def sheet(statistics: Statistics) -> str:
    """The file."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row in rows(statistics):
        writer.writerow([_plain(cell) for cell in row])
    return _BOM + out.getvalue()


def rows(statistics: Statistics) -> Iterator[tuple[str, str, str, str, Any]]:
    """Every number with its section, the key and name of its line, and its measure."""
    for section, value in statistics.model_dump(mode="json").items():
        match value:
            case dict():
                yield from _line(section, value)
            case list():
                for line in value:
                    yield from _line(section, line)
            case _:
                yield section, "", "", section, value


def _line(section: str, line: dict[str, Any]) -> Iterator[tuple[str, str, str, str, Any]]:
    key, name = line.get("key", line.get("case_no", "")), line.get("name", line.get("title", ""))
    for measure, value in line.items():
        if measure not in _NAMES:
            yield section, str(key), str(name), measure, value


def _plain(cell: Any) -> Any:  # noqa: ANN401 - JSON
    """A text that a spreadsheet would take for a formula is made a text again."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_LIKE_A_FORMULA) else cell
