"""Appointments (预约): booked by anybody or on the telephone; the day's list, the reception card, the openings."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.desk.refusals import told
from services.console.pages.publicity import kept, typed
from services.console.pages.routes import PageRoute
from services.console.rendering import day
from services.console.visits import Anybody, Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Receiver = Annotated[Visit, Depends(holding(Permission.CASE_RECEIVE))]
CardNo = Annotated[str, Path(pattern=r"^JD[0-9]{8,20}$")]
Fields = Mapping[str, str]

_BOOKED: Final = ("slot_id", "name", "phone", "purpose", "case_no", "address")
_STAFF: Final = ("staff1", "staff2", "staff3")


@router.get("/appointments")
async def booking(visit: Anybody) -> Response:
    """What can be booked, and the form."""
    return await _booking(visit)


@router.post("/appointments")
async def book(visit: Anybody) -> Response:
    """The card with number and password, once; or the form again with the reason why not."""
    fields = await typed(visit)
    entry = {name: fields.get(name, "") for name in _BOOKED}
    at_desk = visit.may(Permission.CASE_RECEIVE)
    path, more = ("/appointments", {"channel": fields.get("channel", "phone")}) if at_desk else _PUBLICLY
    try:
        card = await visit.api.post("intake", path, entry | more, key=fields.get("key"))
    except Refused as refused:
        return await _booking(visit, fields=fields, refused=kept(refused))
    return visit.page("appointments/booked.html", card=card, name=fields.get("name", ""))


@router.get("/appointments/mine")
async def mine(visit: Anybody) -> Response:
    """The form for whoever booked."""
    return visit.page("appointments/mine.html", card=None, fields={}, **told(visit, None))


@router.post("/appointments/mine")
async def look_up(visit: Anybody) -> Response:
    """Where an appointment stands; it can be cancelled here."""
    fields = await typed(visit)
    entry = {name: fields.get(name, "") for name in ("card_no", "query_password")}
    path = "/public/appointments/cancel" if fields.get("do") == "cancel" else "/public/appointments/lookup"
    try:
        card = await visit.api.post("intake", path, entry)
    except Refused as refused:
        return visit.page("appointments/mine.html", card=None, fields=fields, **told(visit, kept(refused)))
    return visit.page("appointments/mine.html", card=card, fields=fields, **told(visit, None))


@router.get("/desk/appointments")
async def diary(
    visit: Receiver, on: Annotated[str, Query(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
) -> Response:
    """The appointments of a day, and those that wait to be confirmed."""
    try:
        shown = date.fromisoformat(on or day(visit.now))
    except ValueError:
        return visit.see("/desk/appointments")
    return visit.page(
        "appointments/diary.html",
        on=shown,
        before=shown - timedelta(days=1),
        after=shown + timedelta(days=1),
        cards=await visit.api.get("intake", "/appointments", on=shown.isoformat()),
        waiting=await visit.api.get("intake", "/appointments"),
    )


@router.get("/desk/appointments/openings")
async def openings(visit: Receiver) -> Response:
    """When which topic is received where."""
    return await _openings(visit)


@router.post("/desk/appointments/openings")
async def put_opening(visit: Receiver) -> Response:
    """Open a topic, change it, or close it."""
    fields = await typed(visit)
    entry = {
        "topic": fields.get("topic", ""),
        "topic_en": fields.get("topic_en", ""),
        "place": fields.get("place", ""),
        "times": fields.get("times", "").replace("，", " ").replace(",", " ").split(),
        "minutes": _number(fields.get("minutes", "")),
        "seats": _number(fields.get("seats", "1")),
        "is_open": "is_open" in fields,
    }
    key = "".join(letter for letter in fields.get("opening_id", "") if letter.isalnum() or letter in "_-")
    try:
        await visit.api.put("intake", f"/appointments/openings/{key or '-'}", entry)
    except Refused as refused:
        return await _openings(visit, fields=fields, refused=kept(refused))
    return visit.see("/desk/appointments/openings")


@router.get("/desk/appointments/{card_no}")
async def card(visit: Receiver, card_no: CardNo) -> Response:
    """The reception card in full, to print; what can be done with it now."""
    return await _card(visit, card_no)


@router.post("/desk/appointments/{card_no}")
async def move(visit: Receiver, card_no: CardNo) -> Response:
    """Confirm, cancel, check in, close, or record that nobody came."""
    fields = await typed(visit)
    staff = [fields[name] for name in _STAFF if fields.get(name)]
    entry = {"to": fields.get("to", ""), "staff": staff, "minutes": fields.get("minutes", "")}
    try:
        await visit.api.post("intake", f"/appointments/{card_no}/move", entry)
    except Refused as refused:
        return await _card(visit, card_no, fields=fields, refused=kept(refused))
    return visit.see(f"/desk/appointments/{card_no}")


_PUBLICLY: Final[tuple[str, dict[str, str]]] = ("/public/appointments", {})


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


async def _booking(visit: Visit, *, fields: Fields | None = None, refused: Refused | None = None) -> Response:
    found = await visit.api.get("intake", "/public/appointments/slots")
    days = [(on, list(each)) for on, each in groupby(found, key=lambda slot: day(slot["starts_at"]))]
    return visit.page(
        "appointments/booking.html",
        days=days,
        on_duty=await visit.api.get("intake", "/public/consultants"),
        at_desk=visit.may(Permission.CASE_RECEIVE),
        fields=fields or {},
        key=secrets.token_urlsafe(16),
        **told(visit, refused),
    )


async def _openings(visit: Visit, *, fields: Fields | None = None, refused: Refused | None = None) -> Response:
    found = await visit.api.get("intake", "/appointments/openings")
    return visit.page("appointments/openings.html", openings=found, fields=fields or {}, **told(visit, refused))


async def _card(
    visit: Visit, card_no: str, *, fields: Fields | None = None, refused: Refused | None = None
) -> Response:
    shown: dict[str, Any] = await visit.api.get("intake", f"/appointments/{card_no}")
    return visit.page(
        "appointments/card.html",
        card=shown,
        fields=fields or {},
        names=await visit.deps.books.names(),
        **told(visit, refused),
    )
