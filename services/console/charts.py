"""Charts drawn by the server as SVG: where the bars go, in the units of the drawing. Templates draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_LEFT: Final = 190
_RIGHT: Final = 40
_ROW: Final = 34
WIDTH: Final = 640
"""How wide a chart is; the page scales it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: what it counts, how many, and where it lies."""

    kind: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, its place, its pieces and what they come to."""

    key: str
    name: str
    y: int
    pieces: tuple[Piece, ...]
    total: int
    end: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of stacked bars lying below each other."""

    rows: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    left: int = _LEFT


def bars(rows: Sequence[Mapping[str, Any]], kinds: Sequence[str]) -> Bars:
    """Bars of `rows` (each with `department`, `name` and a count for each kind), all by one measure."""
    longest = max((sum(int(row[kind]) for kind in kinds) for row in rows), default=0) or 1
    unit = (WIDTH - _LEFT - _RIGHT) / longest
    return Bars(tuple(_bar(row, kinds, number, unit) for number, row in enumerate(rows)), max(1, len(rows)) * _ROW)


def _bar(row: Mapping[str, Any], kinds: Sequence[str], number: int, unit: float) -> Bar:
    x = float(_LEFT)
    pieces = []
    for kind in kinds:
        if count := int(row[kind]):
            pieces.append(Piece(str(kind), count, round(x, 1), round(count * unit, 1)))
            x += count * unit
    total = sum(piece.count for piece in pieces)
    return Bar(row["department"], row["name"], number * _ROW, tuple(pieces), total, round(x, 1))
