"""What the supervision routes share."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Path

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


def scope_filter(who: Person) -> Mapping[str, Any]:
    """The one permission filter, as a database filter."""
    return scope_of(who).filter("body.departments")


def visible(who: Person, departments: tuple[str, ...], *, key: str) -> None:
    """Refuse with 404 what the reader may not see."""
    if not scope_of(who).sees(departments):
        raise NotFound(key=key)
