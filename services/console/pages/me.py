"""Oneself (O6): at the desk or out, who stands in, and for whom one stands in."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Response

from services.console.naming import colleagues, names_of
from services.console.pages.account import ROLES
from services.console.pages.routes import PageRoute
from services.console.visits import SignedIn
from services.contracts.words import Attendance

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/me")
async def me(visit: SignedIn, said: str = "") -> Response:
    """Attendance, deputy, posts and roles of whoever is signed in (O6)."""
    person = await visit.api.get("registry", f"/people/{visit.who.code}")
    names = await names_of(visit.deps.books, english=visit.english)
    others = await colleagues(visit.deps.books)
    stood_in_for = [one for one in others if one.deputy == visit.who.code]
    return visit.page(
        "me/me.html",
        person=person,
        posts=[names.signer(post) for post in person["posts"]],
        roles=[visit.say(ROLES[role]) for role in ROLES if role.value in person["roles"]],
        names=names,
        absent=[one.name for one in stood_in_for if one.attendance is Attendance.OUT_OF_OFFICE],
        stood_in_for=[one.name for one in stood_in_for],
        said=said,
    )


@router.post("/me/attendance")
async def attend(visit: SignedIn, attendance: Annotated[Attendance, Form()]) -> Response:
    """Say that one is at the desk, or out."""
    await visit.api.post("registry", f"/people/{visit.who.code}/attendance", {"attendance": attendance.value})
    return visit.see("/me?said=yes")
