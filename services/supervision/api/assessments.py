"""The yearly assessment: sheets, appeals, the table of amounts, the roll-up and the workbook."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.contracts.events import Said
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import After, Limit, Number
from services.kernel.store import AlreadyExists, Conflict, NotFound
from services.supervision import desk, queries
from services.supervision.api.common import Approver, DocumentId, Here, Reader
from services.supervision.scores import readers, sheets
from services.supervision.scores.sheets import (
    Appeal,
    EntryNotReady,
    EntryState,
    NoSuchEntry,
    NotYourEntry,
    ReviewerInvolved,
    Ruling,
    Sheet,
)
from services.supervision.scores.tables import Level, ScoreEntry, ScoresNotLawful, ScoreTable, new_version
from services.supervision.scores.workbooks import MEDIA_TYPE, workbook

router = APIRouter(tags=["assessments"])

Year = Annotated[int, Query(ge=2000, le=2200)]
RulesEditor = Annotated[Person, Depends(allowed(Permission.RULES_EDIT))]
_MANY = 20_000


class SheetView(BaseModel, frozen=True):
    """A sheet with its sums: what counts, and what of it the cap leaves."""

    sheet: Sheet
    total: Decimal
    result: Decimal
    months: dict[str, Decimal]
    frozen: int


class SheetLine(BaseModel, frozen=True):
    """A sheet in a list."""

    sheet_id: str
    year: int
    level: Level
    subject: str
    departments: tuple[str, ...]
    entries: int
    frozen: int
    total: Decimal
    result: Decimal


class SheetPage(BaseModel, frozen=True):
    """Sheets by key; `after` is the key of the next page."""

    sheets: tuple[SheetLine, ...]
    after: str | None


class RollUp(BaseModel, frozen=True):
    """A year by month and level: each number is the sum of the entries that count, and `entries` how many they are."""

    year: int
    months: dict[str, dict[Level, Decimal]]
    totals: dict[Level, Decimal]
    entries: int


class ScoresView(BaseModel, frozen=True):
    """The table of amounts in force today, and the newest one, which may take effect later."""

    in_force: ScoreTable
    latest: ScoreTable


@router.get("/assessments", summary="绩效考核表")
async def list_sheets(
    deps: Here, who: Reader, year: Year, level: Level | None = None, limit: Limit = 50, after: After = None
) -> SheetPage:
    """The sheets of a year that the reader may see."""
    own = {"body.year": year, **({} if level is None else {"body.level": level})}
    found = await queries.page(deps.ledgers.sheets, {"$and": [own, readers.readable(who)]}, limit=limit, after=after)
    following = found[-1].sheet_id if len(found) == limit else None
    return SheetPage(sheets=tuple(_line(sheet) for sheet in found), after=following)


@router.get("/assessments/{sheet_id}", summary="查看考核表", responses=problems(NotFound))
async def see_sheet(deps: Here, who: Reader, sheet_id: DocumentId) -> SheetView:
    """One sheet, with every entry and its cause."""
    return _view(await _readable(deps, who, sheet_id))


@router.post(
    "/assessments/{sheet_id}/entries/{number}/appeal",
    summary="申诉",
    responses=problems(NotFound, NoSuchEntry, NotYourEntry, EntryNotReady, Conflict),
)
async def appeal_entry(deps: Here, who: Reader, sheet_id: DocumentId, number: Number, entry: Appeal) -> SheetView:
    """Freeze an entry until somebody who had no part in it decides."""
    readers.appeals(who, await _readable(deps, who, sheet_id))
    now = deps.clock.now()
    return await _changed(deps, sheet_id, lambda sheet: sheets.appeal(sheet, number, entry, by=who.code, now=now))


@router.post(
    "/assessments/{sheet_id}/entries/{number}/decide",
    summary="裁定申诉",
    responses=problems(NotFound, NoSuchEntry, EntryNotReady, ReviewerInvolved, Conflict),
)
async def decide_appeal(deps: Here, who: Approver, sheet_id: DocumentId, number: Number, entry: Ruling) -> SheetView:
    """Somebody who had no part in it decides."""
    await _readable(deps, who, sheet_id)
    now = deps.clock.now()
    return await _changed(deps, sheet_id, lambda sheet: sheets.rule(sheet, number, entry, by=who.code, now=now))


@router.get("/assessment-roll-up", summary="绩效月度汇总")
async def roll_up(deps: Here, who: Reader, year: Year) -> RollUp:
    """A year by month and level, over the sheets that the reader may see."""
    found = await _of_year(deps, who, year)
    months: dict[str, dict[Level, Decimal]] = {}
    for sheet in found:
        for month, amount in sheet.months().items():
            line = months.setdefault(month, dict.fromkeys(Level, Decimal(0)))
            line[sheet.level] += amount
    totals = {level: sum((sheet.total for sheet in found if sheet.level is level), Decimal(0)) for level in Level}
    counted = sum(entry.state in sheets.COUNTING for sheet in found for entry in sheet.entries)
    return RollUp(year=year, months=dict(sorted(months.items())), totals=totals, entries=counted)


@router.get(
    "/assessment.xlsx",
    summary="年度考核表（XLSX）",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}},
)
async def download_year(deps: Here, who: Reader, year: Year) -> Response:
    """The year as a workbook: one sheet with the results, one with every entry."""
    names = await deps.books.department_names() | await deps.books.people_names()
    made = workbook(await _of_year(deps, who, year), year=year, names=names)
    headers = {"Content-Disposition": f'attachment; filename="assessment-{year}.xlsx"', "Cache-Control": "no-store"}
    return Response(made, media_type=MEDIA_TYPE, headers=headers)


@router.get("/assessment-table", summary="计分表")
async def see_scores(deps: Here, _who: Reader) -> ScoresView:
    """What each finding counts."""
    tables = await deps.ledgers.score_tables()
    today = desk.office_day(deps.clock.now())
    return ScoresView(
        in_force=await deps.ledgers.score_table(today), latest=max(tables, key=lambda table: table.number)
    )


@router.put("/assessment-table", summary="修订计分表", responses=problems(ScoresNotLawful, AlreadyExists))
async def put_scores(deps: Here, who: RulesEditor, entry: ScoreEntry) -> ScoresView:
    """Make the next version; entries that are posted keep theirs."""
    latest = (await see_scores(deps, who)).latest
    made = new_version(entry, latest=latest, by=who.code, now=deps.clock.now())
    await deps.ledgers.tables.create(made)
    return await see_scores(deps, who)


async def _of_year(deps: Here, who: Person, year: int) -> list[Sheet]:
    where = {"$and": [{"body.year": year}, readers.readable(who)]}
    order = [("body.level", 1), ("body.subject", 1)]
    return await deps.ledgers.sheets.query(where, sort=order, limit=_MANY)


async def _readable(deps: Here, who: Person, sheet_id: str) -> Sheet:
    where = {"$and": [{"_id": sheet_id}, readers.readable(who)]}
    found = await deps.ledgers.sheets.query(where, sort=[("_id", 1)], limit=1)
    if not found:
        raise NotFound(key=sheet_id)
    return found[0]


async def _changed(deps: Here, sheet_id: str, act: Callable[[Sheet], tuple[Sheet, Sequence[Said]]]) -> SheetView:
    sheet, revision = await deps.ledgers.sheets.load(sheet_id)
    changed, said = act(sheet)
    return _view(await desk.written(deps.ledgers.sheets, sheet_id, changed, revision, said))


def _line(sheet: Sheet) -> SheetLine:
    own: dict[str, Any] = sheet.model_dump(include={"sheet_id", "year", "level", "subject", "departments"})
    sums = {"total": sheet.total, "result": sheet.capped, "frozen": _frozen(sheet)}
    return SheetLine(**own, **sums, entries=len(sheet.entries))


def _view(sheet: Sheet) -> SheetView:
    months = dict(sheet.months())
    return SheetView(sheet=sheet, total=sheet.total, result=sheet.capped, months=months, frozen=_frozen(sheet))


def _frozen(sheet: Sheet) -> int:
    return sum(entry.state is EntryState.FROZEN for entry in sheet.entries)
