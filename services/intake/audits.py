"""Who looked at what, when and from where (docs/domain.md §8): rows are added, never changed, and expire in years."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

from pydantic import BaseModel, Field

from services.kernel.audits import AuditLine, Outcome, Wanted, key_of, moment_of
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
    WITHDRAWAL_ASKED = "withdrawal_asked"
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


_PREFIX: Final = "intake.audit."
_REFUSED: Final = frozenset({Deed.LOOKUP_REFUSED, Deed.LOOKUP_LOCKED})


async def lines_of(trail: Aggregates[AuditRow], wanted: Wanted) -> list[AuditLine]:
    """The rows that are wanted as lines of the audit, newest first."""
    latest = [("body.at", -1), ("_id", -1)]
    rows = await trail.query(_filter(wanted), sort=latest, limit=wanted.limit)
    return [_line(row) for row in rows]


def _filter(wanted: Wanted) -> dict[str, Any]:
    where: dict[str, Any] = {"body.at": {"$gte": wanted.begins_at, "$lt": wanted.ends_at}}
    for name, value in (("person", wanted.person), ("case_no", wanted.about)):
        where |= {f"body.{name}": value} if value else {}
    if wanted.act is not None:
        where["body.deed"] = wanted.act.removeprefix(_PREFIX)
    if wanted.before is not None and (before := moment_of(wanted.before)) is not None:
        row_id = wanted.before.partition(".")[2]
        where["$or"] = [{"body.at": {"$lt": before}}, {"body.at": before, "_id": {"$lt": row_id}}]
    return where


def _line(row: AuditRow) -> AuditLine:
    return AuditLine(
        key=key_of(row.at, row.row_id),
        at=row.at,
        act=f"{_PREFIX}{row.deed}",
        person=row.person,
        about=row.case_no,
        outcome=Outcome.REFUSED if row.deed in _REFUSED else Outcome.DONE,
        address=row.address,
        told={"file": row.what} if row.what else {},
    )
