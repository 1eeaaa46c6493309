"""The sheets of all subjects. What comes for one sheet while it is being written goes into its next write."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.contracts.events import Said
from services.kernel.store import Aggregates, AlreadyExists, NotFound, Together
from services.supervision.scores.sheets import Posting, Sheet, post


@dataclass(frozen=True, slots=True)
class Line:
    """An entry to be, and the sheet for it: as it is while nothing stands in it."""

    fresh: Sheet
    posting: Posting


class SheetBook:
    """Enters lines: many lights of one department at once are one write of its sheet, and no rivals."""

    def __init__(self, sheets: Aggregates[Sheet]) -> None:
        self._sheets = sheets
        self._together: Together[Line, None] = Together(self._enter_all)

    async def enter(self, line: Line) -> None:
        """Done when the line is saved; again changes nothing. Raises Conflict."""
        await self._together.add(line)

    async def _enter_all(self, lines: Sequence[Line]) -> Sequence[None]:
        by_sheet: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            by_sheet[line.fresh.sheet_id].append(line)
        await asyncio.gather(*(self._enter(each[0].fresh, each) for each in by_sheet.values()))
        return [None] * len(lines)

    async def _enter(self, fresh: Sheet, lines: Sequence[Line]) -> None:
        postings = [line.posting for line in lines]

        def decide(sheet: Sheet) -> tuple[Sheet, Sequence[Said]]:
            return post(sheet, postings)

        try:
            await self._sheets.change(fresh.sheet_id, decide)
        except NotFound:
            try:
                await self._sheets.create(*decide(fresh))
            except AlreadyExists:
                await self._sheets.change(fresh.sheet_id, decide)
