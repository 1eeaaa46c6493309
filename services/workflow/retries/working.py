"""Starting retries, carrying them on, and looking whether what was retried has really happened."""

import asyncio
import secrets
from typing import Final

from services.kernel import logs
from services.kernel.identity import Person, scope_of
from services.kernel.problem import Problem
from services.kernel.store import Conflict
from services.workflow.deps import Deps
from services.workflow.incidents import try_again
from services.workflow.instances.incidents import IncidentNotFound, StillFaulty, incident_of, is_carried_out
from services.workflow.instances.models import Incident, Instance
from services.workflow.retries.groups import Group, GroupNotFound, Member, members, named
from services.workflow.retries.models import Item, Outcome, Retry, Stage
from services.workflow.retries.stages import next_items, stopped, tried

MOST: Final = 2_000
"""How many incidents one retry takes; the rest of a larger group is left for another."""

_SIDE_BY_SIDE: Final = 4
_AT_ONCE: Final = 10
_GOING_ON: Final = {"body.stage": {"$in": [Stage.CANARY.value, Stage.REST.value]}}

log = logs.get(__name__)


class RetryNotFound(Problem):
    """No such retry."""

    status = 404
    code = "retry-not-found"
    zh = "没有批量重试 {retry_id}，或您无权查看"
    en = "there is no retry {retry_id}, or it is not yours to see"
    remedy_zh = "请核对编号"
    remedy_en = "check its id"


class RetryRunning(Problem):
    """The group is being retried already."""

    status = 409
    code = "retry-running"
    zh = "该分组正在批量重试（{retry_id}）"
    en = "this group is being retried already ({retry_id})"
    remedy_zh = "请等待其结束，或先停止它"
    remedy_en = "wait for its end, or stop it"


async def retry_group(deps: Deps, group: Group, who: Person) -> Retry:
    """Begin to retry a group, the oldest incident first as the canary. Raises GroupNotFound, RetryRunning."""
    running = await deps.retries.query({**_GOING_ON, "body.group": group.group}, sort=[("_id", 1)], limit=1)
    if running:
        raise RetryRunning(retry_id=running[0].retry_id)
    found = await members(deps, group, who, limit=MOST)
    if not found:
        raise GroupNotFound(group=group.group)
    return await _begun(deps, found, who, group=group.group, left_over=max(0, group.count - len(found)))


async def retry_some(deps: Deps, incident_ids: list[str], who: Person) -> Retry:
    """Begin to retry the named incidents, the first as the canary. Raises IncidentNotFound when none is open."""
    found = await named(deps, incident_ids, who)
    if not found:
        raise IncidentNotFound(incident_id=", ".join(incident_ids[:3]))
    return await _begun(deps, found, who, group=None, left_over=0)


async def retries_for(deps: Deps, who: Person, *, limit: int) -> list[Retry]:
    """The newest retries that a person may see."""
    return await deps.retries.query(_seen_by(who), sort=[("body.started_at", -1), ("_id", 1)], limit=limit)


async def retry_of(deps: Deps, retry_id: str, who: Person) -> Retry:
    """A retry as it stands. Raises RetryNotFound, also for one that is not the person's to see."""
    found = await deps.retries.query({"$and": [{"_id": retry_id}, _seen_by(who)]}, sort=[("_id", 1)], limit=1)
    if not found:
        raise RetryNotFound(retry_id=retry_id)
    return found[0]


async def stop(deps: Deps, retry_id: str, who: Person) -> Retry:
    """Call a retry off. Raises RetryNotFound, RetryOver."""
    await retry_of(deps, retry_id, who)
    now = deps.clock.now()
    return await deps.retries.change(retry_id, lambda retry: (stopped(retry, by=who.code, at=now), ()))


async def carry_on(deps: Deps) -> int:
    """Try the next incidents of every retry that goes on; gives how many retries were carried on."""
    found = await deps.retries.query(_GOING_ON, sort=[("body.started_at", 1)], limit=_AT_ONCE)
    for retry in found:
        await _carry_on(deps, retry)
    return len(found)


