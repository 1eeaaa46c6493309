"""The register and the public check over HTTP. The public learns the minimum: what it is, how it stands, since when."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, StringConstraints, model_validator

from services.intake.applications import Line
from services.intake.attempts import OF_AN_ADDRESS, LookupLocked, TooManyLookups
from services.intake.audits import Audit, Deed, record
from services.intake.certificates.records import Certificate, CertificateStands, Change, State, entered
from services.intake.certificates.records import Deed as Entry
from services.intake.deps import Deps
from services.intake.documents.api import PDF, certificate_file
from services.intake.documents.records import IssuedDocument
from services.intake.gates import counted_address
from services.intake.lookups import address_of
from services.intake.moments import moment_of
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed, scope_of
from services.kernel.problem import Problem, problems
from services.kernel.requests import CaseNo, Limit
from services.kernel.requests import Request as Body

With = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.CASE_READ))]
Leader = Annotated[Person, Depends(allowed(Permission.CASE_SUSPEND))]
Token = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]

certificates = APIRouter(tags=["certificates"])


class NotInRegister(Problem):
    """Nothing of ours has this code, number or content: the answer does not tell which part is wrong."""

    status = 404
    code = "not-in-register"
    zh = "未查到：本机关没有发出过与此相符的证书或文书"
    en = "not found: this bureau issued no certificate or document that agrees with this"
    remedy_zh = "请核对证书编号和校验码；文件被改动过、或者不是本机关发出的，也会这样显示。可致电窗口查询"
    remedy_en = "compare number and check characters; a file that was altered, or is not ours, shows the same. Ask us"
    headers: ClassVar[dict[str, str]] = {"Cache-Control": "no-store"}


class What(StrEnum):
    """What was checked."""

    CERTIFICATE = "certificate"
    DOCUMENT = "document"


class Checked(BaseModel, frozen=True):
    """What everybody may know, names of private persons shortened. `same_file`: the PDF is ours and was not altered."""

    what: What
    name: str
    name_en: str
    number: str
    state: State | None
    state_text: str
    state_text_en: str
    holder: str
    project: str
    issued_by: str
    issued_on: date
    valid_until: date | None
    replaced_by: str
    changed_on: date | None
    same_file: bool


class CheckEntry(Body, frozen=True):
    """A number with its check characters, or the SHA-256 of a PDF."""

    number: Number | None = None
    check: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=12)] | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.sha256 is None) == (self.number is None or self.check is None):
            msg = "number and check, or sha256"
            raise ValueError(msg)
        return self


class CertificateView(BaseModel, frozen=True):
    """A certificate as staff see it."""

    certificate_id: str
    kind: str
    name: str
    name_en: str
    number: str
    state: State
    state_text: str
    state_text_en: str
    holder: str
    project: str
    place: str
    scale: str
    issued_on: date
    valid_until: date | None
    replaced_by: str
    history: tuple[Change, ...]
    pdf_sha256: str


class Reasons(Body, frozen=True):
    """Why, and under which document."""

    reason: Line
    document_no: Line | None = None


@certificates.get("/public/certificates/{check_token}", responses=problems(NotInRegister, LookupLocked, TooManyLookups))
async def check_code(deps: With, check_token: Token, request: Request) -> Checked:
    """What a QR code stands for: a certificate or an issued document."""
    return await _checked(deps, request, check_token, {"body.token": check_token})


@certificates.post("/public/certificate-checks", responses=problems(NotInRegister, LookupLocked, TooManyLookups))
async def check_number(deps: With, entry: CheckEntry, request: Request) -> Checked:
    """By number and check characters, or by the content of a PDF: nothing of the file is sent or kept."""
    if entry.sha256 is not None:
        return await _checked(deps, request, entry.sha256, {}, sha256=entry.sha256)
    number = str(entry.number)
    return await _checked(deps, request, number, {"body.number": number, "body.check": str(entry.check)})


@certificates.get("/certificates")
async def list_certificates(
    deps: With,
    who: Reader,
    number: Annotated[str | None, Query(max_length=60)] = None,
    limit: Limit = 50,
) -> list[CertificateView]:
    """The register within the caller's scope, the newest first."""
    where = scope_of(who).filter() | ({"body.number": number} if number else {})
    found = await deps.papers.certificates.query(where, sort=[("_id", -1)], limit=limit)
    return [_view(deps, certificate) for certificate in found]


@certificates.get("/certificates/{certificate_id}", responses=problems(NotInRegister))
async def show_certificate(deps: With, who: Reader, certificate_id: Annotated[CaseNo, Path()]) -> CertificateView:
    """One certificate with its history. It bears the number of the case that granted it."""
    return _view(deps, await _seen(deps, certificate_id, who))


@certificates.get(
    "/certificates/{certificate_id}/pdf",
    responses=problems(NotInRegister) | {200: {"content": {PDF: {}}}},
    response_class=Response,
)
async def show_paper(deps: With, who: Reader, certificate_id: Annotated[CaseNo, Path()]) -> Response:
    """The certificate as it was made: PDF/A, byte for byte."""
    certificate = await _seen(deps, certificate_id, who)
    if not certificate.file_id:
        raise NotInRegister
    return await certificate_file(deps, certificate)


