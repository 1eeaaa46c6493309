"""What the process passed in a turn: the case's own clocks start and stop, milestones are reached."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from services.contracts.events import Said
from services.contracts.words import ClockKind, Outcome
from services.contracts.workflow import CaseAccepted, CaseDecided, MilestoneReached
from services.workflow.clocks import deeds
from services.workflow.clocks.ledgers import Clock
from services.workflow.clocks.plans import ClockPlan
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.models import Passed
from services.workflow.instances.models import Instance, Pin, Verb
from services.workflow.instances.records import Passes
from services.workflow.instances.turns import Decided, Turn, Unworkable, reckoned, room_of, value_at

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

CASE_CLOCKS: Final = (ClockKind.PROMISED, ClockKind.STATUTORY)

_NAMES: Final = {ClockKind.PROMISED: "承诺时限", ClockKind.STATUTORY: "法定时限"}
_BASES: Final = {ClockKind.PROMISED: "办事承诺", ClockKind.STATUTORY: "行政许可法 §42"}

_OUTCOME_OF_DECISION: Final[dict[str, Outcome]] = {
    **{outcome.value: outcome for outcome in Outcome},
    "grant": Outcome.GRANTED,
    "approve": Outcome.GRANTED,
    "agree": Outcome.GRANTED,
    "refuse": Outcome.REFUSED,
    "reject": Outcome.REFUSED,
    "deny": Outcome.REFUSED,
}
"""What a decision means where the diagram names no outcome."""


def count_passed(instance: Instance, turn: Turn) -> Decided:
    """Count each element that was passed: how often the process came by."""
    counts = Counter({each.element: each.times for each in instance.passes})
    counts.update(passed.element for passed in turn.step.passed if passed.element)
    passes = tuple(Passes(element=element, times=times) for element, times in counts.items())
    return Decided(instance.model_copy(update={"passes": passes}))


def walk_passed(instance: Instance, turn: Turn) -> Decided:
    """Let each element that was passed do to the case what its settings say, in the order of the process."""
    said: list[Said] = []
    for passed in turn.step.passed:
        instance, more = _pass(instance, passed, turn)
        said += more
    return Decided(instance, tuple(said))


def _pass(instance: Instance, passed: Passed, turn: Turn) -> Decided:
    said: list[Said] = []
    match passed.settings.get("case_clock"):
        case "start":
            instance, more = _start_clocks(instance, passed, turn)
            said += more
        case "stop":
            instance, more = _decide(instance, passed, turn)
            said += more
        case _:
            pass
    if milestone := passed.settings.get("milestone"):
        said.append(_milestone(instance, milestone, passed, turn))
    return Decided(instance, tuple(said))


def _start_clocks(instance: Instance, passed: Passed, turn: Turn) -> Decided:
    """Acceptance: the promised and the statutory clock start; passing here again changes nothing."""
    if instance.clock(ClockKind.PROMISED) or instance.pin is None:
        return Decided(instance)
    since = _start_day(passed, turn)
    room = room_of(instance, turn.office)
    said: list[Said] = []
    for kind in _clocks_of(instance.pin):
        plan = _plan(instance, instance.pin, kind)
        clock, more = deeds.start(plan, on=since, at=turn.act.at, actor=turn.act.actor, room=room)
        instance = instance.with_clock(clock)
        said += more
    return Decided(instance, (_accepted(instance, since, turn), *said))


def _clocks_of(pin: Pin) -> tuple[ClockKind, ...]:
    """The case's own clocks: what is no licence (`statutory_workdays = 0`) has no statutory one."""
    return CASE_CLOCKS if pin.terms.statutory_workdays else (ClockKind.PROMISED,)


