"""One request to a page: who comes, in which language, and how to ask the services and answer with a page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.console import rendering, sessions
from services.console.backends import Asking
from services.console.deps import Deps
from services.console.languages import language_wanted, say
from services.console.menus import menu_of
from services.console.sessions import Session
from services.kernel.identity import NotAllowed, Permission, Person, may
from services.kernel.problem import Language, Problem
from services.kernel.store import Conflict

_SEE_OTHER: Final = 303
_PERMISSIONS: Final = {permission.value: permission for permission in Permission}


class SignInFirst(Problem):
    """Nobody is signed in, or no longer."""

    status = 401
    code = "sign-in-first"
    zh = "请先登录"
    en = "please sign in first"
    remedy_zh = "登录后会回到这一页，已保存的草稿不会丢失"
    remedy_en = "you will come back to this page afterwards; saved drafts are kept"
    headers: ClassVar[dict[str, str]] = {}


class PasswordFirst(Problem):
    """The password was given by somebody else: another one comes first."""

    status = 403
    code = "password-first"
    zh = "请先修改初始密码"
    en = "please choose a password of your own first"
    remedy_zh = "修改后即可继续"
    remedy_en = "then go on"


class OpenDraftFirst(Problem):
    """No draft is open in this browser, or no longer."""

    status = 401
    code = "open-draft-first"
    zh = "请先用草稿编号和密码打开草稿"
    en = "please open your draft with its number and password first"
    remedy_zh = "已保存的内容都还在"
    remedy_en = "everything saved is still there"


class ForeignForm(Problem):
    """A form that was not filled in on our pages, or on one of a session that is over."""

    status = 403
    code = "foreign-form"
    zh = "该请求不是由本系统当前打开的页面提交的"
    en = "this was not sent from a page of this system that is open now"
    remedy_zh = "请返回上一页，刷新后重新提交"
    remedy_en = "go back, reload the page and send it again"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes, and what a page needs."""

    request: Request
    deps: Deps
    language: Language
    session: Session | None
    someone: Person | None

    @property
    def who(self) -> Person:
        """The person who is signed in. Raises SignInFirst."""
        if self.someone is None:
            raise SignInFirst
        return self.someone

    @property
    def english(self) -> bool:
        """Whether the reader wants English."""
        return self.language is Language.EN

    @property
    def now(self) -> datetime:
        """The office's time."""
        return self.deps.clock.now()

    @property
    def api(self) -> Asking:
        """The services, asked as the person who is signed in; as the public when nobody is."""
        client = self.request.client.host if self.request.client and self.someone is None else None
        return Asking(self.deps.backends, self.someone, language=self.language, client=client)

    @property
    def is_partial(self) -> bool:
        """Whether a page that is open asks for a part of itself."""
        return self.request.headers.get("hx-request") == "true"

    def may(self, permission: Permission) -> bool:
        """Whether the person may do this; for what a page offers. The services decide."""
        return self.someone is not None and may(self.someone, permission)

    def say(self, text: str) -> str:
        """A text in the reader's language."""
        return say(text, self.language)

    def page(self, template: str, /, *, status: int = 200, studio: bool = False, **context: Any) -> HTMLResponse:  # noqa: ANN401 - what templates take
        """The template as a whole answer."""
        return rendering.answer(self.text(template, **context), status=status, studio=studio)

    def text(self, template: str, /, **context: Any) -> str:  # noqa: ANN401 - what templates take
        """The template, filled: `me`, `menu`, `csrf`, `path`, `now`, `office`, `can` are always there."""
        settings = self.deps.settings
        given = {
            "me": self.someone,
            "menu": menu_of(self.someone) if self.someone else [],
            "csrf": self.session.csrf if self.session else "",
            "path": self.request.url.path,
            "here": _here(self.request),
            "now": self.now,
            "office": settings.bureau_name_en if self.english else settings.bureau_name,
            "idle_minutes": settings.idle_minutes,
            "can": lambda name: self.may(_PERMISSIONS[name]),
            "large": self.request.cookies.get("size") == "large",
            "contrast": self.request.cookies.get("contrast") == "high",
        }
        return rendering.html(template, self.language, **(given | context))

    def see(self, address: str) -> RedirectResponse:
        """Go on at another page of ours after something was done (303)."""
        return RedirectResponse(address, status_code=_SEE_OTHER)


async def visit_of(request: Request) -> Visit:
    """The visit of a request; made once for each."""
    known = getattr(request.state, "visit", None)
    if isinstance(known, Visit):
        return known
    deps: Deps = request.app.state.deps
    session = await _session(deps, request)
    someone = await _person(deps, session)
    visit = Visit(request, deps, language_wanted(request), session if someone else None, someone)
    request.state.visit = visit
    return visit


async def signed_in(visit: Annotated[Visit, Depends(visit_of)]) -> Visit:
    """A dependency: somebody is signed in, whoever it is. Raises SignInFirst."""
    if visit.someone is None:
        raise SignInFirst
    return visit


def holding(permission: Permission) -> Callable[[Visit], Awaitable[Visit]]:
    """A dependency: somebody is signed in who may do this. Raises SignInFirst, PasswordFirst, NotAllowed."""

    async def visit(visit: Annotated[Visit, Depends(signed_in)]) -> Visit:
        if visit.session is not None and visit.session.must_change:
            raise PasswordFirst
        if not may(visit.who, permission):
            raise NotAllowed(permission=permission.value, permission_zh=permission.zh)
        return visit

    return visit


Anybody = Annotated[Visit, Depends(visit_of)]
SignedIn = Annotated[Visit, Depends(signed_in)]


def cookie_name(deps: Deps) -> str:
    """The session's cookie; with TLS its name forbids other domains to set it (RFC 6265bis §4.1.3.2)."""
    return "__Host-sid" if deps.settings.is_secure else "sid"


def sign_in_address(request: Request) -> str:
    """The page for signing in, from which one comes back here."""
    return f"/login?next={quote(_here(request), safe='')}"


def _here(request: Request) -> str:
    """The page that the reader sees: of a part, the page around it; where something was sent, the page it came from."""
    if (shown := request.headers.get("hx-current-url")) or request.method not in {"GET", "HEAD"}:
        address = shown or request.headers.get("referer", "")
        _, _, rest = address.partition("://")
        return f"/{rest.partition('/')[2]}"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


async def _session(deps: Deps, request: Request) -> Session | None:
    cookie = request.cookies.get(cookie_name(deps))
    found = await deps.sessions.find(sessions.key_of(cookie)) if cookie else None
    if found is None:
        return None
    session, revision = found
    now, settings = deps.clock.wall(), deps.settings
    if sessions.is_over(session, now=now, longest=settings.longest):
        return None
    if now - session.seen_at > sessions.FRESH_FOR:
        session = sessions.seen(session, now=now, idle=settings.idle)
        try:
            await deps.sessions.save(session, revision)
        except Conflict:  # another click of the same person said the same just now
            return session
    return session


async def _person(deps: Deps, session: Session | None) -> Person | None:
    if session is None:
        return None
    person = await deps.books.person(session.code)
    if person is None or session.roles is None:
        return person
    return person.model_copy(update={"roles": person.roles & frozenset(session.roles)})
