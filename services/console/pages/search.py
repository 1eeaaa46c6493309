"""Searching cases (O4), and what was found as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.console.naming import names_of
from services.console.pages.routes import PageRoute
from services.console.rendering import LIGHTS
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.requests import LARGEST_PAGE

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.CASE_READ))]

_MOST: Final = 2000
_ON_A_PAGE: Final = 100
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would reckon with (OWASP, CSV injection)."""

STATUSES: Final[Mapping[str, str]] = {
    "received": "已收件，待受理",
    "in_review": "审查中",
    "paused": "暂停计时",
    "decided": "已作出决定",
    "ready": "可以取件",
    "delivered": "已送达",
    "ended": "已办结",
}
"""Where a case can stand, as the window says it."""

Day = Annotated[str, Query(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]


class Asked(BaseModel, frozen=True):
    """What is looked for, as it stands in the address."""

    text: Annotated[str, Query(max_length=100)] = ""
    item_code: Annotated[str, Query(pattern=r"^[0-9A-Za-z-]{0,40}$")] = ""
    status: Annotated[str, Query(pattern=r"^[a-z_]{0,40}$")] = ""
    light: Literal["", "green", "grey", "yellow", "red"] = ""
    received_from: Day = ""
    received_to: Day = ""
    page: Annotated[int, Query(ge=1, le=_MOST)] = 1


@router.get("/cases")
async def cases(visit: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The cases in sight that fit, the newest first."""
    found = await _found(visit, asked)
    begin = (asked.page - 1) * _ON_A_PAGE
    items = await visit.api.get("intake", "/items")
    name = "name_en" if visit.english else "name"
    return visit.page(
        "cases/list.html",
        asked=asked,
        cases=found[begin : begin + _ON_A_PAGE],
        count=len(found),
        most=_MOST if len(found) >= _MOST else None,
        pages=-(-len(found) // _ON_A_PAGE),
        items=[(one["item"]["code"], one["item"][name]) for one in items],
        statuses=STATUSES,
        query=visit.request.url.query,
    )


@router.get("/cases.csv")
async def table(visit: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The same cases for a spreadsheet: as many rows as the page counts; no cell is a formula."""
    found = await _found(visit, asked)
    names = await names_of(visit.deps.books, english=visit.english)
    columns = [visit.say(title) for title in _COLUMNS]
    rows = ([_cell(value) for value in _row(visit, case, names.department(case["department"]))] for case in found)
    named = {"Content-Disposition": 'attachment; filename="cases.csv"'}
    return Response(_csv([columns, *rows]), media_type="text/csv; charset=utf-8", headers=named)


_COLUMNS: Final = (
    "案件编号",
    "事项",
    "项目",
    "申请人",
    "责任科室",
    "收件日期",
    "预取件日期",
    "状态",
    "当前环节",
    "灯",
    "送达日期",
)


def _row(visit: Visit, case: Mapping[str, Any], department: str) -> list[str]:
    status, light = visit.say(STATUSES[case["status"]]), visit.say(LIGHTS[case["light"]][0])
    plain = (case["case_no"], case["item_name"], case["title"], case["applicant"], department, case["received_on"])
    now = (case["expected_collection_on"], status, "；".join(case["steps"]), light)
    return [str(value or "") for value in (*plain, *now, case["delivered_on"])]


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    """As spreadsheets read it: UTF-8 with a mark, lines ended as RFC 4180 says."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue().encode("utf-8-sig")


async def _found(visit: Visit, asked: Asked) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    wanted = asked.model_dump(exclude={"page", "light"})
    after = None
    while len(found) < _MOST:
        page = await visit.api.get("intake", "/cases", **wanted, limit=LARGEST_PAGE, after=after)
        found += [case for case in page if case["light"].startswith(asked.light)]
        if len(page) < LARGEST_PAGE:
            break
        after = page[-1]["case_no"]
    return found[:_MOST]
