"""Cases that a signal begins: one for each start event of an active version that waits for it."""

import asyncio

from services.kernel import logs
from services.kernel.problem import TryLater
from services.kernel.store import is_away
from services.workflow.deps import Deps
from services.workflow.instances.origins import DEEPEST, StartKind
from services.workflow.signals.models import Broadcast
from services.workflow.starts.beginning import Entrance, Occasion, begin_case, entrances

log = logs.get(__name__)


async def begin_cases(deps: Deps, broadcast: Broadcast) -> tuple[str, ...]:
    """Begin the cases of a broadcast, each once; gives their numbers. One that cannot be begun stops no other."""
    ways = await entrances(deps, StartKind.SIGNAL, broadcast.signal)
    if ways and broadcast.depth >= DEEPEST:
        log.error("signals go round in a loop: no more cases", signal=broadcast.signal, by=broadcast.by)
        return ()
    begun = await asyncio.gather(
        *(begin_case(deps, way, _occasion(broadcast, way)) for way in ways), return_exceptions=True
    )
    failures = [each for each in begun if isinstance(each, BaseException)]
    for failure in failures:
        if not isinstance(failure, Exception) or isinstance(failure, TryLater) or is_away(failure):
            raise failure
        log.error("signal begins no case", signal=broadcast.signal, exc_info=failure)
    return tuple(each for each in begun if isinstance(each, str))


def _occasion(broadcast: Broadcast, way: Entrance) -> Occasion:
    return Occasion(
        arrival_id=f"signal.{broadcast.broadcast_id}.{way.definition.process_key}.{way.event.element}",
        at=broadcast.at,
        by=broadcast.sender,
        payload=broadcast.payload,
        depth=broadcast.depth + 1,
    )
