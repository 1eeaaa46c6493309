"""Cases that a date begins: the ticker looks for alarms that are due, begins a case for each, and moves it on.

The case comes first, under a number that is on record for that very moment; so a crash between the two begins no
second case, and a moment that was moved past has its case.
"""

import asyncio
from datetime import datetime
from typing import Final

from services.kernel import logs
from services.kernel.store import is_away
from services.workflow.clocks.ledgers import CALENDAR
from services.workflow.definitions.alarms import Alarm, next_at, rung
from services.workflow.definitions.models import Definition
from services.workflow.deps import Deps
from services.workflow.queries import alarms_by
from services.workflow.starts.beginning import Entrance, Occasion, begin_case

log = logs.get(__name__)

_AT_ONCE: Final = 20


async def ring_due(deps: Deps) -> int:
    """Begin the cases whose date has come; gives for how many alarms. One that fails keeps no other back."""
    now = deps.clock.now()
    found = await deps.definitions.query(alarms_by(now), sort=[("body.next_alarm_at", 1)], limit=_AT_ONCE)
    due = [(each, alarm) for each in found for alarm in each.alarms]
    results = await asyncio.gather(*(_ring(deps, each, alarm, now) for each, alarm in due), return_exceptions=True)
    for failure in results:
        if isinstance(failure, BaseException):
            if len(due) == 1 or not isinstance(failure, Exception) or is_away(failure):
                raise failure
            log.error("date begins no case", exc_info=failure)
    return sum(result is True for result in results)


async def _ring(deps: Deps, definition: Definition, alarm: Alarm, now: datetime) -> bool:
    at, after = rung(alarm, now)
    if at is None:
        return False
    version = definition.active_version
    event = version.starts.event(alarm.element) if version else None
    if version and event:
        arrival_id = f"timer.{definition.process_key}.{alarm.element}.{at.isoformat()}"
        occasion = Occasion(arrival_id=arrival_id, at=at, by=CALENDAR, payload={})
        case_no = await begin_case(deps, Entrance(definition, version, event), occasion)
        log.info("date began a case", case_no=case_no, process_key=definition.process_key, element=alarm.element)

    def move_on(current: Definition) -> tuple[Definition, tuple[()]]:
        alarms = tuple(after if each == alarm else each for each in current.alarms)
        following = next_at(alarms) if current.active is not None else None
        return current.model_copy(update={"alarms": alarms, "next_alarm_at": following}), ()

    await deps.definitions.change(definition.process_key, move_on)
    return True