def _seen_by(who: Person) -> dict[str, str]:
    """All retries for those who may see all cases; for the others their own, which hold no case that they may not."""
    return {} if scope_of(who).everything else {"body.started_by": who.code}


async def _begun(deps: Deps, found: list[Member], who: Person, *, group: str | None, left_over: int) -> Retry:
    retry = Retry(
        retry_id=secrets.token_hex(8),
        group=group,
        started_by=who.code,
        started_at=deps.clock.now(),
        items=tuple(Item(case_no=each.case_no, incident_id=each.incident_id) for each in found),
        left_over=left_over,
    )
    await deps.retries.create(retry)
    deps.bells.retries.set()
    return retry


async def _carry_on(deps: Deps, retry: Retry) -> None:
    """Try some, then write down what came of them. After a crash, one that is done shows as such."""
    places = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(item: Item) -> Item:
        async with places:
            with logs.bound(case_no=item.case_no):
                return await _try(deps, item, by=retry.started_by)

    results = {item.incident_id: item for item in await asyncio.gather(*map(one, next_items(retry)))}
    now = deps.clock.now()

    def decide(current: Retry) -> tuple[Retry, tuple[()]]:
        return (tried(current, results, at=now), ()) if current.finished_at is None else (_noted(current, results), ())

    await deps.retries.change(retry.retry_id, decide)


def _noted(retry: Retry, results: dict[str, Item]) -> Retry:
    """Stopped meanwhile: what was done all the same is written down."""
    return retry.model_copy(update={"items": tuple(results.get(item.incident_id, item) for item in retry.items)})


async def _try(deps: Deps, item: Item, *, by: str) -> Item:
    before, _ = await deps.instances.load(item.case_no)
    try:
        incident = incident_of(before, item.incident_id)
    except IncidentNotFound:
        return _finished(deps, item, _already(before, item))
    try:
        await try_again(deps, item.case_no, item.incident_id, by=by)
    except StillFaulty:
        return await _failed(deps, item)
    except IncidentNotFound:
        return _finished(deps, item, _already((await deps.instances.load(item.case_no))[0], item))
    except Conflict:
        return _finished(deps, item, Outcome.FAILED, zh="案件正忙，稍后再试", en="the case is busy; try again later")
    return _finished(deps, item, await _outcome(deps, item, incident))


async def _outcome(deps: Deps, item: Item, incident: Incident) -> Outcome:
    """By the look of the case as it is stored now, not by what the retry answered."""
    after, _ = await deps.instances.load(item.case_no)
    if is_carried_out(after, incident):
        return Outcome.DONE
    log.warning("retried incident was not carried out", incident_id=item.incident_id)
    return Outcome.OVERTAKEN


def _already(instance: Instance, item: Item) -> Outcome:
    """An incident that is not open any more: done, also by ourselves before a crash, or over in another way."""
    mended = next((each for each in reversed(instance.mended) if each.incident_id == item.incident_id), None)
    return Outcome.GONE if mended is None else _ENDINGS.get(mended.how, Outcome.GONE)


_ENDINGS: Final = {"done": Outcome.DONE, "overtaken": Outcome.OVERTAKEN}


async def _failed(deps: Deps, item: Item) -> Item:
    after, _ = await deps.instances.load(item.case_no)
    found = next((each for each in after.incidents if each.incident_id == item.incident_id), None)
    return _finished(deps, item, Outcome.FAILED, zh=found.zh if found else "", en=found.en if found else "")


def _finished(deps: Deps, item: Item, outcome: Outcome, *, zh: str = "", en: str = "") -> Item:
    changes = {"outcome": outcome, "reason_zh": zh, "reason_en": en, "finished_at": deps.clock.now()}
    return item.model_copy(update=changes)
