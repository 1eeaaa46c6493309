"""What is shown of objections: to whoever objected, to staff, and of the contact, to the window."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from services.intake.applications import Number
from services.intake.publicity.objections import Objection, Verdict, words_of
from services.kernel.requests import Request
from services.kernel.seals import Seals


class ObjectionReceipt(BaseModel, frozen=True):
    """What whoever objected is given. The password is shown once; it is None when the request comes again later."""

    objection_no: str
    notice_no: str
    received_at: datetime
    query_password: str | None


class ObjectionLookup(Request, frozen=True):
    """What stands on the receipt of an objection."""

    objection_no: Annotated[Number, StringConstraints(min_length=1)]
    query_password: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ObjectionStatus(BaseModel, frozen=True):
    """What whoever objected may know: no names of officers."""

    objection_no: str
    notice_no: str
    received_on: date
    answered_on: date | None
    verdict: Verdict | None
    answer: str


class ObjectionView(BaseModel, frozen=True):
    """An objection as staff see it: the words, the name and number masked."""

    objection_no: str
    case_no: str
    posting_id: str
    notice_no: str
    name: str
    phone: str
    text: str
    wants_hearing: bool
    received_at: datetime
    at_window: bool
    verdict: Verdict | None
    answer: str
    answered_by: str | None
    answered_at: datetime | None


class Contact(BaseModel, frozen=True):
    """Who objected, in full."""

    objection_no: str
    name: str
    phone: str


def receipt(objection: Objection, password: str | None) -> ObjectionReceipt:
    """The receipt."""
    return ObjectionReceipt(
        objection_no=objection.objection_no,
        notice_no=objection.notice_no,
        received_at=objection.received_at,
        query_password=password,
    )


def status(objection: Objection) -> ObjectionStatus:
    """How far it is."""
    told = objection.answer
    return ObjectionStatus(
        objection_no=objection.objection_no,
        notice_no=objection.notice_no,
        received_on=objection.received_on,
        answered_on=told.answered_on if told else None,
        verdict=told.verdict if told else None,
        answer=told.text if told else "",
    )


def view(objection: Objection, *, seals: Seals) -> ObjectionView:
    """For staff."""
    told = objection.answer
    return ObjectionView(
        objection_no=objection.objection_no,
        case_no=objection.case_no,
        posting_id=objection.posting_id,
        notice_no=objection.notice_no,
        name=objection.name_masked,
        phone=objection.phone_masked,
        text=words_of(objection, seals=seals),
        wants_hearing=objection.wants_hearing,
        received_at=objection.received_at,
        at_window=objection.received_by is not None,
        verdict=told.verdict if told else None,
        answer=told.text if told else "",
        answered_by=told.answered_by if told else None,
        answered_at=told.answered_at if told else None,
    )


def contact(objection: Objection, *, seals: Seals) -> Contact:
    """Name and telephone number, opened."""
    number = objection.objection_no
    return Contact(
        objection_no=number,
        name=seals.open(objection.name_sealed, place=f"{number}/name"),
        phone=seals.open(objection.phone_sealed, place=f"{number}/phone"),
    )
