"""Departments and the group chats they are bound to (notify, A-17): binding, unbinding, and who did it."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Response

from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.MESSAGE_READ))]
Caretaker = Annotated[Visit, Depends(holding(Permission.MESSAGE_SETUP))]
Department = Annotated[str, Path(pattern=r"^[A-Z][0-9]{2}$")]
Word = Annotated[str, Form(max_length=400)]

VENDORS: Final = {"wecom": "企业微信", "dingtalk": "钉钉"}
_NOTHING_TYPED: Final = {"department": "", "name": "", "vendor": "wecom", "reason": ""}
_MENDABLE: Final = frozenset({404, 409, 422})


@router.get("/ops/groups")
async def groups(visit: Reader) -> Response:
    """Every department that is, or was, bound to a group chat."""
    return await _page(visit, {})


@router.post("/ops/groups")
async def bind(
    visit: Caretaker,
    department: Annotated[str, Form(pattern=r"^[A-Z][0-9]{2}$")],
    name: Word = "",
    vendor: Word = "",
    key: Word = "",
    secret: Word = "",
    reason: Word = "",
) -> Response:
    """From now on messages for this department's group go to this one. What was typed stays, but for the keys."""
    typed = {"name": name.strip(), "vendor": vendor, "reason": reason.strip()}
    body = typed | {"key": key.strip(), "secret": secret.strip()}
    try:
        await visit.api.put("notify", f"/groups/{department}", body)
    except Refused as refused:
        return await _again(visit, refused, typed | {"department": department})
    return visit.see("/ops/groups")


@router.post("/ops/groups/{department}/unbind")
async def unbind(visit: Caretaker, department: Department, reason: Word = "") -> Response:
    """Nothing goes into this department's group any more."""
    try:
        await visit.api.post("notify", f"/groups/{department}/unbind", {"reason": reason.strip()})
    except Refused as refused:
        return await _again(visit, refused, {})
    return visit.see("/ops/groups")


async def _again(visit: Visit, refused: Refused, typed: dict[str, Any]) -> Response:
    if refused.status not in _MENDABLE:
        raise refused
    return await _page(visit, typed, refused=refused)


async def _page(visit: Visit, typed: dict[str, Any], *, refused: Refused | None = None) -> Response:
    books = visit.deps.books
    return visit.page(
        "ops/groups.html",
        status=refused.status if refused else 200,
        groups=await visit.api.get("notify", "/groups"),
        departments=await books.department_names(english=visit.english),
        people=await books.names(),
        vendors=VENDORS,
        typed=_NOTHING_TYPED | typed,
        refusal=refused.problem if refused else None,
    )
