"""From what is owed to a document that is numbered, set, kept and never changed. Safe to try again at every point.

The number is given in the write that makes the document: the largest of its series and year and one more. Two at once
cannot have the same one, since the pair is unique, and no number is without its document, so there are no gaps.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from urllib.parse import quote

from services.contracts.intake import DocumentIssued
from services.intake.cases import Case
from services.intake.deps import Deps
from services.intake.documents.catalogue import NO_COPY
from services.intake.documents.dossiers import Due
from services.intake.documents.opinions import named
from services.intake.documents.records import IssuedDocument, document_id, number_of, series_of
from services.intake.documents.values import as_values, served, values_of
from services.kernel import logs
from services.kernel.documents import (
    Code,
    NotSet,
    Sheet,
    Signature,
    SlotEmpty,
    Template,
    Value,
    filled,
    written_date,
)
from services.kernel.store import AlreadyExists, Label

log = logs.get(__name__)

LARGEST: Final = 8_000_000
_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number, and where in its series it stands; a given number stands in none."""

    number: str
    series: str = ""
    serial: int = 0


async def issue(deps: Deps, case: Case, due: Due) -> str:
    """Make the document that is due; gives what it lacks, or nothing when it is there now."""
    key = document_id(case.case_no, due.due_id)
    if await deps.papers.documents.find(key) is not None:
        return ""
    template = deps.papers.templates[due.kind]
    on = due.on if due.on > date.min else case.received_on
    values = await _values(deps, case, due, on=on)
    try:
        content = filled(template, values)
    except SlotEmpty as empty:
        return str(empty.values["slots"])
    for _ in range(_TRIES):
        numbered = await _number(deps, template, given=str(values.get("number", "")), on=on)
        sheet = Sheet(**content, **_frame(deps, template, numbered, on=on, key=key))
        try:
            document = await _kept(deps, case, due, template, numbered, sheet, on=on)
        except NotSet:  # the others of the day must not wait for this one
            log.exception("a document cannot be set", kind=due.kind)
            return "layout"
        try:
            await deps.papers.documents.create(document, [said_of(document)])
        except AlreadyExists:  # made meanwhile elsewhere, or the number is taken: then the next one
            await deps.papers.files.drop(document.file_id)
            if await deps.papers.documents.find(key) is not None:
                return ""
        else:
            await deps.papers.files.attach(document.file_id)
            return ""
    return "number"


async def _values(deps: Deps, case: Case, due: Due, *, on: date) -> dict[str, Value]:
    offer = await deps.copies.offer(case.item_code)
    values = values_of(case, offer.item if offer else None, settings=deps.settings, on=on)
    if due.kind == "proof_of_service":
        values |= served(case, await _handed_over(deps, case), settings=deps.settings)
        values["number"] = case.delivery.proof_no if case.delivery else ""
    filled_in = as_values(due.values)
    if rows := due.values.get("opinions"):
        filled_in["opinions"] = await named(deps, rows)
    return values | filled_in


async def _handed_over(deps: Deps, case: Case) -> tuple[tuple[str, str], ...]:
    """The names and numbers of what a delivery hands over: the decision, and the certificate if there is one."""
    where = {"body.case_no": case.case_no, "body.kind": {"$in": ["approval", "refusal", "change", "renewal"]}}
    found = await deps.papers.documents.query(where, sort=[("_id", 1)], limit=20, without=("sheet",))
    certificate = await deps.papers.certificates.find(case.case_no)
    given = [(each.name, each.number) for each in found]
    if certificate is not None and certificate[0].number:
        given.append((certificate[0].name, certificate[0].number))
    return tuple(given)


async def _number(deps: Deps, template: Template, *, given: str, on: date) -> Numbered:
    if given or not template.nature:
        return Numbered(given)
    series = series_of(template.nature, on.year)
    newest = await deps.papers.documents.query(
        {"body.series": series}, sort=[("body.serial", -1)], limit=1, without=("sheet",)
    )
    serial = newest[0].serial + 1 if newest else 1
    organ = deps.settings.organ_short
    return Numbered(number_of(organ=organ, nature=template.nature, year=on.year, serial=serial), series, serial)


def _frame(deps: Deps, template: Template, numbered: Numbered, *, on: date, key: str) -> dict[str, object]:
    office = deps.settings
    return {
        "organ": office.bureau_name,
        "number": numbered.number,
        "signature": Signature(organ=office.bureau_name, date=written_date(on), seal=template.seal),
        "code": Code(url=f"{office.verify_url}/{token_of(deps, key)}", caption="扫码核验文书"),
        "made_at": datetime.combine(on, time(4), UTC),  # of the day, not of the moment: a second try is the same file
    }


def said_of(document: IssuedDocument) -> DocumentIssued:
    """What is said of a document: that it is there, which one, and how to know its PDF again."""
    shared = document.model_dump(include=set(DocumentIssued.model_fields))
    return DocumentIssued(**shared, file=f"/documents/{quote(document.document_id, safe='')}/pdf")


def token_of(deps: Deps, key: str) -> str:
    """What the QR code of a document or certificate says: made with our key, so nobody can guess it."""
    return deps.seals.fingerprint(f"verify/{key}")[:32]


async def _kept(
    deps: Deps, case: Case, due: Due, template: Template, numbered: Numbered, sheet: Sheet, *, on: date
) -> IssuedDocument:
    """The document as it will be kept, its PDF put away first: the same document again is the same file."""
    key = document_id(case.case_no, due.due_id)
    label = Label(owner=f"document/{key}", name=f"{template.name}.pdf", media_type="application/pdf", put_by="intake")
    file = await deps.papers.files.put(await deps.papers.press.pdf(sheet), label, limit=LARGEST)
    return IssuedDocument(
        document_id=key,
        case_no=case.case_no,
        due_id=due.due_id,
        kind=due.kind,
        name=template.name,
        name_en=template.name_en,
        basis=template.basis,
        number=numbered.number,
        series=numbered.series,
        serial=numbered.serial,
        title=sheet.title,
        to_applicant=due.kind not in NO_COPY,
        issued_on=on,
        issued_at=deps.clock.now(),
        sheet=sheet,
        file_id=file.file_id,
        sha256=file.sha256,
        size=file.size,
        token=token_of(deps, key),
    )
