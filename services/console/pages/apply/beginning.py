"""Choosing what to apply for, beginning a draft, and coming back to one."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.apply.drafts import flash, keep, leave
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, Visit

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

_SHOWN: Final = frozenset({403, 422, 423, 429})
_UNPROCESSABLE: Final = 422
_CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"


@router.get("/apply")
async def choose(visit: Anybody, shut: Annotated[str, Query(max_length=1)] = "") -> Response:
    """What can be applied for, and the way back to a draft."""
    return await _choices(visit, shut=bool(shut))


@router.post("/apply/open")
async def come_back(
    visit: Anybody,
    draft_no: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Open a draft with its number and password; counted, locked and refused as the lookup is."""
    entry = {"draft_no": draft_no, "password": password}
    try:
        opened = await visit.api.post("intake", "/public/drafts/open", entry)
    except Refused as refused:
        if refused.status not in _SHOWN:
            raise
        return await _choices(visit, draft_no=draft_no, refused=refused)
    return keep(visit, visit.see("/apply/draft"), opened["token"])


@router.post("/apply/leave")
async def go(visit: Anybody) -> Response:
    """Leave the draft: what is saved stays, this browser forgets it."""
    return leave(visit, visit.see("/apply"))


@router.get("/apply/{item_code}")
async def begin_page(
    visit: Anybody,
    item_code: Annotated[str, Path(pattern=_CODE)],
    situation: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """What one needs to know before one begins, and the situations to choose from."""
    return await _begin_page(visit, item_code, situation=situation)


@router.post("/apply/{item_code}")
async def begin(
    visit: Anybody,
    item_code: Annotated[str, Path(pattern=_CODE)],
    situation: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Begin a draft, and show its number and password."""
    entry = {"item_code": item_code, "situation": situation}
    try:
        opened = await visit.api.post("intake", "/public/drafts", entry)
    except Refused as refused:
        if refused.status not in _SHOWN:
            raise
        return await _begin_page(visit, item_code, situation=situation, refused=refused)
    answer = keep(visit, visit.see("/apply/draft"), opened["token"])
    return flash(visit, answer, opened["password"])


async def _choices(visit: Visit, *, shut: bool = False, draft_no: str = "", refused: Refused | None = None) -> Response:
    offers = await visit.api.get("intake", "/public/items")
    problem = refused.problem if refused else None
    if refused is not None and refused.status == _UNPROCESSABLE:
        problem = {"detail": visit.say("请填写草稿编号和密码"), "remedy": visit.say("两项在开始填写时显示过")}
    answer = visit.page(
        "apply/choose.html",
        status=refused.status if refused else 200,
        items=[offer["item"] for offer in offers],
        shut=shut,
        draft_no=draft_no,
        refusal=problem,
    )
    if refused is not None and "seconds" in refused.problem:
        answer.headers["Retry-After"] = str(refused.problem["seconds"])
    return answer


async def _begin_page(visit: Visit, item_code: str, *, situation: str, refused: Refused | None = None) -> Response:
    offer = await visit.api.get("intake", f"/public/items/{item_code}")
    problem = refused.problem if refused else None
    if refused is not None and refused.status == _UNPROCESSABLE:
        first = {"where": "situation-1", "message": visit.say("请选择情形")}
        problem = {
            "detail": visit.say("请选择情形"),
            "remedy": visit.say("不清楚的，可看办事指南或来电询问"),
            "errors": [first],
        }
    status = refused.status if refused else 200
    return visit.page(
        "apply/begin.html", status=status, offer=offer, item=offer["item"], situation=situation, refusal=problem
    )
