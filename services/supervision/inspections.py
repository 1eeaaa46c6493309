"""Inspections (督查, A-31, A-33, A-37): one of four methods, a duty, a domain; what is found becomes matters."""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from services.contracts.events import Said
from services.kernel.requests import Reason, Request
from services.kernel.store import Body
from services.supervision.matters import Matter, Source, matter_id
from services.supervision.registering import MatterEntry, enter


class Method(StrEnum):
    """The four methods (A-31)."""

    ROUTINE = "routine"
    SPECIAL = "special"
    FOLLOW_UP = "follow_up"
    SPOT_CHECK = "spot_check"


class Domain(StrEnum):
    """The five domains (A-33)."""

    CONDUCT = "conduct"
    EFFICIENCY = "efficiency"
    RULES = "rules"
    INTEGRITY = "integrity"
    IMPLEMENTATION = "implementation"


Department = Annotated[str, Field(pattern=r"^[A-Z][0-9]{2,4}$")]


class Finding(Request, frozen=True):
    """Something found wrong: whose it is, and by when it must be right."""

    department: Department
    matter: Annotated[str, Field(min_length=2, max_length=200)]
    case_no: Annotated[str | None, Field(pattern=r"^[0-9A-Z]{10,40}$")] = None
    due_on: date


class InspectionEntry(Request, frozen=True):
    """An inspection as it is entered."""

    on: date
    method: Method
    domain: Domain
    duty: Annotated[str, Field(pattern=r"^D([1-9]|10|11)$")]
    campaign: Annotated[str | None, Field(min_length=2, max_length=100)] = None
    departments: Annotated[tuple[Department, ...], Field(min_length=1, max_length=40)]
    note: Reason
    findings: Annotated[tuple[Finding, ...], Field(max_length=40)] = ()


class Found(BaseModel, frozen=True):
    """A finding and the matter that it became."""

    department: str
    matter: str
    case_no: str | None
    due_on: date
    matter_id: str


class Inspection(Body, frozen=True):
    """One inspection with what was found; what is written down stays."""

    inspection_id: str
    on: date
    method: Method
    domain: Domain
    duty: str
    campaign: str | None
    departments: tuple[str, ...]
    note: str
    findings: tuple[Found, ...]
    matter_ids: tuple[str, ...]
    by: str
    at: datetime


def inspection_id(source: str) -> str:
    """The key of an inspection: of the request that entered it."""
    return hashlib.sha256(f"inspection|{source}".encode()).hexdigest()[:24]


def inspect(key: str, entry: InspectionEntry, *, by: str, now: datetime) -> Inspection:
    """The record; every finding is a matter under a key that follows from it."""
    found = tuple(
        Found(**each.model_dump(), matter_id=matter_id(_file(key, each), f"inspection:{key}:{number}"))
        for number, each in enumerate(entry.findings, 1)
    )
    seen = tuple(sorted({*entry.departments, *(each.department for each in found)}))
    return Inspection(
        inspection_id=key,
        **entry.model_dump(exclude={"findings", "departments"}),
        departments=seen,
        findings=found,
        matter_ids=tuple(each.matter_id for each in found),
        by=by,
        at=now,
    )


def matter_of(
    inspection: Inspection, found: Found, *, no: str, recipients: tuple[str, ...]
) -> tuple[Matter, tuple[Said, ...]]:
    """The matter of a finding, step 登记."""
    entry = MatterEntry(
        title=found.matter,
        matter=found.matter,
        source=Source.INSPECTION,
        source_no=inspection.inspection_id,
        domain=inspection.domain,
        duty=inspection.duty,
        method=inspection.method,
        campaign=inspection.campaign,
        department=found.department,
        due_on=found.due_on,
        requirement=inspection.note,
        case_no=found.case_no,
    )
    return enter(found.matter_id, entry, no=no, recipients=recipients, by=inspection.by, now=inspection.at)


def _file(key: str, found: Finding | Found) -> str:
    """The case that a finding is about, or the inspection's own file."""
    return found.case_no or f"DC{key.upper()}"
