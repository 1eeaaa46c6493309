"""Answering a correction notice: case number and query password, and then the files for each of its items."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.apply.drafts import PATH
from services.console.pages.papers import chosen_files, named, parts
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, Visit

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

_COOKIE: Final = "correction"
_HEADER: Final = "Correction-Token"
_HOURS: Final = 4 * 3600
_SHUT: Final = "/apply/corrections?shut=1"
_ASKED_AGAIN: Final = frozenset({403, 409, 422, 423, 429})
_KEPT: Final = frozenset({409, 413, 415, 422})
_UNPROCESSABLE: Final = 422
_UNAUTHORISED: Final = 401

Json = Mapping[str, Any]


@router.get("/apply/corrections")
async def ask(
    visit: Anybody,
    case_no: Annotated[str, Query(max_length=64)] = "",
    shut: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """Case number and query password."""
    return visit.page("apply/correction_open.html", case_no=case_no, shut=bool(shut), refusal=None)


@router.post("/apply/corrections")
async def open_notice(
    visit: Anybody,
    case_no: Annotated[str, Form(max_length=200)] = "",
    query_password: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Open the notice; counted, locked and refused as the lookup is."""
    entry = {"case_no": case_no, "query_password": query_password}
    try:
        notice = await visit.api.post("intake", "/public/corrections", entry)
    except Refused as refused:
        if refused.status not in _ASKED_AGAIN:
            raise
        problem = refused.problem
        if refused.status == _UNPROCESSABLE:
            problem = {"detail": visit.say("请填写案件编号和查询密码"), "remedy": visit.say("两项都印在立案回执上")}
        context: dict[str, Any] = {"case_no": case_no, "shut": False, "refusal": problem}
        return visit.page("apply/correction_open.html", status=refused.status, **context)
    return _keep(visit, visit.see("/apply/corrections/items"), notice["token"])


@router.get("/apply/corrections/items")
async def items(visit: Anybody, added: Annotated[str, Query(max_length=3)] = "") -> Response:
    """The items of the notice, each with what was handed in for it."""
    return await _items(visit, added=added)


@router.post("/apply/corrections/items/{number}")
async def hand_in(visit: Anybody, number: Annotated[int, Path(ge=1, le=200)]) -> Response:
    """Hand in the files that were chosen for an item; or the page again with the reason why not."""
    chosen = chosen_files((await visit.request.form()).getlist("file"))
    if not chosen:
        none = {"detail": visit.say("还没有选择文件"), "remedy": visit.say("请先选择文件，再点上传")}
        return await _items(visit, problem=none, at=number, status=_UNPROCESSABLE)
    for file in chosen:
        try:
            path = f"/public/correction/papers/{number}/files"
            await _api(visit).upload("intake", path, parts(file), name=named(file))
        except Refused as refused:
            if refused.status == _UNAUTHORISED:
                return visit.see(_SHUT)
            if refused.status not in _KEPT:
                raise
            return await _items(visit, problem=refused.problem, at=number, status=refused.status)
    return visit.see(f"/apply/corrections/items?added={number}#item-{number}")


@router.post("/apply/corrections/leave")
async def go(visit: Anybody) -> Response:
    """Close the notice: this browser forgets it."""
    answer = visit.see("/q")
    answer.delete_cookie(_COOKIE, path=PATH, httponly=True, samesite="lax", secure=visit.deps.settings.is_secure)
    return answer


def _api(visit: Visit) -> Any:  # noqa: ANN401 - `Asking`, with a header more
    return visit.api.bearing(_HEADER, visit.request.cookies.get(_COOKIE, ""))


async def _items(
    visit: Visit, *, added: str = "", problem: Json | None = None, at: int = 0, status: int = 200
) -> Response:
    try:
        notice = await _api(visit).get("intake", "/public/correction")
    except Refused as refused:
        if refused.status != _UNAUTHORISED:
            raise
        return visit.see(_SHUT)
    refusal = None
    if problem is not None:
        errors = [{"where": f"file-{at}", "message": problem["detail"]}]
        refusal = {"detail": visit.say("文件没有上传"), "remedy": problem["remedy"], "errors": errors}
    context = {"notice": notice, "added": added, "refusal": refusal, "at": at}
    page = visit.page("apply/correction.html", status=status, limit=visit.deps.settings.upload_limit_mb, **context)
    return _keep(visit, page, notice["token"])


def _keep(visit: Visit, answer: Response, token: str) -> Response:
    secure = visit.deps.settings.is_secure
    answer.set_cookie(_COOKIE, token, max_age=_HOURS, path=PATH, httponly=True, samesite="lax", secure=secure)
    return answer
