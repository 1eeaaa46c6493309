"""The reception card (预约接待卡, B-40): booked, confirmed, checked in with two staff, closed with minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from services.contracts.events import Said
from services.contracts.intake import AppointmentMoved
from services.intake.applications import Line, Number
from services.intake.appointments.slots import Place, Slot, SlotId
from services.intake.identities import is_mobile, mask_phone
from services.intake.moments import Moment
from services.intake.submissions import Submission
from services.kernel.identity import Person
from services.kernel.problem import FieldError, Problem
from services.kernel.requests import Request
from services.kernel.seals import Seals
from services.kernel.store import Body

LEAST_STAFF: Final = 2
LEAST_MINUTES: Final = 10

EARLY: Final = timedelta(hours=2)
"""How long before their time people may be received."""

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=4_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
]
StaffCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


class State(StrEnum):
    """Where a card stands."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Channel(StrEnum):
    """How it was booked (B-39)."""

    ONLINE = "online"
    PHONE = "phone"
    WINDOW = "window"


_WAYS: Final[Mapping[State, frozenset[State]]] = {
    State.REQUESTED: frozenset({State.CONFIRMED, State.CANCELLED}),
    State.CONFIRMED: frozenset({State.CHECKED_IN, State.CANCELLED, State.MISSED}),
    State.CHECKED_IN: frozenset({State.CLOSED}),
}
_HOLDING: Final = frozenset({State.REQUESTED, State.CONFIRMED, State.CHECKED_IN, State.CLOSED, State.MISSED})
"""Who has a card in one of these has the seat; a cancelled one frees it at once."""


class CardMoved(Problem):
    """The card does not stand where this could be done."""

    status = 409
    code = "card-moved"
    zh = "预约 {card_no} 现在的状态（{state}）不能这样办理"
    en = "appointment {card_no} stands at {state}: this cannot be done"
    remedy_zh = "请刷新页面查看当前状态"
    remedy_en = "reload to see where it stands"


class TooFewStaff(Problem):
    """Nobody meets an applicant alone (B-35)."""

    status = 422
    code = "too-few-staff"
    zh = "接待须有两名以上工作人员在场"
    en = "two members of staff or more must be present"
    remedy_zh = "请填写两名不同工作人员的工号"
    remedy_en = "give the codes of two different members of staff"


class MinutesMissing(Problem):
    """Nobody leaves a meeting without a record."""

    status = 422
    code = "minutes-missing"
    zh = "没有会谈记录，不能结束接待"
    en = "a reception is not closed without minutes"
    remedy_zh = "请填写会谈记录，至少 10 个字"
    remedy_en = "write the minutes, ten characters or more"


class TooEarly(Problem):
    """The time has not come."""

    status = 409
    code = "appointment-too-early"
    zh = "预约的时间还没有到，不能登记"
    en = "the time of the appointment has not come"
    remedy_zh = "签到最早在预约时间前两小时办理；未到在预约时段结束后登记"
    remedy_en = "check in two hours before at the earliest; record a no-show after the slot"


class CallerUnreachable(Problem):
    """Nobody could be told of a change."""

    status = 422
    code = "caller-unreachable"
    zh = "请填写正确的手机号码；上门服务还须填写地址"
    en = "give a mobile number; for a visit an address too"
    remedy_zh = "请更正后再预约"
    remedy_en = "correct it and book again"


class BookingEntry(Request, frozen=True):
    """Who comes when, and about what."""

    slot_id: SlotId
    name: Line
    phone: Number
    purpose: Annotated[Words, StringConstraints(min_length=2, max_length=500)]
    case_no: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{0,40}$")] = ""
    address: Annotated[Words, StringConstraints(max_length=200)] = ""


class DeskBooking(BookingEntry, frozen=True):
    """The same at the window or by telephone."""

    channel: Channel = Channel.PHONE


class MoveEntry(Request, frozen=True):
    """What is done with a card. `staff` is for checking in, `minutes` for closing."""

    to: State
    staff: tuple[StaffCode, ...] = Field(default=(), max_length=20)
    minutes: Words = ""


