"""The books over HTTP: departments, posts, people, attendance, calendars, and the demonstration's clock."""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.registry import CalendarDay
from services.contracts.words import Attendance, Role
from services.kernel import logs
from services.kernel.app import deps_of
from services.kernel.clock import DemoClock
from services.kernel.identity import NotAllowed, Permission, Person, allowed, may
from services.kernel.problem import problems
from services.kernel.requests import After, Limit, Request
from services.kernel.store import Conflict, NotFound
from services.kernel.worktime import YEAR_FILE_PROBLEMS, DayOutsideCalendar, YearFile, checked_year
from services.registry import calendars, desk
from services.registry.books import (
    Department,
    DepartmentCode,
    DepartmentEntry,
    Member,
    MemberEntry,
    OwnDeputy,
    OwnRights,
    PersonCode,
    Post,
    PostEntry,
    PostHeld,
    RoleConflict,
    UnknownReference,
)
from services.registry.calendars import YearCalendar, YearNotKnown
from services.registry.democlock import ClockIsReal, set_clock
from services.registry.deps import Deps
from services.registry.queries import page

log = logs.get(__name__)
router = APIRouter()

Here = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.REGISTRY_READ))]
Registrar = Annotated[Person, Depends(allowed(Permission.REGISTRY_EDIT))]
PostCode = Annotated[str, Path(pattern=r"^P[0-9]{2}$")]
Year = Annotated[int, Path(ge=2000, le=2200)]

_EARLIEST: Final = datetime(2004, 1, 1, tzinfo=UTC)
"""The first day of the calendar: before it nobody can count working days."""

_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)

_FASTEST: Final = 86_400
"""A day in a second: no office can be watched faster."""

_PERSON_WRITES: Final = problems(UnknownReference, OwnDeputy, OwnRights, RoleConflict, Conflict)
_YEAR_WRITES: Final = problems(*YEAR_FILE_PROBLEMS, DayOutsideCalendar, Conflict)


class AttendanceEntry(Request, frozen=True):
    """Whether the person can be reached at the desk."""

    attendance: Attendance


class MemberView(BaseModel, frozen=True):
    """A person; the ways to reach them only for those who keep the books and for the person."""

    code: str
    name: str
    department: str
    posts: tuple[str, ...]
    roles: tuple[Role, ...]
    deputy: str | None
    attendance: Attendance
    phone: str | None
    mail: str | None
    chat: str | None
    active: bool


class YearView(BaseModel, frozen=True):
    """The official days of a year; version 0 is what is built in. Beyond `horizon` due dates are provisional."""

    year: int
    version: int
    source: str
    days: tuple[CalendarDay, ...]
    horizon: date


class ClockEntry(Request, frozen=True):
    """What the office's clock should show; `speed` is office seconds per real second, 0 stands still."""

    as_of: Annotated[AwareDatetime, Field(ge=_EARLIEST, lt=_LATEST)]
    speed: Annotated[float, Field(ge=0, le=_FASTEST, allow_inf_nan=False)] = 0


class ClockView(BaseModel, frozen=True):
    """What the office's clock shows. `speed` is office seconds per real second; only a demonstration's can be set."""

    now: datetime
    revision: int
    speed: float
    settable: bool


@router.get("/departments", summary="科室列表")
async def list_departments(deps: Here, _who: Reader, limit: Limit = 200, after: After = None) -> tuple[Department, ...]:
    """Departments and township offices by code."""
    return tuple(await page(deps.departments, limit=limit, after=after))


@router.put("/departments/{code}", summary="登记科室", responses=problems(Conflict))
async def put_department(deps: Here, who: Registrar, code: DepartmentCode, entry: DepartmentEntry) -> Department:
    """Enter a department; the same entry again changes nothing."""
    entered = await desk.put_department(deps, code, entry, by=who.code)
    log.info("department entered", department=code, by=who.code)
    return entered


@router.get("/posts", summary="岗位列表")
async def list_posts(deps: Here, _who: Reader, limit: Limit = 200, after: After = None) -> tuple[Post, ...]:
    """Posts by code."""
    return tuple(await page(deps.posts, limit=limit, after=after))


