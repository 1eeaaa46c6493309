"""Load, decide, save for the books: an entry is written whole, and the same entry again changes and says nothing."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from services.contracts.events import Said
from services.contracts.words import Attendance
from services.kernel.store import Aggregates, AlreadyExists, Body
from services.kernel.worktime import Calendar, OfficialDays
from services.registry import books, calendars
from services.registry.books import Department, DepartmentEntry, Known, Member, MemberEntry, Post, PostEntry
from services.registry.calendars import YearCalendar
from services.registry.deps import Deps
from services.registry.queries import every, holders_of, those_of

B = TypeVar("B", bound=Body)


async def put_department(deps: Deps, code: str, entry: DepartmentEntry, *, by: str) -> Department:
    """Enter a department. The leader in charge may be entered later: `/status` counts those still missing."""
    return await _put(
        deps.departments,
        code,
        lambda _: books.enter_department(code, entry),
        lambda it: books.department_fact(it, deps.clock.now(), by=by),
    )


async def put_post(deps: Deps, code: str, entry: PostEntry, *, by: str) -> Post:
    """Enter a post. Raises UnknownReference, PostHeld."""
    known = Known(departments=_codes(await those_of(deps.departments, entry.departments)))
    was = await deps.posts.find(code)
    dropped = [f"{code}@{department}" for department in was[0].departments] if was else []
    held = await holders_of(deps.people, dropped)
    return await _put(
        deps.posts,
        code,
        lambda _: books.enter_post(code, entry, known, held=held),
        lambda it: books.post_fact(it, deps.clock.now(), by=by),
    )


async def put_member(deps: Deps, code: str, entry: MemberEntry, *, by: str) -> Member:
    """Enter a person; attendance stays as it is. Raises UnknownReference, OwnDeputy, RoleConflict, OwnRights."""
    known = await _known(deps, entry)

    def decide(was: Member | None) -> Member:
        if was is not None and by == code:
            books.refuse_own_rights(entry, was=was)
        return books.enter_member(code, entry, known, was=was)

    return await _put(deps.people, code, decide, lambda it: books.member_fact(it, deps.clock.now(), by=by))


async def note_attendance(deps: Deps, code: str, attendance: Attendance, *, by: str) -> Member:
    """The person is at the desk or out of office. Raises NotFound."""

    def decide(member: Member) -> tuple[Member, tuple[Said, ...]]:
        noted = books.note_attendance(member, attendance)
        return noted, () if noted == member else (books.member_fact(noted, deps.clock.now(), by=by),)

    return await deps.people.change(code, decide)


async def import_year(deps: Deps, official: OfficialDays, *, by: str) -> YearCalendar:
    """Publish the official days of a year; the same days again change and say nothing. Raises DayOutsideCalendar."""
    found = await deps.years.find(str(official.year))
    stands, said = calendars.publish(official, was=found[0] if found else None, by=by, now=deps.clock.now())
    if said and found is None:
        await deps.years.create(stands, said)
    elif said and found is not None:
        await deps.years.save(stands, found[1], said)
    return stands


async def calendar(deps: Deps) -> Calendar:
    """The calendar as it now stands: what is built in, overlaid by what was imported."""
    return Calendar.builtin().with_years(year.fact() for year in await every(deps.years))


async def _known(deps: Deps, entry: MemberEntry) -> Known:
    """What of the things that the entry names is in the books."""
    posts = await those_of(deps.posts, (held.partition("@")[0] for held in entry.posts))
    return Known(
        departments=_codes(await those_of(deps.departments, (entry.department,))),
        posts={post.code: post.departments for post in posts},
        people=_codes(await those_of(deps.people, (entry.deputy,) if entry.deputy else ())),
    )


def _codes(entries: Sequence[Department] | Sequence[Member]) -> frozenset[str]:
    return frozenset(entry.code for entry in entries)


async def _put(aggregates: Aggregates[B], key: str, enter: Callable[[B | None], B], fact: Callable[[B], Said]) -> B:
    """Create or change, whichever it is by the time of the write."""
    if await aggregates.find(key) is None:
        entered = enter(None)
        try:
            await aggregates.create(entered, (fact(entered),))
        except AlreadyExists:  # somebody entered it in the meantime: then it is a change
            pass
        else:
            return entered

    def decide(was: B) -> tuple[B, tuple[Said, ...]]:
        entered = enter(was)
        return entered, () if entered == was else (fact(entered),)

    return await aggregates.change(key, decide)