class Card(Body, frozen=True):
    """One appointment. What says who comes is sealed; `seat` is the one seat it holds, empty when cancelled."""

    card_no: str
    seat: str
    topic: str
    place: Place
    starts_at: datetime
    ends_at: datetime
    channel: Channel
    state: State
    case_no: str
    name_sealed: str
    name_masked: str
    phone_sealed: str
    phone_masked: str
    purpose_sealed: str
    address_sealed: str
    booked_at: datetime
    booked_by: str | None
    submission: Submission
    password_hash: str
    staff: tuple[str, ...] = ()
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None
    minutes_sealed: str = ""
    moved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """What the window adds to a booking."""

    card_no: str
    channel: Channel
    password_hash: str
    submission: Submission
    who: Person | None
    now: Moment


def refuse_unreachable(entry: BookingEntry, place: Place) -> None:
    """Raise `CallerUnreachable` naming what is wrong."""
    faults = []
    if not is_mobile(entry.phone):
        faults.append(FieldError("body.phone", zh="请填写 11 位手机号码", en="a mobile number of eleven digits"))
    if place is Place.APPLICANT_SITE and not entry.address:
        faults.append(FieldError("body.address", zh="上门服务请填写地址", en="give the address to come to"))
    if faults:
        raise CallerUnreachable(errors=faults)


def book(entry: BookingEntry, slot: Slot, seat: str, filing: Filing, *, seals: Seals) -> tuple[Card, tuple[Said, ...]]:
    """The card and its event. Of the public it is a request, at the window and by telephone it is confirmed."""
    number = filing.card_no
    card = Card(
        card_no=number,
        seat=seat,
        topic=slot.topic,
        place=slot.place,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        channel=filing.channel,
        state=State.CONFIRMED if filing.who else State.REQUESTED,
        case_no=entry.case_no,
        name_sealed=seals.seal(entry.name, place=f"{number}/name"),
        name_masked=f"{entry.name[:1]}某某",
        phone_sealed=seals.seal(entry.phone, place=f"{number}/phone"),
        phone_masked=mask_phone(entry.phone),
        purpose_sealed=seals.seal(entry.purpose, place=f"{number}/purpose"),
        address_sealed=seals.seal(entry.address, place=f"{number}/address"),
        booked_at=filing.now.at,
        booked_by=filing.who.code if filing.who else None,
        submission=filing.submission,
        password_hash=filing.password_hash,
        moved_by=filing.who.code if filing.who else None,
    )
    return card, (_said(card, filing.now),)


def move(
    card: Card, entry: MoveEntry, *, who: Person | None, seals: Seals, now: Moment
) -> tuple[Card, tuple[Said, ...]]:
    """The card after something was done with it; unchanged when it stands there already.

    Raises `CardMoved`, `TooEarly`, `TooFewStaff`, `MinutesMissing`.
    """
    if entry.to is card.state:
        return card, ()
    if entry.to not in _WAYS.get(card.state, frozenset()):
        raise CardMoved(card_no=card.card_no, state=card.state.value)
    told = _told(card, entry, seals=seals, now=now)
    seat = card.seat if entry.to in _HOLDING else ""
    moved = card.model_copy(update={"state": entry.to, "seat": seat, "moved_by": who.code if who else None, **told})
    return moved, (_said(moved, now),)


def _told(card: Card, entry: MoveEntry, *, seals: Seals, now: Moment) -> dict[str, object]:
    """What the move adds to the card."""
    match entry.to:
        case State.CHECKED_IN:
            if now.at < card.starts_at - EARLY:
                raise TooEarly
            staff = tuple(sorted(set(entry.staff)))
            if len(staff) < LEAST_STAFF:
                raise TooFewStaff(errors=(_fault("staff", TooFewStaff),))
            return {"staff": staff, "checked_in_at": now.at}
        case State.CLOSED:
            if len(entry.minutes) < LEAST_MINUTES:
                raise MinutesMissing(errors=(_fault("minutes", MinutesMissing),))
            sealed = seals.seal(entry.minutes, place=f"{card.card_no}/minutes")
            return {"minutes_sealed": sealed, "checked_out_at": now.at}
        case State.MISSED:
            if now.at < card.ends_at:
                raise TooEarly
            return {}
        case _:
            return {}


def _fault(field: str, problem: type[Problem]) -> FieldError:
    return FieldError(f"body.{field}", zh=problem.remedy_zh, en=problem.remedy_en)


def _said(card: Card, now: Moment) -> AppointmentMoved:
    return AppointmentMoved(
        card_no=card.card_no,
        state=card.state.value,
        place=card.place.value,
        channel=card.channel.value,
        starts_at=card.starts_at,
        case_no=card.case_no,
        staff=card.staff,
        moved_by=card.moved_by,
        moved_at=now.at,
    )
