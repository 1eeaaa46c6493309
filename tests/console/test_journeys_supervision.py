"""A whole journey of supervision: a case runs over its limits; what follows is seen, written, signed, read, counted.

The office is one of its own, since its clock is moved; everything people do is done by hand in a browser.
"""

import io
import re
from collections.abc import AsyncIterator
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect
from pypdf import PdfReader
from rich.console import Console

from services.local.demo.buildings import application
from services.local.demo.stage import Stage
from services.local.demo.timeline import Timeline
from tests.console.office import FOLDERS, Office, office_at
from tests.support.wait import wait_until

_WAIT: Final = 60_000
_TITLE: Final = "城北综合楼"
_ORDER: Final = "请立即办理，并于期限内书面反馈逾期原因和整改情况。"
_CRITICISM: Final = "城北综合楼一案超过法定时限，予以通报批评。"


@pytest.fixture(scope="module")
async def bureau(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> AsyncIterator[Office]:
    """An office whose clock is ours, with the process that keeps a notice's clocks."""
    async with office_at(
        tmp_path_factory.mktemp("bureau"), browser, folders=(*FOLDERS, "notice-rectification")
    ) as office:
        yield office


@pytest.mark.timeout(600)  # weeks of the office, and five people after each other
async def test_given_a_case_that_nobody_decides_then_lights_notice_bulletin_and_assessment_follow_each_other(
    bureau: Office,
) -> None:
    """Board turns yellow, red, red by law → notice → read → overdue → reported, re-checked → bulletin → sheets."""
    stage = Stage(bureau.api, "journey", Timeline(bureau.api, Console(file=io.StringIO())))
    await stage.begin("2026-09-01")
    await stage.receive("u.window", application(_TITLE))
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    async with bureau.page("u.supervisor") as page:
        await _seen_live(page, stage)
        notice = await _drafted(page)
    await _clicked(bureau, "u.head", notice, "审签同意", "待印发")
    await _clicked(bureau, "u.supervisor", notice, "编号并印发", "已印发待签收")
    await _clicked(bureau, "u.chief.d06", notice, "确认签收", "已签收 1 人")
    await _overdue_reported_and_rechecked(bureau, stage, notice)
    async with bureau.page("u.supervisor") as page:
        bulletin = await _bulletin_drafted(page)
    await _clicked(bureau, "u.head", bulletin, "审签同意", "待发布")
    await _clicked(bureau, "u.supervisor", bulletin, "编号发布", "已发布")
    await _read_by_the_department(bureau, bulletin)


async def _seen_live(page: Page, stage: Stage) -> None:
    """The board is opened once; the row of the case changes its light by itself."""
    await page.goto("/board")
    await expect(page.get_by_role("heading", name="最紧急")).to_be_visible()
    await expect(page.get_by_role("row", name=_TITLE)).to_have_count(0)
    case = await stage.case()
    [step] = case["steps"]
    due = {clock["kind"]: clock["due_on"] for clock in case["clocks"]}
    await stage.set_clock(stage.local(case["next_due_at"]))
    await expect(page.locator("#worst ~ table").get_by_role("row", name=_TITLE)).to_contain_text("黄灯", timeout=_WAIT)
    await stage.begin(step["due_on"], "17:30")
    await expect(page.locator("#worst ~ table").get_by_role("row", name=_TITLE)).to_contain_text("红灯", timeout=_WAIT)
    for kind in ("promised", "statutory"):
        await stage.begin(due[kind], "17:30")
    await expect(page.locator(".count-red2 .big")).to_have_text("1", timeout=_WAIT)
    await expect(page.get_by_role("link", name="待印发通知")).to_contain_text("1", timeout=_WAIT)


async def _drafted(page: Page) -> str:
    """The rules have drafted a notice; the office writes what is to be done until when. Gives its address."""
    await page.get_by_role("link", name="待印发通知").click()
    await page.get_by_role("link", name=_TITLE).first.click()
    await page.wait_for_url(re.compile("/board/notices/[0-9a-f]+$"))
    await page.get_by_label("正文").fill(_ORDER)
    await page.get_by_label("整改期限").fill("2026-10-12")
    return await _saved(page)


async def _saved(page: Page) -> str:
    """The draft is kept once its page comes back. Gives its address."""
    address = page.url
    async with page.expect_response(lambda answer: answer.request.method == "GET" and answer.url == address):
        await page.get_by_role("button", name="保存").click()
    return address


async def _clicked(office: Office, who: str, address: str, button: str, then: str) -> None:
    """Somebody does one thing on a page, and it shows."""
    async with office.page(who) as page:
        await page.goto(address)
        await page.get_by_role("button", name=button).click()
        await expect(page.locator(".tag, p").filter(has_text=then).first).to_be_visible(timeout=_WAIT)


async def _comes(page: Page, address: str, text: str) -> None:
    """What follows from a clock is there some time after it."""

    async def is_there() -> bool:
        await page.goto(address)
        return await page.locator("main").get_by_text(text).count() > 0

    await wait_until(is_there, within=60)


async def _overdue_reported_and_rechecked(office: Office, stage: Stage, notice: str) -> None:
    """Nobody reports in time: overdue, and a second notice is drafted; then it is reported, and found to be so."""
    await stage.begin("2026-10-12", "17:30")
    async with office.page("u.supervisor") as page:
        await _comes(page, notice, "整改逾期")
        await _comes(page, "/board/notices?state=draft", _TITLE)
        await page.get_by_role("link", name=_TITLE).first.click()
        await expect(page.get_by_text("再次通知")).to_be_visible()
    async with office.page("u.chief.d06") as page:
        await page.goto(notice)
        await page.get_by_label("整改情况报告").fill("已召开专题会，三日内作出决定。")
        await page.get_by_role("button", name="提交整改报告").click()
        await expect(page.get_by_text("待复核").first).to_be_visible()
    async with office.page("u.supervisor") as page:
        await page.goto(notice)
        await page.get_by_label("复核意见").fill("情况属实。")
        await page.get_by_role("button", name="整改到位").click()
        await expect(page.get_by_text("整改完成").first).to_be_visible()


async def _bulletin_drafted(page: Page) -> str:
    await page.goto("/board/bulletins/new?since=2026-09-01&until=2026-10-31")
    await page.get_by_role("row", name=_TITLE).first.get_by_role("checkbox").check()
    await page.get_by_role("button", name="按所选事项起草").click()
    await page.wait_for_url(re.compile("/board/bulletins/[0-9a-f]+$"))
    await page.get_by_label("正文").fill(_CRITICISM)
    return await _saved(page)


async def _read_by_the_department(office: Office, bulletin: str) -> None:
    """The chief signs for it, opens the PDF, and finds the case on the department's sheet."""
    async with office.page("u.chief.d06") as page:
        await page.goto(bulletin)
        await expect(page.get_by_text("2026年第1期").first).to_be_visible()
        await page.get_by_role("button", name="确认签收").click()
        await expect(page.get_by_text("已签收 1 人")).to_be_visible()
        assert _CRITICISM in await _pdf(page)
        await page.goto("/board/assessment")
        await page.get_by_role("row", name="科室").get_by_role("link").first.click()
        for cause in ("红灯（法定）", "督查督办通知", "督查通报（批评）"):
            await expect(page.get_by_role("row", name=cause).first).to_be_visible()


async def _pdf(page: Page) -> str:
    """What stands in the paper."""
    async with page.expect_download() as taken:
        await page.get_by_role("link", name="下载 PDF").click()
    reader = PdfReader(await (await taken.value).path())
    return "".join("".join(sheet.extract_text().split()) for sheet in reader.pages)
