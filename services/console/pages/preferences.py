"""How one wants to be told (O6): by which channel first, when not, of what not at all."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Response

from services.console.backends import Refused
from services.console.pages.ops.messages import CHANNELS
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Member = Annotated[Visit, Depends(holding(Permission.INBOX_READ))]
Word = Annotated[str, Form(max_length=40)]

WINDOWS: Final = {"": "与全局一致", "0": "每条单独发送", "10": "10分钟", "30": "30分钟", "60": "1小时", "120": "2小时"}
"""Within how long several messages about one case become one."""

OPTIONAL: Final = {"bulletin": "督查通报"}
"""What one may do without, in words; a template of the bureau's own is called by its id."""

_MENDABLE: Final = frozenset({409, 422})


@router.get("/me/preferences")
async def preferences(visit: Member, said: str = "") -> Response:
    """What one chose, and what there is to choose from."""
    seen = await visit.api.get("notify", "/preferences")
    return _page(visit, seen, seen["choice"], said=said)


@router.post("/me/preferences")
async def choose(
    visit: Member,
    first: Word = "",
    second: Word = "",
    language: Word = "zh",
    quiet_from: Word = "",
    quiet_to: Word = "",
    digest_minutes: Word = "",
    muted: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Keep one's choice; what is a duty to hear comes all the same."""
    choice = {
        "channels": [*dict.fromkeys(each for each in (first, second) if each)],
        "language": language,
        "quiet": f"{quiet_from}-{quiet_to}" if quiet_from or quiet_to else "",
        "digest_minutes": int(digest_minutes) if digest_minutes.isdecimal() else None,
        "muted": muted or [],
    }
    try:
        await visit.api.put("notify", "/preferences", choice)
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        seen = await visit.api.get("notify", "/preferences")
        return _page(visit, seen, choice, refused=refused)
    return visit.see("/me/preferences?said=yes")


def _page(
    visit: Visit, seen: dict[str, Any], choice: dict[str, Any], *, said: str = "", refused: Refused | None = None
) -> Response:
    begins, _, ends = choice["quiet"].partition("-")
    return visit.page(
        "me/preferences.html",
        status=refused.status if refused else 200,
        seen=seen,
        choice=choice,
        begins=begins,
        ends=ends,
        channels=CHANNELS,
        windows=WINDOWS,
        optional=OPTIONAL,
        said=said,
        refusal=refused.problem if refused else None,
    )
