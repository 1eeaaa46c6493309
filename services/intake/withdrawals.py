"""Withdrawing an application (撤回申请) over HTTP: by query password, or by a signed request at the window."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import AwareDatetime, BaseModel

from services.contracts.words import Channel
from services.intake.attempts import LookupLocked, TooManyLookups
from services.intake.audits import Audit, Deed, record
from services.intake.cases import (
    Case,
    IdentityUnproven,
    NotEntitled,
    TooLateToWithdraw,
    TownshipNotYours,
    WithdrawalEntry,
    WithdrawalState,
    withdraw_at_window,
    withdraw_online,
    withdrawal_state,
)
from services.intake.deps import Deps
from services.intake.lookups import LookupEntry, LookupRefused, address_of, proven_case
from services.intake.moments import moment_of
from services.intake.queries import CaseNotFound, case_of
from services.intake.submissions import RequestKey
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey, KeyTaken

With = Annotated[Deps, Depends(deps_of)]
Receiver = Annotated[Person, Depends(allowed(Permission.CASE_RECEIVE))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$", examples=["51200020261123PT0500017"])]

withdrawals = APIRouter(tags=["withdrawals"])


class PublicWithdrawal(LookupEntry, frozen=True):
    """What is on the receipt, and that the applicant means it: a withdrawal cannot be taken back."""

    confirmed: Literal[True]


class WithdrawalView(BaseModel, frozen=True):
    """Where a withdrawal stands: asked for, in effect, or too late (`reason`) because the decision was faster."""

    case_no: str
    state: WithdrawalState
    channel: Channel
    requested_at: AwareDatetime
    reason: str


@withdrawals.post(
    "/public/withdrawals",
    tags=["public"],
    responses=problems(LookupRefused, LookupLocked, TooManyLookups, TooLateToWithdraw),
)
async def withdraw_by_password(deps: With, entry: PublicWithdrawal, request: Request) -> WithdrawalView:
    """Withdraw one's application before it is decided; asked again, the same answer."""
    address = address_of(request)
    asked = LookupEntry(case_no=entry.case_no, query_password=entry.query_password)
    proven = await proven_case(deps, asked, address=address)
    now = moment_of(deps.clock, deps.hours)
    case = await deps.cases.change(proven.case_no, lambda found: withdraw_online(found, now=now))
    await _note(deps, case, person=None, address=address)
    return view(case)


@withdrawals.post(
    "/cases/{case_no}/withdrawal",
    responses=problems(CaseNotFound, TownshipNotYours, IdentityUnproven, NotEntitled, TooLateToWithdraw, KeyTaken),
)
async def withdraw_by_paper(
    deps: With, who: Receiver, case_no: CaseNo, entry: WithdrawalEntry, request: Request, key: IdempotencyKey = None
) -> WithdrawalView:
    """Register a signed request to withdraw, against an identity document."""
    await case_of(deps, case_no, who)
    content = f"{case_no}\n{entry.model_dump_json()}"
    sent = RequestKey(key, who=who, action="withdraw", content=content, seals=deps.seals).submission
    now = moment_of(deps.clock, deps.hours)
    case = await deps.cases.change(
        case_no,
        lambda found: withdraw_at_window(found, entry, who=who, seals=deps.seals, request=sent, now=now),
    )
    await _note(deps, case, person=who.code, address=address_of(request))
    return view(case)


def view(case: Case) -> WithdrawalView:
    """Where the withdrawal of a case that was asked for stands."""
    asked = case.withdrawal
    assert asked is not None  # noqa: S101 - only cases whose withdrawal was asked for come here
    return WithdrawalView(
        case_no=case.case_no,
        state=withdrawal_state(case) or "asked",
        channel=asked.channel,
        requested_at=asked.requested_at,
        reason=case.progress.too_late,
    )


async def _note(deps: Deps, case: Case, *, person: str | None, address: str) -> None:
    row = Audit(deed=Deed.WITHDRAWAL_ASKED, case_no=case.case_no, person=person, address=address, at=deps.clock.wall())
    await record(deps.audits, row)
