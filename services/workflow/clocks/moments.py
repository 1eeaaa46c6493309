"""The moments at which a clock has something to say: its warning, its due day, and each working day it is late.

Nothing is said early, nothing twice, nothing while the clock is held. After downtime only the newest count is said.
"""

from datetime import datetime

from services.contracts.events import Said
from services.contracts.workflow import TimerDue, TimerOverdue, TimerWarned
from services.workflow.clocks.dues import OfficeTime, nth_overdue_at, overdue_at, remaining_of, warn_day
from services.workflow.clocks.ledgers import Clock, Spoken
from services.workflow.clocks.sayings import Heading, said_of


def next_moment(clock: Clock, time: OfficeTime) -> datetime | None:
    """When the clock next has something to say; None while it is held and after it has stopped."""
    if not clock.is_running:
        return None
    moments = [nth_overdue_at(clock, _next_count(clock), time)]
    if clock.spoken.overdue_workdays is None:
        moments += [] if clock.spoken.warned else [warns_at(clock, time)]
        moments += [] if clock.spoken.due else [due_day_opens_at(clock, time)]
    return min(moments)


def speak(clock: Clock, *, until: datetime, time: OfficeTime, heading: Heading) -> tuple[Clock, tuple[Said, ...]]:
    """Say what has come due up to a moment; gives the clock that remembers it."""
    if not clock.is_running:
        return clock, ()
    late = overdue_at(clock, until, time)
    if late is not None:
        return _speak_late(clock, late, time, heading)
    return _speak_in_time(clock, until, time, heading)


def unspoken(clock: Clock, *, now: datetime, time: OfficeTime) -> Clock:
    """Forget what was said too early, after the due moment moved: it is said again when its new moment comes."""
    late = overdue_at(clock, now, time)
    return clock.model_copy(
        update={
            "spoken": Spoken(
                warned=clock.spoken.warned and warns_at(clock, time) <= now,
                due=clock.spoken.due and due_day_opens_at(clock, time) <= now,
                overdue_workdays=None if late is None else _least(clock.spoken.overdue_workdays, late),
            ),
        },
    )


def warns_at(clock: Clock, time: OfficeTime) -> datetime:
    """Opening of business of the warning day."""
    return time.hours.open_of(warn_day(clock, time))


def due_day_opens_at(clock: Clock, time: OfficeTime) -> datetime:
    """Opening of business of the due day."""
    return time.hours.open_of(clock.due_on)


def _next_count(clock: Clock) -> int:
    spoken = clock.spoken.overdue_workdays
    return 0 if spoken is None else spoken + 1


def _least(spoken: int | None, late: int) -> int | None:
    return None if spoken is None else min(spoken, late)


def _speak_late(clock: Clock, late: int, time: OfficeTime, heading: Heading) -> tuple[Clock, tuple[Said, ...]]:
    spoken = clock.spoken.overdue_workdays
    if spoken is not None and spoken >= late:
        return clock, ()
    told = clock.model_copy(update={"spoken": Spoken(warned=True, due=True, overdue_workdays=late)})
    at = nth_overdue_at(clock, late, time)
    return told, (TimerOverdue(**said_of(clock, heading), overdue_at=at, overdue_workdays=late),)


def _speak_in_time(clock: Clock, until: datetime, time: OfficeTime, heading: Heading) -> tuple[Clock, tuple[Said, ...]]:
    said: list[Said] = []
    spoken = clock.spoken
    if not spoken.warned and warns_at(clock, time) <= until:
        left = remaining_of(clock, time.day_of(until), time)
        said.append(TimerWarned(**said_of(clock, heading), warned_at=until, remaining_workdays=left))
        spoken = spoken.model_copy(update={"warned": True})
    if not spoken.due and due_day_opens_at(clock, time) <= until:
        said.append(TimerDue(**said_of(clock, heading), said_at=until))
        spoken = spoken.model_copy(update={"due": True})
    return clock.model_copy(update={"spoken": spoken}), tuple(said)
