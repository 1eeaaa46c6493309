"""A case's history judged twice: by the versions that held when it was heard, and by a table that is thought of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.contracts.words import Light
from services.contracts.workflow import CaseMigrated, TimerSaid
from services.supervision import lights
from services.supervision.lights import CaseLights
from services.supervision.previews.models import Affected, How, Register
from services.supervision.records.heard import Heard
from services.supervision.rules import Effect, Rule, RuleTable, matching

_LIT: Final = frozenset({Light.YELLOW, Light.RED, Light.RED2})

Key = tuple[Register, str, date | None, Light | None]
"""What makes an occurrence the same one under both tables: natural keys as the registers have them."""

Judge = Callable[[Heard], RuleTable]
"""The table by which an event is judged."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that a rule brought, for the first time."""

    at: datetime
    rule: str
    timer: TimerSaid


def occurrences(heard: Iterable[Heard], judge: Judge) -> Mapping[Key, Occurrence]:
    """What the rules brought in one case: each light, entry, matter and draft once, when it came first."""
    found: dict[Key, Occurrence] = {}
    case: CaseLights | None = None
    for each in sorted(heard, key=lambda one: (one.sequence, one.place)):
        said = each.said
        if isinstance(said, TimerSaid):
            table = judge(each)
            case = _lit(case, said, each, table)
            for key, rule in _brought(case, said, table):
                found.setdefault(key, Occurrence(each.heard_at, rule, said))
        elif isinstance(said, CaseMigrated) and case is not None:
            case, _ = lights.follow(case, said, sequence=each.sequence)
    return found


def compared(
    was: Mapping[Key, Occurrence], would: Mapping[Key, Occurrence], *, since: datetime
) -> Iterator[tuple[Register, str, Affected | None]]:
    """Each occurrence since a moment: of which register and rule, and how it would be otherwise, if it would.

    What would be added, or came at another time, stands with the rule that would bring it; what would be dropped and
    what stays stand with the rule that brought it.
    """
    for key, either in {**was, **would}.items():
        before, after = was.get(key), would.get(key)
        if max(each.at for each in (before, after) if each) < since:
            continue
        how = _how(before, after)
        rule = before.rule if before and how in {None, How.DROPPED} else either.rule
        yield key[0], rule, _affected(how, key[3], either.timer, was=before, would=after) if how else None


def _lit(case: CaseLights | None, timer: TimerSaid, each: Heard, table: RuleTable) -> CaseLights:
    start = case or lights.dark(timer, now=each.heard_at)
    lit, _ = lights.hear(start, timer, sequence=each.sequence, table=table, cast=lights.NOBODY, now=each.heard_at)
    return lit


def _brought(case: CaseLights, timer: TimerSaid, table: RuleTable) -> Iterator[tuple[Key, str]]:
    clock = case.clocks[timer.clock_id]
    if clock.shows in _LIT and clock.rule is not None:
        yield (Register.LIGHTS, clock.clock_id, clock.due_on, clock.shows), clock.rule
    for rule in matching(table, timer):
        yield (Register.ALERTS, timer.clock_id, timer.due_on, rule.light), rule.id
        for register in _kept_by(rule):
            yield (register, timer.clock_id, None, None), rule.id


def _kept_by(rule: Rule) -> Iterator[Register]:
    """A rule that drafts a notice registers the matter as well."""
    if Effect.MATTER in rule.effects or Effect.NOTICE in rule.effects:
        yield Register.MATTERS
    if Effect.NOTICE in rule.effects:
        yield Register.NOTICES


def _how(was: Occurrence | None, would: Occurrence | None) -> How | None:
    if was is None:
        return How.ADDED
    if would is None:
        return How.DROPPED
    if was.at == would.at:
        return None
    return How.EARLIER if would.at < was.at else How.LATER


def _affected(
    how: How, colour: Light | None, timer: TimerSaid, *, was: Occurrence | None, would: Occurrence | None
) -> Affected:
    return Affected(
        how=how,
        case_no=timer.case_no,
        title=timer.title,
        clock_id=timer.clock_id,
        clock=timer.name,
        department=timer.department,
        due_on=timer.due_on,
        colour=colour,
        was_at=was.at if was else None,
        was_rule=was.rule if was else None,
        would_at=would.at if would else None,
        would_rule=would.rule if would else None,
    )
