"""The draft that this browser has open: its token travels in a cookie that scripts cannot read."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, Response

from services.console.backends import Asking, Refused
from services.console.visits import OpenDraftFirst, Visit, visit_of
from services.kernel.seals import SealBroken

COOKIE: Final = "draft"
FLASH: Final = "draft-password"
_HOURS: Final = 4 * 3600
_SECONDS: Final = 900
PATH: Final = "/apply"

Json = Mapping[str, Any]


class Held:
    """A draft that is open."""

    def __init__(self, visit: Visit, token: str) -> None:
        self.visit, self.token = visit, token

    @property
    def api(self) -> Asking:
        """The services, asked for this draft."""
        return self.visit.api.bearing("Draft-Token", self.token)

    async def shown(self) -> Json:
        """The draft. Raises OpenDraftFirst."""
        return self.renewed(await self.asked("GET", ""))

    async def asked(self, method: str, path: str, body: object = None, *, key: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """What intake answers about the draft. Raises OpenDraftFirst, Refused."""
        try:
            return (await self.api.send(method, "intake", f"/public/draft{path}", body=body, key=key)).json()
        except Refused as refused:
            raise _shut(refused) from None

    def renewed(self, draft: Json) -> Json:
        """The same draft, its newer token kept for the answer."""
        self.token = draft["token"]
        return draft

    def page(self, template: str, /, *, status: int = 200, **context: Any) -> Response:  # noqa: ANN401 - what templates take
        """A page about the draft, which stays open."""
        return keep(self.visit, self.visit.page(template, status=status, **context), self.token)

    def see(self, address: str) -> Response:
        """Go on at another page; the draft stays open."""
        return keep(self.visit, self.visit.see(address), self.token)


async def _held(visit: Annotated[Visit, Depends(visit_of)]) -> Held:
    token = visit.request.cookies.get(COOKIE)
    if not token:
        raise OpenDraftFirst
    return Held(visit, token)


HeldDraft = Annotated[Held, Depends(_held)]


def keep(visit: Visit, answer: Response, token: str) -> Response:
    """Let the browser hold the draft open for the next hours."""
    return _set(visit, answer, COOKIE, token, seconds=_HOURS)


def flash(visit: Visit, answer: Response, text: str) -> Response:
    """Let the next pages show something for a quarter of an hour; sealed, so that the browser cannot make it up."""
    return _set(visit, answer, FLASH, visit.deps.seals.seal(text, place=FLASH), seconds=_SECONDS)


def flashed(visit: Visit) -> str:
    """What is to be shown; empty when there is nothing."""
    try:
        return visit.deps.seals.open(visit.request.cookies.get(FLASH, ""), place=FLASH)
    except (SealBroken, ValueError):
        return ""


def leave(visit: Visit, answer: Response) -> Response:
    """Hold no draft open any more: the next person at this screen sees nothing of it."""
    for name in (COOKIE, FLASH):
        answer.delete_cookie(name, path=PATH, httponly=True, samesite="lax", secure=visit.deps.settings.is_secure)
    return answer


def _set(visit: Visit, answer: Response, name: str, value: str, *, seconds: int) -> Response:
    secure = visit.deps.settings.is_secure
    answer.set_cookie(name, value, max_age=seconds, path=PATH, httponly=True, samesite="lax", secure=secure)
    return answer


def _shut(refused: Refused) -> Exception:
    return OpenDraftFirst() if refused.code == "draft-shut" else refused
