"""An application is given up before its decision: withdrawn online or by a signed request, or ended by a leader."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.desk.refusals import mendable, told
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Receiver = Annotated[Visit, Depends(holding(Permission.CASE_RECEIVE))]
Terminator = Annotated[Visit, Depends(holding(Permission.CASE_TERMINATE))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$")]

GROUNDS: Final = {
    "applicant_deceased": "申请人死亡，没有人继续申请",
    "applicant_dissolved": "申请单位已经依法终止",
    "papers_not_supplied": "逾期没有补齐应当提交的材料",
    "subject_gone": "申请事项不再存在",
}
"""Why a case can be terminated, as the choice on the page says it."""

_ASKED_AGAIN: Final = frozenset({403, 409, 422, 423, 429})
_UNPROCESSABLE: Final = 422
_SIGNED: Final = ("signer_name", "signer_id_no", "signature", "authorisation")
_RULED: Final = ("ground", "basis", "evidence", "reason")


@router.get("/withdraw")
async def ask(visit: Anybody, case_no: Annotated[str, Query(max_length=64)] = "") -> Response:
    """What withdrawing means, and the form: case number, query password, and that one means it."""
    return _private(visit.page("public/withdraw.html", case_no=case_no, found=None, refusal=None))


@router.post("/withdraw")
async def withdraw(
    visit: Anybody,
    case_no: Annotated[str, Form(max_length=200)] = "",
    query_password: Annotated[str, Form(max_length=200)] = "",
    confirmed: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Ask for the withdrawal; counted, locked and refused as the lookup is."""
    entry = {"case_no": case_no, "query_password": query_password, "confirmed": bool(confirmed)}
    try:
        found = await visit.api.post("intake", "/public/withdrawals", entry)
    except Refused as refused:
        if refused.status not in _ASKED_AGAIN:
            raise
        return _refused(visit, refused, case_no)
    return _private(visit.page("public/withdraw.html", case_no=case_no, found=found, refusal=None))


@router.get("/desk/withdraw/{case_no}")
async def signed_page(visit: Receiver, case_no: CaseNo, said: str = "") -> Response:
    """The form for a signed request that was brought to the window."""
    return await _signed(visit, case_no, said=said)


@router.post("/desk/withdraw/{case_no}")
async def signed(visit: Receiver, case_no: CaseNo) -> Response:
    """Register the signed request; or the form again with the reason why not."""
    fields = await _typed(visit)
    entry = dict.fromkeys(_SIGNED[:3], "") | {name: fields[name] for name in _SIGNED if fields.get(name)}
    try:
        await visit.api.post("intake", f"/cases/{case_no}/withdrawal", entry, key=fields.get("key"))
    except Refused as refused:
        return await _signed(visit, case_no, fields=fields, refused=mendable(refused))
    return visit.see(f"/desk/withdraw/{case_no}?said=asked")


@router.get("/cases/{case_no}/terminate")
async def ruling_page(visit: Terminator, case_no: CaseNo) -> Response:
    """The form for ending the handling of an application."""
    return await _ruling(visit, case_no)


@router.post("/cases/{case_no}/terminate")
async def terminate(visit: Terminator, case_no: CaseNo) -> Response:
    """End the handling; or the form again with the reason why not."""
    fields = await _typed(visit)
    entry = {name: fields.get(name, "") for name in _RULED}
    try:
        await visit.api.post("workflow", f"/cases/{case_no}/termination", entry, key=fields.get("key"))
    except Refused as refused:
        return await _ruling(visit, case_no, fields=fields, refused=mendable(refused))
    return visit.see(f"/cases/{case_no}")


async def _typed(visit: Visit) -> dict[str, str]:
    form = await visit.request.form()
    return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


async def _signed(
    visit: Visit,
    case_no: str,
    *,
    fields: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    said: str = "",
) -> Response:
    case = await visit.api.get("intake", f"/cases/{case_no}")
    context: dict[str, Any] = {"case": case, "fields": fields or {}, "said": said, "key": secrets.token_urlsafe(16)}
    return visit.page("desk/withdraw.html", **context, **told(visit, refused))


async def _ruling(
    visit: Visit, case_no: str, *, fields: Mapping[str, str] | None = None, refused: Refused | None = None
) -> Response:
    case = await visit.api.get("intake", f"/cases/{case_no}")
    context: dict[str, Any] = {"case": case, "fields": fields or {}, "grounds": GROUNDS}
    return visit.page("cases/terminate.html", **context, key=secrets.token_urlsafe(16), **told(visit, refused))


def _refused(visit: Visit, refused: Refused, case_no: str) -> Response:
    """The form again; the same page whether the number is unknown or the password wrong."""
    problem = refused.problem
    if refused.status == _UNPROCESSABLE:
        problem = {
            "detail": visit.say("请填写案件编号和查询密码，并勾选确认"),
            "remedy": visit.say("编号和密码都印在立案回执上"),
        }
    answer = visit.page("public/withdraw.html", status=refused.status, case_no=case_no, found=None, refusal=problem)
    if "seconds" in problem:
        answer.headers["Retry-After"] = str(problem["seconds"])
    return _private(answer)


def _private(answer: Response) -> Response:
    """No address of ours goes on to where the reader goes next: it may hold a case number."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
