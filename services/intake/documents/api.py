"""Issued documents over HTTP: staff see those of the cases they may see, applicants their own."""

from datetime import date
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, StringConstraints

from services.intake.audits import Audit, Deed, record
from services.intake.certificates.records import Certificate
from services.intake.deps import Deps
from services.intake.documents.own import CERTIFICATE, MOST, opens
from services.intake.documents.records import IssuedDocument
from services.intake.lookups import address_of
from services.intake.queries import CaseNotFound, case_of
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import Problem, problems
from services.kernel.requests import CaseNo

With = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.CASE_READ))]
DocumentId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,40}\.[a-z_]{1,40}(\.[^\x00-\x1f/]{1,100})?$")]
Ticket = Annotated[str, Query(pattern=r"^[0-9a-f]{1,8}-[0-9a-f]{40}$")]

documents = APIRouter(tags=["documents"])

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class DocumentNotFound(Problem):
    """No such document, or of a case that the caller may not see: the answer does not tell which."""

    status = 404
    code = "document-not-found"
    zh = "没有这份文书，或您无权查看"
    en = "no such document, or not yours to see"
    remedy_zh = "请从案件的文书列表打开"
    remedy_en = "open it from the list of the case's documents"


class DocumentView(BaseModel, frozen=True):
    """An issued document in a list. `sha256` is of its PDF."""

    document_id: str
    kind: str
    name: str
    name_en: str
    number: str
    issued_on: date
    basis: tuple[str, ...]
    to_applicant: bool
    size: int
    sha256: str


class Waiting(BaseModel, frozen=True):
    """A document that is due and waits for what must stand in it."""

    kind: str
    name: str
    lacks: str


class CaseDocuments(BaseModel, frozen=True):
    """The documents of a case in the order of their days, and what cannot be made yet."""

    documents: list[DocumentView]
    waiting: list[Waiting]


@documents.get("/cases/{case_no}/documents", responses=problems(CaseNotFound))
async def list_documents(deps: With, who: Reader, case_no: CaseNo) -> CaseDocuments:
    """The documents issued in a case."""
    await case_of(deps, case_no, who)
    found = await deps.papers.dossiers.find(case_no)
    waiting = [
        Waiting(kind=due.kind, name=_name(deps, due.kind), lacks=due.lacks)
        for due in (found[0].dues if found else ())
        if due.lacks and not due.done
    ]
    return CaseDocuments(documents=await _views(deps, case_no), waiting=waiting)


@documents.get(
    "/documents/{document_id}/pdf",
    responses=problems(DocumentNotFound) | {200: {"content": {PDF: {}}}},
    response_class=Response,
)
async def show_pdf(deps: With, who: Reader, document_id: Annotated[DocumentId, Path()]) -> Response:
    """The document as it was issued: PDF/A, byte for byte."""
    document = await _seen(deps, document_id, who)
    return _file(await _pdf(deps, document), document, PDF, "pdf")


@documents.get(
    "/documents/{document_id}/docx",
    responses=problems(DocumentNotFound) | {200: {"content": {DOCX: {}}}},
    response_class=Response,
)
async def show_docx(deps: With, who: Reader, document_id: Annotated[DocumentId, Path()]) -> Response:
    """The same for the word processor, to work on: the PDF is what was issued."""
    document = await _seen(deps, document_id, who)
    assert document.sheet is not None  # noqa: S101 - read whole
    return _file(await deps.papers.press.docx(document.sheet), document, DOCX, "docx")


@documents.get(
    "/public/documents/{document_id}/pdf",
    responses=problems(DocumentNotFound) | {200: {"content": {PDF: {}}}},
    response_class=Response,
)
async def show_own(
    deps: With, document_id: Annotated[DocumentId, Path()], ticket: Ticket, request: Request
) -> Response:
    """A document or certificate of the applicant's own, by the ticket of the status page. Each is recorded."""
    now = deps.clock.wall()
    if not opens(ticket, document_id, seals=deps.seals, now=now):
        raise DocumentNotFound
    case_no, _, kind = document_id.partition(".")
    answer = await _certificate(deps, case_no) if kind == CERTIFICATE else await _document(deps, document_id)
    taken = {"case_no": case_no, "address": address_of(request), "what": document_id}
    await record(deps.audits, Audit(deed=Deed.DOCUMENT_TAKEN, person=None, at=now, **taken))
    return answer


async def _certificate(deps: Deps, case_no: str) -> Response:
    found = await deps.papers.certificates.find(case_no)
    if found is None or not found[0].file_id:
        raise DocumentNotFound
    return await certificate_file(deps, found[0])


async def certificate_file(deps: Deps, held: Certificate) -> Response:
    """A certificate as it was made, to take away: PDF/A, byte for byte."""
    content = b"".join([piece async for piece in deps.papers.files.read(held.file_id)])
    return attachment(content, f"{held.name}{held.number}", PDF, "pdf", plain="certificate")


async def _document(deps: Deps, document_id: str) -> Response:
    found = await deps.papers.documents.find(document_id)
    if found is None:
        raise DocumentNotFound
    return _file(await _pdf(deps, found[0]), found[0], PDF, "pdf")


async def _views(deps: Deps, case_no: str) -> list[DocumentView]:
    found = await deps.papers.documents.query(
        {"body.case_no": case_no}, sort=[("body.issued_on", 1), ("_id", 1)], limit=MOST, without=("sheet",)
    )
    return [DocumentView(**document.model_dump(include=set(DocumentView.model_fields))) for document in found]


async def _seen(deps: Deps, document_id: str, who: Person) -> IssuedDocument:
    found = await deps.papers.documents.find(document_id)
    if found is None:
        raise DocumentNotFound
    try:
        await case_of(deps, found[0].case_no, who)
    except CaseNotFound:
        raise DocumentNotFound from None
    return found[0]


async def _pdf(deps: Deps, document: IssuedDocument) -> bytes:
    return b"".join([piece async for piece in deps.papers.files.read(document.file_id)])


def _file(content: bytes, document: IssuedDocument, media_type: str, ending: str) -> Response:
    return attachment(content, f"{document.name}{document.number}", media_type, ending, plain=document.kind)


def attachment(content: bytes, name: str, media_type: str, ending: str, *, plain: str) -> Response:
    """A file to take away, under a name for people; a browser runs nothing of it."""
    named = quote(f"{name}.{ending}", safe="")
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{named}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


def _name(deps: Deps, kind: str) -> str:
    template = deps.papers.templates.get(kind)
    return template.name if template else "证书台账登记"
