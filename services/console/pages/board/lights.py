"""The board of lights (V1): how many of each, whose, and the worst; every number opens its list."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response

from services.console.charts import bars
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.contracts.words import Light
from services.kernel.identity import Permission
from services.kernel.requests import LARGEST_PAGE

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.SUPERVISION_READ))]
Department = Annotated[str, Query(max_length=40)]
After = Annotated[str, Query(max_length=200)]

_LIT: Final = (Light.YELLOW, Light.RED, Light.RED2)
_WORST: Final = 12
_WORST_ON_THE_WALL: Final = 13


@router.get("/board")
async def board(visit: Reader, *, wall: bool = False) -> Response:
    """The board; `wall` fills a screen of 1920 by 1080 that nobody touches."""
    shown = await visit.api.get("supervision", "/board")
    worst = await visit.api.get("supervision", "/clocks", limit=_WORST_ON_THE_WALL if wall else _WORST)
    projects = (await visit.api.get("supervision", "/projects", limit=1))["counted"]
    names = await visit.deps.books.department_names(english=visit.english)
    rows = [_row(one, names) for one in shown["departments"]]
    rows.sort(key=lambda row: (-row["red2"], -row["red"], -row["yellow"], row["department"]))
    template = "board/part.html" if visit.is_partial else "board/board.html"
    return visit.page(
        template,
        board=shown,
        projects=projects,
        rows=rows,
        bars=bars(rows, _LIT),
        worst=worst,
        names=names,
        wall=wall,
    )


@router.get("/board/lights")
async def lights(visit: Reader, department: Department = "", light: Light | None = None, after: After = "") -> Response:
    """The clocks behind a number of the board, the most serious first."""
    page = await visit.api.get(
        "supervision", "/clocks", department=department, light=light, limit=LARGEST_PAGE, after=after
    )
    names = await visit.deps.books.department_names(english=visit.english)
    counted = (await visit.api.get("supervision", "/board"))["departments"]
    lit = sorted({one["department"] for one in counted} | ({department} if department else set()))
    return visit.page("board/lights.html", page=page, names=names, lit=lit, department=department, light=light)


@router.get("/board/cases")
async def cases(visit: Reader, light: Light = Light.RED, after: After = "") -> Response:
    """The open cases that show a light."""
    page = await visit.api.get("supervision", "/lights", light=light, limit=LARGEST_PAGE, after=after)
    names = await visit.deps.books.department_names(english=visit.english)
    total = (await visit.api.get("supervision", "/board"))["cases"][light]
    return visit.page("board/cases.html", page=page, names=names, light=light, total=total)


def _row(count: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {**count, "name": names.get(count["department"], count["name"])}
