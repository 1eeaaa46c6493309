"""Beginning a broadcast: once for whatever brought the signal, however often that comes."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from services.contracts.workflow import SignalBroadcast
from services.kernel.problem import Problem
from services.kernel.requests import KeyTaken
from services.kernel.store import AlreadyExists
from services.workflow.answers import MOST_TEXT, MOST_VALUES, size_errors
from services.workflow.deps import Deps
from services.workflow.signals.models import Broadcast


class SignalTooLarge(Problem):
    """What the signal brings is more than a case should take."""

    status = 422
    code = "signal-too-large"
    zh = "信号“{signal}”附带的数据过多"
    en = "what the signal {signal!r} brings is too much"
    remedy_zh = "最多 {values} 个值，每个文字不超过 {text} 字"
    remedy_en = "at most {values} values, each text of at most {text} characters"


class BroadcastNotFound(Problem):
    """No such broadcast."""

    status = 404
    code = "broadcast-not-found"
    zh = "没有信号广播 {broadcast_id}"
    en = "there is no broadcast {broadcast_id}"
    remedy_zh = "请核对编号"
    remedy_en = "check its id"


async def begin(deps: Deps, broadcast: Broadcast) -> Broadcast:
    """Begin to bring a signal to everybody; one that was begun before stays as it is.

    Raises SignalTooLarge, and KeyTaken if it was another signal then.
    """
    check_payload(broadcast.signal, broadcast.payload)
    said = SignalBroadcast(
        broadcast_id=broadcast.broadcast_id,
        signal=broadcast.signal,
        payload=broadcast.payload,
        by=broadcast.by,
        reason=broadcast.reason,
        at=broadcast.at,
    )
    try:
        await deps.broadcasts.create(broadcast, [said])
    except AlreadyExists:
        return await _begun_before(deps, broadcast)
    deps.bells.signals.set()
    return broadcast


async def broadcast_of(deps: Deps, broadcast_id: str) -> Broadcast:
    """A broadcast as it stands. Raises BroadcastNotFound."""
    found = await deps.broadcasts.find(broadcast_id)
    if found is None:
        raise BroadcastNotFound(broadcast_id=broadcast_id)
    return found[0]


async def newest(deps: Deps, *, limit: int) -> list[Broadcast]:
    """The newest broadcasts."""
    return await deps.broadcasts.query({}, sort=[("body.at", -1), ("_id", 1)], limit=limit)


def broadcast_id(cause: str) -> str:
    """The id of the broadcast of whatever brought the signal: an event, or a request with its key."""
    return hashlib.sha256(cause.encode()).hexdigest()[:24]


def check_payload(signal: str, payload: Mapping[str, Any]) -> None:
    """Raise `SignalTooLarge` unless a case can take what a signal or message brings."""
    if any(size_errors(payload)):
        raise SignalTooLarge(signal=signal, values=MOST_VALUES, text=MOST_TEXT)


async def _begun_before(deps: Deps, broadcast: Broadcast) -> Broadcast:
    known, _ = await deps.broadcasts.load(broadcast.broadcast_id)
    if (known.signal, _plain(known.payload), known.reason) != (
        broadcast.signal,
        _plain(broadcast.payload),
        broadcast.reason,
    ):
        raise KeyTaken
    return known


def _plain(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, sort_keys=True, ensure_ascii=False, default=str)
