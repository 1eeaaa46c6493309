"""What a clock is before it starts: its kind, whose it is, its limit and its warning point."""

from dataclasses import dataclass
from typing import Final

from services.contracts.words import ClockKind
from services.workflow.clocks.ledgers import Clock, Entry, Spoken

DEFAULT_WARN: Final = "80%"
"""The warning point of a step whose diagram states none (SL-01)."""


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """A clock that can be started. `basis` is why there is such a limit at all."""

    clock_id: str
    kind: ClockKind
    name: str
    department: str
    limit_workdays: int
    warn: str
    basis: str
    element: str | None = None
    post: str | None = None
    person: str | None = None
    light_rules: tuple[str, ...] = ()

    def started_by(self, entry: Entry) -> Clock:
        """The clock with its first entry; the due moment is still to be worked out."""
        return Clock(
            clock_id=self.clock_id,
            kind=self.kind,
            name=self.name,
            element=self.element,
            post=self.post,
            department=self.department,
            person=self.person,
            light_rules=self.light_rules,
            limit_workdays=self.limit_workdays,
            warn=self.warn,
            entries=(entry,),
            due_on=entry.on,
            due_at=entry.at,
            provisional=False,
            spoken=Spoken(),
        )
