"""Beginning a case that no window received, once for whatever it is that begins it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.kernel import logs
from services.kernel.store import AlreadyApplied, AlreadyExists
from services.workflow.acts import carried
from services.workflow.definitions.models import Definition, Version
from services.workflow.definitions.starts import StartEvent
from services.workflow.deps import Deps
from services.workflow.instances.models import Act, Application, Instance, Verb
from services.workflow.instances.origins import Origin, StartKind
from services.workflow.offices import Office
from services.workflow.starts.models import Arrival
from services.workflow.starts.numbers import case_no, serial_of

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A start event of the active version of a process."""

    definition: Definition
    version: Version
    event: StartEvent


@dataclass(frozen=True, slots=True)
class Occasion:
    """What begins the case: on record under `arrival_id`, it happened `at` a moment and brings something.

    `name` and `department` are those of the person who begins it, `digest` that of their request; empty if nobody does.
    """

    arrival_id: str
    at: datetime
    by: str
    payload: Mapping[str, Any]
    business_key: str = ""
    depth: int = 0
    name: str = ""
    department: str = ""
    digest: str = ""


async def entrances(deps: Deps, kind: StartKind, name: str) -> list[Entrance]:
    """The start events by which a message or signal of this name begins cases now."""
    fits = {"kind": kind.value, "name": name}
    where = {"body.active": {"$gte": 1}, "body.versions.starts.events": {"$elemMatch": fits}}
    found = await deps.definitions.query(where, sort=[("_id", 1)], limit=_MOST)
    return [
        Entrance(definition, version, event)
        for definition in found
        for version in (definition.active_version,)
        for event in (version.starts.events if version else ())
        if version and (event.kind, event.name) == (kind, name)
    ]


_MOST = 1_000


async def begin_case(deps: Deps, entrance: Entrance, occasion: Occasion) -> str:
    """Begin a case; the same occasion again gives the same case. Gives its number."""
    arrival = await arrived(deps, occasion.arrival_id) or await _registered(deps, entrance, occasion)
    if await deps.instances.find(arrival.case_no) is None:
        await _begun(deps, entrance, arrival, occasion)
    return arrival.case_no


async def arrived(deps: Deps, arrival_id: str) -> Arrival | None:
    """What was decided about something that came before."""
    found = await deps.arrivals.find(arrival_id)
    return found[0] if found else None


async def record(deps: Deps, arrival: Arrival) -> Arrival:
    """Write down for which case something is; what was written before stands."""
    try:
        await deps.arrivals.create(arrival)
    except AlreadyExists:
        return (await deps.arrivals.load(arrival.arrival_id))[0]
    return arrival


async def way_of(deps: Deps, arrival: Arrival) -> Entrance | None:
    """The way by which an arrival was to begin its case; if the active version lacks it now, that is an incident."""
    found = await deps.definitions.find(arrival.process_key)
    if found is None or arrival.origin is None:
        return None
    element, definition = arrival.origin.element, found[0]
    newest_first = sorted(definition.versions, key=lambda each: (each.version != definition.active, -each.version))
    events = ((version, version.starts.event(element)) for version in newest_first)
    return next((Entrance(definition, version, event) for version, event in events if event), None)


async def _registered(deps: Deps, entrance: Entrance, occasion: Occasion) -> Arrival:
    """Give the case its number. One drawn in vain is not given again."""
    office = await deps.copies.office()
    on, code = office.time.day_of(occasion.at), entrance.definition.item_code
    serial = await deps.counter(serial_of(code, on))
    event = entrance.event
    origin = Origin(
        arrival_id=occasion.arrival_id,
        kind=event.kind,
        element=event.element,
        name=event.name,
        business_key=occasion.business_key,
        depth=occasion.depth,
        department=occasion.department,
    )
    number = case_no(item_code=code, on=on, serial=serial)
    key = entrance.definition.process_key
    arrival = Arrival(
        arrival_id=occasion.arrival_id,
        case_no=number,
        process_key=key,
        origin=origin,
        digest=occasion.digest,
        at=occasion.at,
    )
    return await record(deps, arrival)


async def _begun(deps: Deps, entrance: Entrance, arrival: Arrival, occasion: Occasion) -> None:
    office = await deps.copies.office()
    act = Act(
        verb=Verb.START,
        target=entrance.event.element,
        payload=dict(occasion.payload),
        actor=occasion.by,
        channel=entrance.event.kind,
        origin=arrival.arrival_id,
        at=occasion.at,
    )
    decided = await carried(deps, _case(entrance, arrival, occasion, office), act, office=office)
    try:
        await deps.instances.create(decided.instance, decided.said, cause=arrival.arrival_id)
    except (AlreadyExists, AlreadyApplied):
        log.info("case is known already", case_no=arrival.case_no)


def _case(entrance: Entrance, arrival: Arrival, occasion: Occasion, office: Office) -> Instance:
    """The case as the office knows it before it begins: of the item's own department, in its first situation.

    Whoever began it stands in its title, and their department takes part.
    """
    item = entrance.version.item
    application = Application(
        item_code=item.code,
        situation=item.situations[0].code,
        title=f"{item.name}（{occasion.name}）" if occasion.name else item.name,
        department=item.department,
        township=None,
        facts={},
        received_on=office.time.day_of(occasion.at),
        received_at=occasion.at,
        received_by=occasion.by,
        origin=arrival.origin,
    )
    concerned = dict.fromkeys(code for code in (item.department, occasion.department) if code)
    return Instance(case_no=arrival.case_no, application=application, departments=tuple(concerned))
