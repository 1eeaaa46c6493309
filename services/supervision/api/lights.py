"""Lights and the board."""

from datetime import date, datetime
from operator import itemgetter
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints

from services.contracts.words import ClockKind, Light
from services.kernel.problem import problems
from services.kernel.requests import LARGEST_PAGE, After, Limit
from services.kernel.store import NotFound
from services.supervision import queries
from services.supervision.api.common import CaseNo, Here, Reader, scope_filter, visible
from services.supervision.lights import CaseLights, ClockLight, gravity

router = APIRouter(tags=["lights"])

Cases = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{10,40}$")], ...],
    Query(max_length=LARGEST_PAGE, description="only these cases; may stand several times"),
]
"""Which cases a list is about."""


class ClockView(BaseModel, frozen=True):
    """One clock's light."""

    clock_id: str
    kind: ClockKind
    name: str
    department: str
    person: str | None
    due_on: date
    light: Light
    rule: str | None
    overdue_workdays: int
    changed_at: datetime


class CaseView(BaseModel, frozen=True):
    """A case and the lights of its running clocks; the case shows the most serious."""

    case_no: str
    title: str
    item_code: str
    light: Light
    clocks: tuple[ClockView, ...]
    changed_at: datetime


class LightPage(BaseModel, frozen=True):
    """Cases by number; `after` is the key of the next page."""

    cases: tuple[CaseView, ...]
    after: str | None


class LitClock(ClockView, frozen=True):
    """A running clock with the case that it belongs to; `key` is where a page of the list ends."""

    key: str
    case_no: str
    title: str
    department_name: str


class ClockPage(BaseModel, frozen=True):
    """Clocks, the most serious first; `after` is the key of the next page, `total` how many fit in all."""

    clocks: tuple[LitClock, ...]
    total: int
    after: str | None


class RecordView(BaseModel, frozen=True):
    """One immutable record of a light or of the ladder."""

    id: str
    type: str
    time: datetime
    data: dict[str, object]


class DepartmentCount(BaseModel, frozen=True):
    """A department's running clocks that are not green."""

    department: str
    name: str
    yellow: int
    red: int
    red2: int


class Board(BaseModel, frozen=True):
    """What the supervision office sees first. `cases` counts open cases by the light they show."""

    cases: dict[Light, int]
    departments: tuple[DepartmentCount, ...]
    open_matters: int
    notices_to_issue: int
    as_of: datetime


@router.get("/lights", summary="红黄灯列表")
async def list_lights(
    deps: Here,
    who: Reader,
    light: Light | None = None,
    case_no: Cases = (),
    limit: Limit = 50,
    after: After = None,
) -> LightPage:
    """Open cases and their lights; with `case_no`, of these cases only."""
    scope = scope_filter(who)
    found = await queries.open_lights(deps.cases, scope, light=light, among=case_no, limit=limit, after=after)
    following = found[-1].case_no if len(found) == limit else None
    return LightPage(cases=tuple(_case_view(case) for case in found), after=following)


@router.get("/lights/{case_no}", summary="案件的灯", responses=problems(NotFound))
async def see_lights(deps: Here, who: Reader, case_no: CaseNo) -> CaseView:
    """The lights of one case."""
    return _case_view(await _visible_case(deps, who, case_no))


@router.get("/lights/{case_no}/records", summary="亮灯记录", responses=problems(NotFound))
async def list_records(
    deps: Here,
    who: Reader,
    case_no: CaseNo,
    limit: Limit = 200,
    after: Annotated[str, Query(max_length=200)] = "",
) -> tuple[RecordView, ...]:
    """Everything supervision ever said of a case, oldest first."""
    await _visible_case(deps, who, case_no)
    entries = await deps.journal.find(case_no, limit=limit, after=after)
    return tuple(
        RecordView(id=entry.order, type=entry.envelope.type, time=entry.envelope.time, data=entry.envelope.data)
        for entry in entries
    )


@router.get("/clocks", summary="亮灯的时钟")
async def list_clocks(
    deps: Here,
    who: Reader,
    light: Light | None = None,
    department: Annotated[str | None, Query(max_length=40)] = None,
    limit: Limit = 50,
    after: After = None,
) -> ClockPage:
    """Running clocks that are yellow or red, or of one light: those that the board counts for a department."""
    lights = queries.LIT if light is None else (light,)
    found = await queries.running_clocks(deps.cases, scope_filter(who), lights=lights)
    fitting = [one for one in found if department in {None, one[1].department}]
    keyed = sorted(((_key(*one), *one) for one in fitting), key=itemgetter(0))
    page = [one for one in keyed if after is None or one[0] > after][:limit]
    following = page[-1][0] if len(page) == limit else None
    return ClockPage(clocks=tuple([await _lit(deps, *one) for one in page]), total=len(keyed), after=following)


@router.get("/board", summary="督查看板")
async def see_board(deps: Here, who: Reader) -> Board:
    """Counts of what the reader may see."""
    scope = scope_filter(who)
    counts = await queries.by_department(deps.cases, scope)
    return Board(
        cases=await queries.light_counts(deps.cases, scope),
        departments=tuple([await _department_count(deps, code, counts[code]) for code in sorted(counts)]),
        open_matters=await queries.open_matters(deps.matters, scope),
        notices_to_issue=await queries.drafted_notices(deps.notices, scope),
        as_of=deps.clock.now(),
    )


async def _department_count(deps: Here, code: str, lit: dict[Light, int]) -> DepartmentCount:
    return DepartmentCount(
        department=code,
        name=await deps.books.department_name(code),
        yellow=lit[Light.YELLOW],
        red=lit[Light.RED],
        red2=lit[Light.RED2],
    )


def _key(case: CaseLights, clock: ClockLight) -> str:
    """Sorts the most serious first, of these the longest overdue, then by due date."""
    calm, recent = 9 - gravity(clock.shows), 99_999 - clock.overdue_workdays
    return f"{calm}.{recent:05}.{clock.due_on}.{case.case_no}.{clock.clock_id}"


async def _lit(deps: Here, key: str, case: CaseLights, clock: ClockLight) -> LitClock:
    name = await deps.books.department_name(clock.department)
    view = _clock_view(clock).model_dump()
    return LitClock(**view, key=key, case_no=case.case_no, title=case.title, department_name=name)


async def _visible_case(deps: Here, who: Reader, case_no: str) -> CaseLights:
    case, _ = await deps.cases.load(case_no)
    visible(who, case.departments, key=case_no)
    return case


def _case_view(case: CaseLights) -> CaseView:
    running = tuple(_clock_view(clock) for clock in case.clocks.values() if not clock.stopped)
    return CaseView(
        case_no=case.case_no,
        title=case.title,
        item_code=case.item_code,
        light=case.light,
        clocks=running,
        changed_at=case.changed_at,
    )


def _clock_view(clock: ClockLight) -> ClockView:
    shown = clock.model_dump(include=set(ClockView.model_fields))
    return ClockView(**shown, light=clock.shows)
