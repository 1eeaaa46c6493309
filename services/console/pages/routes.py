"""What every page's route does besides its own work: refuses foreign forms, and shows what a service refused."""

from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.console.backends import Refused
from services.console.languages import language_wanted, say
from services.console.rendering import answer, html
from services.console.visits import (
    ForeignForm,
    OpenDraftFirst,
    PasswordFirst,
    SignInFirst,
    Visit,
    sign_in_address,
    visit_of,
)
from services.kernel.problem import Language, Problem

_SAFE: Final = frozenset({"GET", "HEAD"})
_CSRF_FIELD: Final = "csrf"
_CSRF_HEADER: Final = "x-csrf"
_MOST_FIELDS: Final = 5000
"""A table of two hundred light rules is one form."""
_NAMELESS: Final = "null"
"""The origin of what a page sends that tells no referrer, as the public's status page (WHATWG Fetch §3.2)."""
_TITLES: Final = {
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "方法不支持",
    409: "已有变化",
    413: "内容过大",
    422: "内容需要更正",
    423: "已锁定",
    429: "请求过于频繁",
    502: "外部系统出错",
    503: "暂不可用",
}


class PageRoute(APIRoute):
    """The route class of every router of pages: `APIRouter(route_class=PageRoute)`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own work, between the check of forms and the showing of refusals."""
        own = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if request.method not in _SAFE:
                await _check_form(request)
            try:
                return await own(request)
            except Refused as refused:
                return _show(request, refused.problem, status=refused.status)

        return handle


def shown(request: Request, problem: Problem) -> Response:
    """A page for a refusal of our own; who is not signed in, or has a foreign password or a shut draft, mends it."""
    if isinstance(problem, SignInFirst):
        return _sent_to(request, sign_in_address(request), status=401)
    if isinstance(problem, PasswordFirst):
        return _sent_to(request, "/password", status=403)
    if isinstance(problem, OpenDraftFirst):
        return _sent_to(request, "/apply?shut=1", status=401)
    language = language_wanted(request)
    errors = [{"where": one.where, "message": one.zh if language is Language.ZH else one.en} for one in problem.errors]
    told = {"detail": problem.detail(language), "remedy": problem.remedy(language), "errors": errors}
    return _show(request, told, status=problem.status, headers=problem.answer_headers())


def _sent_to(request: Request, address: str, *, status: int) -> Response:
    if request.headers.get("hx-request") == "true":
        return Response(status_code=status, headers={"HX-Redirect": address})
    return Response(status_code=303, headers={"Location": address, "Cache-Control": "no-store"})


def _show(request: Request, problem: dict[str, Any], *, status: int, headers: dict[str, str] | None = None) -> Response:
    """The whole page, or the words alone for a part of a page that is open."""
    language = language_wanted(request)
    context = {
        "title": say(_TITLES.get(status, "出错了"), language),
        "detail": problem.get("detail", ""),
        "remedy": problem.get("remedy", ""),
        "errors": problem.get("errors", []),
        "reference": request.scope.get("guihua.reference", "-"),
        "status": status,
    }
    partial = request.headers.get("hx-request") == "true"
    visit: Visit | None = getattr(request.state, "visit", None)
    template = "refusal_part.html" if partial else "refusal.html"
    text = visit.text(template, **context) if visit and not partial else html("refusal_part.html", language, **context)
    if visit is None and not partial:
        text = html("refusal_bare.html", language, **context)
    response = answer(text, status=status)
    response.headers.update(headers or {})
    if partial:
        response.headers.update({"HX-Retarget": "#alerts", "HX-Reswap": "innerHTML"})
    return response


async def _check_form(request: Request) -> None:
    """Raises ForeignForm unless the request was sent from a page of ours, in the session that is signed in."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    if origin == _NAMELESS:
        origin = None
    if site not in {"same-origin", "none"} or (origin and urlsplit(origin).netloc != request.headers.get("host")):
        raise ForeignForm
    visit = await visit_of(request)
    if visit.session is not None and await _token(request) != visit.session.csrf:
        raise ForeignForm


async def _token(request: Request) -> str:
    if (header := request.headers.get(_CSRF_HEADER)) is not None:
        return header
    if request.headers.get("content-type", "").partition(";")[0] == "application/json":
        return ""
    value = (await request.form(max_fields=_MOST_FIELDS)).get(_CSRF_FIELD)
    return value if isinstance(value, str) else ""
