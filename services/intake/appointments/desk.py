"""Load, decide, save, for appointments: two who ask for one seat at the same moment are told apart by the database."""

from datetime import date, timedelta
from typing import Any, Final

from services.intake.appointments.cards import (
    BookingEntry,
    Card,
    Channel,
    DeskBooking,
    Filing,
    MoveEntry,
    State,
    book,
    move,
    refuse_unreachable,
)
from services.intake.appointments.slots import (
    Opening,
    OpeningEntry,
    Slot,
    SlotGone,
    opening_of,
    seats_of,
    slots,
)
from services.intake.crowds import admit
from services.intake.deps import Deps
from services.intake.moments import moment_of
from services.intake.queries import SET
from services.intake.submissions import RequestKey
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.store import AlreadyExists

MOST: Final = 500
_LONGEST: Final = timedelta(days=40)
_ANYBODY: Final = Person(code="-", name="", roles=frozenset(), department="")


class CardNotFound(Problem):
    """No such reception card."""

    status = 404
    code = "card-not-found"
    zh = "没有预约 {card_no}"
    en = "no appointment {card_no}"
    remedy_zh = "请核对预约接待卡的编号"
    remedy_en = "check the number on the reception card"


class HallOnly(Problem):
    """Appointments are the hall's: a township keeps its own diary."""

    status = 403
    code = "hall-only"
    zh = "预约由市局报建大厅办理"
    en = "appointments are kept by the hall of the bureau"
    remedy_zh = "请联系报建大厅预约窗口"
    remedy_en = "ask the hall's appointment window"


def refuse_townships(who: Person) -> None:
    """Raise `HallOnly` for a township's staff."""
    if who.township:
        raise HallOnly


async def openings_of(deps: Deps) -> list[Opening]:
    """All openings, by key."""
    return await deps.openings.query({}, sort=[("_id", 1)], limit=MOST)


async def put_opening(deps: Deps, opening_id: str, entry: OpeningEntry, who: Person) -> Opening:
    """The opening as it is now; what was booked before stays booked."""
    refuse_townships(who)
    opening = Opening(opening_id=opening_id, **entry.model_dump())
    try:
        await deps.openings.create(opening)
    except AlreadyExists:
        await deps.openings.change(opening_id, lambda _: (opening, ()))
    return opening


async def free_slots(deps: Deps) -> list[Slot]:
    """What can be booked now, soonest first."""
    now = moment_of(deps.clock, deps.hours).at
    where = {"body.seat": SET, "body.starts_at": {"$gt": now, "$lt": now + _LONGEST}}
    held = await deps.cards.query(where, sort=[("_id", 1)], limit=10_000)
    taken = frozenset(card.seat for card in held)
    calendar = await deps.copies.calendar()
    return slots(await openings_of(deps), taken, now=now, hours=deps.hours, calendar=calendar)


async def book_publicly(deps: Deps, entry: BookingEntry, *, key: str | None, address: str) -> tuple[Card, str | None]:
    """The request of somebody who did not sign in, and its password; raises TooManySent besides."""
    await admit(deps, "appointment", address)
    return await _book(deps, entry, Channel.ONLINE, who=None, key=key)


async def book_at_desk(deps: Deps, entry: DeskBooking, *, who: Person, key: str | None) -> tuple[Card, str | None]:
    """A confirmed appointment and its password; raises SlotGone, CallerUnreachable, HallOnly, KeyTaken."""
    refuse_townships(who)
    return await _book(deps, entry, entry.channel, who=who, key=key)


async def cards_of(deps: Deps, on: date | None, who: Person) -> list[Card]:
    """The cards of a day in their order; with no day, those that wait to be confirmed."""
    refuse_townships(who)
    where: dict[str, Any] = {"body.state": State.REQUESTED.value}
    if on is not None:
        begin = deps.hours.open_of(on) - timedelta(hours=12)
        day = {"$gte": begin, "$lt": begin + timedelta(days=1)}
        where = {"body.starts_at": day}
    found = await deps.cards.query(where, sort=[("body.starts_at", 1), ("_id", 1)], limit=MOST)
    return [card for card in found if on is None or deps.hours.day_of(card.starts_at) == on]


async def card_of(deps: Deps, card_no: str, who: Person) -> Card:
    """One card; raises CardNotFound, HallOnly."""
    refuse_townships(who)
    found = await deps.cards.find(card_no)
    if found is None:
        raise CardNotFound(card_no=card_no)
    return found[0]


async def move_card(deps: Deps, card_no: str, entry: MoveEntry, *, who: Person | None) -> Card:
    """The card after something was done with it; raises as `cards.move`, and CardNotFound."""
    if who is not None:
        await card_of(deps, card_no, who)
    now = moment_of(deps.clock, deps.hours)
    return await deps.cards.change(card_no, lambda card: move(card, entry, who=who, seals=deps.seals, now=now))


async def _book(
    deps: Deps, entry: BookingEntry, channel: Channel, *, who: Person | None, key: str | None
) -> tuple[Card, str | None]:
    request = RequestKey(key, who=who or _ANYBODY, action="book", content=entry.model_dump_json(), seals=deps.seals)
    card = await _booked_before(deps, request) or await _book_new(deps, entry, channel, who=who, request=request)
    handout = await deps.handouts.find(request)
    return card, deps.handouts.password(handout, request) if handout else None


async def _booked_before(deps: Deps, request: RequestKey) -> Card | None:
    found = await deps.cards.first({"body.submission.digest": request.submission.digest})
    return found[0] if found and found[0].submission.answers(request.submission) else None


async def _book_new(
    deps: Deps, entry: BookingEntry, channel: Channel, *, who: Person | None, request: RequestKey
) -> Card:
    slot = next((each for each in await free_slots(deps) if each.slot_id == entry.slot_id), None)
    found = await deps.openings.find(opening_of(entry.slot_id))
    if slot is None or found is None:
        raise SlotGone
    refuse_unreachable(entry, slot.place)
    filing = await _filing(deps, channel, who=who, request=request)
    for seat in seats_of(found[0], entry.slot_id):
        card, said = book(entry, slot, seat, filing, seals=deps.seals)
        try:
            await deps.cards.create(card, said)
        except AlreadyExists:  # the seat, or this very request at the same moment
            if twin := await _booked_before(deps, request):
                return twin
        else:
            return card
    raise SlotGone


async def _filing(deps: Deps, channel: Channel, *, who: Person | None, request: RequestKey) -> Filing:
    now = moment_of(deps.clock, deps.hours)
    handout = await deps.handouts.find(request)
    if handout is None:
        number = f"JD{now.on:%Y%m%d}{await deps.counter(f'card.{now.on.year}'):05d}"
        handout = await deps.handouts.give(request, case_no=number, wall=now.wall)
    return Filing(
        card_no=handout.case_no,
        channel=channel,
        password_hash=await deps.passwords.hash(deps.handouts.password(handout, request)),
        submission=request.submission,
        who=who,
        now=now,
    )


def opened(deps: Deps, card: Card, field: str) -> str:
    """A sealed part of a card, opened; empty where there is none."""
    sealed: str = getattr(card, f"{field}_sealed")
    return deps.seals.open(sealed, place=f"{card.card_no}/{field}") if sealed else ""
