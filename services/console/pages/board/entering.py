"""What the supervision office enters by hand: a matter that no light began, a notice; and a department's objection."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request, Response

from services.console.backends import Refused
from services.console.naming import colleagues
from services.console.pages.board.bulletins import Approver
from services.console.pages.board.matters import MENDABLE, SOURCES, DocumentId, Reader, Supervisor
from services.console.pages.board.papers import Reason
from services.console.pages.routes import PageRoute
from services.console.visits import Visit
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

MATTER: Final = {
    "title": "事项名称",
    "matter": "督查内容",
    "source": "来源",
    "source_no": "来源文号",
    "domain": "领域",
    "duty": "职责",
    "method": "方式",
    "campaign": "专项名称",
    "department": "责任科室",
    "due_on": "应办结日期",
    "requirement": "办理要求",
    "case_no": "相关案件编号",
}
"""The fields of a matter, named for people."""

NOTICE: Final = {"title": "标题", "department": "主送科室", "text": "正文", "rectify_by": "整改期限"}
_OPTIONAL: Final = frozenset({"campaign", "case_no"})
_USUAL: Final = timedelta(days=15)


@router.get("/board/matters/new")
async def new_matter(visit: Supervisor) -> Response:
    """The form for a matter."""
    due = visit.now.astimezone(SHANGHAI).date() + _USUAL
    return await _matter_form(visit, {"source": "leader", "due_on": due.isoformat()})


@router.post("/board/matters")
async def register(visit: Supervisor, request: Request) -> Response:
    """Register it; what the service refuses is shown beside what was typed."""
    form = await request.form()
    typed = _typed(form, (*MATTER, "key"))
    body: dict[str, Any] = {name: typed[name] or None if name in _OPTIONAL else typed[name] for name in MATTER}
    body["responsible"] = [one for one in form.getlist("responsible") if isinstance(one, str) and one]
    try:
        made = await visit.api.post("supervision", "/matters", body, key=typed["key"])
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _matter_form(visit, {**typed, "responsible": body["responsible"]}, refused=refused)
    return visit.see(f"/board/matters/{made['matter_id']}")


@router.get("/board/notices/new")
async def new_notice(visit: Supervisor, matter: Annotated[str, Query(pattern=r"^([0-9a-f]{24})?$")] = "") -> Response:
    """The form for a notice, perhaps on a matter."""
    found = await visit.api.get("supervision", f"/matters/{matter}") if matter else None
    due = visit.now.astimezone(SHANGHAI).date() + _USUAL
    typed = {"rectify_by": due.isoformat(), "matter_id": matter}
    if found:
        typed |= {"title": f"关于{found['matter']}的督查督办通知", "department": found["department"]}
    return await _notice_form(visit, typed)


@router.post("/board/notices")
async def draft_notice(visit: Supervisor, request: Request) -> Response:
    """Draft it; a leader signs before it is issued."""
    typed = _typed(await request.form(), (*NOTICE, "matter_id", "key"))
    body: dict[str, Any] = {name: typed[name] for name in (*NOTICE, "matter_id")}
    body["matter_id"] = typed["matter_id"] or None
    try:
        made = await visit.api.post("supervision", "/notices", body, key=typed["key"])
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _notice_form(visit, typed, refused=refused)
    return visit.see(f"/board/notices/{made['notice_id']}")


@router.post("/board/matters/{matter_id}/objection")
async def object_to(visit: Reader, matter_id: DocumentId, reason: Reason = "") -> Response:
    """The department does not agree."""
    await visit.api.post("supervision", f"/matters/{matter_id}/objection", {"reason": reason.strip()})
    return visit.see(f"/board/matters/{matter_id}")


@router.post("/board/matters/{matter_id}/objection/decide")
async def decide(
    visit: Approver, matter_id: DocumentId, *, upheld: Annotated[bool, Form()], opinion: Reason = ""
) -> Response:
    """Somebody who had no part in the matter decides."""
    body = {"upheld": upheld, "opinion": opinion.strip()}
    await visit.api.post("supervision", f"/matters/{matter_id}/objection/decide", body)
    return visit.see(f"/board/matters/{matter_id}")


async def _matter_form(visit: Visit, typed: Mapping[str, Any], *, refused: Refused | None = None) -> Response:
    return visit.page(
        "board/matter_new.html",
        status=refused.status if refused else 200,
        typed=typed,
        key=typed.get("key") or secrets.token_urlsafe(16),
        sources=SOURCES,
        catalogues=await visit.api.get("supervision", "/catalogues"),
        names=await visit.deps.books.department_names(english=visit.english),
        people=await colleagues(visit.deps.books),
        refusal=named(visit, refused, MATTER) if refused else None,
    )


async def _notice_form(visit: Visit, typed: Mapping[str, Any], *, refused: Refused | None = None) -> Response:
    return visit.page(
        "board/notice_new.html",
        status=refused.status if refused else 200,
        typed=typed,
        key=typed.get("key") or secrets.token_urlsafe(16),
        names=await visit.deps.books.department_names(english=visit.english),
        refusal=named(visit, refused, NOTICE) if refused else None,
    )


def named(visit: Visit, refused: Refused, fields: Mapping[str, str]) -> dict[str, Any]:
    """A refusal whose errors name the fields as the page does, and lead to them."""
    told = []
    for error in refused.problem.get("errors", ()):
        field = str(error["where"]).removeprefix("body.").partition(".")[0]
        name = f"{visit.say(fields[field])}：" if field in fields else ""
        told.append({"where": field if field in fields else "", "message": f"{name}{error['message']}"})
    return {**refused.problem, "errors": told}


def _typed(form: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(form.get(name, "")).replace("\r\n", "\n").strip() for name in names}
