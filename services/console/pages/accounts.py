"""Local accounts over HTTP: the registrar gives a person a first password."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from services.console import accounts
from services.console.accounts import Account, PasswordTooSimple
from services.console.deps import Deps
from services.kernel import logs
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import LARGEST_PAGE, Request
from services.kernel.store import AlreadyExists, Conflict

log = logs.get(__name__)
router: Final = APIRouter()

Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


class FirstPassword(Request, frozen=True):
    """A password for a person; `must_change` asks for another one at the first sign-in."""

    password: Annotated[str, Field(max_length=200)]
    must_change: bool = True


class AccountView(BaseModel, frozen=True):
    """An account without its secrets."""

    code: str
    must_change: bool


@router.get("/accounts", summary="账号列表")
async def list_accounts(
    deps: Annotated[Deps, Depends(deps_of)], _who: Annotated[Person, Depends(allowed(Permission.REGISTRY_EDIT))]
) -> tuple[AccountView, ...]:
    """Who has an account here."""
    known = await deps.accounts.query({}, sort=[("_id", 1)], limit=10 * LARGEST_PAGE)
    return tuple(AccountView(code=one.code, must_change=one.must_change) for one in known)


@router.put("/accounts/{code}", summary="设置账号密码", responses=problems(PasswordTooSimple, Conflict))
async def put_account(
    deps: Annotated[Deps, Depends(deps_of)],
    who: Annotated[Person, Depends(allowed(Permission.REGISTRY_EDIT))],
    code: Code,
    entry: FirstPassword,
) -> AccountView:
    """Set a person's password; unlocks the account. The person need not be heard of yet."""
    accounts.check_new(code, entry.password)
    hashed = await deps.passwords.hash(entry.password)
    update = {"hash": hashed, "must_change": entry.must_change, "wrong": 0, "locked_until": None}
    try:
        await deps.accounts.create(Account(code=code, hash=hashed, must_change=entry.must_change))
    except AlreadyExists:
        await deps.accounts.change(code, lambda one: (one.model_copy(update=update), ()))
    log.info("password set", account=code, by=who.code)
    return AccountView(code=code, must_change=entry.must_change)
