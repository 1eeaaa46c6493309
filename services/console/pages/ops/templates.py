"""The words of messages (notify): which are in force, what they would say, other words in a new version."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Response

from services.console.backends import Refused
from services.console.pages.ops.messages import CHANNELS
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.MESSAGE_READ))]
Caretaker = Annotated[Visit, Depends(holding(Permission.MESSAGE_SETUP))]
Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Words = Annotated[str, Form(max_length=4000)]

_MENDABLE: Final = frozenset({409, 422})


@router.get("/ops/templates")
async def templates(visit: Reader) -> Response:
    """All templates, as they are in force."""
    found = await visit.api.get("notify", "/templates")
    return visit.page("ops/templates.html", templates=found, channels=CHANNELS)


@router.get("/ops/templates/{key}")
async def template(visit: Reader, key: Key) -> Response:
    """One template: its words, what they would say, every version."""
    seen = await visit.api.get("notify", f"/templates/{key}")
    return await _page(visit, seen, seen["in_force"] | {"reason": ""}, seen["preview"])


@router.post("/ops/templates/{key}/preview")
async def preview(
    visit: Reader, key: Key, subject: Words = "", text: Words = "", subject_en: Words = "", text_en: Words = ""
) -> Response:
    """What other words would say; what was typed stays."""
    words = {"subject": subject, "text": text, "subject_en": subject_en, "text_en": text_en}
    try:
        shown = await visit.api.post("notify", f"/templates/{key}/preview", words)
    except Refused as refused:
        return await _again(visit, key, words, refused)
    seen = await visit.api.get("notify", f"/templates/{key}")
    return await _page(visit, seen, words | {"reason": ""}, shown)


@router.post("/ops/templates/{key}")
async def change(
    visit: Caretaker,
    key: Key,
    based_on: Annotated[int, Form()],
    subject: Words = "",
    text: Words = "",
    subject_en: Words = "",
    text_en: Words = "",
    reason: Words = "",
) -> Response:
    """Save other words as a new version."""
    words = {"subject": subject, "text": text, "subject_en": subject_en, "text_en": text_en, "reason": reason.strip()}
    try:
        await visit.api.put("notify", f"/templates/{key}", words | {"based_on": based_on})
    except Refused as refused:
        return await _again(visit, key, words, refused)
    return visit.see(f"/ops/templates/{key}")


async def _again(visit: Visit, key: str, words: dict[str, Any], refused: Refused) -> Response:
    if refused.status not in _MENDABLE:
        raise refused
    seen = await visit.api.get("notify", f"/templates/{key}")
    return await _page(visit, seen, {"reason": ""} | words, seen["preview"], refused=refused)


async def _page(
    visit: Visit, seen: dict[str, Any], words: dict[str, Any], shown: dict[str, Any], *, refused: Refused | None = None
) -> Response:
    return visit.page(
        "ops/template.html",
        status=refused.status if refused else 200,
        seen=seen,
        words=words,
        shown=shown,
        channels=CHANNELS,
        people=await visit.deps.books.names(),
        refusal=refused.problem if refused else None,
    )
