"""Who looked at what, when and from where (docs/domain.md §8): rows are added, never changed, and expire in years."""

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from pydantic import BaseModel, Field

from services.kernel.store import Aggregates, Body


class Deed(StrEnum):
    """What was done."""

    LOOKED_UP = "looked_up"
    LOOKUP_REFUSED = "lookup_refused"
    LOOKUP_LOCKED = "lookup_locked"
    APPLICANT_SHOWN = "applicant_shown"
    CERTIFICATE_CHECKED = "certificate_checked"
    DOCUMENT_TAKEN = "document_taken"
    FILE_ADDED = "file_added"
    FILE_SHOWN = "file_shown"
    CALLER_SHOWN = "caller_shown"
    OBJECTOR_SHOWN = "objector_shown"
    RECEIPT_PRINTED = "receipt_printed"
    PASSWORD_REISSUED = "password_reissued"  # noqa: S105 - the name of a deed


class Audit(BaseModel, frozen=True):
    """One row of the trail, in wall time. `person` is nobody for the public; `what` is the file that it was about."""

    deed: Deed
    case_no: str
    person: str | None
    address: str
    at: datetime
    what: str = ""


class AuditRow(Body, Audit, frozen=True):
    """A row as kept."""

    row_id: str = Field(default_factory=lambda: uuid4().hex)


async def record(trail: Aggregates[AuditRow], audit: Audit) -> None:
    """Add a row."""
    await trail.create(AuditRow(**audit.model_dump()))