@certificates.post("/certificates/{certificate_id}/suspension", responses=problems(NotInRegister, CertificateStands))
async def suspend(
    deps: With, who: Leader, certificate_id: Annotated[CaseNo, Path()], entry: Reasons
) -> CertificateView:
    """The certificate must not be used until it is resumed."""
    return await _entered(deps, who, certificate_id, entry, Entry.SUSPENDED)


@certificates.post("/certificates/{certificate_id}/resumption", responses=problems(NotInRegister, CertificateStands))
async def resume(deps: With, who: Leader, certificate_id: Annotated[CaseNo, Path()], entry: Reasons) -> CertificateView:
    """A suspended certificate is in force again."""
    return await _entered(deps, who, certificate_id, entry, Entry.RESUMED)


async def _entered(deps: Deps, who: Person, certificate_id: str, entry: Reasons, deed: Entry) -> CertificateView:
    certificate = await _seen(deps, certificate_id, who)
    now = moment_of(deps.clock, deps.hours)

    def decide(known: Certificate) -> tuple[Certificate, tuple[()]]:
        change = Change(
            entry=f"{deed}.{len(known.history)}",
            deed=deed,
            on=now.on,
            at=now.at,
            case_no="",
            document_no=entry.document_no or "",
            reason=entry.reason,
            by=who.code,
        )
        return entered(known, change), ()

    return _view(deps, await deps.papers.certificates.change(certificate.certificate_id, decide))


async def _seen(deps: Deps, certificate_id: str, who: Person) -> Certificate:
    where = {"_id": certificate_id} | scope_of(who).filter()
    found = await deps.papers.certificates.query(where, sort=[("_id", 1)], limit=1)
    if not found:
        raise NotInRegister
    return found[0]


async def _checked(
    deps: Deps, request: Request, asked: str, where: dict[str, str], *, sha256: str | None = None
) -> Checked:
    """Count the try, look, write down that it was looked; a right one is not counted as wrong."""
    address = address_of(request)
    at = deps.clock.wall().replace(microsecond=0)
    by_address = f"check:{counted_address(address)}"
    await deps.gate.enter(by_address, OF_AN_ADDRESS, at=at)
    found = await _found(deps, where, sha256)
    key = "" if found is None else _key(found)
    audit = Audit(
        deed=Deed.CERTIFICATE_CHECKED,
        case_no=key,
        person=None,
        address=address,
        at=deps.clock.wall(),
        what=asked if found is None else type(found).__name__,
    )
    await record(deps.audits, audit)
    if found is None:
        raise NotInRegister
    await deps.gate.forgive(by_address, OF_AN_ADDRESS, at=at)
    same = sha256 is not None
    return _of_certificate(deps, found, same) if isinstance(found, Certificate) else _of_document(deps, found, same)


async def _found(deps: Deps, where: dict[str, str], sha256: str | None) -> Certificate | IssuedDocument | None:
    papers = deps.papers
    certificate = await papers.certificates.first({"body.pdf_sha256": sha256} if sha256 else where)
    if certificate is not None:
        return certificate[0]
    if "body.number" in where:
        return None
    document = await papers.documents.first({"body.sha256": sha256} if sha256 else where)
    return document[0] if document else None


def _key(found: Certificate | IssuedDocument) -> str:
    return found.certificate_id if isinstance(found, Certificate) else found.case_no


def _of_certificate(deps: Deps, found: Certificate, same: bool) -> Checked:
    state = found.state_on(moment_of(deps.clock, deps.hours).on)
    return Checked(
        what=What.CERTIFICATE,
        name=found.name,
        name_en=found.name_en,
        number=found.number,
        state=state,
        state_text=state.zh,
        state_text_en=state.en,
        holder=found.holder_public,
        project=found.project_public,
        issued_by=deps.settings.bureau_name,
        issued_on=found.issued_on,
        valid_until=found.valid_until,
        replaced_by=found.replaced_by,
        changed_on=found.history[-1].on if len(found.history) > 1 else None,
        same_file=same,
    )


def _of_document(deps: Deps, found: IssuedDocument, same: bool) -> Checked:
    return Checked(
        what=What.DOCUMENT,
        name=found.name,
        name_en=found.name_en,
        number=found.number,
        state=None,
        state_text="已发出",
        state_text_en="issued",
        holder="",
        project="",
        issued_by=deps.settings.bureau_name,
        issued_on=found.issued_on,
        valid_until=None,
        replaced_by="",
        changed_on=None,
        same_file=same,
    )


def _view(deps: Deps, certificate: Certificate) -> CertificateView:
    state = certificate.state_on(moment_of(deps.clock, deps.hours).on)
    shown = certificate.model_dump(include=set(CertificateView.model_fields))
    return CertificateView(**shown | {"state": state, "state_text": state.zh, "state_text_en": state.en})
