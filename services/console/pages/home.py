"""The public's home page, and where those go who are signed in."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Response

from services.console.languages import COOKIE
from services.console.menus import start_page
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, SignedIn

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

_A_YEAR: Final = 365 * 86_400


@router.get("/")
async def home(visit: Anybody) -> Response:
    """What the public comes for (P1)."""
    return visit.page("home.html")


@router.get("/start")
async def start(visit: SignedIn) -> Response:
    """The page with which one's work begins."""
    return visit.see(start_page(visit.who))


@router.post("/look")
async def look(
    visit: Anybody,
    lang: Annotated[Literal["zh", "en"] | None, Form()] = None,
    size: Annotated[Literal["normal", "large"] | None, Form()] = None,
    contrast: Annotated[Literal["normal", "high"] | None, Form()] = None,
    back: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Choose language, large type or high contrast, and go back to the page."""
    answer = visit.see(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
    for name, value in ((COOKIE, lang), ("size", size), ("contrast", contrast)):
        if value is not None:
            answer.set_cookie(name, value, max_age=_A_YEAR, samesite="lax", secure=visit.deps.settings.is_secure)
    return answer
