"""Bringing a broadcast to the cases: a page of those that wait at a time, each once, the others whatever befalls one.

The cases of a page are written down before it is brought to them, and what came of them after. Those that come again
after a crash have the broadcast in their inbox, applied in the same write as its effect: so each is counted, once.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from services.kernel import logs
from services.kernel.problem import TryLater
from services.kernel.store import AlreadyApplied, Conflict, is_away
from services.workflow.acts import ActRefused, perform
from services.workflow.deps import Deps
from services.workflow.instances import incidents
from services.workflow.instances.models import Act, Instance, Status, Verb
from services.workflow.instances.turns import Decided
from services.workflow.signals.models import GOING_ON, Broadcast, Stage, Tally
from services.workflow.starts.signalled import begin_cases

log = logs.get(__name__)

CHANNEL: Final = "signal"
PAGE: Final = 64
_SIDE_BY_SIDE: Final = 4
_AT_ONCE: Final = 200

_HEARD: Final = Tally(heard=1)
_PAST: Final = Tally(past=1)
_FAULTY: Final = Tally(faulty=1)
_LOST: Final = Tally(lost=1)


async def carry_on(deps: Deps) -> int:
    """Bring every broadcast that goes on to its next page of cases; gives how many were carried on.

    Of one signal the oldest comes first: what was thrown later is heard later. Those of other signals do not wait.
    """
    found = await deps.broadcasts.query(GOING_ON, sort=[("body.at", 1), ("_id", 1)], limit=_AT_ONCE)
    oldest = {each.signal: each for each in reversed(found)}
    for broadcast in oldest.values():
        await _carry_on(deps, broadcast)
    return len(oldest)


def waiting_for(broadcast: Broadcast) -> dict[str, Any]:
    """The filter for the cases that waited for a broadcast and have not been looked at."""
    awaited = {"$elemMatch": {"name": broadcast.signal, "since": {"$lte": broadcast.at}}}
    return {
        "body.signals.name": broadcast.signal,  # said once more, or MongoDB does not use the index
        "body.signals": awaited,
        "body.status": Status.RUNNING.value,
        "_id": {"$gt": broadcast.after, "$ne": broadcast.case_no},
    }


async def _carry_on(deps: Deps, broadcast: Broadcast) -> None:
    if broadcast.stage is Stage.STARTS:
        started = await begin_cases(deps, broadcast)
        await _note(deps, broadcast, started=started, stage=Stage.CASES)
        return
    where = {"_id": {"$in": list(broadcast.page)}} if broadcast.page else waiting_for(broadcast)
    page = await deps.instances.query_revisions(where, sort=[("_id", 1)], limit=PAGE)
    if not page:
        await _note(deps, broadcast, stage=Stage.DONE, finished_at=deps.clock.now())
        log.info("signal brought", broadcast_id=broadcast.broadcast_id, **broadcast.tally.model_dump())
        return
    noted = await _note(deps, broadcast, page=tuple(case.case_no for case, _ in page))
    if noted is None:
        return
    tally = noted.tally
    for each in await _bring(deps, noted, page):
        tally = tally.plus(each)
    await _note(deps, noted, tally=tally, after=noted.page[-1], page=())


async def _note(deps: Deps, broadcast: Broadcast, **changes: object) -> Broadcast | None:
    """Write down where it stands; None when another process was faster: it has written the same, or more."""
    after = broadcast.model_copy(update=changes)
    current = await deps.broadcasts.change(
        broadcast.broadcast_id, lambda current: (after if current == broadcast else current, ())
    )
    return after if current == after else None


async def _bring(deps: Deps, broadcast: Broadcast, page: Sequence[tuple[Instance, int]]) -> list[Tally]:
    places = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(found: tuple[Instance, int]) -> Tally:
        async with places:
            with logs.bound(case_no=found[0].case_no):
                return await _hear(deps, broadcast, found)

    results = await asyncio.gather(*map(one, page), return_exceptions=True)
    return [
        result if isinstance(result, Tally) else await _kept(deps, broadcast, instance, result)
        for (instance, _), result in zip(page, results, strict=True)
    ]


async def _hear(deps: Deps, broadcast: Broadcast, found: tuple[Instance, int]) -> Tally:
    case_no = found[0].case_no
    if not _waits(found[0], broadcast):
        return await _told_before(deps, broadcast, case_no)
    try:
        after = await perform(deps, case_no, _act(broadcast), cause=_cause(broadcast), found=found)
    except (AlreadyApplied, ActRefused):
        return await _told_before(deps, broadcast, case_no)
    return _FAULTY if _is_kept(after, broadcast) else _HEARD


async def _told_before(deps: Deps, broadcast: Broadcast, case_no: str) -> Tally:
    """What came of a case that it is not brought to any more: an earlier round brought it, or it had gone past it."""
    try:
        await deps.instances.load(case_no, cause=_cause(broadcast))
    except AlreadyApplied:
        after, _ = await deps.instances.load(case_no)
        return _FAULTY if _is_kept(after, broadcast) else _HEARD
    return _PAST


def _waits(instance: Instance, broadcast: Broadcast) -> bool:
    """The same as `waiting_for` says of a case."""
    awaited = any(each.name == broadcast.signal and each.since <= broadcast.at for each in instance.signals)
    return awaited and instance.status is Status.RUNNING


async def _kept(deps: Deps, broadcast: Broadcast, instance: Instance, failure: BaseException) -> Tally:
    """Keep the signal in an incident of a case that failed on it in a way nobody foresaw; the others go on.

    With the database away, or others who are always faster, the page is brought again. Raises it.
    """
    if not isinstance(failure, Exception) or isinstance(failure, TryLater) or is_away(failure):
        raise failure
    case_no, act, now = instance.case_no, _act(broadcast), deps.clock.now()
    log.error("signal could not be heard", case_no=case_no, exc_info=failure)
    reason = type(failure).__name__

    def decide(current: Instance) -> Decided:
        return incidents.opened(
            current, act, element="", zh=f"信号未能送达：{reason}", en=f"the signal was not heard: {reason}", at=now
        )

    kept = deps.instances.change(case_no, decide, cause=_cause(broadcast))
    [result] = await asyncio.gather(kept, return_exceptions=True)
    if isinstance(result, Instance):
        return _FAULTY
    if not isinstance(result, Exception) or isinstance(result, Conflict) or is_away(result):
        raise result
    log.error("signal is lost to a case", case_no=case_no, exc_info=result)
    return _LOST


def _cause(broadcast: Broadcast) -> str:
    return f"workflow.broadcasts.{broadcast.broadcast_id}"


def _act(broadcast: Broadcast) -> Act:
    return Act(
        verb=Verb.SIGNAL,
        target=broadcast.signal,
        payload=broadcast.payload,
        actor=broadcast.sender,
        channel=CHANNEL,
        origin=broadcast.broadcast_id,
        at=broadcast.at,
    )


def _is_kept(instance: Instance, broadcast: Broadcast) -> bool:
    return any(each.act.origin == broadcast.broadcast_id for each in instance.incidents)
