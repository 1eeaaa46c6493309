"""What was said to oneself (notify): the bell in the head of every page, and the list behind it."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, Visit, holding
from services.kernel.identity import Permission
from services.kernel.problem import TryLater

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.INBOX_READ))]
MessageId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]

_PAGE: Final = 50
_NOTHING: Final = 204
_SHOWN: Final = 99


@router.get("/inbox/bell")
async def bell(visit: Anybody) -> Response:
    """How many messages wait; nothing at all when that is not known just now: no page suffers for it."""
    if not visit.may(Permission.INBOX_READ):
        return Response(status_code=_NOTHING)
    try:
        unread = (await visit.api.get("notify", "/inbox/unread"))["unread"]
    except (Refused, TryLater):
        return Response(status_code=_NOTHING)
    return visit.page("inbox/bell.html", unread=unread, most=_SHOWN)


@router.get("/inbox")
async def inbox(visit: Reader, unread: str = "", after: Annotated[str, Query(max_length=40)] = "") -> Response:
    """One's own messages, the newest first."""
    only = "true" if unread == "true" else ""
    found = await visit.api.get("notify", "/inbox", unread=only, after=after, limit=_PAGE)
    return visit.page("inbox/list.html", inbox=found, only=only)


@router.post("/inbox/{message_id}/read")
async def read(visit: Reader, message_id: MessageId) -> Response:
    """It was read."""
    await visit.api.post("notify", f"/inbox/{message_id}/read")
    return visit.see("/inbox")


@router.post("/inbox/read")
async def read_all(visit: Reader) -> Response:
    """Everything was read."""
    await visit.api.post("notify", "/inbox/read")
    return visit.see("/inbox")
