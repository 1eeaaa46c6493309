"""What everybody may see: how far a case is (P2), the application guides (P3), granted licences."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, Visit

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

STATIONS: Final = (
    ("收件和受理", frozenset({"received"})),
    ("审查", frozenset({"in_review", "paused"})),
    ("作出决定", frozenset({"decided"})),
    ("可以取件", frozenset({"ready"})),
    ("送达办结", frozenset({"delivered", "ended"})),
)
"""The way of a case, and at which of its statuses it stands where."""

_DECISIONS: Final = frozenset({"granted", "granted_conditional", "refused", "done"})
"""Outcomes that come by a decision; with any other the case went no further than its review."""

_UNPROCESSABLE: Final = 422


@router.get("/q")
async def ask(visit: Anybody, case_no: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The form; the receipt's QR code brings the case number."""
    return _private(visit.page("public/query.html", case_no=case_no, found=None, refusal=None, here="/q"))


@router.post("/q")
async def look_up(
    visit: Anybody,
    case_no: Annotated[str, Form(max_length=200)] = "",
    query_password: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Where the case stands; counted, locked and refused as intake does, for whoever asks."""
    entry = {"case_no": case_no, "query_password": query_password}
    try:
        found = await visit.api.post("intake", "/public/lookup", entry)
    except Refused as refused:
        return _refused(visit, refused, case_no)
    context = {"found": found, "stations": stations(found), "case_no": found["case_no"]}
    return _private(visit.page("public/query.html", refusal=None, here="/q", **context))


@router.get("/items")
async def guides(visit: Anybody) -> Response:
    """The items that can be applied for."""
    offers = await visit.api.get("intake", "/public/items")
    return visit.page("public/guides.html", items=[offer["item"] for offer in offers])


@router.get("/items/{item_code}")
async def guide(
    visit: Anybody,
    item_code: Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")],
    situation: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The guide of one item; for a situation exactly the papers that the window asks for."""
    offer = await visit.api.get("intake", f"/public/items/{item_code}")
    item = offer["item"]
    if situation not in {"", *(one["code"] for one in item["situations"])}:
        return visit.see(f"/items/{item_code}")
    papers = [paper for paper in item["documents"] if asked(paper, situation)]
    return visit.page("public/guide.html", offer=offer, item=item, situation=situation, papers=papers)


@router.get("/results")
async def results(
    visit: Anybody,
    q: Annotated[str, Query(max_length=40)] = "",
    page: Annotated[int, Query(ge=1, le=200)] = 1,
) -> Response:
    """Granted licences, the newest first, all or those found."""
    try:
        found = await visit.api.get("intake", "/public/licences", q=q, page=page)
    except Refused as refused:
        if refused.code != "search-too-short":
            raise
        return visit.page(
            "public/results.html", status=_UNPROCESSABLE, q=q, page=page, found=None, refusal=refused.problem
        )
    return visit.page("public/results.html", q=q, page=page, found=found, refusal=None)


def asked(paper: Mapping[str, Any], situation: str) -> bool:
    """Whether a paper is asked for in a situation; with none chosen, all are shown."""
    return not situation or not paper["situations"] or situation in paper["situations"]


def stations(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The stations of a case on its way, each with `done`, `here` or `ahead`."""
    here = next(place for place, (_, statuses) in enumerate(STATIONS) if found["status"] in statuses)
    way = [name for name, _ in STATIONS]
    if found["status"] == "ended" and found["outcome"] not in _DECISIONS:
        way, here = [way[0], way[-1]], 1
    return [(name, "done" if place < here else "here" if place == here else "ahead") for place, name in enumerate(way)]


def _refused(visit: Visit, refused: Refused, case_no: str) -> Response:
    """The form again; the same page whether the number is unknown or the password wrong."""
    problem = refused.problem
    if refused.status == _UNPROCESSABLE:
        problem = {"detail": visit.say("请填写案件编号和查询密码"), "remedy": visit.say("两项都印在立案回执上")}
    answer = visit.page(
        "public/query.html", status=refused.status, case_no=case_no, found=None, refusal=problem, here="/q"
    )
    if "seconds" in problem:
        answer.headers["Retry-After"] = str(problem["seconds"])
    return _private(answer)


def _private(answer: Response) -> Response:
    """No address of ours goes on to where the reader goes next: it may hold a case number."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
