"""A new query password at the window: the old one is void from that moment, and the record says who came."""

from datetime import date
from enum import StrEnum
from typing import Final

from services.intake.applications import Line, Number
from services.intake.cases.parties import Bearer, capacity_of, holders, sealed_party
from services.intake.cases.receiving import refuse_foreign_township
from services.intake.cases.records import Capacity, Case, QueryPassword, Reissue
from services.intake.moments import Moment
from services.intake.submissions import Submission
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.seals import Seals


class IdentityDocument(StrEnum):
    """The paper that was looked at: 居民身份证, 营业执照 or 统一社会信用代码证书."""

    RESIDENT_ID = "resident_id"
    BUSINESS_LICENCE = "business_licence"
    CREDIT_CODE_CERTIFICATE = "credit_code_certificate"


class ReissueEntry(Request, frozen=True):
    """Who asks for a new password, as read off the identity document seen."""

    identity_document: IdentityDocument = IdentityDocument.RESIDENT_ID
    holder_name: Line
    holder_id_no: Number
    authorisation: Line | None = None


class TooManyReissues(Problem):
    """The password was given anew so often that something else is wrong."""

    status = 409
    code = "too-many-reissues"
    zh = "案件 {case_no} 的查询密码已补发 {count} 次"
    en = "the query password of case {case_no} was given anew {count} times already"
    remedy_zh = "请当面为申请人查询，并请系统管理员查明原因"
    remedy_en = "look the case up for the applicant at the window, and let the operator find out why"


MOST_REISSUES: Final = 50


def refuse_reissue(case: Case, entry: ReissueEntry, *, who: Person, seals: Seals, today: date) -> Capacity:
    """In which capacity the holder asks; raises what speaks against a new password."""
    refuse_foreign_township(case.township, who)
    if len(case.reissues) >= MOST_REISSUES:
        raise TooManyReissues(case_no=case.case_no, count=len(case.reissues))
    bearer = Bearer(name=entry.holder_name, number=entry.holder_id_no, authorisation=entry.authorisation)
    on_file = holders(case, seals=seals)
    return capacity_of(bearer, on_file, case_no=case.case_no, where="body.holder_id_no", today=today)


def reissue(
    case: Case, entry: ReissueEntry, *, who: Person, seals: Seals, hashed: str, request: Submission, now: Moment
) -> Case:
    """The case with the new password in force; unchanged for the same `request` again."""
    if any(known.submission.answers(request) for known in case.reissues):
        return case
    issue = case.password.issue + 1
    place = f"{case.case_no}/reissue/{issue}"
    record = Reissue(
        submission=request,
        issue=issue,
        at=now.at,
        by=who.code,
        holder=sealed_party(entry.holder_name, entry.holder_id_no, seals=seals, place=place),
        capacity=refuse_reissue(case, entry, who=who, seals=seals, today=now.on),
        identity_document=entry.identity_document.value,
        authorisation=entry.authorisation,
    )
    password = QueryPassword(hashed=hashed, issue=issue, issued_at=now.at)
    return case.model_copy(update={"password": password, "reissues": (*case.reissues, record)})
