"""Walking through all pages by their links, as each of the people of the office: one address for every route."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from fastapi.routing import APIRoute
from starlette.routing import Match

from services.console.pages import ROUTERS
from services.console.pages.routes import PageRoute
from tests.console.office import Desk, Office

PEOPLE: Final = ("u.window", "u.chief.d06", "u.head", "u.supervisor", "u.it", "u.ops", "u.registrar")
_LINK: Final = re.compile(r'<a [^>]*href="(/[^"#]*)"')
_NO_PAGES: Final = ("/static/", "/live", "/login/begin", "/login/back")
_MOST: Final = 400


@dataclass(frozen=True, slots=True)
class Found:
    """One address of a route, and who came there; nobody is signed in if `who` is None."""

    route: str
    address: str
    who: str | None


async def walk(office: Office) -> list[Found]:
    """One address for each route of pages that links lead to; for each person's start and the public's."""
    found: dict[str, Found] = {}
    async with office.visitor() as client:
        await _follow(Desk(client, ""), ["/"], None, found)
    for who in PEOPLE:
        async with office.signed_in(who) as desk:
            await _follow(desk, ["/start"], who, found)
    return list(found.values())


def routes() -> list[APIRoute]:
    """Every route of a page."""
    known = [route for router in ROUTERS for route in router.routes if isinstance(route, PageRoute)]
    return [route for route in known if "GET" in route.methods and not route.path.startswith(_NO_PAGES)]


async def _follow(desk: Desk, begin: Iterable[str], who: str | None, found: dict[str, Found]) -> None:
    seen, coming, first, files = set[str](), list(begin), set(begin), set[str]()
    while coming and len(seen) < _MOST:
        address = coming.pop(0)
        if address in seen or address.startswith(_NO_PAGES):
            continue
        route = route_of(address)
        if route in files or (route in found and found[route].who != who and address not in first):
            continue
        seen.add(address)
        answer = await desk.get(address)
        if answer.is_redirect:
            coming.append(answer.headers["location"])
            first |= {answer.headers["location"]} if address in first else set()
            continue
        if not answer.is_success:
            continue
        if "text/html" not in answer.headers["content-type"] or "content-disposition" in answer.headers:
            files |= {route} - {""}
            continue
        if route:
            found.setdefault(route, Found(route, address, who))
        coming += [link for link in map(unescape, _LINK.findall(answer.text)) if _is_new(link, seen, found)]


def _is_new(link: str, seen: set[str], found: dict[str, Found]) -> bool:
    return link not in seen and (route_of(link) not in found or link.count("/") == 1)


def route_of(address: str) -> str:
    """The path of the route that answers an address; empty when none does."""
    scope = {"type": "http", "method": "GET", "path": urlsplit(address).path, "root_path": "", "headers": []}
    matching = [route for route in routes() if route.matches(scope)[0] is Match.FULL]
    return matching[0].path if matching else ""
