"""Lights (B-47): one for each clock of a case, and the case's own, the most serious of them. Every change is said."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from pydantic import BaseModel

from services.contracts.events import Said
from services.contracts.supervision import EscalationClimbed, LightChanged
from services.contracts.words import ClockKind, Light
from services.contracts.workflow import (
    CaseMigrated,
    MigratedStep,
    TimerHeld,
    TimerMoved,
    TimerOverdue,
    TimerResumed,
    TimerSaid,
    TimerStopped,
)
from services.kernel.store import Chained
from services.supervision.rules import Audience, Rule, RuleTable, Rung, matching

Cast = Mapping[Audience, tuple[str, ...]]
"""The people who stand for each audience, for one clock."""

NOBODY: Final[Cast] = dict.fromkeys(Audience, ())
"""The cast of an event that no rule meets: nobody is told."""

_ORDER: Final = (Light.GREY, Light.GREEN, Light.YELLOW, Light.RED, Light.RED2)
_LADDER: Final = tuple(Rung)
_CALM: Final = frozenset({Rung.REMINDER, Rung.YELLOW, Rung.RED})


class ClockLight(BaseModel, frozen=True):
    """The light of one clock. `colour` is what it shows when it is not held; `met` are the rules that set it.

    `heard` is the newest timer event, `drawn` the newest of any kind that told whose step it is and what it is called.
    """

    clock_id: str
    kind: ClockKind
    name: str
    element: str | None
    post: str | None
    department: str
    person: str | None
    due_on: date
    colour: Light
    held: bool
    stopped: bool
    met: tuple[str, ...]
    rule: str | None
    overdue_workdays: int
    heard: int
    drawn: int = 0
    changed_at: datetime

    @property
    def shows(self) -> Light:
        """What people see: grey while held (no reminder, no blame)."""
        return Light.GREY if self.held else self.colour


class CaseLights(Chained, frozen=True):
    """All lights of one case. `recorded`: everything that was ever heard of its clocks is kept (`records/heard.py`)."""

    case_no: str
    title: str
    item_code: str
    departments: tuple[str, ...]
    clocks: dict[str, ClockLight]
    light: Light
    open: bool
    changed_at: datetime
    recorded: bool = False


def dark(timer: TimerSaid, *, now: datetime) -> CaseLights:
    """A case of which nothing was heard yet."""
    return CaseLights(
        case_no=timer.case_no,
        title=timer.title,
        item_code=timer.item_code,
        departments=(),
        clocks={},
        light=Light.GREEN,
        open=True,
        changed_at=now,
        recorded=True,
    )


def hear(
    case: CaseLights, timer: TimerSaid, *, sequence: int, table: RuleTable, cast: Cast, now: datetime
) -> tuple[CaseLights, tuple[Said, ...]]:
    """The case's lights after a timer event, and what is said about it.

    An event older than the newest heard of the same clock changes nothing, so order and repetition do not matter.
    """
    was = case.clocks.get(timer.clock_id) or _fresh(timer, now)
    if sequence < was.heard or was.stopped:
        return case, ()
    rules = tuple(rule for rule in matching(table, timer) if rule.id not in was.met)
    light = _after(was, timer, rules, sequence=sequence, now=now)
    changed = _with(case, light, timer, now)
    if light.shows is was.shows and not rules:
        return changed, ()
    said: list[Said] = [_light_changed(changed, light, was, rules=rules, table=table, cast=cast)]
    said += [_climbed(changed, light, rule, cast) for rule in rules if rule.rung not in _CALM]
    return changed, tuple(said)


def follow(case: CaseLights, migrated: CaseMigrated, *, sequence: int) -> tuple[CaseLights, tuple[Said, ...]]:
    """The case's lights when it follows another version: the same clocks under the names and desks drawn there.

    What a light shows stays, as every ledger and due date does; so nothing is said.
    """
    clocks = dict(case.clocks)
    for step in migrated.steps:
        light = clocks.get(f"step:{step.task_id}")
        if light is not None and sequence >= light.drawn and not light.stopped:
            clocks[light.clock_id] = light.model_copy(update=_drawing(step, sequence))
    seen_by = {clock.department for clock in clocks.values()}
    departments = tuple(sorted({*case.departments, *seen_by}))
    return case.model_copy(update={"clocks": clocks, "departments": departments}), ()


def gravity(light: Light) -> int:
    """How serious a light is; the more serious, the greater."""
    return _ORDER.index(light)


def worst(lights: tuple[Light, ...]) -> Light:
    """The most serious of several lights; green when there are none."""
    return max(lights, key=_ORDER.index, default=Light.GREEN)


def recipients(rules: tuple[Rule, ...], cast: Cast) -> tuple[str, ...]:
    """Everyone whom these rules name, once each."""
    return tuple(dict.fromkeys(code for rule in rules for audience in rule.to for code in cast[audience]))


def _fresh(timer: TimerSaid, now: datetime) -> ClockLight:
    return ClockLight(
        clock_id=timer.clock_id,
        kind=timer.kind,
        name=timer.name,
        element=timer.element,
        post=timer.post,
        department=timer.department,
        person=timer.person,
        due_on=timer.due_on,
        colour=Light.GREEN,
        held=False,
        stopped=False,
        met=(),
        rule=None,
        overdue_workdays=0,
        heard=0,
        changed_at=now,
    )


def _after(was: ClockLight, timer: TimerSaid, rules: tuple[Rule, ...], *, sequence: int, now: datetime) -> ClockLight:
    """The clock's light after the event; rules only ever make it more serious."""
    facts: dict[str, object] = {"due_on": timer.due_on, "heard": sequence, "changed_at": now}
    if sequence >= was.drawn:
        facts |= _drawing(timer, sequence)
    match timer:
        case TimerHeld():
            facts["held"] = True
        case TimerResumed():
            facts["held"] = False
        case TimerMoved() if timer.due_on > timer.was_due_on:
            facts |= {"colour": Light.GREEN, "met": (), "rule": None, "overdue_workdays": 0}
        case TimerStopped():
            facts |= {"stopped": True, "held": False, "colour": Light.GREEN, "overdue_workdays": timer.overdue_workdays}
        case TimerOverdue():
            facts["overdue_workdays"] = timer.overdue_workdays
        case _:
            pass
    if rules:
        strongest = max(rules, key=lambda rule: (_ORDER.index(rule.light), _LADDER.index(rule.rung)))
        facts["colour"] = worst((was.colour, strongest.light))
        facts["rule"] = strongest.id
        facts["met"] = (*was.met, *(rule.id for rule in rules))
    return was.model_copy(update=facts)


