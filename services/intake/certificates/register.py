"""Enters in the register what is due. Safe to try again: an entry is made once."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from services.contracts.intake import DocumentIssued
from services.intake.cases import Case
from services.intake.certificates.kinds import KINDS
from services.intake.certificates.records import Certificate, CertificateStands, Change, Deed, State, entered, numbered
from services.intake.deps import Deps
from services.intake.documents.dossiers import Due
from services.intake.documents.issuing import LARGEST, token_of
from services.kernel.documents import chinese_date, qr_svg
from services.kernel.store import AlreadyExists, Label, StoredFile

_LAYOUT: Final = Path(__file__).with_name("certificate.typ")
_CLASS: Final = re.compile(r"[a-z_]+")
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Check characters without look-alikes."""
CHECKS: Final = 6


async def enter(deps: Deps, case: Case, due: Due) -> str:
    """Make the entry; gives what it lacks, or nothing when it is there."""
    deed = Deed(due.kind.removeprefix("certificate."))
    if deed is Deed.GRANTED:
        return await _grant(deps, case, due)
    if deed is Deed.NUMBERED:
        return await _number(deps, case, due)
    return await _change(deps, case, due, deed)


async def _grant(deps: Deps, case: Case, due: Due) -> str:
    kind, line = KINDS[due.values["kind"]], case.published
    certificate = Certificate(
        certificate_id=case.case_no,
        kind=kind.key,
        name=kind.name,
        name_en=kind.name_en,
        token=token_of(deps, f"certificate/{case.case_no}"),
        state=State.PENDING,
        holder=case.applicant.name,
        holder_public=line.applicant if line else f"{case.applicant.name[:1]}某某",
        project=case.title,
        project_public=line.project if line else case.situation_name,
        place=_place(due.values, case),
        scale=_scale(due.values, case.facts),
        issued_on=due.on,
        valid_until=_valid_until(due.values, due.on),
        history=(_entry(deps, case, due, Deed.GRANTED),),
        departments=case.departments,
    )
    try:
        await deps.papers.certificates.create(certificate)
    except AlreadyExists:
        return ""
    return ""


async def _number(deps: Deps, case: Case, due: Due) -> str:
    """Give it its number and make the paper; the same number again makes the same paper."""
    found = await deps.papers.certificates.find(case.case_no)
    if found is None:
        return "certificate"
    number = str(due.values["number"])
    change = _entry(deps, case, due, Deed.NUMBERED)
    ready = numbered(found[0], change, number=number, check=check_of(deps, number))
    label = Label(
        owner=f"certificate/{case.case_no}", name=f"{ready.name}.pdf", media_type="application/pdf", put_by="intake"
    )
    file = await deps.papers.files.put(await paper_of(deps, ready), label, limit=LARGEST)
    paper = {"file_id": file.file_id, "pdf_sha256": file.sha256}
    issued = _issued(ready, file, at=deps.clock.now())

    def with_paper(now: Certificate) -> tuple[Certificate, Sequence[DocumentIssued]]:
        is_new = now.file_id != file.file_id
        there = numbered(now, change, number=number, check=ready.check).model_copy(update=paper)
        return there, [issued] if is_new else []

    await deps.papers.certificates.change(case.case_no, with_paper)
    await deps.papers.files.attach(file.file_id)
    return ""


def _issued(certificate: Certificate, file: StoredFile, *, at: datetime) -> DocumentIssued:
    """What is said of a certificate's paper: which one, and how to know it again; not of whom or for what."""
    return DocumentIssued(
        case_no=certificate.certificate_id,
        document_id=f"{certificate.certificate_id}.certificate",
        kind="certificate",
        name=certificate.name,
        name_en=certificate.name_en,
        number=certificate.number,
        issued_on=certificate.issued_on,
        issued_at=at,
        to_applicant=True,
        sha256=file.sha256,
        size=file.size,
        file=f"/certificates/{certificate.certificate_id}/pdf",
    )


