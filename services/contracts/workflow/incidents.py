"""What the process says of work on incidents: tries that failed, and values changed by two people."""

from datetime import datetime
from typing import Any, ClassVar

from services.contracts.events import Said


class IncidentRetried(Said, frozen=True):
    """The kept act was tried again and failed again; a try that goes through resolves the incident."""

    TYPE: ClassVar[str] = "guihua.workflow.incident.retried.v1"

    case_no: str
    incident_id: str
    element: str | None
    reason: str
    cause: str
    person: str
    tries: int
    at: datetime


class IncidentEditProposed(Said, frozen=True):
    """Somebody proposes to change values of the case, so that it can go on; another person decides."""

    TYPE: ClassVar[str] = "guihua.workflow.incident.edit_proposed.v1"

    case_no: str
    incident_id: str
    edit_id: str
    variables: dict[str, Any]
    answers: dict[str, Any]
    before: dict[str, Any]
    person: str
    reason: str
    at: datetime


class IncidentEditDecided(Said, frozen=True):
    """A proposed change was approved, and made in the same write, or rejected."""

    TYPE: ClassVar[str] = "guihua.workflow.incident.edit_decided.v1"

    case_no: str
    incident_id: str
    edit_id: str
    approved: bool
    proposed_by: str
    person: str
    remark: str
    at: datetime
