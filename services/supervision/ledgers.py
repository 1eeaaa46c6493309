"""What papers and assessment work with: the register of lights, the sheets, their tables, files and the press."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from services.kernel.documents import Press
from services.kernel.store import Aggregates, Files, Index, Store
from services.supervision.alerts import Alert
from services.supervision.catalogues import Catalogue
from services.supervision.scores.books import SheetBook
from services.supervision.scores.sheets import Sheet
from services.supervision.scores.tables import ScoreTable, default_table, in_force
from services.supervision.silences import Silence

_MANY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The registers, and the means to print."""

    alerts: Aggregates[Alert]
    sheets: Aggregates[Sheet]
    book: SheetBook
    tables: Aggregates[ScoreTable]
    silences: Aggregates[Silence]
    catalogues: Aggregates[Catalogue]
    files: Files
    press: Press
    organ: str

    async def score_tables(self) -> list[ScoreTable]:
        """Every version of the table of amounts, the one that ships with the service first."""
        return [default_table(), *await self.tables.query({}, sort=[("_id", 1)], limit=_MANY)]

    async def score_table(self, day: date) -> ScoreTable:
        """The table of amounts that holds on a day."""
        return in_force(await self.score_tables(), day)

    async def windows(self) -> Iterable[Silence]:
        """All windows of silence."""
        return await self.silences.query({}, sort=[("_id", 1)], limit=_MANY)


def ledgers_of(store: Store, *, font_dir: Path, organ: str) -> Ledgers:
    """The registers in a store."""
    sheets = store.aggregates("sheets", Sheet, key="sheet_id")
    return Ledgers(
        alerts=store.aggregates("alerts", Alert, key="alert_id"),
        sheets=sheets,
        book=SheetBook(sheets),
        tables=store.aggregates("score_tables", ScoreTable, key="version"),
        silences=store.aggregates("silences", Silence, key="silence_id"),
        catalogues=store.aggregates("catalogues", Catalogue, key="kind"),
        files=store.files("papers"),
        press=Press(font_dir),
        organ=organ,
    )


async def declare_indexes(store: Store) -> None:
    """The indexes that the registers need."""
    await store.indexes(
        "alerts",
        Index("body.case_no"),
        Index("body.departments"),
        Index("body.lit_on"),
        Index("body.quarter", "body.department", "body.light"),
    )
    await store.indexes("sheets", Index("body.year", "body.level"), Index("body.subject"))
