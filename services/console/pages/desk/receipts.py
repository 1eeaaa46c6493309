"""The filing receipt (C3): its number, its date and, once, the query password; on paper; and a new password."""

import re
import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Form, Path, Response

from services.console.backends import Refused
from services.console.pages.desk.refusals import mendable, told
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.seals import SealBroken

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Clerk = Annotated[Visit, Depends(holding(Permission.CASE_RECEIVE))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$")]
Text = Annotated[str, Form(max_length=200)]

_COOKIE: Final = "handout"
_SECONDS: Final = 300
"""How long a password waits for the page that shows it."""

_KEPT: Final = ("identity_document", "holder_name", "holder_id_no", "authorisation")


@router.get("/desk/cases/{case_no}/receipt")
async def receipt(visit: Clerk, case_no: CaseNo) -> Response:
    """The receipt. The password is there only right after it was given, and only once."""
    answer = await _page(visit, case_no, password=_handout(visit, case_no))
    answer.delete_cookie(_COOKIE, path=_address(case_no), httponly=True, samesite="strict", secure=_secure(visit))
    return answer


@router.post("/desk/cases/{case_no}/receipt/pdf")
async def pdf(
    visit: Clerk, case_no: CaseNo, query_password: Text, paper: Annotated[Literal["a5", "80mm"], Form()] = "a5"
) -> Response:
    """The receipt on paper, with the password that was just given."""
    body = {"query_password": query_password, "paper": paper}
    page = await visit.api.send("POST", "intake", f"/cases/{case_no}/receipt/pdf", body=body)
    headers = {"Content-Disposition": f'inline; filename="{case_no}.pdf"', "Cache-Control": "no-store"}
    return Response(page.content, media_type="application/pdf", headers=headers)


@router.post("/desk/cases/{case_no}/receipt/reissue")
async def reissue(visit: Clerk, case_no: CaseNo) -> Response:
    """A new password against an identity document; or the form again with the reason why not."""
    typed = await visit.request.form()
    fields = {name: value.strip() for name, value in typed.items() if isinstance(value, str)}
    entry = {name: fields[name] for name in _KEPT if fields.get(name)}
    try:
        path = f"/cases/{case_no}/receipt/reissue"
        given = await visit.api.post(
            "intake", path, {"holder_name": "", "holder_id_no": ""} | entry, key=fields.get("key")
        )
    except Refused as refused:
        return await _page(visit, case_no, fields=fields, refused=mendable(refused))
    return handed_out(visit, given)


def handed_out(visit: Visit, receipt: Mapping[str, Any]) -> Response:
    """Go on to the receipt; its password travels sealed, for the next look of this session alone."""
    case_no, password = str(receipt["case_no"]), receipt["query_password"]
    answer = visit.see(_address(case_no))
    if password is not None:
        answer.set_cookie(
            _COOKIE,
            visit.deps.seals.seal(password, place=_place(visit, case_no)),
            max_age=_SECONDS,
            path=_address(case_no),
            httponly=True,
            samesite="strict",
            secure=_secure(visit),
        )
    return answer


async def _page(
    visit: Visit,
    case_no: str,
    *,
    password: str | None = None,
    fields: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response:
    return visit.page(
        "desk/receipt.html",
        receipt=await visit.api.get("intake", f"/cases/{case_no}/receipt"),
        password=password,
        grouped=" ".join(re.findall(".{1,4}", password or "")),
        fields=fields or {},
        key=secrets.token_urlsafe(16),
        **told(visit, refused),
    )


def _handout(visit: Visit, case_no: str) -> str | None:
    """The password that was sealed for this look; None when there is none, or it is not for this session."""
    sealed = visit.request.cookies.get(_COOKIE)
    try:
        return visit.deps.seals.open(sealed, place=_place(visit, case_no)) if sealed else None
    except (SealBroken, ValueError):
        return None


def _place(visit: Visit, case_no: str) -> str:
    return f"handout/{case_no}/{visit.session.key if visit.session else ''}"


def _address(case_no: str) -> str:
    return f"/desk/cases/{case_no}/receipt"


def _secure(visit: Visit) -> bool:
    return visit.deps.settings.is_secure
