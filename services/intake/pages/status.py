"""The status page behind the QR code of a receipt (B-34): a form and the answer, no script, no cookie.

The password is posted, so that no address, log or browser history ever holds it.
"""

import html
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from services.intake.attempts import LookupLocked, TooManyLookups
from services.intake.deps import Deps
from services.intake.lookups import LookupEntry, LookupRefused, address_of, look_up
from services.intake.pages.shell import page
from services.intake.statuses import PublicStatus
from services.kernel.app import deps_of
from services.kernel.problem import Language, Problem

PATH: Final = "/public/lookup"
_ANSWER: Final = "/public/lookup/answer"
_LONGEST_FORM: Final = 2_000

_FORM: Final = """{answer}
<form method="post" action="{action}" autocomplete="off">
<label for="case_no">案件编号 <small lang="en">case number</small></label>
<input id="case_no" name="case_no" value="{case_no}" maxlength="64" required>
<label for="query_password">查询密码 <small lang="en">query password, on the filing receipt</small></label>
<input id="query_password" name="query_password" type="password" maxlength="64" required>
<button>查询 <span lang="en">look up</span></button>
</form>"""

With = Annotated[Deps, Depends(deps_of)]
pages = APIRouter(include_in_schema=False)


@pages.get(PATH, response_class=HTMLResponse)
async def form(deps: With, case_no: Annotated[str, Query(max_length=64)] = "") -> HTMLResponse:
    """The form, with the case number that the QR code brings."""
    return _page(deps, case_no=case_no)


@pages.post(_ANSWER, response_class=HTMLResponse)
async def answer(deps: With, request: Request) -> HTMLResponse:
    """Where the case stands, or why nothing can be told; counted and locked as every lookup is."""
    fields = parse_qs((await request.body())[:_LONGEST_FORM].decode(errors="replace"), keep_blank_values=True)
    case_no = fields.get("case_no", [""])[0]
    try:
        entry = LookupEntry(case_no=case_no, query_password=fields.get("query_password", [""])[0])
        status = await look_up(deps, entry, address=address_of(request))
    except ValidationError:
        return _page(deps, case_no=case_no, refusal=LookupRefused(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (LookupRefused, LookupLocked, TooManyLookups) as refusal:
        return _page(deps, case_no=case_no, refusal=refusal, status=refusal.status)
    return _page(deps, case_no=status.case_no, found=status)


def _page(
    deps: Deps,
    *,
    case_no: str,
    found: PublicStatus | None = None,
    refusal: Problem | None = None,
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    told = _status(found) if found else _refused(refusal) if refusal else ""
    content = _FORM.format(answer=told, action=_ANSWER, case_no=html.escape(case_no, quote=True))
    return page(deps.settings, content, title=("办件进度查询", "Case status"), status=status)


def _refused(refusal: Problem) -> str:
    zh = f"{refusal.detail(Language.ZH)}。{refusal.remedy(Language.ZH)}。"
    en = f"{refusal.detail(Language.EN)}; {refusal.remedy(Language.EN)}."
    return f'<div role="alert"><p>{html.escape(zh)}</p><p lang="en"><small>{html.escape(en)}</small></p></div>'


def _status(found: PublicStatus) -> str:
    """The sentence first, as the telephone reads it out, then line by line."""
    lines = [
        ("案件编号", found.case_no),
        ("事项", found.item),
        ("办理状态", found.status_text),
        ("当前环节", found.step or "—"),
        ("收件日期", found.received_on.isoformat()),
        ("预取件日期", found.expected_collection_on.isoformat() + ("（暂定）" if found.expected_provisional else "")),
        *[("需要补正", each) for each in found.corrections],
        *[("时限暂停", f"{pause.reason}（{pause.basis}）") for pause in found.paused],
        ("下一步", found.next),
    ]
    told = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in lines)
    sentence = f'{html.escape(found.sentence)}<br><small lang="en">{html.escape(found.sentence_en)}</small>'
    return f'<p class="said" role="status">{sentence}</p><dl>{told}</dl>'