async def _change(deps: Deps, case: Case, due: Due, deed: Deed) -> str:
    number = str(due.values.get("certificate_no", ""))
    found = await deps.papers.certificates.first({"body.number": number}) if number else None
    if found is None:
        return f"certificate {number}".strip()
    change = _entry(deps, case, due, deed)
    until, new_no = _iso_day(due.values.get("valid_until")), str(due.values.get("new_no", ""))
    try:
        await deps.papers.certificates.change(
            found[0].certificate_id, lambda now: (entered(now, change, valid_until=until, new_no=new_no), ())
        )
    except CertificateStands as stands:
        return f"certificate {number}: {stands.values['state_en']}"
    return ""


def check_of(deps: Deps, number: str) -> str:
    """The check characters of a number: made with our key, so they cannot be reckoned from the number."""
    digest = int(deps.seals.fingerprint(f"check/{number}")[:16], 16)
    return "".join(_SIGNS[digest >> (5 * place) & 31] for place in range(CHECKS))


async def paper_of(deps: Deps, certificate: Certificate) -> bytes:
    """The certificate as PDF/A, with the code that leads to the check."""
    kind, office = KINDS[certificate.kind], deps.settings
    told = {
        "name": kind.name,
        "prefix": kind.prefix,
        "number": certificate.number,
        "check": certificate.check,
        "statement": kind.statement,
        "bureau": office.bureau_name,
        "date": chinese_date(certificate.issued_on),
        "until": chinese_date(certificate.valid_until) if certificate.valid_until else "",
        "rows": [
            [kind.holder, certificate.holder],
            [kind.project, certificate.project],
            [kind.place, certificate.place],
            [kind.scale, certificate.scale],
            ["附图及附件名称", "见附图、附件"],
        ],
        "notes": list(kind.notes),
        "qr": qr_svg(f"{office.verify_url}/{certificate.token}"),
    }
    at = datetime.combine(certificate.issued_on, time(4), UTC)
    return await deps.papers.press.layout(_LAYOUT, {"certificate": json.dumps(told, ensure_ascii=False)}, at=at)


def _entry(deps: Deps, case: Case, due: Due, deed: Deed) -> Change:
    return Change(
        entry=f"{case.case_no}.{deed}",
        deed=deed,
        on=due.on,
        at=deps.clock.now(),
        case_no=case.case_no,
        document_no=str(due.values.get("document_no", "")),
        reason=_text(due.values.get("reason", "")),
    )


def _text(value: object) -> str:
    return "；".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _place(values: dict[str, Any], case: Case) -> str:
    """Where it is, in words: forms of some processes have a class of places under that name, which is none."""
    named = [values.get("place"), case.facts.get("place"), case.facts.get("location"), case.township_name]
    return next((str(each) for each in named if each and not _CLASS.fullmatch(str(each))), "见附图")


def _scale(values: dict[str, Any], facts: dict[str, Any]) -> str:
    both = facts | values
    for field, unit in (
        ("floor_area_m2", "平方米（建筑面积）"),
        ("land_area_m2", "平方米（用地面积）"),
        ("land_area_ha", "公顷（用地面积）"),
        ("area_m2", "平方米"),
    ):
        if both.get(field):
            return f"{both[field]}{unit}"
    return "见附图"


def _valid_until(values: dict[str, Any], issued_on: date) -> date | None:
    """The last day: as the process said it, or so many months from the day of issue."""
    if (named := _iso_day(values.get("valid_until"))) is not None:
        return named
    try:
        months = int(values.get("valid_months") or 0)
    except (TypeError, ValueError):
        return None
    if not 0 < months <= 1200:  # noqa: PLR2004 - a century
        return None
    years, month = divmod(issued_on.month - 1 + months, 12)
    return _last_day_up_to(issued_on.year + years, month + 1, issued_on.day)


def _last_day_up_to(year: int, month: int, day: int) -> date:
    for last in range(day, day - 4, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    msg = f"{year}-{month} has no day {day}"
    raise ValueError(msg)


def _iso_day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
