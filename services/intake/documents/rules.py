"""Which documents are due, and what stands in them, by what was said of the case. Plain functions, no I/O.

Numbers that officers entered in a form of the process stand on the paper as they are; all others are ours.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from services.contracts.words import HoldGround, TerminationGround
from services.intake.documents.dossiers import Dossier, Due, Told
from services.intake.documents.opinions import listed
from services.kernel.documents import written_date

GROUNDS: Final[dict[HoldGround, str]] = {
    HoldGround.HEARING: "听证",
    HoldGround.BIDDING: "招标",
    HoldGround.AUCTION: "拍卖",
    HoldGround.INSPECTION: "检验",
    HoldGround.TESTING: "检测",
    HoldGround.QUARANTINE: "检疫",
    HoldGround.APPRAISAL: "鉴定",
    HoldGround.EXPERT_REVIEW: "专家评审",
}
"""The closed list of 行政许可法 §45; other holds are no special procedure and bear no such notice."""

TERMINATIONS: Final[dict[TerminationGround, str]] = {
    TerminationGround.APPLICANT_DECEASED: "申请人死亡，没有继受人继续申请",
    TerminationGround.APPLICANT_DISSOLVED: "申请人（法人或者其他组织）已经依法终止",
    TerminationGround.PAPERS_NOT_SUPPLIED: "申请人逾期未补齐依法应当提交的材料",
    TerminationGround.SUBJECT_GONE: "申请事项已经不再存在",
}
"""Why an application is not decided on, as the paper says it."""

BY_MILESTONE: Final = {
    "permit_amended": "change",
    "permit_extended": "renewal",
    "permit_withdrawn": "withdrawal",
    "permit_revoked": "revocation",
    "permit_cancelled": "cancellation",
}
"""The decisions about a certificate that was issued before, by the milestone at which it is in the register."""

OWN_DECISION: Final = frozenset({"PT10A", "PT10B", "PT10D", "PT10E", "PT10F"})
"""Items whose grant is one of these decisions, and so no plain approval."""

_PAID: Final = "因撤回、撤销造成财产损失的，依法给予补偿、赔偿，详见补偿决定（{}）。"


def wanted(dossier: Dossier, *, item: str, is_licence: bool) -> Iterator[Due]:  # noqa: C901 - one line a fact
    """Every document that what was said asks for. `item` is the item's mark, such as PT05."""
    for told in dossier.told:
        match told.what:
            case "started":
                yield _due("receipt", "", told, {}, on=told.on)
            case "accepted":
                yield _due("acceptance", "", told, _accepted(dossier, told))
            case "moved":
                if told.data["reason"] and not told.data["reason"].startswith(("calendar", "hold")):
                    yield _due("extension", told.ref, told, _moved(told))
            case "decided":
                yield from _decided(dossier, told, item=item, is_licence=is_licence)
            case "withdrawn":
                values = {"requested": _day(told.data["requested_on"]), "accepted": _acceptance(dossier)}
                yield _due("application_withdrawal", "", told, values | {"decided": _day(told.on)})
            case "terminated":
                yield _due("termination", "", told, _terminated(dossier, told))
            case "milestone" if told.ref in BY_MILESTONE:
                yield _due(BY_MILESTONE[told.ref], "", told, _about_certificate(dossier, told))
            case "task":
                yield from _task(dossier, told)
            case _:
                pass


def _due(kind: str, ref: str, told: Told, values: Mapping[str, Any], *, on: date | None = None) -> Due:
    present = {name: value for name, value in values.items() if value}
    return Due(due_id=f"{kind}.{ref}" if ref else kind, kind=kind, on=on or told.on or date.min, values=present)


def _accepted(dossier: Dossier, told: Told) -> dict[str, Any]:
    deemed = "本机关未在收到申请材料之日起五个工作日内告知需要补正的内容，依法自收到申请材料之日起即为受理。"
    return {
        "number": _last(dossier, "document_no", decision="accept"),
        "accepted": _day(told.on),
        "deemed": deemed if told.data["deemed"] else "",
        "due": _day(told.data["promised_due_on"]),
        "statutory_due": _day(told.data["statutory_due_on"]),
    }


def _moved(told: Told) -> dict[str, Any]:
    return {
        "extension_reason": [told.data["reason"]],
        "was_due": _day(told.data["was_due_on"]),
        "new_due": _day(told.data["due_on"]),
    }


def _decided(dossier: Dossier, told: Told, *, item: str, is_licence: bool) -> Iterator[Due]:
    if not is_licence:
        return
    common = {"accepted": _acceptance(dossier), "decided": _day(told.on)}
    yield _due("approval_sheet", "", told, common | {"opinions": listed(dossier)})
    match told.data["outcome"]:
        case "granted" | "granted_conditional" if item not in OWN_DECISION:
            values = {"number": _last(dossier, "document_no", decision="grant")}
            conditions = _listed(_last(dossier, "conditions"))
            yield _due("approval", "", told, common | values | {"conditions": conditions})
        case "refused":
            number = _last(dossier, "document_no", decision="refuse") or _last(dossier, "document_no", kind="refusal")
            reasons = _listed(_last(dossier, "reasons", decision="refuse") or _last(dossier, "reasons"))
            yield _due("refusal", "", told, common | {"number": number, "reasons": reasons})
        case _:
            pass


def _acceptance(dossier: Dossier) -> str:
    """The day of acceptance; empty before it."""
    return next((_day(each.on) for each in dossier.of("accepted")), "")


def _terminated(dossier: Dossier, told: Told) -> dict[str, Any]:
    return {
        "accepted": _acceptance(dossier),
        "decided": _day(told.on),
        "termination_ground": TERMINATIONS[TerminationGround(told.data["ground"])],
        "termination_basis": told.data["basis"],
        "termination_evidence": told.data["evidence"],
        "reasons": _listed(told.data["reason"]),
    }


