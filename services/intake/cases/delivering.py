"""Handing the result over at the collection window (出件窗口, B-33): identity, signature, proof of service."""

from typing import Annotated

from pydantic import StringConstraints

from services.contracts.events import Said
from services.contracts.intake import CaseDelivered
from services.intake.applications import Line, Number
from services.intake.cases.parties import Bearer, capacity_of, holders, sealed_party
from services.intake.cases.receiving import refuse_foreign_township
from services.intake.cases.records import Case, Delivery
from services.intake.moments import Moment
from services.intake.numbers import proof_no
from services.intake.submissions import Submission
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.seals import Seals

Signature = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class DeliveryEntry(Request, frozen=True):
    """Who takes the result, as read off the identity document, and what they signed."""

    receiver_name: Line
    receiver_id_no: Number
    signature: Signature
    authorisation: Line | None = None


class NotReadyForDelivery(Problem):
    """There is nothing to hand over yet."""

    status = 409
    code = "not-ready-for-delivery"
    zh = "案件 {case_no} 的审批结果尚未送到出件窗口，不能送达"
    en = "the result of case {case_no} has not reached the collection window yet"
    remedy_zh = "请等流程到达「待送达」节点后再办理"
    remedy_en = "wait until the process has reached its ready_for_delivery milestone"


class AlreadyDelivered(Problem):
    """The result was handed over before; it is handed over once."""

    status = 409
    code = "already-delivered"
    zh = "案件 {case_no} 已于 {delivered_on} 送达，送达回证 {proof_no}"
    en = "case {case_no} was delivered on {delivered_on}, proof of service {proof_no}"
    remedy_zh = "不能重复送达；需要副本的请按档案查询办理"
    remedy_en = "it cannot be delivered twice; copies are given by the archive"


def deliver(
    case: Case, entry: DeliveryEntry, *, who: Person, seals: Seals, request: Submission, now: Moment
) -> tuple[Case, tuple[Said, ...]]:
    """The delivered case and its event; unchanged and silent for the same `request` again."""
    refuse_foreign_township(case.township, who)
    if case.delivery is not None:
        if case.delivery.submission.answers(request):
            return case, ()
        raise AlreadyDelivered(
            case_no=case.case_no, delivered_on=case.delivery.delivered_on, proof_no=case.delivery.proof_no
        )
    if case.progress.ready_at is None or case.progress.ended_at is not None:
        raise NotReadyForDelivery(case_no=case.case_no)
    delivery = _handed_over(case, entry, who=who, seals=seals, request=request, now=now)
    return case.model_copy(update={"delivery": delivery}), (_said(case.case_no, delivery),)


def _handed_over(
    case: Case, entry: DeliveryEntry, *, who: Person, seals: Seals, request: Submission, now: Moment
) -> Delivery:
    bearer = Bearer(name=entry.receiver_name, number=entry.receiver_id_no, authorisation=entry.authorisation)
    capacity = capacity_of(
        bearer,
        holders(case, seals=seals),
        case_no=case.case_no,
        where="body.receiver_id_no",
        today=now.on,
    )
    return Delivery(
        submission=request,
        proof_no=proof_no(case.case_no),
        delivered_at=now.at,
        delivered_on=now.on,
        delivered_by=who.code,
        recorded_at=now.wall,
        receiver=sealed_party(bearer.name, bearer.number, seals=seals, place=f"{case.case_no}/receiver"),
        capacity=capacity,
        authorisation=entry.authorisation,
        signature=entry.signature,
    )


def _said(case_no: str, delivery: Delivery) -> CaseDelivered:
    return CaseDelivered(
        case_no=case_no,
        delivered_at=delivery.delivered_at,
        delivered_on=delivery.delivered_on,
        delivered_by=delivery.delivered_by,
        proof_no=delivery.proof_no,
    )
