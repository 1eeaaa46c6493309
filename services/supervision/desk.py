"""Load, decide, save: from a timer event to lights, matters and drafts; and the office's own work on them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from services.contracts.events import Said
from services.contracts.registry import CalendarPublished
from services.contracts.words import Role
from services.contracts.workflow import CaseMigrated, Item, TimerSaid
from services.kernel.bus import Event
from services.kernel.clock import Clock
from services.kernel.store import Aggregates, AlreadyExists, Body, Collection, Journal, Moment, NotFound
from services.kernel.worktime import SHANGHAI
from services.supervision import bulletins, lights, matters, notices
from services.supervision.books import Books
from services.supervision.bulletins import Bulletin, DraftEntry
from services.supervision.inspections import Inspection
from services.supervision.lights import NOBODY, CaseLights, Cast
from services.supervision.matters import Matter
from services.supervision.notices import Notice, NoticeEntry
from services.supervision.numbers import NumberBook, Series, number
from services.supervision.projects.records import Project
from services.supervision.records.heard import Heard, heard
from services.supervision.rules import Effect, Rule, RuleTable, in_force, matching
from services.supervision.statistics.facts import CaseFact
from services.supervision.tables import Tables

DRAFT_READERS = frozenset({Role.SUPERVISOR, Role.LEADER, Role.BUREAU_HEAD})
"""Who may see a bulletin before it is published."""


@dataclass(frozen=True, slots=True)
class Deps:
    """What the supervision office works with."""

    cases: Aggregates[CaseLights]
    heard: Aggregates[Heard]
    matters: Aggregates[Matter]
    notices: Aggregates[Notice]
    bulletins: Aggregates[Bulletin]
    projects: Aggregates[Project]
    inspections: Aggregates[Inspection]
    facts: Aggregates[CaseFact]
    years: Collection[CalendarPublished]
    items: Collection[Item]
    tables: Tables
    numbers: Aggregates[NumberBook]
    books: Books
    journal: Journal
    clock: Clock
    console_url: str
    moment: Moment = field(default_factory=Moment)


B = TypeVar("B", bound=Body)


async def written(aggregates: Aggregates[B], key: str, body: B, revision: int, said: Sequence[Said]) -> B:
    """Save it, and give it as it is kept: with the end of its chain. Raises Conflict."""
    await aggregates.save(body, revision, said)
    return (await aggregates.load(key))[0]


async def hear_timer(deps: Deps, event: Event[TimerSaid]) -> None:
    """Set the light, then do what the rules ask for. Both can be done again without harm.

    The effects follow from the event and the rule table alone, so a crash between the two writes loses none.
    """
    await deps.moment.over()
    timer = event.said
    now, table = await _kept(deps, event)
    rules = matching(table, timer)
    cast = await deps.books.cast(timer) if rules else NOBODY
    await _set_light(deps, event, table=table, cast=cast, now=now)
    for rule in rules:
        await _take_effect(deps, timer, rule, recipients=lights.recipients((rule,), cast), now=now)


async def follow_migration(deps: Deps, event: Event[CaseMigrated]) -> None:
    """Show the lights of a case under the names and desks of the version that it follows now."""
    await _kept(deps, event)
    sequence = event.envelope.sequence
    with suppress(NotFound):  # no clock of the case was heard of yet; the next event names it as it is drawn now
        await deps.cases.change(
            event.said.case_no,
            lambda case: lights.follow(case, event.said, sequence=sequence),
            cause=event.envelope.id,
        )


async def _kept(deps: Deps, event: Event[Any]) -> tuple[datetime, RuleTable]:
    """When it was heard first, and the rules that held then: kept before anything follows from it, and for ever."""
    now = deps.clock.now()
    table = await table_in_force(deps, now)
    try:
        await deps.heard.create(heard(event, rules=table.number, now=now))
    except AlreadyExists:
        first, _ = await deps.heard.load(event.envelope.id)
        held = {each.number: each for each in await deps.tables.known()}
        return first.heard_at, held[first.rules]
    return now, table


async def _set_light(deps: Deps, event: Event[TimerSaid], *, table: RuleTable, cast: Cast, now: datetime) -> None:
    timer = event.said

    def decide(case: CaseLights) -> tuple[CaseLights, tuple[Said, ...]]:
        return lights.hear(case, timer, sequence=event.envelope.sequence, table=table, cast=cast, now=now)

    try:
        await deps.cases.change(timer.case_no, decide, cause=event.envelope.id)
    except NotFound:  # the first that is heard of the case
        case, said = decide(lights.dark(timer, now=now))
        await deps.cases.create(case, said, cause=event.envelope.id)


async def _take_effect(deps: Deps, timer: TimerSaid, rule: Rule, *, recipients: tuple[str, ...], now: datetime) -> None:
    if Effect.MATTER in rule.effects or Effect.NOTICE in rule.effects:
        matter = await _registered(deps, timer, rule, recipients=recipients, now=now)
        if Effect.NOTICE in rule.effects:
            await _drafted(deps, matter, rule, now=now)


async def _registered(
    deps: Deps, timer: TimerSaid, rule: Rule, *, recipients: tuple[str, ...], now: datetime
) -> Matter:
    """The matter of this clock: registered now, or one more fact in its file."""
    key = matters.matter_id(timer.case_no, timer.clock_id)
    if await deps.matters.find(key) is None:
        year = office_day(now).year
        no = matters.matter_no(year, await number(deps.numbers, Series.MATTER, year=year, document=key))
        matter, said = matters.register(timer, rule, no=no, recipients=recipients, now=now)
        try:
            await deps.matters.create(matter, said)
        except AlreadyExists:
            pass
        else:
            return matter
    return await deps.matters.change(key, lambda found: matters.note(found, rule, now=now))


async def _drafted(deps: Deps, matter: Matter, rule: Rule, *, now: datetime) -> None:
    name = await deps.books.department_name(matter.department)
    try:
        await deps.notices.create(notices.draft(matter, department_name=name, reason=rule.reason, now=now))
    except AlreadyExists:
        return


async def table_in_force(deps: Deps, now: datetime) -> RuleTable:
    """The rule table that holds today."""
    return in_force(await deps.tables.known(), office_day(now))


async def latest_table(deps: Deps) -> RuleTable:
    """The newest version, in force or still to come."""
    return max(await deps.tables.known(), key=lambda table: table.number)


async def issue_notice(deps: Deps, notice_id: str, entry: NoticeEntry, *, by: str) -> Notice:
    """Number and issue a drafted notice to its department. Raises NotFound, NoticeIssuedAlready, Conflict."""
    notice, revision = await deps.notices.load(notice_id)
    year = office_day(deps.clock.now()).year
    recipients = await deps.books.answerable((notice.department,))
    if notice.issued_at is not None:
        raise notices.NoticeIssuedAlready(notice=notice.notice_no)
    no = notices.notice_no(year, await number(deps.numbers, Series.NOTICE, year=year, document=notice_id))
    issued, said = notices.issue(notice, entry, no=no, by=by, recipients=recipients, now=deps.clock.now())
    return await written(deps.notices, notice_id, issued, revision, said)


async def draft_bulletin(deps: Deps, key: str, entry: DraftEntry, *, by: str) -> Bulletin:
    """Draft from matters; the same key again gives the same draft. Raises NotFound."""
    found = await deps.bulletins.find(key)
    if found is not None:
        return found[0]
    named = tuple([(await deps.matters.load(matter_id))[0] for matter_id in entry.matter_ids])
    now = deps.clock.now()
    reasons = tuple(matter.facts[0].note for matter in named)
    draft = bulletins.draft(key, named, reasons=reasons, by=by, now=now, year=office_day(now).year)
    try:
        await deps.bulletins.create(draft)
    except AlreadyExists:  # the same request, twice at the same moment
        return (await deps.bulletins.load(key))[0]
    return draft


async def publish_bulletin(deps: Deps, bulletin_id: str, *, by: str) -> Bulletin:
    """Give an approved bulletin the year's next issue and publish it inside the bureau.

    The matters it names learn of it in writes of their own, which a repetition completes.
    """
    bulletin, revision = await deps.bulletins.load(bulletin_id)
    if bulletin.state is not bulletins.BulletinState.PUBLISHED:
        issue = 0
        if bulletin.state is bulletins.BulletinState.APPROVED:
            issue = await number(deps.numbers, Series.BULLETIN, year=bulletin.year, document=bulletin_id)
        everyone = await deps.books.everyone()
        bulletin, said = bulletins.publish(bulletin, issue=issue, by=by, recipients=everyone, now=deps.clock.now())
        bulletin = await written(deps.bulletins, bulletin_id, bulletin, revision, said)
    for matter_id in bulletin.matter_ids:
        await deps.matters.change(matter_id, _naming(bulletin, now=deps.clock.now()))
    return bulletin


def _naming(bulletin: Bulletin, *, now: datetime) -> Callable[[Matter], tuple[Matter, tuple[Said, ...]]]:
    name, by = bulletin.heading, bulletin.published_by or ""
    return lambda matter: matters.name_bulletin(matter, bulletin.bulletin_id, heading=name, by=by, now=now)


def office_day(moment: datetime) -> date:
    """The day of a moment where the office is."""
    return moment.astimezone(SHANGHAI).date()
