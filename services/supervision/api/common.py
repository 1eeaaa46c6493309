"""What the supervision routes share."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Query, Response

from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed, scope_of
from services.kernel.store import NotFound
from services.supervision.desk import Deps

Here = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.SUPERVISION_READ))]
Supervisor = Annotated[Person, Depends(allowed(Permission.SUPERVISION_WORK))]
Approver = Annotated[Person, Depends(allowed(Permission.BULLETIN_APPROVE))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{10,40}$")]
DocumentId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
DocumentFilter = Annotated[str | None, Query(pattern=r"^[0-9a-f]{24}$")]


class Format(StrEnum):
    """As what a paper is fetched."""

    PDF = "pdf"
    DOCX = "docx"


_TYPES: Final = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
FILES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {media_type: {} for media_type in _TYPES.values()}}}
"""What the operations that give a paper answer."""


def file_answer(content: bytes, kind: Format, name: str) -> Response:
    """A paper, to be kept under a name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=_TYPES[kind], headers=headers)


def scope_filter(who: Person) -> Mapping[str, Any]:
    """The one permission filter, as a database filter."""
    return scope_of(who).filter("body.departments")


def visible(who: Person, departments: tuple[str, ...], *, key: str) -> None:
    """Refuse with 404 what the reader may not see."""
    if not scope_of(who).sees(departments):
        raise NotFound(key=key)
