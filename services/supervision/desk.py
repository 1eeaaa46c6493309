"""Load, decide, save: from a timer event to lights, matters and drafts; and the office's own work on them."""

from collections.abc import Sequence
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
from services.supervision import lights, matters, notices
from services.supervision.books import Books
from services.supervision.bulletins import Bulletin
from services.supervision.inspections import Inspection
from services.supervision.ledgers import Ledgers
from services.supervision.lights import NOBODY, CaseLights, Cast
from services.supervision.matters import Matter
from services.supervision.notices import Notice
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
    ledgers: Ledgers
    journal: Journal
    clock: Clock
    console_url: str
    bulletin_day: int = 5
    moment: Moment = field(default_factory=Moment)


B = TypeVar("B", bound=Body)


async def written(aggregates: Aggregates[B], key: str, body: B, revision: int, said: Sequence[Said]) -> B:
    """Save it, and give it as it is kept: with the end of its chain. Raises Conflict."""
    await aggregates.save(body, revision, said)
    return (await aggregates.load(key))[0]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a timer event: when it was heard, by which rules it was judged, and who answers for it."""

    now: datetime
    table: RuleTable
    rules: tuple[Rule, ...]
    cast: Cast


async def hear_timer(deps: Deps, event: Event[TimerSaid]) -> Judged:
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
    return Judged(now, table, rules, cast)


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
    with suppress(AlreadyExists):
        await deps.notices.create(*notices.draft(matter, department_name=name, reason=rule.reason, now=now))


async def table_in_force(deps: Deps, now: datetime) -> RuleTable:
    """The rule table that holds today."""
    return in_force(await deps.tables.known(), office_day(now))


async def latest_table(deps: Deps) -> RuleTable:
    """The newest version, in force or still to come."""
    return max(await deps.tables.known(), key=lambda table: table.number)


def office_day(moment: datetime) -> date:
    """The day of a moment where the office is."""
    return moment.astimezone(SHANGHAI).date()
