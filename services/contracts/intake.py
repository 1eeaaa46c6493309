"""What the window says."""

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel

from services.contracts.events import Said
from services.contracts.words import Channel


class ReceivedDocument(BaseModel, frozen=True):
    """One paper as ticked on the checklist; `files` are those that came with an application online."""

    code: str
    name: str
    originals: int
    copies: int
    files: int = 0


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
    channel: Channel = Channel.WINDOW


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


class WithdrawalRequested(Said, frozen=True):
    """The applicant asks to withdraw the application (撤回申请); the process says whether that was in time.

    `registered_by` is who registered the signed request at the window, or `applicant` online.
    """

    TYPE: ClassVar[str] = "guihua.intake.withdrawal.requested.v1"

    case_no: str
    channel: Channel
    registered_by: str
    requested_at: datetime


class DocumentIssued(Said, frozen=True):
    """The bureau issued a paper: set, numbered, kept and never changed. `sha256` and `size` are of its PDF.

    `file` is where intake serves the PDF to staff; what stands in it the event does not say. A certificate has the kind
    `certificate`.
    """

    TYPE: ClassVar[str] = "guihua.intake.document.issued.v1"

    case_no: str
    document_id: str
    kind: str
    name: str
    name_en: str
    number: str
    issued_on: date
    issued_at: datetime
    to_applicant: bool
    sha256: str
    size: int
    file: str


class ObjectionReceived(Said, frozen=True):
    """Somebody objects to what is posted (公示异议). Who, and with what words, the event does not say."""

    TYPE: ClassVar[str] = "guihua.intake.objection.received.v1"

    case_no: str
    objection_no: str
    notice_no: str
    wants_hearing: bool
    received_at: datetime


class ObjectionAnswered(Said, frozen=True):
    """An objection was answered; `verdict` is `upheld`, `partly` or `rejected`."""

    TYPE: ClassVar[str] = "guihua.intake.objection.answered.v1"

    case_no: str
    objection_no: str
    verdict: str
    answered_by: str
    answered_at: datetime


class CaseRated(Said, frozen=True):
    """Somebody who had the case's password, or took its result, rated it (好差评); 1 is very bad, 5 very good.

    A bad one by somebody known (`real_name`) must be followed by a call within one working day (SL-24). What was
    written is not said here.
    """

    TYPE: ClassVar[str] = "guihua.intake.case.rated.v1"

    case_no: str
    item_code: str
    department: str
    level: int
    is_bad: bool
    real_name: bool
    reasons: tuple[str, ...]
    rated_at: datetime
    rated_on: date


class AppointmentMoved(Said, frozen=True):
    """An appointment was asked for, confirmed, cancelled, began, ended, or nobody came (预约接待卡, B-39, B-40).

    Who comes is not said; `staff` are those who were present.
    """

    TYPE: ClassVar[str] = "guihua.intake.appointment.moved.v1"
    KEY: ClassVar[str] = "card_no"

    card_no: str
    state: str
    place: str
    channel: str
    starts_at: datetime
    case_no: str
    staff: tuple[str, ...]
    moved_by: str | None
    moved_at: datetime


class ContactReported(Said, frozen=True):
    """Somebody of the office is said to have met an applicant without a reception card (SL-25)."""

    TYPE: ClassVar[str] = "guihua.intake.contact.reported.v1"
    KEY: ClassVar[str] = "report_no"

    report_no: str
    person: str
    case_no: str
    happened_on: date
    reported_at: datetime


class RatingContacted(Said, frozen=True):
    """The window called whoever gave a bad rating."""

    TYPE: ClassVar[str] = "guihua.intake.rating.contacted.v1"

    case_no: str
    contacted_by: str
    contacted_at: datetime
    contacted_on: date
