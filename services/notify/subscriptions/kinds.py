"""What other systems may be told: for each kind of event the fields that leave, by the scope of the subscription.

A field that stands in no list never leaves, whatever is added to an event later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from services.contracts.events import Envelope, Said
from services.contracts.intake import CaseDelivered, CaseReceived, DocumentIssued, ObjectionAnswered, ObjectionReceived
from services.contracts.supervision import LightChanged
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    CaseResumed,
    CaseStarted,
    CaseSuspended,
    ExpectedDateMoved,
    MilestoneReached,
    TaskCompleted,
    TaskOpened,
    TimerHeld,
    TimerResumed,
)


class Scope(StrEnum):
    """How much a subscription is told."""

    PLAIN = "plain"
    """Numbers, kinds, states and dates: nothing that names a person, a project or what was applied for."""
    CASE = "case"
    """Also the title and facts of a case and which officer acted; for this a legal basis must be named."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one kind of event that leave: to everybody, and with the scope `case` besides."""

    plain: frozenset[str]
    case: frozenset[str] = frozenset()

    def of(self, scope: Scope) -> frozenset[str]:
        """Those that this scope is told."""
        return self.plain | self.case if scope is Scope.CASE else self.plain


def _fields(plain: str, case: str = "") -> Fields:
    return Fields(frozenset(plain.split()), frozenset(case.split()))


_CLOCK: Final = "case_no item_code clock_id kind name element post department limit_workdays started_on due_on due_at"

TELLS: Final[Mapping[type[Said], Fields]] = {
    CaseReceived: _fields(
        "case_no item_code situation received_at received_on expected_collection_on department township channel",
        "title facts documents received_by",
    ),
    CaseStarted: _fields("case_no item_code situation process_key version department township", "title"),
    CaseAccepted: _fields("case_no accepted_on deemed promised_due_on statutory_due_on provisional"),
    CaseSuspended: _fields("case_no at", "person reason"),
    CaseResumed: _fields("case_no at", "person reason"),
    CaseDecided: _fields(
        "case_no outcome decided_on promised_overdue_workdays statutory_overdue_workdays", "decided_by"
    ),
    CaseEnded: _fields("case_no outcome end_element ended_at"),
    CaseDelivered: _fields("case_no delivered_at delivered_on proof_no", "delivered_by"),
    DocumentIssued: _fields(
        "case_no document_id kind name name_en number issued_on issued_at to_applicant sha256 size file"
    ),
    ExpectedDateMoved: _fields("case_no was_due_on promised_due_on", "reason"),
    MilestoneReached: _fields("case_no milestone name reached_at", "facts"),
    TaskOpened: _fields(
        "case_no task_id element name name_en kind post department opened_at due_on hold", "title assignee"
    ),
    TaskCompleted: _fields(
        "case_no task_id element name post department completed_at completed_on due_on overdue_workdays channel",
        "person",
    ),
    TimerHeld: _fields(f"{_CLOCK} held_at ground basis notice_no", "title person"),
    TimerResumed: _fields(f"{_CLOCK} resumed_at was_due_on held_workdays", "title person"),
    LightChanged: _fields(
        "case_no clock_id kind name light was case_light rule rule_version department due_on overdue_workdays"
        " changed_at",
        "title person",
    ),
    ObjectionReceived: _fields("case_no objection_no notice_no wants_hearing received_at"),
    ObjectionAnswered: _fields("case_no objection_no verdict answered_at", "answered_by"),
}
"""All that can be subscribed to. Contacts, messages, opinions and answers of forms are in no list."""

BY_TYPE: Final[Mapping[str, type[Said]]] = {kind.TYPE: kind for kind in TELLS}


def cloud_event(envelope: Envelope, kind: type[Said], scope: Scope) -> str:
    """The event as it is told: CloudEvents 1.0 in JSON, with only what the scope allows."""
    allowed = TELLS[kind].of(scope)
    told: dict[str, Any] = envelope.model_dump(
        mode="json",
        include={"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "sequence"},
    )
    data = {name: value for name, value in envelope.data.items() if name in allowed}
    return Envelope.model_validate(told | {"data": data}).model_dump_json(
        exclude={"traceparent", "previous", "salt", "hash"}
    )