def _about_certificate(dossier: Dossier, told: Told) -> dict[str, Any]:
    original = {
        "taken_back": "原证书已收回。",
        "announced_void": f"原证书已公告作废：{_last(dossier, 'announced_in')}。",
    }
    paid = _last(dossier, "compensation") == "due"
    number = _last(dossier, "document_no")
    return {
        "number": number,
        "certificate_no": _last(dossier, "certificate_no"),
        "new_no": _last(dossier, "new_no"),
        "content": _last(dossier, "content"),
        "valid_until": _day(_last(dossier, "valid_until")),
        "reasons": _listed(_last(dossier, "reasons") or _last(dossier, "facts") or _last(dossier, "evidence")),
        "original": original.get(str(_last(dossier, "original")), ""),
        "compensation": _PAID.format(_last(dossier, "compensation_no")) if paid else "",
        "decided": _day(told.on),
    }


def _task(dossier: Dossier, told: Told) -> Iterator[Due]:
    """The notices that a completed step stands for, told by what its form asked."""
    said = told.data
    fields = said.keys()
    number = {"number": said.get("notice_no")}
    if fields >= {"notice_no", "defects", "complete"}:
        told_on = _a_day(said.get("notified_on")) or told.on
        yield _due("correction", told.ref, told, number | {"defects": _listed(said["defects"])}, on=told_on)
    if (decision := said.get("decision")) in {"not_accepted", "not_required"}:
        values = {"number": said.get("document_no"), "competent_authority": said.get("competent_authority")}
        yield _due(str(decision), told.ref, told, values | {"reasons": _listed(said.get("reasons"))})
    if fields >= {"notice_no", "told", "told_on"}:
        basis = "依法应当听证" if said.get("basis") == "ex_officio" else "可能直接涉及你（单位）的重大利益"
        yield _due("hearing_rights", told.ref, told, number | {"hearing_told": said["told"], "hearing_basis": basis})
    if fields >= {"notice_no", "planned_end_on"}:
        yield from _special(dossier, told)
    if fields >= {"notice_no", "posted_from", "places"}:
        values = {"publicity_no": said["notice_no"], "posted_from": _day(said["posted_from"])}
        yield _due(
            "interested_party",
            told.ref,
            told,
            values | {"places": _listed(said["places"]), "publicity_basis": said.get("basis") or "有关规定"},
        )
    if said.get("record_no") and said.get("held") == "yes":
        yield _due("hearing_record", told.ref, told, _record(dossier, said))
    if said.get("proof_no"):
        yield _due("proof_of_service", "", told, {})
    if said.get("published") == "yes":
        values = {"published_on": _day(said.get("published_on")), "published_place": said.get("place")}
        yield _due("publication", told.ref, told, values)


def _special(dossier: Dossier, told: Told) -> Iterator[Due]:
    """The notice of time not counted (§45): what it is for is said by the hold that names its number."""
    said = told.data
    held = next((each for each in dossier.of("held") if each.ref == said["notice_no"]), None)
    ground = HoldGround(held.data["ground"]) if held else None
    end = {"number": said["notice_no"], "planned_end": _day(said["planned_end_on"])}
    if held is None or ground is None or ground not in GROUNDS:
        return
    if ground is HoldGround.HEARING:
        plan = next((each.data for each in reversed(dossier.of("task")) if "hearing_on" in each.data), {})
        arranged = _plan(dossier, plan)
        yield _due("hearing_notice", told.ref, told, end | arranged)
        if plan.get("open") == "yes":
            yield _due("hearing_announcement", told.ref, told, {**arranged, "hearing_parties": ""})
        return
    about = {"ground": GROUNDS[ground], "basis": held.data["basis"], "held_on": _day(held.on)}
    yield _due("special_procedure", told.ref, told, end | about)


def _record(dossier: Dossier, said: Mapping[str, Any]) -> dict[str, Any]:
    plan = next((each.data for each in reversed(dossier.of("task")) if "hearing_on" in each.data), {})
    return {
        "number": said["record_no"],
        "hearing_on": _day(said.get("held_on")),
        "hearing_place": plan.get("place"),
        "hearing_open": "不公开" if plan.get("open") == "no" else "公开",
        "hearing_present": _listed(said.get("present")),
        "hearing_summary": _listed(said.get("summary")),
        "hearing_signed": "本笔录已经听证参加人核对无误并签字或者盖章。" if said.get("signed") else "",
    }


def _plan(dossier: Dossier, plan: Mapping[str, Any]) -> dict[str, Any]:
    parties: list[str] = next((each.data["told"] for each in reversed(dossier.of("task")) if each.data.get("told")), [])
    return {
        "hearing_on": _day(plan.get("hearing_on")),
        "hearing_place": plan.get("place"),
        "hearing_chair": "由本机关指定，与本案审查人员不同" if plan else "",
        "hearing_open": "不公开" if plan.get("open") == "no" else "公开",
        "hearing_parties": parties,
    }


def _last(dossier: Dossier, field: str, **others: str) -> Any:  # noqa: ANN401 - what a form of the process asked
    """The newest answer to a field, of the steps whose other answers are these; empty text when there is none."""
    for told in reversed(dossier.of("task")):
        if told.data.get(field) and all(told.data.get(name) == value for name, value in others.items()):
            return told.data[field]
    return ""


def _listed(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return [line.strip() for line in str(value or "").splitlines() if line.strip()]


def _a_day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _day(value: object) -> str:
    day = _a_day(value)
    return written_date(day) if day else ""
