"""The application guide of every item on offer (报建须知, B-37): what the law says must be public (行政许可法 §30).

With a situation chosen the list of papers is exactly what the window will ask for.
"""

import html
from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse

from services.contracts.workflow import Item, RequiredDocument
from services.intake.applications import papers_asked
from services.intake.copies import Offer
from services.intake.deps import Deps
from services.intake.pages.shell import both, page, table
from services.kernel.app import deps_of

PATH: Final = "/public/guides"
_TITLE: Final = ("办事指南", "Application guides")
_ZONE: Final = ZoneInfo("Asia/Shanghai")

_DELIVERY: Final = "自作出决定之日起 10 个工作日内颁发、送达（行政许可法第四十四条）"
_REMEDIES: Final = (
    "对行政许可决定不服的，可以自知道该决定之日起 60 日内申请行政复议（行政复议法第二十条），"
    "也可以自知道或者应当知道之日起 6 个月内提起行政诉讼（行政诉讼法第四十六条）。"
)
_REMEDIES_EN: Final = "Administrative reconsideration within 60 days, or a lawsuit within six months."

With = Annotated[Deps, Depends(deps_of)]
pages = APIRouter(include_in_schema=False)


@pages.get(PATH, response_class=HTMLResponse)
async def list_guides(deps: With) -> HTMLResponse:
    """All items on offer, by code."""
    offers = await deps.copies.offers()
    rows = [(_link(each.item), html.escape(each.item.code), _limits_in_short(each.item)) for each in offers]
    listed = table(("事项 item", "编码 code", "承诺时限（工作日） promised working days"), rows)
    return page(deps.settings, listed if rows else "<p>暂无可办事项</p>", title=_TITLE, is_public=True)


@pages.get(PATH + "/{item_code}", response_class=HTMLResponse)
async def show_guide(
    deps: With,
    item_code: Annotated[str, Path(max_length=40)],
    situation: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """The guide of one item, for all its situations or for one."""
    offer = await deps.copies.offer(item_code)
    if offer is None or situation not in {"", *(each.code for each in offer.item.situations)}:
        gone = '<div role="alert"><p>没有这个事项或情形，请从目录中选择。</p>'
        gone += f'<p><a href="{PATH}">办事指南目录 <span lang="en">all guides</span></a></p></div>'
        return page(deps.settings, gone, title=_TITLE, status=HTTPStatus.NOT_FOUND)
    return page(
        deps.settings, _guide(deps, offer, situation), title=(offer.item.name, offer.item.name_en), is_public=True
    )


def _guide(deps: Deps, offer: Offer, situation: str) -> str:
    item, office = offer.item, deps.settings
    since = offer.activated_at.astimezone(_ZONE).date().isoformat()
    contact = f"{office.hall_address}，{office.hall_hours}，{office.inquiry_phone}"
    parts = [
        _menu(item, situation),
        _section("办理依据", "legal basis", _list(item.legal_basis)),
        _section("申请条件", "conditions", _list(item.conditions)) if item.conditions else "",
        _section("申请材料", "papers", _papers(item, situation)),
        _section("办理流程", "procedure", _list(_steps(item), ordered=True)),
        _section("办理时限", "time limits", _limits(item, situation)),
        _section("收费", "fees", "<p>不收费 <small lang='en'>none</small></p>"),
        _section("办理地点和咨询", "where to apply and ask", f"<p>{html.escape(contact)}</p>"),
        _section("救济途径", "remedies", f"<p>{both(_REMEDIES, _REMEDIES_EN)}</p>") if item.statutory_workdays else "",
        '<p><a href="/public/lookup">办件进度查询 <small lang="en">case status</small></a></p>',
        f"<p>{both(f'第 {offer.version} 版，自 {since} 起施行', f'version {offer.version}, since {since}')}</p>",
    ]
    return "\n".join(part for part in parts if part)


def _menu(item: Item, situation: str) -> str:
    """The situations, one of which may be chosen."""
    here = ' aria-current="page"'
    choices = [("", "全部情形", "all situations"), *((each.code, each.name, each.name_en) for each in item.situations)]
    links = [
        f'<li><a href="?situation={quote(code)}"{here if code == situation else ""}>{both(zh, en)}</a>'
        for code, zh, en in choices
    ]
    back = f'<p><a href="{PATH}">办事指南目录 <small lang="en">all guides</small></a></p>'
    return f'<nav aria-label="情形 situations">{back}<ul>{"".join(links)}</ul></nav>'


def _papers(item: Item, situation: str) -> str:
    asked = papers_asked(item, situation).values() if situation else item.documents
    names = {each.code: each.name for each in item.situations}
    rows = [_paper(each, names, show_situations=not situation and len(names) > 1) for each in asked]
    head = ["材料 paper", "必要 mandatory", "依据 basis"]
    head += ["适用情形 situations"] if not situation and len(names) > 1 else []
    return table(head, rows) if rows else "<p>无需提交材料 <small lang='en'>none</small></p>"


def _paper(paper: RequiredDocument, names: dict[str, str], *, show_situations: bool) -> tuple[str, ...]:
    row = (
        both(paper.name, paper.name_en),
        "是 yes" if paper.mandatory else "视情况 as applicable",
        html.escape(paper.basis),
    )
    in_all = not paper.situations or set(paper.situations) >= names.keys()
    told = "全部" if in_all else "、".join(names[code] for code in paper.situations)
    return (*row, html.escape(told)) if show_situations else row


def _steps(item: Item) -> list[str]:
    first = ["乡镇（街道）受理并出具初审意见"] if item.township_first else []
    decided = "审查并作出书面决定" if item.statutory_workdays else "办理并出具书面意见"
    return [
        "窗口收件，当场交付收件凭证（含预取件日期和查询密码）",
        *first,
        f"{item.acceptance_workdays} 个工作日内决定是否受理；材料不齐的，一次告知全部补正内容（行政许可法第三十二条）",
        decided,
        _DELIVERY if item.statutory_workdays else "窗口送达",
    ]


def _limits(item: Item, situation: str) -> str:
    law = f"{item.statutory_workdays} 个工作日" if item.statutory_workdays else "不属于行政许可，无法定时限"
    rows = [("法定时限 <small lang='en'>statutory limit</small>", html.escape(law))]
    rows += [
        (
            f"承诺时限 <small lang='en'>promised</small>：{both(each.name, each.name_en)}",
            f"{each.promised_workdays} 个工作日",
        )
        for each in item.situations
        if situation in {"", each.code}
    ]
    return table((), rows)


def _limits_in_short(item: Item) -> str:
    return "、".join(f"{html.escape(each.name)} {each.promised_workdays}" for each in item.situations)


def _link(item: Item) -> str:
    return f'<a href="{PATH}/{quote(item.code)}">{both(item.name, item.name_en)}</a>'


def _section(zh: str, en: str, content: str) -> str:
    return f"<section><h2>{both(zh, en)}</h2>{content}</section>"


def _list(texts: Iterable[str], *, ordered: bool = False) -> str:
    tag = "ol" if ordered else "ul"
    return f"<{tag}>{''.join(f'<li>{html.escape(text)}</li>' for text in texts)}</{tag}>"
