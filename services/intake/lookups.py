"""The public lookup by case number and query password (B-34), for the web page and the telephone alike."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, ClassVar, Final, TypeVar

from fastapi import Request as HttpRequest
from pydantic import StringConstraints

from services.intake.applications import Number
from services.intake.attempts import OF_A_NUMBER, OF_AN_ADDRESS, LookupLocked
from services.intake.audits import Audit, Deed, record
from services.intake.cases import Case
from services.intake.deps import Deps
from services.intake.documents.own import own_documents
from services.intake.gates import counted_address
from services.intake.statuses import PublicStatus, public_status
from services.kernel.problem import Problem
from services.kernel.requests import Request

T = TypeVar("T")

Find = Callable[[Deps, str], Awaitable[tuple[T, str] | None]]
"""What a number stands for and the hash of its password; None when there is no such number."""

EVEN: Final = 0.15
"""Seconds after which a refusal leaves, whatever it took to find out: well above what the work takes."""


class LookupRefused(Problem):
    """No such number, or not its password: nobody is told which."""

    status = 403
    code = "lookup-refused"
    zh = "案件编号或查询密码不正确"
    en = "the case number or the query password is wrong"
    remedy_zh = "请对照立案回执重新输入；连续错误 5 次将锁定 30 分钟"
    remedy_en = "compare with the filing receipt; five wrong tries lock the number for 30 minutes"
    headers: ClassVar[dict[str, str]] = {"Cache-Control": "no-store"}


class LookupEntry(Request, frozen=True):
    """What is printed on the receipt. Case, spaces and full-width characters do not matter."""

    case_no: Annotated[Number, StringConstraints(min_length=1)]
    query_password: Annotated[str, StringConstraints(min_length=1, max_length=64)]


async def look_up(deps: Deps, entry: LookupEntry, *, address: str) -> PublicStatus:
    """The public status of the case; raises LookupRefused, LookupLocked, TooManyLookups."""
    case = await proven_case(deps, entry, address=address)
    found = public_status(case, horizon=(await deps.copies.calendar()).horizon)
    return found.model_copy(update={"documents": await own_documents(deps, case)})


async def proven_case(deps: Deps, entry: LookupEntry, *, address: str) -> Case:
    """The case of somebody who knows number and password; raises as `look_up`."""
    return await proven(deps, entry, address=address, find=_case)


async def proven(deps: Deps, entry: LookupEntry, *, address: str, find: Find[T]) -> T:
    """What the number stands for, if its password is right; raises LookupRefused, LookupLocked, TooManyLookups.

    An unknown number goes the same way as a wrong password: counted, hashed, audited, refused at the same beat.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    is_gateway = address in deps.settings.gateway_addresses
    at = milliseconds(deps.clock.wall())
    by_address = f"address:{counted_address(address)}"
    if not is_gateway:  # before anything is written down: who asks too often shall not fill the trail either
        await deps.gate.enter(by_address, OF_AN_ADDRESS, at=at)
    try:
        opened = await _opened(deps, entry, find, at=at)
    except LookupRefused:
        await _note(deps, Deed.LOOKUP_REFUSED, entry, address=address)
        await asyncio.sleep(max(0.0, began + EVEN - loop.time()))
        raise
    except LookupLocked:
        await _note(deps, Deed.LOOKUP_LOCKED, entry, address=address)
        raise
    if not is_gateway:
        await deps.gate.forgive(by_address, OF_AN_ADDRESS, at=at)
    await _note(deps, Deed.LOOKED_UP, entry, address=address)
    return opened


def address_of(request: HttpRequest) -> str:
    """The caller's network address, as the proxies we trust give it."""
    return request.client.host if request.client else "unknown"


async def _opened(deps: Deps, entry: LookupEntry, find: Find[T], *, at: datetime) -> T:
    """What is found, if number and password fit and the number has tries left."""
    by_number = f"number:{entry.case_no}"
    await deps.gate.enter(by_number, OF_A_NUMBER, at=at)
    found = await find(deps, entry.case_no)
    if not await deps.passwords.matches(entry.query_password, found[1] if found else None) or found is None:
        raise LookupRefused
    await deps.gate.forget(by_number)
    return found[0]


async def _case(deps: Deps, number: str) -> tuple[Case, str] | None:
    found = await deps.cases.find(number)
    return (found[0], found[0].password.hashed) if found else None


def milliseconds(moment: datetime) -> datetime:
    """The moment as the database will give it back."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


async def _note(deps: Deps, deed: Deed, entry: LookupEntry, *, address: str) -> None:
    audit = Audit(deed=deed, case_no=entry.case_no, person=None, address=address, at=deps.clock.wall())
    await record(deps.audits, audit)
