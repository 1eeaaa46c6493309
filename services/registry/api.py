"""The books over HTTP: departments, posts, people, attendance, calendars, and the demonstration's clock."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.registry import CalendarDay
from services.contracts.words import Attendance, Role
from services.kernel.app import deps_of
from services.kernel.clock import Anchor
from services.kernel.identity import NotAllowed, Permission, Person, allowed, may
from services.kernel.problem import problems
from services.kernel.requests import After, Limit, Request
from services.kernel.store import AlreadyExists, Conflict, NotFound
from services.kernel.worktime import YEAR_FILE_PROBLEMS, YearFile, checked_year
from services.registry import desk
from services.registry.books import (
    Department,
    DepartmentEntry,
    Member,
    MemberEntry,
    OwnDeputy,
    Post,
    PostEntry,
    RoleConflict,
    UnknownReference,
)
from services.registry.desk import ClockIsReal, Deps
from services.registry.queries import page

router = APIRouter()

Here = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.REGISTRY_READ))]
Registrar = Annotated[Person, Depends(allowed(Permission.REGISTRY_EDIT))]
DepartmentCode = Annotated[str, Path(pattern=r"^[A-Z][0-9]{2}$")]
PostCode = Annotated[str, Path(pattern=r"^P[0-9]{2}$")]
PersonCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9._-]{1,39}$")]
Year = Annotated[int, Path(ge=2000, le=2200)]
_WRITES = problems(UnknownReference, Conflict, AlreadyExists)
_PERSON_WRITES = problems(UnknownReference, OwnDeputy, RoleConflict, Conflict, AlreadyExists)
_YEAR_WRITES = problems(*YEAR_FILE_PROBLEMS, Conflict, AlreadyExists)


class AttendanceEntry(Request, frozen=True):
    """Whether the person can be reached at the desk."""

    attendance: Attendance


class MemberView(BaseModel, frozen=True):
    """A person; telephone and mail only for those who keep the books and for the person."""

    code: str
    name: str
    department: str
    posts: tuple[str, ...]
    roles: tuple[Role, ...]
    deputy: str | None
    attendance: Attendance
    phone: str | None
    mail: str | None
    active: bool


class YearView(BaseModel, frozen=True):
    """The official days of a year; version 0 is what is built in."""

    year: int
    version: int
    source: str
    days: tuple[CalendarDay, ...]
    horizon: str


class ClockEntry(Request, frozen=True):
    """What the office's clock should show; `speed` is office seconds per real second, 0 stands still."""

    as_of: AwareDatetime
    speed: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 0


class ClockView(BaseModel, frozen=True):
    """What the office's clock shows."""

    now: datetime
    revision: int


@router.get("/departments", summary="科室列表")
async def list_departments(deps: Here, _who: Reader, limit: Limit = 200, after: After = None) -> tuple[Department, ...]:
    """Departments and township offices by code."""
    return tuple(await page(deps.departments, limit=limit, after=after))


@router.put("/departments/{code}", summary="登记科室", responses=_WRITES)
async def put_department(deps: Here, _who: Registrar, code: DepartmentCode, entry: DepartmentEntry) -> Department:
    """Enter a department; the same entry again changes nothing."""
    return await desk.put_department(deps, code, entry)


@router.get("/posts", summary="岗位列表")
async def list_posts(deps: Here, _who: Reader, limit: Limit = 200, after: After = None) -> tuple[Post, ...]:
    """Posts by code."""
    return tuple(await page(deps.posts, limit=limit, after=after))


@router.put("/posts/{code}", summary="登记岗位", responses=_WRITES)
async def put_post(deps: Here, _who: Registrar, code: PostCode, entry: PostEntry) -> Post:
    """Enter a post; a new limit serves new definitions, running steps keep theirs."""
    return await desk.put_post(deps, code, entry)


@router.get("/people", summary="人员列表")
async def list_people(deps: Here, who: Reader, limit: Limit = 200, after: After = None) -> tuple[MemberView, ...]:
    """People by code."""
    return tuple(_view(member, who) for member in await page(deps.people, limit=limit, after=after))


@router.get("/people/{code}", summary="查看人员", responses=problems(NotFound))
async def see_person(deps: Here, who: Reader, code: PersonCode) -> MemberView:
    """One person."""
    member, _ = await deps.people.load(code)
    return _view(member, who)


@router.put(
    "/people/{code}", summary="登记人员", responses=problems(UnknownReference, OwnDeputy, RoleConflict, Conflict)
)
async def put_person(deps: Here, who: Registrar, code: PersonCode, entry: MemberEntry) -> MemberView:
    """Enter a person with posts and roles; duties that must be apart are refused."""
    return _view(await desk.put_member(deps, code, entry), who)


@router.post("/people/{code}/attendance", summary="登记在岗状态", responses=problems(NotFound, NotAllowed, Conflict))
async def note_attendance(
    deps: Here,
    who: Annotated[Person, Depends(allowed(Permission.ATTENDANCE_SET))],
    code: PersonCode,
    entry: AttendanceEntry,
) -> MemberView:
    """Say that one is out of office or back; the registrar may say it for others."""
    permission = Permission.REGISTRY_EDIT
    if who.code != code and not may(who, permission):
        raise NotAllowed(permission=permission.value, permission_zh=permission.zh)
    return _view(await desk.note_attendance(deps, code, entry.attendance), who)


@router.get("/calendar/{year}", summary="查看工作日历", responses=problems(NotFound))
async def see_year(deps: Here, _who: Reader, year: Year) -> YearView:
    """The days of an imported year that differ from Monday to Friday."""
    stands, _ = await deps.years.load(str(year))
    return await _year_view(deps, stands)


@router.post(
    "/calendar/import", summary="导入放假安排", responses=problems(*YEAR_FILE_PROBLEMS, Conflict, AlreadyExists)
)
async def import_year(
    deps: Here, who: Annotated[Person, Depends(allowed(Permission.CALENDAR_IMPORT))], file: YearFile
) -> YearView:
    """Take the official days of one year in (holiday-cn form); open clocks are computed anew by it."""
    stands = await desk.import_year(deps, checked_year(file, year=file.year), by=who.code)
    return await _year_view(deps, stands)


@router.get("/clock", summary="办公时钟")
async def see_clock(deps: Here, _who: Reader) -> ClockView:
    """What the office's clock shows."""
    return ClockView(now=deps.clock.now(), revision=deps.clock.revision)


@router.put("/clock", summary="设置演示时钟", responses=problems(ClockIsReal))
async def set_clock(
    deps: Here, _who: Annotated[Person, Depends(allowed(Permission.CLOCK_SET))], entry: ClockEntry
) -> ClockView:
    """Set the clock of a demonstration for all processes."""
    set_at = deps.clock.wall()
    await desk.set_clock(
        deps, lambda revision: Anchor(as_of=entry.as_of, set_at=set_at, speed=entry.speed, revision=revision)
    )
    return ClockView(now=deps.clock.now(), revision=deps.clock.revision)


def _view(member: Member, who: Person) -> MemberView:
    full = who.code == member.code or may(who, Permission.REGISTRY_EDIT)
    shown = member.model_dump(include=set(MemberView.model_fields))
    return MemberView(**(shown if full else {**shown, "phone": None, "mail": None}))


async def _year_view(deps: Deps, stands: desk.YearCalendar) -> YearView:
    calendar = await desk.calendar(deps)
    return YearView(
        year=int(stands.year),
        version=stands.version,
        source=stands.source,
        days=stands.days,
        horizon=calendar.horizon.isoformat(),
    )
