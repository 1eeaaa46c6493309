"""Supervision matters in their seven steps (V2)."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.paging import whole
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

MENDABLE: Final = frozenset({403, 409, 422})
"""What a service refuses that the person can mend on the page: all that was typed stays."""


@router.get("/board/matters")
async def matters(
    visit: Reader,
    step: Filter = "",
    department: Filter = "",
    *,
    open: bool = False,  # noqa: A002 - the name in the address
) -> Response:
    """Matters, the newest first."""
    found = await whole(visit.api, "supervision", "/matters", "matters", step=step if step in STEPS else None)
    names = await visit.deps.books.department_names(english=visit.english)
    lit = sorted({one["department"] for one in found} | ({department} if department else set()))
    fitting = [
        one for one in found if department in {"", one["department"]} and not (open and one["step"] == "archive")
    ]
    fitting.sort(key=lambda one: (one["registered_at"], one["matter_no"]), reverse=True)
    chosen = {"step": step, "department": department, "open": open}
    return visit.page("board/matters.html", matters=fitting, names=names, steps=STEPS, lit=lit, chosen=chosen)


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
        position=list(STEPS).index(found["step"]),
        notices=[one for one in notices if one["matter_id"] == matter_id],
        people=await visit.deps.books.names(),
        names=await visit.deps.books.department_names(english=visit.english),
        refusal=refused.problem if refused else None,
        note=note,
        not_needed=not_needed,
    )
