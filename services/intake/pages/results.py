"""The list of granted licences, which everybody may read and search (行政许可法 §40, B-50)."""

import html
from collections.abc import Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from services.contracts.words import Outcome
from services.intake.cases import PublicLine, plain
from services.intake.deps import Deps
from services.intake.pages.shell import both, page, table
from services.intake.queries import SHORTEST, results_of
from services.kernel.app import deps_of

PATH: Final = "/public/results"
_MOST_PAGES: Final = 200
_DECISIONS: Final = {
    Outcome.GRANTED: ("准予许可", "granted"),
    Outcome.GRANTED_CONDITIONAL: ("准予许可（附条件）", "granted with conditions"),
}
_FORM: Final = """<form action="{path}" role="search">
<label for="q">按事项、项目、单位查找，至少两个字 <small lang="en">search: two characters or more</small></label>
<input id="q" name="q" value="{search}" maxlength="40"><button>查找 <span lang="en">search</span></button></form>
{result}"""

With = Annotated[Deps, Depends(deps_of)]
pages = APIRouter(include_in_schema=False)


@pages.get(PATH, response_class=HTMLResponse)
async def list_results(
    deps: With,
    q: Annotated[str, Query(max_length=40)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=_MOST_PAGES)] = 1,
) -> HTMLResponse:
    """The newest first, a page at a time."""
    if 0 < len(plain(q)) < SHORTEST:
        told = '<div role="alert"><p>请至少输入两个字 <small lang="en">two characters or more</small></p></div>'
    else:
        lines, is_more = await results_of(deps, q, page=number)
        told = _list(lines) + _turn(q, number, is_more=is_more)
    content = _FORM.format(path=PATH, search=html.escape(q, quote=True), result=told)
    return page(deps.settings, content, title=("许可结果公开", "Granted licences"), is_public=True)


def _list(lines: Sequence[PublicLine]) -> str:
    if not lines:
        return "<p>没有符合的结果 <small lang='en'>nothing found</small></p>"
    head = ("决定日期 date", "事项 item", "项目 project", "申请人 applicant", "决定 decision")
    return table(head, [_row(line) for line in lines])


def _row(line: PublicLine) -> tuple[str, ...]:
    project, applicant = html.escape(line.project), html.escape(line.applicant)
    return (
        line.decided_on.isoformat(),
        both(line.item, line.item_en),
        project,
        applicant,
        both(*_DECISIONS[line.decision]),
    )


def _turn(search: str, number: int, *, is_more: bool) -> str:
    """Links to the pages before and after."""
    links = []
    if number > 1:
        links.append(_link(search, number - 1, "上一页", "newer"))
    if is_more and number < _MOST_PAGES:
        links.append(_link(search, number + 1, "下一页", "older"))
    return f'<nav aria-label="翻页 pages"><ul>{"".join(links)}</ul></nav>' if links else ""


def _link(search: str, number: int, zh: str, en: str) -> str:
    query = urlencode({"q": search, "page": number} if search else {"page": number})
    return f'<li><a href="{PATH}?{html.escape(query, quote=True)}">{both(zh, en)}</a></li>'
