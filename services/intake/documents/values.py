"""What the case and the office put into every document."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from services.contracts.workflow import Item
from services.intake.cases import Capacity, Case
from services.intake.settings import IntakeSettings
from services.kernel.documents import Value, written_date

_REMARK: Final = re.compile(r"（[^）]*）$")
_CAPACITIES: Final = {Capacity.APPLICANT: "申请人", Capacity.AGENT: "代理人", Capacity.AUTHORISED: "受委托人"}


def values_of(case: Case, item: Item | None, *, settings: IntakeSettings, on: date) -> dict[str, Value]:
    """The slots that any document may name, whatever the process said."""
    return {
        "applicant": case.applicant.name,
        "applicant_number": case.applicant.number_masked,
        "item": case.item_name,
        "title": case.title,
        "case_no": case.case_no,
        "received": written_date(case.received_on),
        "papers": tuple(
            (str(place), paper.name, str(paper.originals), str(paper.copies))
            for place, paper in enumerate(case.documents, start=1)
        ),
        "legal_basis": _grounds(item),
        "bureau": settings.bureau_name,
        "hall_address": settings.hall_address,
        "hall_hours": settings.hall_hours,
        "inquiry_phone": settings.inquiry_phone,
        "remedies": remedies(settings),
        "issued": written_date(on),
        **_public(case),
    }


def remedies(settings: IntakeSettings) -> str:
    """What can be done about a decision: 行政复议法 §20 (60 days), 行政诉讼法 §46 (six months)."""
    return (
        "如不服本决定，可以自知道本决定之日起六十日内依法向"
        f"{settings.reconsideration_organ}申请行政复议，也可以自知道本决定之日起六个月内依法直接向"
        f"{settings.court}提起行政诉讼。"
    )


def served(case: Case, documents: tuple[tuple[str, str], ...], *, settings: IntakeSettings) -> dict[str, Value]:
    """What the proof of service says; empty before the delivery. `documents` are the names and numbers handed over."""
    delivery = case.delivery
    if delivery is None:
        return {}
    return {
        "served": documents or ((case.item_name, case.case_no),),
        "delivered_at": f"{written_date(delivery.delivered_on)}",
        "delivered_by": delivery.delivered_by,
        "receiver": delivery.receiver.name,
        "receiver_number": delivery.receiver.number_masked,
        "capacity": _CAPACITIES[delivery.capacity],
        "signature": _signature(delivery.signature),
        "authorisation": delivery.authorisation or "",
        "hall_address": settings.hall_address,
    }


def _grounds(item: Item | None) -> tuple[str, ...]:
    """What a decision rests on: the item's own law. The licensing law is in the sentence, remarks are the guide's."""
    basis = item.legal_basis if item else ()
    plain = (_REMARK.sub("", each) for each in basis if "行政许可法" not in each)
    return tuple(dict.fromkeys(plain))


def as_values(kept: Mapping[str, Any]) -> dict[str, Value]:
    """What was kept of the process's words, as slots take it."""
    return {name: tuple(value) if isinstance(value, list) else str(value) for name, value in kept.items()}


def _signature(signature: str) -> str:
    """A signature drawn on a pad is a picture in text: the paper says that it is on file."""
    short = 40
    return signature if len(signature) <= short and not signature.startswith("data:") else "手写签名，已存入案卷"


def _public(case: Case) -> dict[str, Value]:
    """Of private persons only the surname, of their projects only kind and place (行政许可法 §5)."""
    line = case.published
    if line is not None:
        return {"applicant_public": line.applicant, "title_public": line.project}
    if case.applicant.kind.value == "organisation":
        return {"applicant_public": case.applicant.name, "title_public": case.title}
    return {"applicant_public": f"{case.applicant.name[:1]}某某", "title_public": case.situation_name}
