"""Supervision matters in their seven steps (V2)."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Response

from services.console.backends import Asking, Refused
from services.console.pages.paging import MOST, whole
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.SUPERVISION_READ))]
Supervisor = Annotated[Visit, Depends(holding(Permission.SUPERVISION_WORK))]
DocumentId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
Words = Annotated[str, Form(max_length=50_000)]
Filter = Annotated[str, Query(max_length=60)]

STEPS: Final = {
    "register": "登记",
    "undertake": "承办",
    "urge": "督办",
    "feedback": "反馈",
    "recheck": "复核",
    "bulletin": "通报",
    "archive": "归档",
}
"""The seven steps by the words of the API, in their order."""

SOURCES: Final = {
    "light": "亮灯",
    "meeting": "会议决定",
    "leader": "领导批示",
    "complaint": "投诉",
    "rating": "差评",
    "patrol": "巡查",
    "inspection": "督查",
    "other": "其他",
}
"""Where a matter comes from."""

_LAST: Final = "archive"

MENDABLE: Final = frozenset({403, 409, 422})
"""What a service refuses that the person can mend on the page: all that was typed stays."""


@router.get("/board/matters")
async def matters(
    visit: Reader,
    step: Filter = "",
    department: Filter = "",
    source: Filter = "",
    campaign: Annotated[str, Query(max_length=100)] = "",
    *,
    archived: bool = False,
) -> Response:
    """Matters, the newest first; those that are archived on request."""
    wanted = [step] if step in STEPS else [one for one in STEPS if archived or one != _LAST]
    narrowed = {"source": source if source in SOURCES else "", "campaign": campaign.strip()}
    found, is_cut = await matters_at(visit.api, wanted, **narrowed)
    names = await visit.deps.books.department_names(english=visit.english)
    lit = sorted({one["department"] for one in found} | ({department} if department else set()))
    fitting = [one for one in found if department in {"", one["department"]}]
    fitting.sort(key=lambda one: (one["registered_at"], one["matter_no"]), reverse=True)
    return visit.page(
        "board/matters.html",
        matters=fitting,
        names=names,
        steps=STEPS,
        sources=SOURCES,
        lit=lit,
        chosen={"step": step, "department": department, "archived": archived, **narrowed},
        campaigns=sorted({one["campaign"] for one in found if one["campaign"]}),
        cut=is_cut and MOST,
    )


@router.get("/board/matters/{matter_id}")
async def matter(visit: Reader, matter_id: DocumentId) -> Response:
    """One matter: how far it has come, its file, and the next step."""
    return await _page(visit, matter_id)


@router.post("/board/matters/{matter_id}/move")
async def move(
    visit: Supervisor,
    matter_id: DocumentId,
    to: Annotated[str, Form(max_length=40)],
    note: Words = "",
    *,
    not_needed: Annotated[bool, Form()] = False,
) -> Response:
    """One step on. The service says which; its refusal keeps what was typed."""
    body = {"to": to, "note": note.strip(), "not_needed": not_needed}
    try:
        await visit.api.post("supervision", f"/matters/{matter_id}/move", body)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _page(visit, matter_id, note=note, not_needed=not_needed, refused=refused)
    return visit.see(f"/board/matters/{matter_id}")


async def matters_at(api: Asking, steps: Iterable[str], **narrowed: str) -> tuple[list[dict[str, Any]], bool]:
    """The matters at these steps, and whether there are more than are listed. Raises Refused, TryLater."""
    pages = (whole(api, "supervision", "/matters", "matters", step=step, **narrowed) for step in steps)
    each = await asyncio.gather(*pages)
    return [matter for matters in each for matter in matters], any(len(matters) >= MOST for matters in each)


async def _page(
    visit: Visit, matter_id: str, *, note: str = "", not_needed: bool = False, refused: Refused | None = None
) -> Response:
    found = await visit.api.get("supervision", f"/matters/{matter_id}")
    notices = await whole(visit.api, "supervision", "/notices", "notices", case_no=found["case_no"])
    return visit.page(
        "board/matter.html",
        status=refused.status if refused else 200,
        matter=found,
        steps=STEPS,
        sources=SOURCES,
        waiting=next((one for one in found["objections"][-1:] if one["decided_by"] is None), None),
        is_part=_had_part(found, visit.who.code),
        position=list(STEPS).index(found["step"]),
        notices=[one for one in notices if one["matter_id"] == matter_id],
        people=await visit.deps.books.names(),
        names=await visit.deps.books.department_names(english=visit.english),
        refusal=refused.problem if refused else None,
        note=note,
        not_needed=not_needed,
    )


def _had_part(matter: dict[str, Any], code: str) -> bool:
    """Whether somebody worked on the matter: then others decide about it."""
    return code in {matter["undertaken_by"], *matter["responsible"], *(fact["by"] for fact in matter["facts"])}
