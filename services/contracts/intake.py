"""What the window says."""

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel

from services.contracts.events import Said


class ReceivedDocument(BaseModel, frozen=True):
    """One paper as ticked on the checklist."""

    code: str
    name: str
    originals: int
    copies: int


class CaseReceived(Said, frozen=True):
    """The window took an application in and gave a filing receipt (立案回执, B-32)."""

    TYPE: ClassVar[str] = "guihua.intake.case.received.v1"

    case_no: str
    item_code: str
    situation: str
    title: str
    received_at: datetime
    received_on: date
    expected_collection_on: date
    department: str
    township: str | None
    facts: dict[str, Any]
    documents: tuple[ReceivedDocument, ...]
    received_by: str


class ContactGiven(Said, frozen=True):
    """How the applicant wants to be told. Personal data: only notify listens."""

    TYPE: ClassVar[str] = "guihua.intake.contact.given.v1"

    case_no: str
    name: str
    phone: str
    title: str
    expected_collection_on: date


class CaseDelivered(Said, frozen=True):
    """The collection window handed the result over against a signature (送达回证, B-33)."""

    TYPE: ClassVar[str] = "guihua.intake.case.delivered.v1"

    case_no: str
    delivered_at: datetime
    delivered_on: date
    delivered_by: str
    proof_no: str