def _start_day(passed: Passed, turn: Turn) -> date:
    text = passed.settings.get("clock_from")
    if not text:
        return turn.office.time.day_of(turn.act.at)
    try:
        stated = text if _DAY.match(text) else str(reckoned(text, turn))  # the engine may have reckoned it already
        return date.fromisoformat(stated[:10])
    except (Unwritable, Miscalculated, ValueError) as error:
        raise Unworkable(
            passed.element,
            f"“{passed.name}”的起算日 {text} 不是日期：{error}",
            f"the clock of {passed.name!r} starts from {text}, which is no date: {error}",
        ) from None


def _plan(instance: Instance, pin: Pin, kind: ClockKind) -> ClockPlan:
    terms = pin.terms
    limit = terms.promised_workdays if kind is ClockKind.PROMISED else terms.statutory_workdays
    return ClockPlan(
        clock_id=kind.value,
        kind=kind,
        name=_NAMES[kind],
        department=instance.application.department,
        limit_workdays=limit,
        warn=terms.warn,
        basis=_BASES[kind],
    )


def _accepted(instance: Instance, since: date, turn: Turn) -> CaseAccepted:
    """Acceptance without a person, by the calendar alone, is deemed acceptance (行政许可法 §32(4))."""
    promised, statutory = _promise(instance), instance.clock(ClockKind.STATUTORY)
    return CaseAccepted(
        case_no=instance.case_no,
        accepted_on=since,
        deemed=turn.act.verb is Verb.FIRE,
        promised_due_on=promised.due_on,
        statutory_due_on=statutory and statutory.due_on,
        provisional=promised.provisional or bool(statutory and statutory.provisional),
    )


def _promise(instance: Instance) -> Clock:
    """The clock of the promise, which has been started."""
    return next(clock for clock in instance.clocks if clock.kind is ClockKind.PROMISED)


def _decide(instance: Instance, passed: Passed, turn: Turn) -> Decided:
    """The decision: both clocks of the case stop and give their account. A second decision changes nothing."""
    running = [clock for kind in CASE_CLOCKS if (clock := instance.clock(kind)) and not clock.stopped]
    room = room_of(instance, turn.office)
    said: list[Said] = []
    for clock in running:
        stopped, more = deeds.stop(clock, at=turn.act.at, actor=turn.act.actor, basis=passed.name, room=room)
        instance = instance.with_clock(stopped)
        said += more
    if running:
        said.append(_decided(instance, passed, turn))
    return Decided(instance, tuple(said))


def _decided(instance: Instance, passed: Passed, turn: Turn) -> CaseDecided:
    time = turn.office.time
    by_person = turn.act.verb is Verb.COMPLETE
    statutory = instance.clock(ClockKind.STATUTORY)
    return CaseDecided(
        case_no=instance.case_no,
        outcome=_outcome(passed, turn),
        decided_on=time.day_of(turn.act.at),
        decided_by=turn.act.actor if by_person else None,
        promised_overdue_workdays=deeds.final_account(_promise(instance), time),
        statutory_overdue_workdays=deeds.final_account(statutory, time) if statutory else 0,
    )


def _outcome(passed: Passed, turn: Turn) -> Outcome:
    """What was decided: as the element says, or the first end the turn reached says, or the answers say."""
    named = [each.settings.get("outcome") for each in (passed, *turn.step.passed)]
    found = next((text for text in named if text), None)
    if found is not None:
        return Outcome(found)
    decision = str(turn.act.payload.get("decision", ""))
    return _OUTCOME_OF_DECISION.get(decision, Outcome.DONE)


def _milestone(instance: Instance, milestone: str, passed: Passed, turn: Turn) -> MilestoneReached:
    return MilestoneReached(
        case_no=instance.case_no,
        milestone=milestone,
        name=passed.name,
        reached_at=turn.act.at,
        facts=_facts(passed, turn.step.data),
    )


def _facts(passed: Passed, data: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that the milestone tells the others, as its `permit:facts` lists them."""
    paths = passed.settings.get("facts", "").replace(",", " ").split()
    return {path.rpartition(".")[2]: value_at(data, path) for path in paths}
