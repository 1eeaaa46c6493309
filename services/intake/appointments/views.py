"""What is shown of appointments: to who booked, in lists, and on the card, which the hall alone reads."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from services.intake.applications import Number
from services.intake.appointments.cards import Card, Channel, State
from services.intake.appointments.desk import opened
from services.intake.appointments.slots import Place
from services.intake.deps import Deps
from services.kernel.requests import Request


class CardLookup(Request, frozen=True):
    """What stands on the reception card."""

    card_no: Annotated[Number, StringConstraints(min_length=1)]
    query_password: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class CardStatus(BaseModel, frozen=True):
    """What who booked may know: no names of staff."""

    card_no: str
    topic: str
    place: Place
    starts_at: datetime
    ends_at: datetime
    state: State
    hall_address: str
    inquiry_phone: str


class CardReceipt(CardStatus, frozen=True):
    """The same when it was booked. The password is shown once; None when the request comes again later."""

    query_password: str | None


class CardLine(BaseModel, frozen=True):
    """A card in the day's list, who comes masked."""

    card_no: str
    topic: str
    place: Place
    starts_at: datetime
    ends_at: datetime
    state: State
    channel: Channel
    case_no: str
    name: str
    phone: str
    staff: tuple[str, ...]


class CardView(CardLine, frozen=True):
    """A card in full."""

    purpose: str
    address: str
    minutes: str
    booked_at: datetime
    booked_by: str | None
    checked_in_at: datetime | None
    checked_out_at: datetime | None


def status(deps: Deps, card: Card) -> CardStatus:
    """For who booked."""
    return CardStatus(**_shown(card, CardStatus), **_hall(deps))


def receipt(deps: Deps, card: Card, password: str | None) -> CardReceipt:
    """The same, with the password."""
    return CardReceipt(**_shown(card, CardReceipt), **_hall(deps), query_password=password)


def line(card: Card) -> CardLine:
    """For the list."""
    return CardLine(**_shown(card, CardLine), name=card.name_masked, phone=card.phone_masked)


def view(deps: Deps, card: Card) -> CardView:
    """In full."""
    told = {name: opened(deps, card, name) for name in ("name", "phone", "purpose", "address", "minutes")}
    return CardView(**_shown(card, CardView), **told)


def _shown(card: Card, model: type[BaseModel]) -> dict[str, object]:
    return card.model_dump(include=set(model.model_fields) & set(Card.model_fields))


def _hall(deps: Deps) -> dict[str, object]:
    return {"hall_address": deps.settings.hall_address, "inquiry_phone": deps.settings.inquiry_phone}
