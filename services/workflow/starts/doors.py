"""Cases that a member of staff begins: at a message start event of an active process, as its form asks."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.requests import KeyTaken
from services.workflow.definitions.models import Definition
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance
from services.workflow.instances.origins import StartKind
from services.workflow.starts.beginning import Entrance, Occasion, arrived, begin_case, way_of
from services.workflow.starts.facts import check_filled
from services.workflow.starts.models import Arrival

_MOST: Final = 1_000
_NO_FACTS: Final[Mapping[str, Any]] = {"type": "object", "properties": {}}
"""What a start event without a form takes from people: nothing."""

_BUREAU: Final = "局机关工作人员 (staff of the bureau)"


class NoSuchStart(Problem):
    """No active process of this key begins by a message, or not at this start event."""

    status = 404
    code = "no-such-start"
    zh = "没有可由人员启动的流程“{process}”"
    en = "there is no process {process!r} that people can begin"
    remedy_zh = "请用 GET /starts 查看您可以启动的流程；流程须已启用，并有消息开始事件"
    remedy_en = "GET /starts lists those you can begin; the process must be active and have a message start event"


class WhichStart(Problem):
    """The process can be begun at several start events; the request names none."""

    status = 422
    code = "which-start"
    zh = "流程“{process}”有多个消息开始事件：{starts}"
    en = "the process {process!r} begins at several start events: {starts}"
    remedy_zh = "请在 start 中写明其中一个"
    remedy_en = "name one of them in start"


class StartNotYours(Problem):
    """The process is begun by the holders of some posts, or by the bureau's own staff; the caller is none of them."""

    status = 403
    code = "start-not-yours"
    zh = "流程“{process}”由以下岗位启动：{posts}"
    en = "the process {process!r} is begun by the posts {posts}"
    remedy_zh = "请由上述岗位的人员启动，或请信息中心在流程图中调整“可启动的岗位”"
    remedy_en = "let a holder of one of these posts begin it, or have the diagram's candidate starter groups changed"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for: a process, what is filled in, and under which key others are to find the case."""

    process: str
    facts: Mapping[str, Any]
    business_key: str = ""
    start: str = ""

    @property
    def digest(self) -> str:
        """The same for the same request alone."""
        told = [self.process, self.start, self.business_key, self.facts]
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Door:
    """A way by which a person may begin a case, with the form to be filled in; None if nothing is asked."""

    entrance: Entrance
    form: Mapping[str, Any] | None


async def doors_for(deps: Deps, who: Person) -> list[Door]:
    """Every way by which a person may begin a case now, by process."""
    by_message = {"body.active": {"$gte": 1}, "body.versions.starts.events.kind": StartKind.MESSAGE.value}
    found = await deps.definitions.query(by_message, sort=[("_id", 1)], limit=_MOST)
    held = await _held(deps, who)
    ways = [way for each in found for way in _ways(each) if _may_begin(way, who, held)]
    return [Door(way, await _form(deps, way)) for way in ways]


async def begin_by(deps: Deps, who: Person, wish: Wish, *, key: str) -> Instance:
    """Begin a case for a person; the same request under the same key again gives the same case.

    Raises NoSuchStart, WhichStart, StartNotYours, FactsUnfit, and KeyTaken if it was another request then.
    """
    before = await arrived(deps, arrival_of(who, key))
    if before is not None:
        _same(before, wish)
    way = await way_of(deps, before) if before else await _way_for(deps, who, wish)
    if way is not None:
        at = before.at if before else deps.clock.now()
        await begin_case(deps, way, _occasion(who, wish, arrival_id=arrival_of(who, key), at=at))
    arrival, _ = await deps.arrivals.load(arrival_of(who, key))
    _same(arrival, wish)
    return (await deps.instances.load(arrival.case_no))[0]


def arrival_of(who: Person, key: str) -> str:
    """Under which a person's request is on record."""
    return f"person.{hashlib.sha256(f'{who.code}.{key}'.encode()).hexdigest()[:32]}"


def _same(arrival: Arrival, wish: Wish) -> None:
    if arrival.digest != wish.digest:
        raise KeyTaken


def _occasion(who: Person, wish: Wish, *, arrival_id: str, at: datetime) -> Occasion:
    return Occasion(
        arrival_id=arrival_id,
        at=at,
        by=who.code,
        payload=wish.facts,
        business_key=wish.business_key,
        name=who.name,
        department=who.department,
        digest=wish.digest,
    )


async def _way_for(deps: Deps, who: Person, wish: Wish) -> Entrance:
    """Where a wish begins a case. Raises NoSuchStart, WhichStart, StartNotYours, FactsUnfit."""
    found = await deps.definitions.find(wish.process)
    ways = [way for way in (_ways(found[0]) if found else ()) if wish.start in ("", way.event.element)]
    if not ways:
        raise NoSuchStart(process=wish.process)
    if len(ways) > 1:
        raise WhichStart(process=wish.process, starts=", ".join(way.event.element for way in ways))
    [way] = ways
    if not _may_begin(way, who, await _held(deps, who)):
        raise StartNotYours(process=wish.process, posts=", ".join(way.version.starts.posts) or _BUREAU)
    check_filled(way, wish.facts, await _form(deps, way) or _NO_FACTS)
    return way


def _ways(definition: Definition) -> list[Entrance]:
    """The message start events of the version that new cases follow."""
    version = definition.active_version
    events = version.starts.events if version else ()
    return [Entrance(definition, version, each) for each in events if version and each.kind is StartKind.MESSAGE]


async def _form(deps: Deps, way: Entrance) -> Mapping[str, Any] | None:
    return await deps.shelf.form(way.version.sha256, way.event.form) if way.event.form else None


async def _held(deps: Deps, who: Person) -> frozenset[str]:
    """The posts in whose place a person may act, with and without their department."""
    seats = (await deps.copies.office()).books.posts_of(who.code, who.posts)
    return seats | {seat.partition("@")[0] for seat in seats}


def _may_begin(way: Entrance, who: Person, held: frozenset[str]) -> bool:
    """Holders of the posts that the diagram names; where it names none, the bureau's own staff, no township's."""
    posts = way.version.starts.posts
    return not held.isdisjoint(posts) if posts else not who.township
