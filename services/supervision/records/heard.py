"""What supervision heard of the clocks, kept as it came: the lights can be made out of it again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from services.contracts.events import Said
from services.contracts.workflow import (
    CaseMigrated,
    TimerDue,
    TimerHeld,
    TimerMoved,
    TimerOverdue,
    TimerResumed,
    TimerSaid,
    TimerStarted,
    TimerStopped,
    TimerWarned,
)
from services.kernel.bus import Event
from services.kernel.store import Body
from services.supervision import lights
from services.supervision.lights import CaseLights
from services.supervision.rules import RuleTable

_HEARD: Final[tuple[type[Said], ...]] = (
    TimerStarted,
    TimerWarned,
    TimerDue,
    TimerOverdue,
    TimerHeld,
    TimerResumed,
    TimerMoved,
    TimerStopped,
    CaseMigrated,
)
_KINDS: Final = {kind.TYPE: kind for kind in _HEARD}


class Heard(Body, frozen=True):
    """One event as it was heard. `place` is its number among those said in one write.

    `rules` is the version of the rule table by which it was judged, at the moment `heard_at`.
    """

    event_id: str
    case_no: str
    sequence: int
    place: int
    type: str
    heard_at: datetime
    rules: int
    data: dict[str, Any]

    @property
    def said(self) -> Said:
        """What it says."""
        return _KINDS[self.type].model_validate(self.data)


def heard(event: Event[Any], *, rules: int, now: datetime) -> Heard:
    """An event as it is kept."""
    envelope = event.envelope
    return Heard(
        event_id=envelope.id,
        case_no=event.said.case_no,
        sequence=envelope.sequence,
        place=int(envelope.id.rpartition(".")[2]),
        type=envelope.type,
        heard_at=now,
        rules=rules,
        data=event.said.model_dump(mode="json"),
    )


def rebuilt(heard: Iterable[Heard], tables: Mapping[int, RuleTable]) -> CaseLights | None:
    """A case's lights as they follow from what was heard of it, in the order in which it was said."""
    case: CaseLights | None = None
    for each in sorted(heard, key=lambda one: (one.sequence, one.place)):
        said = each.said
        if isinstance(said, TimerSaid):
            case, _ = lights.hear(
                case or lights.dark(said, now=each.heard_at),
                said,
                sequence=each.sequence,
                table=tables[each.rules],
                cast=lights.NOBODY,
                now=each.heard_at,
            )
        elif isinstance(said, CaseMigrated) and case is not None:
            case, _ = lights.follow(case, said, sequence=each.sequence)
    return case


def difference(live: CaseLights, made: CaseLights) -> tuple[str, ...]:
    """The clocks that the board shows otherwise than they follow from what was heard; `case` for what is the case's."""
    clocks = {*live.clocks, *made.clocks}
    wrong = tuple(sorted(clock for clock in clocks if live.clocks.get(clock) != made.clocks.get(clock)))
    own = {"clocks", "chain"}
    return wrong if live.model_dump(exclude=own) == made.model_dump(exclude=own) else ("case", *wrong)
