"""The documents and the certificate of a case: for those who work on it, and for the applicant with a ticket."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.CASE_READ))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$")]
DocumentId = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}\.[a-z_]{1,40}(\.[0-9A-Za-z._:-]{1,100})?$")]

_PASSED_ON: Final = ("content-disposition", "content-security-policy", "x-content-type-options", "cache-control")


@router.get("/cases/{case_no}/documents")
async def documents_page(visit: Reader, case_no: CaseNo) -> Response:
    """The list; as a part of the case's page when it asks for that."""
    is_part = visit.request.headers.get("hx-request") == "true"
    papers = await papers_of(visit, case_no)
    return visit.page("documents/part.html" if is_part else "documents/list.html", case_no=case_no, papers=papers)


@router.get("/documents/{document_id}/{form}")
async def document(
    visit: Reader, document_id: DocumentId, form: Annotated[str, Path(pattern="^(pdf|docx)$")]
) -> Response:
    """A document to take away."""
    return await passed_on(visit, f"/documents/{document_id}/{form}")


@router.get("/certificates/{case_no}/pdf")
async def certificate(visit: Reader, case_no: CaseNo) -> Response:
    """The certificate that the case gave, to print."""
    return await passed_on(visit, f"/certificates/{case_no}/pdf")


@router.get("/q/documents/{document_id}")
async def own(
    visit: Anybody, document_id: DocumentId, ticket: Annotated[str, Query(pattern=r"^[0-9a-f]{1,8}-[0-9a-f]{40}$")]
) -> Response:
    """A document of the applicant's own, by the ticket of the status page."""
    return await passed_on(visit, f"/public/documents/{document_id}/pdf", ticket=ticket)


async def papers_of(visit: Visit, case_no: str) -> dict[str, Any]:
    """The documents, those that wait for something, and the certificate; each empty when there is none."""
    listed, certificate = await asyncio.gather(
        _part(visit, f"/cases/{case_no}/documents"), _part(visit, f"/certificates/{case_no}")
    )
    return (listed or {"documents": [], "waiting": []}) | {"certificate": certificate}


async def _part(visit: Visit, path: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return await visit.api.get("intake", path)
    except Refused:  # a case of the process alone, or one without a certificate
        return None


async def passed_on(visit: Visit, path: str, **query: str) -> Response:
    """A file of the window's as it came."""
    answer = await visit.api.send("GET", "intake", path, query=query)
    headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
    return Response(answer.content, media_type=answer.headers["content-type"], headers=headers)
