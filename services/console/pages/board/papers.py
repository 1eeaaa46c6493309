"""What the pages of notices and bulletins have in common: an act that may be refused, and the file of a paper."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import Form, Path, Response

from services.console.backends import Refused
from services.console.pages.board.matters import MENDABLE
from services.console.visits import Visit

FileFormat = Annotated[str, Path(pattern=r"^(pdf|docx)$")]
Reason = Annotated[str, Form(max_length=2000)]
_PASSED_ON: Final = ("content-type", "content-disposition", "cache-control")


async def acted(
    visit: Visit,
    address: str,
    verb: str,
    *,
    body: dict[str, Any] | None = None,
    again: Callable[[Refused], Awaitable[Response]],
) -> Response:
    """Do it and show the paper; if it is refused, the page again with what was typed."""
    try:
        await visit.api.post("supervision", f"{address}/{verb}", body)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await again(refused)
    return visit.see(f"/board{address}")


async def paper(visit: Visit, address: str, *, service: str = "supervision") -> Response:
    """The file of a paper, as the service gives it."""
    answer = await visit.api.send("GET", service, address)
    headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
    return Response(answer.content, headers=headers)
