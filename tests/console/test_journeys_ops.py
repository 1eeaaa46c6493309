"""A whole journey of operations: a process that cannot go on with what was filled in, and a message that nobody reads.

The officer, the operator and the chief who approves the change work by hand in a browser.
"""

import re
from typing import Any, Final

import pytest
from playwright.async_api import Page, expect

from services.local.client import Refusal
from tests.console import troubles
from tests.console.hands import fill_in
from tests.console.office import Office
from tests.console.playing import work
from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle, diagram, form, item

_WAIT: Final = 60_000
_TITLES: Final = ("均分用地一号", "均分用地二号")
_FORM: Final = form(
    ("opinion", "officers", "area", "plots"),
    opinion={"type": "string", "minLength": 1, "title": "意见"},
    officers={"type": "array", "items": {"type": "string"}, "title": "人员", "x-widget": "lines"},
    notice_no={"type": "string", "title": "文号"},
    area={"type": "number", "title": "面积"},
    plots={"type": "integer", "title": "地块数"},
)
_REVIEW: Final[dict[str, Any]] = {"opinion": "同意", "officers": ["李某", "赵某"], "area": 1200, "plots": 0}
_APPLICANT: Final = {"kind": "person", "name": "邹某某", "id_no": "512002200001010018", "phone": "13900000001"}


@pytest.mark.timeout(400)  # four people after each other
async def test_given_data_that_a_process_cannot_go_on_with_then_two_people_mend_them_and_a_retry_is_done_only_then(
    console: Office,
) -> None:
    """Officer submits → incident → group → retry fails → change proposed → approved by another → retry is done."""
    cases = await _cases(console)
    for title in _TITLES:
        await _submitted_in_vain(console, title)
    async with console.page("u.ops") as page:
        group = await _found(page, cases)
        await _still_failing(page, group)
        for case in cases:
            await _change_proposed(page, group, case)
    for case in cases:
        await _change_approved(console, case)
    async with console.page("u.ops") as page:
        await _retried(page, group)
    async with console.page("u.leader") as page:
        await page.goto("/tasks")
        for title in _TITLES:
            await expect(page.get_by_role("row", name=title)).to_contain_text("分管领导审核", timeout=_WAIT)


@pytest.mark.timeout(200)
async def test_given_a_message_that_nobody_can_read_then_it_is_found_tried_again_and_set_aside_with_a_reason(
    console: Office,
) -> None:
    letter = await troubles.unreadable(console)
    async with console.page("u.ops") as page:
        await page.goto("/ops")
        await page.locator('a[href="/ops/dead-letters?service=workflow"]').first.click()
        card = page.locator("article", has_text=letter)
        await card.get_by_role("button", name="重放").click()
        await expect(page.get_by_role("alert")).to_contain_text("仍然失败", timeout=_WAIT)
        await card.get_by_label("作废理由").fill("外部系统测试报文，无此案件")
        await card.get_by_role("button", name="作废").click()
        await expect(page.locator("article", has_text=letter)).to_contain_text("外部系统测试报文，无此案件")
        await expect(page.get_by_role("link", name="已作废")).to_have_attribute("aria-current", "page")


async def _cases(console: Office) -> list[str]:
    """Two cases of a process that divides by what the officer fills in; both stand at the officer's step."""
    drawn = (
        diagram()
        .replace('id="small-permit"', 'id="uneven-permit"')
        .replace("review.notice_no != None", "review.area / review.plots > 100000 and review.notice_no != None")
    )
    files = bundle(diagram_bpmn=drawn, item_toml=item(key="uneven-permit", code="PT-92")) | {"forms/review.json": _FORM}
    await console.api.call(
        "POST", "workflow", "/definitions", who="u.it", body={"files": files}, query={"activate": "true"}
    )
    cases = [await wait_until(lambda title=title: _received(console, title), within=60) for title in _TITLES]
    for case in cases:
        await work(console.api, case, "Accept", "u.accept", decision="accept")
    return [str(case) for case in cases]


async def _received(console: Office, title: str) -> str | None:
    body = {"item_code": "PT-92", "situation": "ordinary", "title": title, "applicant": _APPLICANT}
    papers = [{"code": "D1", "originals": 1}]
    try:
        receipt = await console.api.call("POST", "intake", "/cases", who="u.window", body=body | {"documents": papers})
    except Refusal:  # the window has not heard of the new process yet
        return None
    return str(receipt["case_no"])


async def _submitted_in_vain(console: Office, title: str) -> None:
    """The officer is told that it could not be carried out, and that nothing of it is lost."""
    async with console.page("u.handler.d06") as page:
        await page.goto("/tasks")
        await page.get_by_role("button", name=f"签收 {title}").click(timeout=_WAIT)
        await page.wait_for_url("**/tasks/*")
        await fill_in(page, _REVIEW)
        await page.get_by_role("button", name="提交", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("无需重复提交", timeout=_WAIT)


async def _found(page: Page, cases: list[str]) -> str:
    """From the list of causes to the one group that holds both cases: its address."""
    await page.goto("/ops/incidents")
    await page.locator("tr", has_text="uneven-permit").get_by_role("link").first.click()
    await page.wait_for_url("**/ops/incidents/groups/*")
    for case in cases:
        await expect(page.get_by_role("link", name=case)).to_be_visible()
    return page.url


async def _still_failing(page: Page, group: str) -> None:
    """As long as the cause is there, no retry is green."""
    await page.get_by_role("button", name="重试整组 2 个").click()
    await page.wait_for_url("**/ops/incidents/retries/*")
    await expect(page.locator(".bad", has_text="又失败").first).to_be_visible(timeout=_WAIT)
    await expect(page.locator(".summary")).to_contain_text("0 个已办成，2 个没有", timeout=_WAIT)
    await expect(page.locator(".said")).to_have_count(0)
    assert group


async def _change_proposed(page: Page, group: str, case: str) -> None:
    await page.goto(group)
    await page.get_by_role("link", name=case).click()
    await page.wait_for_url(re.compile("/ops/incidents/[0-9a-f]{20}$"))
    await page.get_by_text("提出修改", exact=True).click()
    await page.locator("#kind0").select_option("answer")
    await page.locator("#name0").fill("plots")
    await page.locator("#value0").fill("3")
    await page.get_by_label("理由").fill("地块数漏填，经承办人核实为三块")
    await page.get_by_role("button", name="提交批准").click()
    await expect(page.get_by_text("待批准")).to_be_visible()
    await expect(page.get_by_role("button", name="批准修改")).to_have_count(0)


async def _change_approved(console: Office, case: str) -> None:
    """The chief comes by the page of the case, sees old and new, and approves."""
    async with console.page("u.chief.d06") as page:
        await page.goto(f"/cases/{case}")
        fault = page.locator("section", has=page.get_by_role("heading", name="流程故障"))
        await fault.get_by_role("link").click()
        await expect(page.get_by_role("cell", name="填写项 plots")).to_be_visible()
        await page.get_by_label("审批意见").fill("与红线图一致")
        await page.get_by_role("button", name="批准修改").click()
        await expect(page.get_by_text("已批准并修改")).to_be_visible()


async def _retried(page: Page, group: str) -> None:
    await page.goto(group)
    await page.get_by_role("button", name="重试整组 2 个").click()
    await page.wait_for_url("**/ops/incidents/retries/*")
    await expect(page.get_by_text("全部 2 个已确实办成")).to_be_visible(timeout=_WAIT)
