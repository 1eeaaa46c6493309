"""The light rules: the table in force, its versions, and a new version with a look at what it changes."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from services.console import ruletables
from services.console.backends import Refused
from services.console.pages.board.matters import MENDABLE, Reader
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.problem import Problem
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Editor = Annotated[Visit, Depends(holding(Permission.RULES_EDIT))]
Table = Annotated[str, Form(max_length=500_000)]

REGISTERS: Final = {"lights": "看板亮灯", "alerts": "亮灯台账", "matters": "督查事项登记", "notices": "督办通知草稿"}
HOWS: Final = {"added": "会多出", "dropped": "会减少", "earlier": "会提前", "later": "会推后"}
"""What a changed table would have made of what was heard."""


class TableUnreadable(Problem):
    """The table that a form carried along is none."""

    status = 422
    code = "table-unreadable"
    zh = "提交的规则表无法读取"
    en = "the table that was sent cannot be read"
    remedy_zh = "请回到规则页面重新修订"
    remedy_en = "begin anew on the page of the rules"


@router.get("/board/rules")
async def show(visit: Reader, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """A version of the table, the one in force unless another is asked for, and what it changed."""
    in_force = (await visit.api.get("supervision", "/rules"))["in_force"]
    versions = await visit.api.get("supervision", "/rules/versions")
    number = str(version) if version else in_force["version"]
    table = next((one for one in versions if one["version"] == number), in_force)
    before = next((one for one in versions if int(one["version"]) == int(table["version"]) - 1), None)
    return visit.page(
        "board/rules.html",
        table=table,
        in_force=in_force,
        versions=versions[::-1],
        changes=ruletables.changes(before["rules"], table["rules"]) if before else [],
        people=await visit.deps.books.names(),
        words=ruletables,
    )


@router.get("/board/rules/edit")
async def edit(visit: Editor) -> Response:
    """The newest version as a form."""
    latest = (await visit.api.get("supervision", "/rules"))["latest"]
    tomorrow = (visit.now.astimezone(SHANGHAI) + timedelta(days=1)).date().isoformat()
    first = max(tomorrow, latest["effective_from"])
    entry = {"effective_from": first, "rules": latest["rules"], "note": ""}
    return _form(visit, entry, base=latest["version"])


@router.post("/board/rules/edit")
async def edit_again(visit: Editor, entry: Table, base: Annotated[str, Form(max_length=10)]) -> Response:
    """Back from the preview: the form with everything that was typed."""
    return _form(visit, _entry(entry), base=base)


@router.post("/board/rules/preview")
async def preview(visit: Editor, request: Request) -> Response:
    """What the new version would change, and would have done in the last quarter, before it is made."""
    form = await request.form()
    texts = {name: str(form.get(name, "")).strip() for name in ("effective_from", "note", "base")}
    rules = ruletables.rules_of(form)
    entry = {"effective_from": texts["effective_from"], "rules": rules, "note": texts["note"]}
    latest = (await visit.api.get("supervision", "/rules"))["latest"]
    changes = ruletables.changes(latest["rules"], rules)
    try:
        tried = await visit.api.post("supervision", "/rules/preview", {"rules": rules}) if changes else None
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return _form(visit, entry, base=texts["base"], problem=refused.problem, status=refused.status)
    return visit.page(
        "board/rules_preview.html",
        entry=entry,
        kept=json.dumps(entry, ensure_ascii=False),
        base=texts["base"],
        changes=changes,
        words=ruletables,
        tried=tried,
        registers=REGISTERS,
        hows=HOWS,
        names=await visit.deps.books.department_names(english=visit.english),
    )


@router.post("/board/rules")
async def save(visit: Editor, entry: Table, base: Annotated[str, Form(max_length=10)]) -> Response:
    """Make the new version. What the service refuses is shown beside what was typed."""
    table = _entry(entry)
    latest = (await visit.api.get("supervision", "/rules"))["latest"]
    if latest["version"] != base:
        return _form(visit, table, base=latest["version"], problem=_overtaken(visit), status=409)
    try:
        made = await visit.api.put("supervision", "/rules", table)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return _form(visit, table, base=base, problem=refused.problem, status=refused.status)
    return visit.see(f"/board/rules?version={made['latest']['version']}")


def _form(
    visit: Visit,
    entry: Mapping[str, Any],
    *,
    base: str,
    problem: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    return visit.page(
        "board/rules_edit.html",
        status=status,
        entry=entry,
        base=base,
        blank=ruletables.BLANK,
        words=ruletables,
        refusal=problem,
    )


def _entry(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise TableUnreadable from None
    if not ruletables.is_table(found):
        raise TableUnreadable
    table: dict[str, Any] = found
    return table


def _overtaken(visit: Visit) -> dict[str, Any]:
    """Somebody else made a version since the form was opened."""
    return {
        "detail": visit.say("修订期间已有他人发布了新版本"),
        "remedy": visit.say("以下仍是您填写的内容；请对照新版本核对后再次预览提交"),
        "errors": [],
    }
