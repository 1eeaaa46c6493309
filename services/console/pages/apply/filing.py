"""Checking the answers, filing them, and the receipt."""

import re
import secrets
from typing import Final

import segno
from fastapi import APIRouter, Response

from services.console.backends import Refused
from services.console.pages.apply.drafts import Held, HeldDraft, flash, flashed
from services.console.pages.apply.sections import SECTIONS, lacking
from services.console.pages.desk.entries import FACTS
from services.console.pages.routes import PageRoute

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

_UNPROCESSABLE: Final = 422


@router.get("/apply/draft/check")
async def check(held: HeldDraft) -> Response:
    """Everything that was answered, to be read once more, and the statement of truth."""
    return await _page(held, key=secrets.token_urlsafe(16))


@router.post("/apply/draft/check")
async def file(held: HeldDraft) -> Response:
    """File the application; or the page again with everything that lacks. Pressing twice files it once."""
    typed = await held.visit.request.form()
    key = str(typed.get("key", ""))
    try:
        body = {"truthful": typed.get("truthful") == "1"}
        await held.asked("POST", "/filing", body, key=key)
    except Refused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        return await _page(held, key=key, refused=refused)
    return flash(held.visit, held.see("/apply/draft/receipt"), key)


@router.get("/apply/draft/receipt")
async def receipt(held: HeldDraft) -> Response:
    """The receipt of what was filed: for a quarter of an hour with the password, afterwards without."""
    draft = await held.shown()
    if draft["case_no"] is None:
        return held.see("/apply/draft")
    given = await held.asked("POST", "/filing", {"truthful": True}, key=flashed(held.visit) or None)
    password = given["query_password"] or ""
    return held.page(
        "apply/receipt.html",
        receipt=given,
        password=password,
        grouped=" ".join(re.findall(".{1,4}", password)),
        qr=segno.make(given["status_url"], error="m").svg_data_uri(scale=4, border=2),
    )


async def _page(held: Held, *, key: str, refused: Refused | None = None) -> Response:
    draft = await held.shown()
    if draft["case_no"] is not None:
        return held.see("/apply/draft")
    situation = next((one for one in draft["item"]["situations"] if one["code"] == draft["situation"]), None)
    lacks = lacking(draft, english=held.visit.english)
    return held.page(
        "apply/check.html",
        status=refused.status if refused else 200,
        draft=draft,
        situation=situation,
        sections=SECTIONS,
        facts=FACTS,
        lacks=lacks,
        count=sum(len(each) for each in lacks.values()),
        key=key,
        refusal=refused.problem if refused else None,
        truth_missing=refused is not None and refused.code == "truth-not-stated",
    )
