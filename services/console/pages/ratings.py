"""Ratings (好差评): by number and password, by the link of a delivery, public figures, and the window's list."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Final

import segno
from fastapi import APIRouter, Depends, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.desk.refusals import told
from services.console.pages.publicity import kept
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Receiver = Annotated[Visit, Depends(holding(Permission.CASE_RECEIVE))]
Deliverer = Annotated[Visit, Depends(holding(Permission.CASE_DELIVER))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$")]
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,400}$")]
Fields = Mapping[str, str]

LEVELS: Final = ((5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意"))

REASONS: Final = {
    "quick": "办得快",
    "clear": "说得清楚",
    "friendly": "态度好",
    "easy": "手续简便",
    "late": "超过承诺时限",
    "not_told_at_once": "没有一次说清",
    "more_papers": "要了清单以外的材料",
    "many_trips": "让我多跑了路",
    "rude": "态度不好",
    "not_found": "窗口没有人",
    "other": "其他",
}
"""The reasons, praise first."""

_MOST: Final = 200


@router.get("/rate")
async def form(visit: Anybody, case_no: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The form for whoever has number and password."""
    return _form(visit, fields={"case_no": case_no})


@router.post("/rate")
async def rate(visit: Anybody) -> Response:
    """Thanks; or the form again with the reason why not."""
    fields, entry = await _entry(visit)
    known = {name: fields.get(name, "") for name in ("case_no", "query_password")}
    return await _sent(visit, "/public/ratings", known | entry, fields)


@router.get("/rate/{token}")
async def form_by_link(visit: Anybody, token: Token) -> Response:
    """The form for whoever scanned the code at delivery."""
    return _form(visit, fields={}, token=token)


@router.post("/rate/{token}")
async def rate_by_link(visit: Anybody, token: Token) -> Response:
    """The same, by the link."""
    fields, entry = await _entry(visit)
    return await _sent(visit, "/public/ratings/link", {"token": token} | entry, fields, token=token)


@router.get("/ratings")
async def figures(visit: Anybody) -> Response:
    """How content people are, for everybody."""
    found = await visit.api.get("intake", "/public/ratings")
    return visit.page("ratings/figures.html", found=found, levels=dict(LEVELS))


@router.get("/desk/ratings")
async def ratings(visit: Receiver, only: Annotated[str, Query(pattern=r"^(open|bad|all)$")] = "open") -> Response:
    """The ratings; first of all the bad ones that nobody called about yet."""
    return await _ratings(visit, only)


@router.post("/desk/ratings/{case_no}")
async def note_contact(visit: Receiver, case_no: CaseNo) -> Response:
    """Record the call after a bad rating."""
    note = str((await visit.request.form()).get("note", "")).strip()
    try:
        await visit.api.post("intake", f"/ratings/{case_no}/contact", {"note": note})
    except Refused as refused:
        return await _ratings(visit, "open", note=note, case_no=case_no, refused=kept(refused))
    return visit.see("/desk/ratings?only=bad")


@router.post("/desk/deliver/{case_no}/rating")
async def show_code(visit: Deliverer, case_no: CaseNo) -> Response:
    """The QR code that whoever took the result scans to rate."""
    given = await visit.api.post("intake", f"/cases/{case_no}/rating-link")
    link = f"{str(visit.request.base_url).rstrip('/')}/rate/{given['token']}"
    picture = segno.make(link, error="m").svg_data_uri(scale=4, border=2)
    return visit.page("ratings/code.html", case_no=case_no, picture=picture, link=link)


async def _entry(visit: Visit) -> tuple[Fields, dict[str, Any]]:
    form = await visit.request.form()
    fields = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    level = fields.get("level", "")
    reasons = [str(reason) for reason in form.getlist("reasons")]
    entry = {"level": int(level) if level.isdecimal() else level, "reasons": reasons}
    return fields | {"reasons": " ".join(reasons)}, entry | {"comment": fields.get("comment", "")}


async def _sent(visit: Visit, path: str, body: Mapping[str, Any], fields: Fields, *, token: str = "") -> Response:
    try:
        receipt = await visit.api.post("intake", path, body)
    except Refused as refused:
        return _form(visit, fields=fields, token=token, refused=kept(refused))
    return visit.page("ratings/thanks.html", receipt=receipt, levels=dict(LEVELS))


def _form(visit: Visit, *, fields: Fields, token: str = "", refused: Refused | None = None) -> Response:
    answer = visit.page(
        "ratings/form.html", fields=fields, token_=token, levels=LEVELS, reasons=REASONS, **told(visit, refused)
    )
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


async def _ratings(
    visit: Visit, only: str, *, note: str = "", case_no: str = "", refused: Refused | None = None
) -> Response:
    wanted: dict[str, Any] = {"open": {"is_open": True}, "bad": {"is_bad": True}}.get(only, {})
    found = await visit.api.get("intake", "/ratings", limit=_MOST, **wanted)
    return visit.page(
        "ratings/list.html",
        only=only,
        found=found,
        levels=dict(LEVELS),
        reasons=REASONS,
        names=await visit.deps.books.names(),
        note=note,
        case_no=case_no,
        key=secrets.token_urlsafe(16),
        **told(visit, refused),
    )
