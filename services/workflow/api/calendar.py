"""What the official days of a year would do to the cases, before they are imported (in the registry)."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.contracts.words import ClockKind
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.worktime import YEAR_FILE_PROBLEMS, DayOutsideCalendar, YearFile, checked_year
from services.workflow.api.common import With
from services.workflow.reckonings import reckon

router = APIRouter(tags=["calendar"])

Importer = Annotated[Person, Depends(allowed(Permission.CALENDAR_IMPORT))]

_REFUSALS: Final = problems(*YEAR_FILE_PROBLEMS, DayOutsideCalendar)
_SHOWN: Final = 50
_NEWEST: Final = 2**31 - 1
"""Newer than any version that there is: what would be imported comes after it."""


class MoveView(BaseModel, frozen=True, from_attributes=True):
    """A due date that would move. Number and clock only: who imports a calendar need not see the cases."""

    case_no: str
    clock_id: str
    kind: ClockKind
    name: str
    was_due_on: date
    due_on: date


class ReckoningView(BaseModel, frozen=True, from_attributes=True):
    """What would become of the open clocks; `first` are the fifty moves due the soonest.

    `confirmed`: the date stays, and is provisional no longer (or, after a shorter file, again).
    """

    cases: int
    clocks: int
    moved: int
    moved_cases: int
    confirmed: int
    first: tuple[MoveView, ...]


@router.post(
    "/calendar/preview", summary="预览放假安排的影响", responses=problems(*YEAR_FILE_PROBLEMS, DayOutsideCalendar)
)
async def preview(deps: With, who: Importer, file: YearFile) -> ReckoningView:
    """The due dates that would move if the year were imported as `POST /calendar/import` takes it; changes nothing."""
    official = checked_year(file, year=file.year)
    year = official.published(version=_NEWEST, at=deps.clock.now(), by=who.code)
    return ReckoningView.model_validate(await reckon(deps, year, most=_SHOWN))
