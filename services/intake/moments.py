"""One moment as the window needs it: for the law, for the paper and for the machine."""

from dataclasses import dataclass
from datetime import date, datetime

from services.kernel.clock import Clock
from services.kernel.worktime import OfficeHours


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is office time, which the law counts in; `on` its date in the office; `wall` is real time, for sweepers."""

    at: datetime
    on: date
    wall: datetime


def moment_of(clock: Clock, hours: OfficeHours) -> Moment:
    """The moment of the call."""
    now = clock.now()
    return Moment(at=now, on=hours.day_of(now), wall=clock.wall())
