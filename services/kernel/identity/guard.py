"""The dependency that lets a request in: `who: Annotated[Person, Depends(allowed(Permission.CASE_RECEIVE))]`."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Final

from fastapi import Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.kernel.identity.permissions import Permission, may
from services.kernel.identity.persons import Person
from services.kernel.identity.refusals import NotAllowed, TokenMissing
from services.kernel.identity.tokens import Identity

_DECLARED: Final[dict[Callable[..., object], Permission]] = {}
"""Which permission each dependency made here asks for."""

_bearer: Final = HTTPBearer(
    scheme_name="staff", bearerFormat="JWT", description="EdDSA JWT of a member of staff", auto_error=False
)


def allowed(permission: Permission) -> Callable[..., Awaitable[Person]]:
    """A FastAPI dependency that gives the caller, or answers 401 or 403 when they may not do this."""

    async def person(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
    ) -> Person:
        if credentials is None:
            raise TokenMissing
        identity: Identity = request.app.state.kernel.identity
        who = await identity.person(credentials.credentials)
        if not may(who, permission):
            raise NotAllowed(permission=permission.value, permission_zh=permission.zh)
        return who

    _DECLARED[person] = permission
    return person


def declared(route: APIRoute) -> frozenset[Permission]:
    """The permissions that a route asks for, wherever in its dependencies; none where anybody may ask."""
    return frozenset(_declared(route.dependant))


def _declared(dependant: Dependant) -> Iterator[Permission]:
    for each in dependant.dependencies:
        if each.call in _DECLARED:
            yield _DECLARED[each.call]
        yield from _declared(each)
