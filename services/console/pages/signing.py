"""Signing in and out with a local account, and changing its password (A1)."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Response

from services.console import accounts, sessions
from services.console.accounts import Account, AccountLocked, PasswordTooSimple, SignInRefused
from services.console.deps import Deps
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, SignedIn, Visit, cookie_name
from services.kernel import logs
from services.kernel.problem import Problem

log = logs.get(__name__)
router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Text = Annotated[str, Form(max_length=200)]
Next = Annotated[str, Form(max_length=2000)]


@router.get("/login")
async def login_page(visit: Anybody, next: str = "/start") -> Response:  # noqa: A002 - the name in the address
    """The form for signing in."""
    if visit.someone is not None:
        return visit.see(own_address(next))
    return _login_page(visit, next)


@router.post("/login")
async def login(
    visit: Anybody,
    code: Text,
    password: Text,
    one_time: Text = "",
    next: Next = "/start",  # noqa: A002 - as above
) -> Response:
    """Sign in; a new session each time, so that a planted one is worth nothing."""
    code = code.strip()
    try:
        account = await _checked(visit.deps, code, password, one_time)
    except (SignInRefused, AccountLocked) as refusal:
        log.info("sign-in refused", code=refusal.code)
        return _login_page(visit, next, code=code, refusal=refusal)
    return await open_session(visit, account.code, own_address(next), must_change=account.must_change)


@router.post("/logout")
async def logout(visit: Anybody) -> Response:
    """Sign out: the session is over for whoever has its cookie."""
    if visit.session is not None:
        await _end(visit.deps, visit.session.key)
    answer = visit.see("/")
    answer.delete_cookie(cookie_name(visit.deps))
    return answer


@router.get("/password")
async def password_page(visit: SignedIn) -> Response:
    """The form for a new password."""
    return visit.page("password.html", refusal=None)


@router.post("/password")
async def change_password(visit: SignedIn, old: Text, new: Text, one_time: Text = "") -> Response:
    """Change one's own password; other browsers of the same person stay signed in until they are idle."""
    deps, code = visit.deps, visit.who.code
    try:
        account = await _checked(deps, code, old, one_time)
        accounts.check_new(code, new)
    except (SignInRefused, AccountLocked, PasswordTooSimple) as refusal:
        return visit.page("password.html", status=refusal.status, refusal=_words(visit, refusal))
    hashed = await deps.passwords.hash(new)
    await deps.accounts.change(
        account.code, lambda one: (one.model_copy(update={"hash": hashed, "must_change": False}), ())
    )
    assert visit.session is not None  # noqa: S101 - who is signed in has one
    await deps.sessions.change(visit.session.key, lambda one: (one.model_copy(update={"must_change": False}), ()))
    log.info("password changed", by=code)
    return visit.see("/start")


async def _checked(deps: Deps, code: str, password: str, one_time: str) -> Account:
    """The account, if password and one-time code are right and the person still works here.

    Raises SignInRefused, AccountLocked.
    """
    now = deps.clock.wall()
    if not deps.settings.local_accounts or await deps.accounts.find(code) is None:
        await deps.passwords.matches(password, None)
        raise SignInRefused
    account = await deps.accounts.change(code, lambda one: (accounts.entered(one, now=now), ()))
    is_right = await deps.passwords.matches(password, account.hash)
    if not is_right or await deps.books.person(code) is None:
        raise SignInRefused

    def decide(one: Account) -> tuple[Account, tuple[()]]:
        if not accounts.is_right_code(one, one_time, seals=deps.seals, now=now):
            raise SignInRefused
        return accounts.used(accounts.succeeded(one), one_time, seals=deps.seals, now=now), ()

    return await deps.accounts.change(code, decide)


async def open_session(visit: Visit, code: str, address: str, *, must_change: bool = False) -> Response:
    """Sign the person in with a new session, whatever there was before, and go on at `address`."""
    deps, settings = visit.deps, visit.deps.settings
    cookie, session = sessions.opened(code, now=deps.clock.wall(), idle=settings.idle, must_change=must_change)
    await deps.sessions.create(session)
    if visit.session is not None:
        await _end(deps, visit.session.key)
    log.info("signed in", by=code)
    answer = visit.see(address)
    answer.set_cookie(cookie_name(deps), cookie, path="/", secure=settings.is_secure, httponly=True, samesite="lax")
    return answer


async def _end(deps: Deps, key: str) -> None:
    now = deps.clock.wall()
    await deps.sessions.change(key, lambda session: (session.model_copy(update={"expires_at": now}), ()))


def own_address(address: str) -> str:
    """An address of ours to go on to; anything else is the start page, so that nobody is led away by a link."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\")) and not address.startswith("/login")
    return address if is_own else "/start"


def _login_page(visit: Visit, address: str, *, code: str = "", refusal: Problem | None = None) -> Response:
    return visit.page(
        "login.html",
        status=refusal.status if refusal else 200,
        next=own_address(address),
        code=code,
        refusal=_words(visit, refusal) if refusal else None,
        local=visit.deps.settings.local_accounts,
        provider=visit.deps.provider is not None,
    )


def _words(visit: Visit, refusal: Problem) -> dict[str, str]:
    return {"detail": refusal.detail(visit.language), "remedy": refusal.remedy(visit.language)}
