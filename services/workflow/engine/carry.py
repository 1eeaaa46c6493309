"""Carries running instances from one version to another. Pure, as `run`: what is not carried stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.engine import codec
from services.workflow.engine.bundles import Bundle
from services.workflow.engine.models import WHOLE, EngineFault, Step
from services.workflow.engine.run import go_on
from services.workflow.engine.running.migrating import Carriage, standing
from services.workflow.engine.running.passages import Passages, ahead, body_of
from services.workflow.engine.verdicts import Carried, Reason, Verdict

_HOURS: Final = OfficeHours()

Touched = Mapping[str, frozenset[str]]
"""What differs, by process and body: the elements whose drawing, settings, form or table are not the same."""


@dataclass
class Route:
    """The way from one version to another, with a mapping of elements that are called otherwise there.

    Keep it for all instances that go: what it reckons it reckons once.
    """

    old: Bundle
    new: Bundle
    mapping: Mapping[str, str]
    touched: Touched
    passages: Passages = field(init=False)

    def __post_init__(self) -> None:
        """Lay the ways out."""
        self.passages = Passages(self.old.specs, self.new.specs, self.old.processes, self.new.processes, self.mapping)


def migrate(route: Route, state: bytes, *, now: datetime, calendar: Calendar, hours: OfficeHours = _HOURS) -> Carried:
    """Say what becomes of an instance that is to follow the new version, and give it as it is there. Never raises.

    The same route and state always give the same verdict.
    """
    try:
        saved = codec.read_state(state, route.old.mark)
        places = tuple(standing(saved, route.old.specs))
        elements = tuple(dict.fromkeys(element for _, element in places))
        if saved.completed or not _is_affected(route, places):
            return Carried(Verdict.UNAFFECTED, elements)
        carriage = Carriage(route.passages, saved)
        carried = carriage.carried(route.new.mark)
        if carriage.reasons:
            return Carried(_verdict(carriage.reasons), elements, tuple(carriage.reasons))
        step: Step = go_on(route.new, carried, carriage.wake, now=now, calendar=calendar, hours=hours)
    except EngineFault as fault:
        reason = Reason(Verdict.BLOCKED, fault.element or WHOLE, "fault", fault.zh, fault.en)
        return Carried(Verdict.BLOCKED, (), (reason,))
    return Carried(Verdict.MOVES, elements, (), step)


def _is_affected(route: Route, places: tuple[tuple[str, str], ...]) -> bool:
    """Say whether anything that can still come differs, or a place is mapped to another one."""
    if any(route.mapping.get(element, element) != element for _, element in places):
        return True
    by_spec: dict[str, set[str]] = {}
    for spec, element in places:
        by_spec.setdefault(spec, set()).add(element)
    for spec, elements in by_spec.items():
        body = body_of(route.old.processes, spec)
        process = spec.partition("/")[0]
        if ahead(body, elements) & route.touched.get(f"{process}/{body.id}", frozenset()):
            return True
    return False


def _verdict(reasons: list[Reason]) -> Verdict:
    """A mapping helps only where nothing else stands against it."""
    blocked = any(reason.verdict is Verdict.BLOCKED for reason in reasons)
    return Verdict.BLOCKED if blocked else Verdict.NEEDS_MAPPING