def _drawing(said: TimerSaid | MigratedStep, sequence: int) -> dict[str, object]:
    """Whose step a clock is of, and what it is called."""
    return {
        "name": said.name,
        "element": said.element,
        "post": said.post or None,
        "department": said.department,
        "person": said.person if isinstance(said, TimerSaid) else said.assignee,
        "drawn": sequence,
    }


def _with(case: CaseLights, light: ClockLight, timer: TimerSaid, now: datetime) -> CaseLights:
    clocks = {**case.clocks, light.clock_id: light}
    running = tuple(clock.shows for clock in clocks.values() if not clock.stopped)
    return case.model_copy(
        update={
            "title": timer.title,
            "clocks": clocks,
            "departments": tuple(sorted({*case.departments, light.department})),
            "light": worst(running),
            "open": bool(running),
            "changed_at": now,
        }
    )


def _light_changed(
    case: CaseLights, light: ClockLight, was: ClockLight, *, rules: tuple[Rule, ...], table: RuleTable, cast: Cast
) -> LightChanged:
    return LightChanged(
        case_no=case.case_no,
        title=case.title,
        clock_id=light.clock_id,
        kind=light.kind,
        name=light.name,
        light=light.shows,
        was=was.shows,
        case_light=case.light,
        rule=light.rule if rules else None,
        rule_version=table.number,
        department=light.department,
        post=light.post,
        person=light.person,
        due_on=light.due_on,
        overdue_workdays=light.overdue_workdays,
        changed_at=light.changed_at,
        recipients=recipients(rules, cast),
    )


def _climbed(case: CaseLights, light: ClockLight, rule: Rule, cast: Cast) -> EscalationClimbed:
    return EscalationClimbed(
        case_no=case.case_no,
        title=case.title,
        clock_id=light.clock_id,
        name=light.name,
        rung=rule.rung,
        rule=rule.id,
        reason=rule.reason,
        climbed_at=light.changed_at,
        recipients=recipients((rule,), cast),
    )
