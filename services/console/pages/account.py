"""One's own account: one-time codes, and in which of one's roles one works just now."""

from typing import Annotated, Final

import pyotp
import segno
from fastapi import APIRouter, Form, Response

from services.console.accounts import Account, is_right_code
from services.console.pages.routes import PageRoute
from services.console.visits import SignedIn, Visit
from services.contracts.words import Role
from services.kernel import logs

log = logs.get(__name__)
router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

ROLES: Final = {
    Role.CLERK: "窗口人员",
    Role.OFFICER: "经办人员",
    Role.SECTION_CHIEF: "科室负责人",
    Role.LEADER: "分管领导",
    Role.BUREAU_HEAD: "局长",
    Role.SECRETARY: "会议秘书",
    Role.SUPERVISOR: "督查专员",
    Role.IT_STAFF: "流程管理员",
    Role.OPERATOR: "运行维护",
    Role.REGISTRAR: "名册管理员",
}


@router.get("/account")
async def account_page(visit: SignedIn) -> Response:
    """What one may set for oneself."""
    return await _page(visit)


@router.post("/account/roles")
async def choose_roles(visit: SignedIn, role: Annotated[Role | None, Form()] = None) -> Response:
    """Work in one of one's roles only, or in all of them again; a role that one does not have adds nothing."""
    assert visit.session is not None  # noqa: S101 - who is signed in has one
    roles = None if role is None else (role,)
    await visit.deps.sessions.change(
        visit.session.key, lambda session: (session.model_copy(update={"roles": roles}), ())
    )
    return visit.see("/start")


@router.post("/account/codes")
async def use_codes(
    visit: SignedIn, secret: Annotated[str, Form(pattern=r"^[A-Z2-7]{32}$")], code: Annotated[str, Form(max_length=20)]
) -> Response:
    """Ask for a one-time code (RFC 6238) at each sign-in from now on; the first one proves that it works."""
    if not pyotp.TOTP(secret).verify(code.strip(), valid_window=1):
        return await _page(visit, secret=secret, wrong=True)
    sealed = visit.deps.seals.seal(secret, place=f"totp:{visit.who.code}")
    await _change(visit, totp=sealed)
    return visit.see("/account")


@router.post("/account/codes/end")
async def end_codes(visit: SignedIn, code: Annotated[str, Form(max_length=20)]) -> Response:
    """Ask for no more codes; a right one proves that it is the owner who wishes so."""
    account, _ = await visit.deps.accounts.load(visit.who.code)
    if not is_right_code(account, code, seals=visit.deps.seals, now=visit.deps.clock.wall()):
        return await _page(visit, wrong=True)
    await _change(visit, totp=None)
    return visit.see("/account")


async def _change(visit: Visit, **update: str | None) -> None:
    def changed(account: Account) -> tuple[Account, tuple[()]]:
        return account.model_copy(update=update), ()

    await visit.deps.accounts.change(visit.who.code, changed)
    log.info("one-time codes changed", by=visit.who.code, used=update["totp"] is not None)


async def _page(visit: Visit, *, secret: str | None = None, wrong: bool = False) -> Response:
    account = await visit.deps.accounts.find(visit.who.code)
    whole = await visit.deps.books.person(visit.who.code)
    secret = secret or pyotp.random_base32()
    return visit.page(
        "account.html",
        status=422 if wrong else 200,
        roles=[(role, ROLES[role]) for role in ROLES if whole and role in whole.roles],
        acting=visit.session.roles if visit.session else None,
        has_account=account is not None,
        uses_codes=account is not None and account[0].totp is not None,
        secret=secret,
        picture=_picture(pyotp.TOTP(secret).provisioning_uri(name=visit.who.code, issuer_name="Guihua")),
        wrong=wrong,
    )


def _picture(text: str) -> str:
    """A QR code as the address of an image."""
    return segno.make(text, error="m").svg_data_uri(scale=4, border=2)
