"""Appointments over HTTP: free slots, booking, the card, the day's list."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, status

from services.intake.applications import Code
from services.intake.appointments import desk, views
from services.intake.appointments.cards import (
    BookingEntry,
    CallerUnreachable,
    Card,
    CardMoved,
    DeskBooking,
    MinutesMissing,
    MoveEntry,
    State,
    TooEarly,
    TooFewStaff,
)
from services.intake.appointments.desk import CardNotFound, HallOnly
from services.intake.appointments.slots import Opening, OpeningEntry, Slot, SlotGone
from services.intake.appointments.views import CardLine, CardLookup, CardReceipt, CardStatus, CardView
from services.intake.attempts import LookupLocked, TooManyLookups
from services.intake.audits import Audit, Deed, record
from services.intake.crowds import TooManySent
from services.intake.deps import Deps
from services.intake.lookups import LookupEntry, LookupRefused, address_of, proven
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import Day, IdempotencyKey, KeyTaken

With = Annotated[Deps, Depends(deps_of)]
Receiver = Annotated[Person, Depends(allowed(Permission.CASE_RECEIVE))]
CardNo = Annotated[str, Path(pattern=r"^JD[0-9]{8,20}$", examples=["JD2026112300001"])]

appointments = APIRouter(tags=["appointments"])


@appointments.get("/public/appointments/slots")
async def list_slots(deps: With) -> list[Slot]:
    """What can be booked, soonest first."""
    return await desk.free_slots(deps)


@appointments.post(
    "/public/appointments",
    status_code=status.HTTP_201_CREATED,
    responses=problems(SlotGone, CallerUnreachable, TooManySent, KeyTaken),
)
async def book_publicly(deps: With, entry: BookingEntry, request: Request, key: IdempotencyKey = None) -> CardReceipt:
    """Ask for a slot: it is held at once, and confirmed by the window."""
    return views.receipt(deps, *await desk.book_publicly(deps, entry, key=key, address=address_of(request)))


@appointments.post("/public/appointments/lookup", responses=problems(LookupRefused, LookupLocked, TooManyLookups))
async def look_up(deps: With, entry: CardLookup, request: Request) -> CardStatus:
    """Where an appointment stands, by number and password of its card."""
    return views.status(deps, await _proven(deps, entry, request))


@appointments.post(
    "/public/appointments/cancel", responses=problems(LookupRefused, LookupLocked, TooManyLookups, CardMoved)
)
async def cancel(deps: With, entry: CardLookup, request: Request) -> CardStatus:
    """Cancel an appointment; its slot is free at once."""
    card = await _proven(deps, entry, request)
    return views.status(deps, await desk.move_card(deps, card.card_no, MoveEntry(to=State.CANCELLED), who=None))


@appointments.get("/appointments/openings")
async def list_openings(deps: With, _: Receiver) -> list[Opening]:
    """When which topic is received where."""
    return await desk.openings_of(deps)


@appointments.put("/appointments/openings/{opening_id}", responses=problems(HallOnly))
async def put_opening(deps: With, who: Receiver, opening_id: Annotated[Code, Path()], entry: OpeningEntry) -> Opening:
    """Open a topic, or change when it is received; what was booked stays booked."""
    return await desk.put_opening(deps, opening_id, entry, who)


@appointments.get("/appointments", responses=problems(HallOnly))
async def list_cards(
    deps: With, who: Receiver, on: Annotated[Day | None, Query(description="a day; absent: what is to confirm")] = None
) -> list[CardLine]:
    """The appointments of a day, or those that wait to be confirmed."""
    return [views.line(card) for card in await desk.cards_of(deps, on, who)]


@appointments.post(
    "/appointments",
    status_code=status.HTTP_201_CREATED,
    responses=problems(SlotGone, CallerUnreachable, HallOnly, KeyTaken),
)
async def book_at_desk(deps: With, who: Receiver, entry: DeskBooking, key: IdempotencyKey = None) -> CardReceipt:
    """Book for somebody at the window or on the telephone: confirmed at once."""
    return views.receipt(deps, *await desk.book_at_desk(deps, entry, who=who, key=key))


@appointments.get("/appointments/{card_no}", responses=problems(CardNotFound, HallOnly))
async def show_card(deps: With, who: Receiver, card_no: CardNo, request: Request) -> CardView:
    """One card in full, to be printed and called. Each look is recorded."""
    card = await desk.card_of(deps, card_no, who)
    at, address = deps.clock.wall(), address_of(request)
    await record(deps.audits, Audit(deed=Deed.CALLER_SHOWN, case_no=card_no, person=who.code, address=address, at=at))
    return views.view(deps, card)


@appointments.post(
    "/appointments/{card_no}/move",
    responses=problems(CardNotFound, HallOnly, CardMoved, TooEarly, TooFewStaff, MinutesMissing),
)
async def move_card(deps: With, who: Receiver, card_no: CardNo, entry: MoveEntry) -> CardLine:
    """Confirm, cancel, check in (with two staff), close (with minutes), or record that nobody came."""
    return views.line(await desk.move_card(deps, card_no, entry, who=who))


async def _proven(deps: Deps, entry: CardLookup, request: Request) -> Card:
    asked = LookupEntry(case_no=entry.card_no, query_password=entry.query_password)
    return await proven(deps, asked, address=address_of(request), find=_card)


async def _card(deps: Deps, number: str) -> tuple[Card, str] | None:
    found = await deps.cards.find(number)
    return (found[0], found[0].password_hash) if found else None
