"""The filing receipt (立案回执, B-32): what the applicant takes home."""

from datetime import date, datetime
from urllib.parse import urlencode

from pydantic import BaseModel

from services.contracts.intake import ReceivedDocument
from services.contracts.words import Channel
from services.intake.cases import Case
from services.intake.cases.findings import Finding
from services.intake.settings import IntakeSettings


class Receipt(BaseModel, frozen=True):
    """A receipt as data. `query_password` is there only in the answer that hands it out, never again."""

    case_no: str
    bureau: str
    item_code: str
    item: str
    item_en: str
    situation: str
    situation_name: str
    title: str
    applicant: str
    applicant_number: str
    phone: str
    agent: str | None
    township: str | None
    township_name: str | None
    documents: tuple[ReceivedDocument, ...]
    received_at: datetime
    received_on: date
    received_by: str
    channel: Channel
    expected_collection_on: date
    expected_provisional: bool
    password_issue: int
    password_issued_at: datetime
    query_password: str | None
    status_url: str
    hall_address: str
    hall_hours: str
    inquiry_phone: str
    findings: tuple[Finding, ...] = ()
    """What was found about the permits that the application needs before it; for the clerk, not for the paper."""


def receipt_of(case: Case, *, settings: IntakeSettings, horizon: date, password: str | None = None) -> Receipt:
    """The receipt of a case, numbers masked. Dates after `horizon` (the calendar's) are provisional."""
    applicant = case.applicant
    return Receipt(
        case_no=case.case_no,
        bureau=settings.bureau_name,
        item_code=case.item_code,
        item=case.item_name,
        item_en=case.item_name_en,
        situation=case.situation,
        situation_name=case.situation_name,
        title=case.title,
        applicant=applicant.name,
        applicant_number=applicant.number_masked,
        phone=applicant.phone_masked,
        agent=applicant.agent.name if applicant.agent else None,
        township=case.township,
        township_name=case.township_name,
        documents=case.documents,
        received_at=case.received_at,
        received_on=case.received_on,
        received_by=case.received_by_name,
        channel=case.channel,
        expected_collection_on=case.expected_collection_on,
        expected_provisional=case.expected_collection_on > horizon,
        password_issue=case.password.issue,
        password_issued_at=case.password.issued_at,
        query_password=password,
        status_url=status_url(settings.status_url, case.case_no),
        hall_address=settings.hall_address,
        hall_hours=settings.hall_hours,
        inquiry_phone=settings.inquiry_phone,
        findings=case.findings,
    )


def status_url(page: str, case_no: str) -> str:
    """What the QR code says: the status page with the case number, and never the password."""
    return f"{page}{'&' if '?' in page else '?'}{urlencode({'case_no': case_no})}"
