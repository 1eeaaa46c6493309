"""Load, decide, save for the books: each entry is written whole, and the same entry again changes and says nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from services.contracts.events import Said
from services.contracts.words import Attendance
from services.kernel.bus import Bus
from services.kernel.clock import Anchor, Clock, DemoClock
from services.kernel.problem import Problem
from services.kernel.store import Aggregates, Body
from services.kernel.worktime import Calendar, OfficialDays
from services.registry import books, calendars
from services.registry.books import Department, DepartmentEntry, Known, Member, MemberEntry, Post, PostEntry
from services.registry.calendars import YearCalendar

B = TypeVar("B", bound=Body)

_MANY = 10_000
_CLOCK_KEPT_WITHIN = timedelta(seconds=5)


class ClockIsReal(Problem):
    """The clock can be set in a demonstration only."""

    status = 409
    code = "clock-is-real"
    zh = "正式环境的时钟不能设置"
    en = "the clock of a real office cannot be set"
    remedy_zh = "只有演示环境（GUIHUA_CLOCK=demo）可以设置时钟"
    remedy_en = "only a demonstration (GUIHUA_CLOCK=demo) lets its clock be set"


@dataclass(frozen=True, slots=True)
class Deps:
    """What the registry works with."""

    departments: Aggregates[Department]
    posts: Aggregates[Post]
    people: Aggregates[Member]
    years: Aggregates[YearCalendar]
    clock: Clock
    bus: Bus


async def put_department(deps: Deps, code: str, entry: DepartmentEntry) -> Department:
    """Enter a department."""
    department = books.enter_department(code, entry)
    return await _put(deps.departments, code, department, lambda it: books.department_fact(it, deps.clock.now()))


async def put_post(deps: Deps, code: str, entry: PostEntry) -> Post:
    """Enter a post. Raises UnknownReference."""
    post = books.enter_post(code, entry, await known(deps))
    return await _put(deps.posts, code, post, lambda it: books.post_fact(it, deps.clock.now()))


async def put_member(deps: Deps, code: str, entry: MemberEntry) -> Member:
    """Enter a person. Raises UnknownReference, OwnDeputy, RoleConflict."""
    found = await deps.people.find(code)
    member = books.enter_member(code, entry, await known(deps), was=found[0] if found else None)
    return await _put(deps.people, code, member, lambda it: books.member_fact(it, deps.clock.now()))


async def note_attendance(deps: Deps, code: str, attendance: Attendance) -> Member:
    """The person is at the desk or out of office. Raises NotFound."""

    def decide(member: Member) -> tuple[Member, tuple[Said, ...]]:
        noted = books.note_attendance(member, attendance)
        return noted, () if noted == member else (books.member_fact(noted, deps.clock.now()),)

    return await deps.people.change(code, decide)


async def import_year(deps: Deps, official: OfficialDays, *, by: str) -> YearCalendar:
    """Publish the official days of a year; the same days again change and say nothing."""
    found = await deps.years.find(str(official.year))
    stands, said = calendars.publish(official, was=found[0] if found else None, by=by, now=deps.clock.now())
    if said and found is None:
        await deps.years.create(stands, said)
    elif said and found is not None:
        await deps.years.save(stands, found[1], said)
    return stands


async def calendar(deps: Deps) -> Calendar:
    """The calendar as it now stands: what is built in, overlaid by what was imported."""
    years = await deps.years.query({}, sort=[("_id", 1)], limit=_MANY)
    return Calendar.builtin().with_years(year.fact() for year in years)


async def set_clock(deps: Deps, anchor: Callable[[int], Anchor]) -> Anchor:
    """Set the demonstration's clock for all processes. Raises ClockIsReal."""
    if not isinstance(deps.clock, DemoClock):
        raise ClockIsReal
    wanted = anchor(await deps.bus.anchor_revision() + 1)
    await deps.bus.set_anchor(wanted)
    async with asyncio.timeout(_CLOCK_KEPT_WITHIN.total_seconds()):
        while deps.clock.revision < wanted.revision:
            await deps.clock.changed(1)
    return wanted


async def known(deps: Deps) -> Known:
    """What may be referred to."""
    departments = await deps.departments.query({}, sort=[("_id", 1)], limit=_MANY)
    posts = await deps.posts.query({}, sort=[("_id", 1)], limit=_MANY)
    people = await deps.people.query({}, sort=[("_id", 1)], limit=_MANY)
    return Known(
        departments=frozenset(department.code for department in departments),
        posts={post.code: post.departments for post in posts},
        people=frozenset(person.code for person in people),
    )


async def _put(aggregates: Aggregates[B], key: str, body: B, fact: Callable[[B], Said]) -> B:
    found = await aggregates.find(key)
    if found is None:
        await aggregates.create(body, (fact(body),))
    elif found[0] != body:
        await aggregates.save(body, found[1], (fact(body),))
    return body
