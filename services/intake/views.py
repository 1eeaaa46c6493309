"""What staff see of a case: everything but the personal numbers, which are masked."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from services.contracts.intake import ReceivedDocument
from services.contracts.words import Channel, Light, Outcome
from services.intake.applications import ApplicantKind
from services.intake.cases import (
    Capacity,
    Case,
    Delivery,
    Hold,
    Status,
    Step,
    WithdrawalState,
    holders,
    phone,
    withdrawal_state,
)
from services.kernel.seals import Seals


class CaseLine(BaseModel, frozen=True):
    """A case in a list."""

    case_no: str
    item_code: str
    item_name: str
    situation: str
    title: str
    applicant: str
    department: str
    township: str | None
    received_on: date
    expected_collection_on: date
    status: Status
    status_text: str
    steps: tuple[str, ...]
    light: Light
    ready: bool
    corrections: tuple[str, ...]
    delivered_on: date | None


class PartyView(BaseModel, frozen=True):
    """A person or organisation, the number masked."""

    name: str
    number: str


class ApplicantView(PartyView, frozen=True):
    """The applicant, numbers masked."""

    kind: ApplicantKind
    phone: str
    agent: PartyView | None


class ProofOfService(BaseModel, frozen=True):
    """The proof of service (送达回证), the receiver's number masked."""

    case_no: str
    proof_no: str
    delivered_at: datetime
    delivered_on: date
    delivered_by: str
    receiver: PartyView
    capacity: Capacity
    authorisation: str | None
    signature: str


class ReissueView(BaseModel, frozen=True):
    """A query password given anew."""

    issue: int
    at: datetime
    by: str
    holder: PartyView
    capacity: Capacity
    identity_document: str
    authorisation: str | None


class CaseView(CaseLine, frozen=True):
    """A case in full."""

    situation_name: str
    channel: Channel
    applicant_view: ApplicantView
    facts: dict[str, Any]
    documents: tuple[ReceivedDocument, ...]
    received_at: datetime
    received_by: str
    accepted_on: date | None
    deemed: bool
    decided_on: date | None
    ready_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    withdrawal: WithdrawalState | None
    open_steps: tuple[Step, ...]
    holds: tuple[Hold, ...]
    password_issue: int
    reissues: tuple[ReissueView, ...]
    delivery: ProofOfService | None


class OnFile(BaseModel, frozen=True):
    """Somebody on file with the number in full."""

    capacity: Capacity
    name: str
    number: str


class ApplicantInFull(BaseModel, frozen=True):
    """Who is on file, for the clerk who must compare with an identity document or call."""

    case_no: str
    persons: tuple[OnFile, ...]
    phone: str


def line(case: Case) -> CaseLine:
    """The case as a line of a list."""
    return CaseLine(
        case_no=case.case_no,
        item_code=case.item_code,
        item_name=case.item_name,
        situation=case.situation,
        title=case.title,
        applicant=case.applicant.name,
        department=case.department,
        township=case.township,
        received_on=case.received_on,
        expected_collection_on=case.expected_collection_on,
        status=case.status,
        status_text=case.status.zh,
        steps=tuple(step.name for step in case.open_steps),
        light=case.progress.light,
        ready=case.status is Status.READY,
        corrections=told.defects if (told := case.correction_awaited) else (),
        delivered_on=case.delivery.delivered_on if case.delivery else None,
    )


def full(case: Case) -> CaseView:
    """The case as its page shows it."""
    progress, applicant = case.progress, case.applicant
    agent = PartyView(name=applicant.agent.name, number=applicant.agent.number_masked) if applicant.agent else None
    return CaseView(
        **line(case).model_dump(),
        situation_name=case.situation_name,
        channel=case.channel,
        applicant_view=ApplicantView(
            name=applicant.name,
            number=applicant.number_masked,
            kind=applicant.kind,
            phone=applicant.phone_masked,
            agent=agent,
        ),
        facts=case.facts,
        documents=case.documents,
        received_at=case.received_at,
        received_by=case.received_by,
        accepted_on=progress.accepted_on,
        deemed=progress.deemed,
        decided_on=progress.decided_on,
        ready_at=progress.ready_at,
        ended_at=progress.ended_at,
        outcome=progress.outcome,
        withdrawal=withdrawal_state(case),
        open_steps=case.open_steps,
        holds=case.holds,
        password_issue=case.password.issue,
        reissues=tuple(_reissues(case)),
        delivery=proof(case.case_no, case.delivery) if case.delivery else None,
    )


def _reissues(case: Case) -> list[ReissueView]:
    return [
        ReissueView(
            issue=each.issue,
            at=each.at,
            by=each.by,
            holder=PartyView(name=each.holder.name, number=each.holder.number_masked),
            capacity=each.capacity,
            identity_document=each.identity_document,
            authorisation=each.authorisation,
        )
        for each in case.reissues
    ]


def proof(case_no: str, delivery: Delivery) -> ProofOfService:
    """The proof of service as shown and printed."""
    return ProofOfService(
        case_no=case_no,
        proof_no=delivery.proof_no,
        delivered_at=delivery.delivered_at,
        delivered_on=delivery.delivered_on,
        delivered_by=delivery.delivered_by,
        receiver=PartyView(name=delivery.receiver.name, number=delivery.receiver.number_masked),
        capacity=delivery.capacity,
        authorisation=delivery.authorisation,
        signature=delivery.signature,
    )


def in_full(case: Case, *, seals: Seals) -> ApplicantInFull:
    """Names and numbers opened; whoever shows this records it."""
    persons = tuple(
        OnFile(capacity=capacity, name=name, number=number) for capacity, name, number in holders(case, seals=seals)
    )
    return ApplicantInFull(case_no=case.case_no, persons=persons, phone=phone(case, seals=seals))
