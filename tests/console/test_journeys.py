"""Whole journeys through the screens, each step by the person whose it is, in a real browser."""

import re
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from playwright.async_api import expect

from services.kernel.worktime import SHANGHAI
from tests.console.hands import claimed_and_done, fill_in
from tests.console.office import Office

_PHONE: Final[dict[str, Any]] = {"width": 375, "height": 667}
_TITLE: Final = "河畔公寓一期"
_PERSON: Final = {"name": "罗某某", "id_no": "512002200001010018", "phone": "13800000077"}
_TODAY: Final = datetime.now(UTC).astimezone(SHANGHAI).date().isoformat()
_ACCEPTED: Final = {"decision": "accept", "document_no": "规受〔2026〕901号", "opinion": "材料齐全，予以受理。"}
_REVIEW: Final = {
    "floor_area_m2": 3200,
    "project_kind": "other",
    "place": "ordinary",
    "key_project": False,
    "scheme_examined": True,
    "plan_check": "meets",
    "control_lines": "clear",
    "site_survey": True,
    "surveyed_on": _TODAY,
    "officers": ["u.handler.d06", "u.handler2.d06"],
    "conclusion": "grant",
    "opinion": "符合规划条件和经审定的方案。",
}


@pytest.mark.timeout(400)  # nine people after each other, each in a browser
async def test_given_an_application_at_the_window_then_it_goes_from_desk_to_desk_until_its_permit_is_handed_over(
    console: Office,
) -> None:
    """Clerk receives → officers → leader on the phone → head signs → certificate → delivered → seen by the citizen."""
    case_no, password = await _received(console)
    await claimed_and_done(console, "u.accept", _TITLE, _ACCEPTED)
    await claimed_and_done(console, "u.handler.d06", _TITLE, _REVIEW)
    await claimed_and_done(console, "u.chief.d06", _TITLE, {"decision": "agree", "opinion": "同意承办意见。"})
    await _approved_on_the_phone(console, case_no)
    signed = {"decision": "grant", "document_no": "规许〔2026〕901号", "opinion": "准予许可。"}
    await claimed_and_done(console, "u.head", _TITLE, signed)
    await claimed_and_done(console, "u.certificate", _TITLE, {"copies": 2, "sealed": True})
    await _handed_over(console, case_no)
    async with console.page(**_PHONE) as page:
        await page.goto("/q")
        await page.get_by_label("案件编号").fill(case_no)
        await page.get_by_label("查询密码").fill(password)
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("已送达").first).to_be_visible()
        assert not re.search("刘某|李某|赵某", await page.locator("main").inner_text())


async def _received(console: Office) -> tuple[str, str]:
    """Registered at the window, with all papers ticked: number and password of the receipt."""
    async with console.page("u.window") as page:
        await page.goto("/desk/new/PT05/building")
        await page.get_by_label("个人", exact=True).check()
        for name, text in (*_PERSON.items(), ("title", _TITLE)):
            await page.locator(f'[name="{name}"]').fill(text)
        for paper in await _papers(console):
            await page.get_by_role("checkbox", name=paper).check()
        await page.get_by_role("button", name="登记收件").click()
        await page.wait_for_url("**/receipt")
        password = await page.locator("#query-password").inner_text()
        return page.url.split("/")[-2], password


async def _papers(console: Office) -> list[str]:
    item = (await console.api.call("GET", "intake", "/public/items/PT05"))["item"]
    return [one["name"] for one in item["documents"] if one["mandatory"] and "building" in one["situations"]]


async def _approved_on_the_phone(console: Office, case_no: str) -> None:
    async with console.page("u.leader", **_PHONE) as page:
        await page.goto("/m")
        await expect(page.locator("li", has_text=_TITLE).get_by_role("link").first).to_be_visible(timeout=60_000)
        await page.locator("li", has_text=_TITLE).get_by_role("link").first.click()
        await page.wait_for_url("**/m/*")
        await fill_in(page, {"decision": "agree", "opinion": "同意科室意见。"})
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_text("已提交。")).to_be_visible(timeout=30_000)
        assert case_no


async def _handed_over(console: Office, case_no: str) -> None:
    async with console.page("u.collect") as page:
        await page.goto("/desk/deliver")
        await expect(page.get_by_role("link", name=case_no)).to_be_visible(timeout=60_000)
        await page.get_by_role("link", name=case_no).click()
        await page.wait_for_url(f"**/desk/deliver/{case_no}")
        await page.locator("[name=receiver_name]").fill(_PERSON["name"])
        await page.locator("[name=receiver_id_no]").fill(_PERSON["id_no"])
        await page.locator("[name=signature]").fill("已签名")
        await page.get_by_role("button", name="确认送达").click()
        await expect(page.get_by_role("heading", name=f"SD{case_no}")).to_be_visible()
