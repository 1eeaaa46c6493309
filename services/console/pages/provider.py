"""Signing in at the identity provider, and coming back from it."""

import secrets
from typing import Final

from fastapi import APIRouter, Response
from pydantic import ValidationError

from services.console.pages.routes import PageRoute
from services.console.pages.signing import open_session, own_address
from services.console.providers import Begun, Provider, ProviderRefused, begin
from services.console.visits import Anybody, Visit
from services.kernel import logs
from services.kernel.problem import NoSuchAddress, Problem
from services.kernel.seals import SealBroken

log = logs.get(__name__)
router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

_COOKIE: Final = "signing-in"
_SECONDS: Final = 600.0


class NotInTheBooks(Problem):
    """Who signed in is nobody who works here."""

    status = 403
    code = "not-in-the-books"
    zh = "您已通过统一身份认证，但名册中没有您的账号"
    en = "the identity provider knows you, but you are not in this office's books"
    remedy_zh = "请联系名册管理员登记"
    remedy_en = "ask the registrar to enter you"


@router.get("/login/begin")
async def begin_sign_in(visit: Anybody, next: str = "/start") -> Response:  # noqa: A002 - the name in the address
    """Go to the identity provider."""
    begun = begin(own_address(next), now=visit.deps.clock.wall().timestamp(), seconds=_SECONDS)
    answer = visit.see(await _provider(visit).address(begun))
    sealed = visit.deps.seals.seal(begun.model_dump_json(), place=_COOKIE)
    answer.set_cookie(
        _COOKIE,
        sealed,
        max_age=int(_SECONDS),
        path="/login",
        secure=visit.deps.settings.is_secure,
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get("/login/back")
async def come_back(visit: Anybody, code: str = "", state: str = "") -> Response:
    """Come back with the provider's code: the browser that began, and nobody else's, is signed in."""
    provider, begun = _provider(visit), _begun(visit)
    if begun is None or not code or not secrets.compare_digest(state, begun.state):
        raise ProviderRefused
    account = await provider.person(begun, code)
    if await visit.deps.books.person(account) is None:
        log.warning("signed in at the provider, but not in the books")
        raise NotInTheBooks
    answer = await open_session(visit, account, begun.next)
    answer.delete_cookie(_COOKIE, path="/login")
    return answer


def _provider(visit: Visit) -> Provider:
    if visit.deps.provider is None:
        raise NoSuchAddress
    return visit.deps.provider


def _begun(visit: Visit) -> Begun | None:
    """The sign-in that this browser began; None when there is none, or it is too old."""
    try:
        text = visit.deps.seals.open(visit.request.cookies.get(_COOKIE, ""), place=_COOKIE)
        begun = Begun.model_validate_json(text)
    except (SealBroken, ValidationError):
        return None
    return begun if visit.deps.clock.wall().timestamp() < begun.until else None
