"""What the supervision office works by: its catalogues, windows of silence, and what each finding counts."""

import secrets
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Form, Request, Response

from services.console.backends import Refused
from services.console.pages.board.assessments import CAUSES, LEVELS
from services.console.pages.board.entering import named
from services.console.pages.board.matters import MENDABLE, Reader, Supervisor
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Editor = Annotated[Visit, Depends(holding(Permission.RULES_EDIT))]
Kind = Literal["duties", "methods", "domains"]
Json = dict[str, Any]

CATALOGUES: Final = {"duties": "督查职责", "methods": "督查方式", "domains": "督查领域"}
SILENCE: Final = {"since": "从", "until": "到（含当日）", "departments": "科室", "reason": "理由"}
AMOUNTS: Final = {
    "effective_from": "生效日期",
    "lines": "分值",
    "caps": "年度上限",
    "yellows_for_red": "几次黄灯记一次红灯",
    "reds_for_bulletin": "几次红灯建议通报",
    "note": "修订说明",
}
_ROWS: Final = 60
_SPARE: Final = 3
_COUNTS: Final = ("yellows_for_red", "reds_for_bulletin")


@router.get("/board/catalogues")
async def catalogues(visit: Reader) -> Response:
    """The duties, methods and domains by which matters are entered, and the seven procedures."""
    found = await visit.api.get("supervision", "/catalogues")
    people = await visit.deps.books.names()
    return visit.page("board/catalogues.html", found=found, kinds=CATALOGUES, people=people)


@router.get("/board/catalogues/{kind}")
async def edit_catalogue(visit: Editor, kind: Kind) -> Response:
    """One catalogue as a form."""
    found = await visit.api.get("supervision", "/catalogues")
    return _catalogue_form(visit, kind, found[kind]["rows"])


@router.post("/board/catalogues/{kind}")
async def keep_catalogue(visit: Editor, request: Request, kind: Kind) -> Response:
    """Write the catalogue; rows left empty are none."""
    form = await request.form()
    rows = [_row(dict(form), place) for place in range(_ROWS) if f"{place}.code" in form]
    rows = [row for row in rows if row["code"] or row["name"]]
    try:
        await visit.api.put("supervision", f"/catalogues/{kind}", {"rows": rows})
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return _catalogue_form(visit, kind, rows, refused=refused)
    return visit.see("/board/catalogues")


@router.get("/board/silences")
async def silences(visit: Reader) -> Response:
    """The windows of silence, the latest first; who may declares another."""
    today = visit.now.astimezone(SHANGHAI).date().isoformat()
    return await _silences_page(visit, {"since": today, "until": today, "departments": [], "reason": ""})


@router.post("/board/silences")
async def declare(
    visit: Supervisor,
    since: Annotated[str, Form(max_length=20)] = "",
    until: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
    departments: Annotated[list[str] | None, Form(max_length=60)] = None,
    key: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """From now on lights of these days blame nobody."""
    typed = {"since": since, "until": until, "departments": departments or [], "reason": reason.strip()}
    try:
        await visit.api.post("supervision", "/silences", typed, key=key or None)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _silences_page(visit, typed, refused=refused)
    return visit.see("/board/silences")


@router.get("/board/amounts")
async def amounts(visit: Reader) -> Response:
    """What each finding counts: the table in force, and the newest one as a form for who may revise it."""
    tables = await visit.api.get("supervision", "/assessment-table")
    tomorrow = (visit.now.astimezone(SHANGHAI) + timedelta(days=1)).date().isoformat()
    typed = {**tables["latest"], "effective_from": max(tomorrow, tables["latest"]["effective_from"]), "note": ""}
    return _amounts_page(visit, tables, typed)


@router.post("/board/amounts")
async def revise(visit: Editor, request: Request) -> Response:
    """Make the next version; what is posted keeps its amount."""
    form = {name: str(value).strip() for name, value in (await request.form()).items()}
    levels = {cause: {level: form.get(f"{cause}.{level}", "") or "0" for level in LEVELS} for cause in CAUSES}
    typed: Json = {
        "effective_from": form.get("effective_from", ""),
        "lines": [{"cause": cause, **each} for cause, each in levels.items()],
        "caps": {level: form.get(f"cap.{level}", "") for level in LEVELS},
        **{name: _number(form.get(name, "")) for name in _COUNTS},
        "note": form.get("note", ""),
    }
    try:
        await visit.api.put("supervision", "/assessment-table", typed)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        tables = await visit.api.get("supervision", "/assessment-table")
        return _amounts_page(visit, tables, typed, refused=refused)
    return visit.see("/board/amounts")


def _catalogue_form(visit: Visit, kind: str, rows: list[Json], *, refused: Refused | None = None) -> Response:
    blank = {"code": "", "name": "", "name_en": "", "retired": False}
    return visit.page(
        "board/catalogue_edit.html",
        status=refused.status if refused else 200,
        kind=kind,
        title=CATALOGUES[kind],
        rows=[*rows, *([blank] * min(_SPARE, _ROWS - len(rows)))],
        refusal=named(visit, refused, {}) if refused else None,
    )


async def _silences_page(visit: Visit, typed: Json, *, refused: Refused | None = None) -> Response:
    return visit.page(
        "board/silences.html",
        status=refused.status if refused else 200,
        silences=await visit.api.get("supervision", "/silences"),
        today=visit.now.astimezone(SHANGHAI).date().isoformat(),
        typed=typed,
        key=secrets.token_urlsafe(16),
        names=await visit.deps.books.department_names(english=visit.english),
        people=await visit.deps.books.names(),
        refusal=named(visit, refused, SILENCE) if refused else None,
    )


def _amounts_page(visit: Visit, tables: Json, typed: Json, *, refused: Refused | None = None) -> Response:
    lines = {line["cause"]: line for line in typed["lines"]}
    return visit.page(
        "board/amounts.html",
        status=refused.status if refused else 200,
        tables=tables,
        typed=typed,
        lines={cause: lines.get(cause, dict.fromkeys(LEVELS, "0")) for cause in CAUSES},
        causes=CAUSES,
        levels=LEVELS,
        refusal=named(visit, refused, AMOUNTS) if refused else None,
    )


def _row(form: Json, place: int) -> Json:
    texts = {name: str(form.get(f"{place}.{name}", "")).strip() for name in ("code", "name", "name_en")}
    return {**texts, "retired": f"{place}.retired" in form}


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text
