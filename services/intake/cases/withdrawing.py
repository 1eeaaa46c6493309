"""Withdrawing an application before its decision (撤回申请): what the window registers; the process says if in time."""

from typing import Annotated, Final, Literal

from pydantic import StringConstraints

from services.contracts.events import Said
from services.contracts.intake import WithdrawalRequested
from services.contracts.words import Channel, Outcome
from services.intake.applications import Line, Number
from services.intake.cases.parties import Bearer, capacity_of, holders, sealed_party
from services.intake.cases.receiving import refuse_foreign_township
from services.intake.cases.records import Capacity, Case, Signed, Withdrawal
from services.intake.moments import Moment
from services.intake.submissions import Submission
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.seals import Seals

Signature = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]

WithdrawalState = Literal["asked", "withdrawn", "too_late"]
"""In hand; in effect; or without effect, because the decision was faster."""

ONLINE: Final = "applicant"
"""Who registered a withdrawal that came online: never a name."""


class WithdrawalEntry(Request, frozen=True):
    """Who brings the signed request to the window, as read off the identity document, and what they signed."""

    signer_name: Line
    signer_id_no: Number
    signature: Signature
    authorisation: Line | None = None


class TooLateToWithdraw(Problem):
    """The case is decided or closed: no application is left that could be withdrawn."""

    status = 409
    code = "too-late-to-withdraw"
    zh = "案件 {case_no} {standing}，不能再撤回申请"
    en = "case {case_no} is decided or closed ({standing}): its application cannot be withdrawn any more"
    remedy_zh = "取得许可后不再需要的，请申请注销；不服决定的，可以申请行政复议或者提起行政诉讼"
    remedy_en = "apply for cancellation if the licence is not needed; against the decision there are the legal remedies"


def may_be_withdrawn(case: Case) -> bool:
    """Whether, as far as the window has heard, the application still waits for its decision."""
    progress = case.progress
    return progress.decided_on is None and progress.ended_at is None and case.delivery is None


def withdrawal_state(case: Case) -> WithdrawalState | None:
    """Where a withdrawal stands; None if nobody asked for one."""
    if case.withdrawal is None:
        return None
    if case.progress.outcome is Outcome.WITHDRAWN:
        return "withdrawn"
    return "too_late" if case.progress.too_late or not may_be_withdrawn(case) else "asked"


def withdraw_online(case: Case, *, now: Moment) -> tuple[Case, tuple[Said, ...]]:
    """The case with the applicant's request, by number and password; asked again, nothing changes.

    Raises TooLateToWithdraw.
    """
    return _asked(
        case, Withdrawal(channel=Channel.ONLINE, registered_by=ONLINE, requested_at=now.at, recorded_at=now.wall)
    )


def withdraw_at_window(
    case: Case, entry: WithdrawalEntry, *, who: Person, seals: Seals, request: Submission, now: Moment
) -> tuple[Case, tuple[Said, ...]]:
    """The case with a signed request that a clerk registers; the same request again changes nothing.

    Raises TownshipNotYours, IdentityUnproven, NotEntitled, TooLateToWithdraw, KeyTaken.
    """
    refuse_foreign_township(case.township, who)
    known = case.withdrawal
    if known is not None and known.signed is not None and known.signed.submission.answers(request):
        return case, ()
    signed = Signed(
        submission=request,
        signer=sealed_party(entry.signer_name, entry.signer_id_no, seals=seals, place=f"{case.case_no}/signer"),
        capacity=_capacity(case, entry, seals=seals, now=now),
        authorisation=entry.authorisation,
        signature=entry.signature,
    )
    asked = Withdrawal(
        channel=Channel.WINDOW, registered_by=who.code, requested_at=now.at, recorded_at=now.wall, signed=signed
    )
    return _asked(case, asked)


def _capacity(case: Case, entry: WithdrawalEntry, *, seals: Seals, now: Moment) -> Capacity:
    bearer = Bearer(name=entry.signer_name, number=entry.signer_id_no, authorisation=entry.authorisation)
    on_file = holders(case, seals=seals)
    return capacity_of(bearer, on_file, case_no=case.case_no, where="body.signer_id_no", today=now.on)


def _asked(case: Case, asked: Withdrawal) -> tuple[Case, tuple[Said, ...]]:
    if case.withdrawal is not None and (may_be_withdrawn(case) or case.progress.outcome is Outcome.WITHDRAWN):
        return case, ()
    if not may_be_withdrawn(case):
        raise TooLateToWithdraw(case_no=case.case_no, standing=case.status.zh)
    said = WithdrawalRequested(
        case_no=case.case_no,
        channel=asked.channel,
        registered_by=asked.registered_by,
        requested_at=asked.requested_at,
    )
    return case.model_copy(update={"withdrawal": asked}), (said,)
