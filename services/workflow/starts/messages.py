"""Messages from outside: for the case they name, for one that waits, else for a new case."""

from datetime import datetime
from typing import Any

from services.contracts.external import MessageSent
from services.kernel import logs
from services.kernel.problem import Problem
from services.kernel.store import AlreadyApplied
from services.workflow.acts import perform
from services.workflow.deps import Deps
from services.workflow.instances.models import Act, Instance, Status, Verb
from services.workflow.instances.origins import StartKind
from services.workflow.signals.broadcasts import check_payload
from services.workflow.starts.beginning import Occasion, arrived, begin_case, entrances, record, way_of
from services.workflow.starts.facts import check_facts
from services.workflow.starts.models import Arrival

log = logs.get(__name__)

ACTOR = "system:external"
CHANNEL = "message"


class NobodyWaits(Problem):
    """No case waits for the message, and no active process begins by it. It is kept among the dead letters."""

    status = 409
    code = "nobody-waits"
    zh = "消息“{name}”没有案件等待，也没有启用的流程以它开始"
    en = "no case waits for the message {name!r}, and no active process begins by it"
    remedy_zh = "请启用以该消息开始的流程，然后重放该死信"
    remedy_en = "activate the process that begins by it, then replay the dead letter"


async def deliver(deps: Deps, said: MessageSent, *, by: str = ACTOR) -> str:
    """Bring a message to its case, once; gives the case's number.

    Raises SignalTooLarge, FactsUnfit, NobodyWaits, NotFound.
    """
    check_payload(said.name, said.payload)
    if said.case_no is not None:
        return await _given(deps, said, said.case_no, by=by)
    arrival_id = _arrival_id(said)
    before = await arrived(deps, arrival_id)
    if before is None:
        case_no = await _case_that_waits(deps, said)
        ways = [] if case_no else await entrances(deps, StartKind.MESSAGE, said.name)
        if ways:
            await check_facts(deps, ways[0], said.payload)
            return await begin_case(deps, ways[0], _occasion(said, by))
        case_no = case_no or await _case_begun_under(deps, said)
        if case_no is None:
            raise NobodyWaits(name=said.name)
        before = await record(deps, Arrival(arrival_id=arrival_id, case_no=case_no, at=said.sent_at))
    if before.origin is None:
        return await _given(deps, said, before.case_no, by=by)
    way = await way_of(deps, before)
    return await begin_case(deps, way, _occasion(said, by)) if way else before.case_no


async def _given(deps: Deps, said: MessageSent, case_no: str, *, by: str) -> str:
    """Give it to a running case; kept there if it is early."""
    act = Act(
        verb=Verb.MESSAGE,
        target=said.name,
        payload=said.payload,
        actor=by,
        channel=CHANNEL,
        origin=_arrival_id(said),
        at=said.sent_at,
    )
    try:
        await perform(deps, case_no, act, cause=_arrival_id(said))
    except AlreadyApplied:
        log.info("message came before", case_no=case_no)
    return case_no


async def _case_that_waits(deps: Deps, said: MessageSent) -> str | None:
    return await _first(deps, said, {"body.messages": said.name})


async def _case_begun_under(deps: Deps, said: MessageSent) -> str | None:
    return await _first(deps, said, {})


async def _first(deps: Deps, said: MessageSent, where: dict[str, Any]) -> str | None:
    """The oldest running case of the message's business key."""
    if not said.business_key:
        return None
    running = {"body.status": {"$ne": Status.ENDED.value}}
    of_key = {"body.application.origin.business_key": said.business_key}
    found: list[Instance] = await deps.instances.query({**of_key, **running, **where}, sort=[("_id", 1)], limit=1)
    return found[0].case_no if found else None


def _occasion(said: MessageSent, by: str) -> Occasion:
    at: datetime = said.sent_at
    return Occasion(
        arrival_id=_arrival_id(said), at=at, by=by, payload=said.payload, business_key=said.business_key or ""
    )


def _arrival_id(said: MessageSent) -> str:
    return f"message.{said.message_id}"
