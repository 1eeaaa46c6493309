"""Receiving an application (C2): item and situation, applicant and project, papers, and the case is registered."""

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.desk.again import taken_over
from services.console.pages.desk.entries import FACTS, Fields, application, asked_papers, field_of, ticked
from services.console.pages.desk.receipts import handed_out
from services.console.pages.desk.refusals import mendable, told
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Clerk = Annotated[Visit, Depends(holding(Permission.CASE_RECEIVE))]
Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Search = Annotated[str, Query(max_length=40)]
Earlier = Annotated[str, Query(alias="from", pattern=r"^[0-9A-Z]{0,40}$")]
"""The number of the case that the new application follows."""


@router.get("/desk/new")
async def choose(visit: Clerk, find: Search = "", earlier: Earlier = "") -> Response:
    """What is applied for: the items on offer with their situations. A search that finds one goes on at once."""
    found = _found(await visit.api.get("intake", "/items"), find)
    only = [(item["code"], one["code"]) for item in found for one in item["situations"]]
    if find and len(only) == 1:
        return visit.see("/desk/new/{}/{}".format(*only[0]) + (f"?from={earlier}" if earlier else ""))
    return visit.page("desk/choose.html", items=found, find=find, earlier=earlier)


@router.get("/desk/new/{item_code}/{situation}")
async def form(visit: Clerk, item_code: Code, situation: Code, earlier: Earlier = "") -> Response:
    """The form for an application; after an earlier case with everything that is known from there."""
    item = (await visit.api.get("intake", f"/items/{item_code}"))["item"]
    fields = await taken_over(visit, earlier, item) if earlier else {"kind": "organisation"}
    return await _form(visit, item, situation, fields=fields)


@router.post("/desk/new/{item_code}/{situation}")
async def register(visit: Clerk, item_code: Code, situation: Code) -> Response:
    """Register the case and show its receipt; or the form again with all that is wrong and was typed."""
    item = (await visit.api.get("intake", f"/items/{item_code}"))["item"]
    typed = await visit.request.form()
    fields = {name: value for name, value in typed.items() if isinstance(value, str)}
    entry = application(fields, item, situation)
    try:
        receipt = await visit.api.post("intake", "/cases", entry, key=fields.get("key"))
    except Refused as refused:
        return await _form(visit, item, situation, fields=fields, refused=mendable(refused))
    return handed_out(visit, receipt)


def _found(offers: list[dict[str, Any]], find: str) -> list[dict[str, Any]]:
    """The items with the situations that fit: every word of the search is in code or names."""
    wanted = find.casefold().split()
    found = []
    for item in (offer["item"] for offer in offers):
        about = f"{item['code']} {item['name']} {item['name_en']}"
        fitting = [one for one in item["situations"] if _fits(wanted, f"{about} {one['name']} {one['name_en']}")]
        if fitting:
            found.append(item | {"situations": fitting})
    return found


def _fits(wanted: list[str], text: str) -> bool:
    return all(word in text.casefold() for word in wanted)


async def _form(
    visit: Visit, item: Mapping[str, Any], situation: str, *, fields: Fields, refused: Refused | None = None
) -> Response:
    known = next((one for one in item["situations"] if one["code"] == situation), None)
    if known is None:
        return visit.see("/desk/new")
    return visit.page(
        "desk/form.html",
        item=item,
        situation=known,
        papers=asked_papers(item, situation),
        facts=FACTS,
        townships={} if visit.who.township else await visit.deps.books.township_names(english=visit.english),
        fields=fields,
        key=secrets.token_urlsafe(16),
        missing=[one["code"] for one in refused.problem.get("missing", [])] if refused else [],
        **told(visit, refused, at=partial(field_of, codes=ticked(fields, item))),
    )