@router.put("/posts/{code}", summary="登记岗位", responses=problems(UnknownReference, PostHeld, Conflict))
async def put_post(deps: Here, who: Registrar, code: PostCode, entry: PostEntry) -> Post:
    """Enter a post; a new limit serves new definitions, running steps keep theirs (B-43)."""
    entered = await desk.put_post(deps, code, entry, by=who.code)
    log.info("post entered", post=code, by=who.code)
    return entered


@router.get("/people", summary="人员列表")
async def list_people(deps: Here, who: Reader, limit: Limit = 200, after: After = None) -> tuple[MemberView, ...]:
    """People by code."""
    return tuple(_view(member, who) for member in await page(deps.people, limit=limit, after=after))


@router.get("/people/{code}", summary="查看人员", responses=problems(NotFound))
async def see_person(deps: Here, who: Reader, code: PersonCode) -> MemberView:
    """One person."""
    member, _ = await deps.people.load(code)
    return _view(member, who)


@router.put("/people/{code}", summary="登记人员", responses=_PERSON_WRITES)
async def put_person(deps: Here, who: Registrar, code: PersonCode, entry: MemberEntry) -> MemberView:
    """Enter a person with posts and roles; refused are duties that must be apart, and rights for oneself."""
    entered = await desk.put_member(deps, code, entry, by=who.code)
    log.info("person entered", person=code, roles=entered.roles, posts=entered.posts, by=who.code)
    return _view(entered, who)


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
    noted = await desk.note_attendance(deps, code, entry.attendance, by=who.code)
    log.info("attendance noted", person=code, attendance=noted.attendance, by=who.code)
    return _view(noted, who)


@router.get("/calendar/{year:int}", summary="查看工作日历", responses=problems(YearNotKnown))
async def see_year(deps: Here, _who: Reader, year: Year) -> YearView:
    """The days of a year that differ from Monday to Friday, as imported or else as built in."""
    found = await deps.years.find(str(year))
    if found is not None:
        return await _year_view(deps, found[0])
    days, calendar = calendars.built_in(year), await desk.calendar(deps)
    return YearView(year=year, version=0, source=calendars.BUILT_IN, days=days, horizon=calendar.horizon)


@router.post("/calendar/import", summary="导入放假安排", responses=_YEAR_WRITES)
async def import_year(
    deps: Here, who: Annotated[Person, Depends(allowed(Permission.CALENDAR_IMPORT))], file: YearFile
) -> YearView:
    """Take the official days of one year in (holiday-cn form); open clocks are computed anew by it."""
    stands = await desk.import_year(deps, checked_year(file, year=file.year), by=who.code)
    log.info("calendar imported", year=stands.year, version=stands.version, by=who.code)
    return await _year_view(deps, stands)


@router.get("/clock", summary="办公时钟")
async def see_clock(deps: Here, _who: Reader) -> ClockView:
    """What the office's clock shows."""
    return _clock_view(deps)


@router.put("/clock", summary="设置演示时钟", responses=problems(ClockIsReal))
async def put_clock(
    deps: Here, who: Annotated[Person, Depends(allowed(Permission.CLOCK_SET))], entry: ClockEntry
) -> ClockView:
    """Set the clock of a demonstration for all processes."""
    anchor = await set_clock(deps, as_of=entry.as_of, speed=entry.speed)
    log.info("demonstration clock set", as_of=anchor.as_of, speed=anchor.speed, revision=anchor.revision, by=who.code)
    return _clock_view(deps)


def _view(member: Member, who: Person) -> MemberView:
    full = who.code == member.code or may(who, Permission.REGISTRY_EDIT)
    hidden = {} if full else {"phone": None, "mail": None, "chat": None}
    return MemberView(**(member.model_dump() | hidden))


async def _year_view(deps: Deps, stands: YearCalendar) -> YearView:
    calendar = await desk.calendar(deps)
    return YearView(**stands.model_dump(include={"year", "version", "source", "days"}), horizon=calendar.horizon)


def _clock_view(deps: Deps) -> ClockView:
    clock = deps.clock
    anchor = clock.anchor if isinstance(clock, DemoClock) else None
    return ClockView(
        now=clock.now(),
        revision=clock.revision,
        speed=anchor.speed if anchor else 1,
        settable=isinstance(clock, DemoClock),
    )
