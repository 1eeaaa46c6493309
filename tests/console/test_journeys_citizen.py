"""A whole journey of an applicant with a telephone: applies, corrects, collects, checks the certificate, rates.

The applicant's and the window's part is done by hand in a browser; the officers' part in between by the API.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Page, expect

from services.kernel.worktime import SHANGHAI
from tests.console.hands import claimed_and_done
from tests.console.office import Office
from tests.console.playing import work
from tests.intake.papers import JPEG, PDF
from tests.support.wait import wait_until

_PHONE: Final[dict[str, Any]] = {"width": 375, "height": 667}
_WAIT: Final = 60_000
_TITLE: Final = "梧桐里便民服务站"
_APPLICANT: Final = {
    "名称或姓名": "示例开发有限公司",
    "统一社会信用代码或身份证号": "91512000MADEM0011G",
    "手机号码": "13800000001",
}
_AGENT: Final = {"代理人姓名": "刘某", "代理人身份证号": "512002200001010018"}
_DEFECT: Final = "设计方案缺少日照分析"
_TO_THE_CERTIFICATE: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    (
        "Task_HandlerReview",
        "u.handler.d06",
        {"project_kind": "other", "place": "ordinary", "floor_area_m2": 800, "key_project": False},
    ),
    ("Task_ChiefReview", "u.chief.d06", {"decision": "agree"}),
    ("Task_LeaderReview", "u.leader", {"decision": "agree"}),
    ("Task_SignDecision", "u.head", {"decision": "grant"}),
    ("Task_MakeCertificate", "u.certificate", {}),
)


@pytest.mark.timeout(400)  # one applicant and six officers after each other
async def test_given_an_applicant_with_a_telephone_then_the_permit_is_applied_for_corrected_collected_checked_and_rated(
    console: Office, tmp_path: Path
) -> None:
    """Draft → receipt → notice of correction → answered online → ready → identity checked → certificate → rating."""
    (tmp_path / "扫描件.pdf").write_bytes(PDF)
    (tmp_path / "日照分析.jpg").write_bytes(JPEG)
    async with console.page(**_PHONE) as page:
        case_no, password = await _applied(page, tmp_path)
        await work(console.api, case_no, "Task_AcceptanceCheck", "u.accept", decision="correct")
        await work(console.api, case_no, "Task_CorrectionNotice", "u.accept", defects=[_DEFECT])
        await _corrected(page, case_no, password, tmp_path)
    await _seen_at_the_window(console, case_no)
    await work(console.api, case_no, "Task_AcceptanceRecheck", "u.accept", decision="accept")
    for element, who, given in _TO_THE_CERTIFICATE:
        await work(console.api, case_no, element, who, **given)
    async with console.page(**_PHONE) as page:
        await _is_told_to_collect(page, case_no, password)
    await _collected(console, case_no)
    async with console.page(**_PHONE) as page:
        certificate = await _taken_home(page, case_no, password)
        await _checked(page, certificate)
        await _rated(page, case_no, password)


async def _applied(page: Page, folder: Path) -> tuple[str, str]:
    await page.goto("/apply/PT05?situation=building")
    await page.get_by_role("button", name="开始填写").click()
    await page.wait_for_url("**/apply/draft")
    await page.get_by_role("link", name="1. 申请人").click()
    for label, text in (_APPLICANT | _AGENT).items():
        await page.get_by_label(label).fill(text)
    await page.get_by_role("button", name="保存并继续").click()
    await page.wait_for_url("**/project")
    await page.get_by_label("项目名称").fill(_TITLE)
    await page.get_by_role("button", name="保存并继续").click()
    await page.wait_for_url("**/papers")
    await _papers(page, folder / "扫描件.pdf")
    await page.get_by_role("link", name="继续：核对并提交").click()
    await page.get_by_label("真实性负责").check()
    await page.get_by_role("button", name="提交申请").click()
    await page.wait_for_url("**/apply/draft/receipt")
    return await page.locator("#case-no").inner_text(), await page.locator("#query-password").inner_text()


async def _papers(page: Page, file: Path) -> None:
    asked = page.locator("section.paper", has_text="必备")
    for place in range(await asked.count()):
        await asked.nth(place).locator("input[type=file]").set_input_files(file)
        await asked.nth(place).get_by_role("button", name="上传").click()
        await expect(page.locator("ul.files li")).to_have_count(place + 1)


async def _asked(page: Page, case_no: str, password: str) -> None:
    """How the case stands, by number and password."""
    await page.goto(f"/q?case_no={case_no}")
    await page.get_by_label("查询密码").fill(password)
    await page.get_by_role("button", name="查进度").click()
    await expect(page.locator("#how-far")).to_be_visible()


async def _corrected(page: Page, case_no: str, password: str, folder: Path) -> None:
    """The notice is on the status page; from there the answer goes in, as a photograph."""

    async def told() -> bool:
        await _asked(page, case_no, password)
        return await page.get_by_text(_DEFECT).count() > 0

    await wait_until(told, within=60)
    await page.get_by_role("link", name="网上补交").click()
    await expect(page.get_by_label("案件编号")).to_have_value(case_no)
    await page.get_by_label("查询密码").fill(password)
    await page.get_by_role("button", name="打开补正告知书").click()
    await page.wait_for_url("**/apply/corrections/items")
    await page.locator("#item-1 input[type=file]").set_input_files(folder / "日照分析.jpg")
    await page.locator("#item-1").get_by_role("button", name="上传").click()
    await expect(page.locator("#item-1 ul.files")).to_contain_text("日照分析.jpg")
    await page.get_by_role("button", name="完成，关闭页面").click()
    await page.wait_for_url(lambda url: "items" not in url)


async def _seen_at_the_window(console: Office, case_no: str) -> None:
    async with console.page("u.window") as page:
        await page.goto(f"/cases/{case_no}")
        await expect(page.get_by_text(f"补正 1：{_DEFECT}")).to_be_visible()
        await expect(page.get_by_role("link", name="日照分析.jpg")).to_be_visible()
    today = datetime.now(UTC).astimezone(SHANGHAI).date().isoformat()
    answers = {"received_on": today, "documents": ["日照分析"], "received_by": "u.window"}
    await claimed_and_done(console, "u.window", _TITLE, answers)


async def _is_told_to_collect(page: Page, case_no: str, password: str) -> None:
    async def told() -> bool:
        await _asked(page, case_no, password)
        return await page.locator("dl.facts", has_text="可以取件").count() > 0

    await wait_until(told, within=60)
    await expect(page.get_by_role("heading", name="接下来")).to_be_visible()


async def _collected(console: Office, case_no: str) -> None:
    """Somebody else's identity card is not taken; the agent's is."""
    async with console.page("u.collect") as page:
        await page.goto("/desk/deliver")
        await expect(page.get_by_role("link", name=case_no)).to_be_visible(timeout=_WAIT)
        await page.get_by_role("link", name=case_no).click()
        await page.wait_for_url(f"**/desk/deliver/{case_no}")
        await _shown_identity(page, "赵某", "110101199003070011")
        await expect(page.get_by_role("alert")).to_be_visible()
        await _shown_identity(page, *_AGENT.values())
        await expect(page.get_by_role("heading", name=f"SD{case_no}")).to_be_visible()


async def _shown_identity(page: Page, name: str, number: str) -> None:
    await page.locator("[name=receiver_name]").fill(name)
    await page.locator("[name=receiver_id_no]").fill(number)
    await page.locator("[name=signature]").fill("已签名")
    await page.get_by_role("button", name="确认送达").click()


async def _taken_home(page: Page, case_no: str, password: str) -> bytes:
    """The certificate as a file, from the status page."""

    async def delivered() -> bool:
        await _asked(page, case_no, password)
        return await page.get_by_role("heading", name="已送达").count() > 0

    await wait_until(delivered, within=60)
    async with page.expect_download() as taken:
        await page.get_by_role("link", name="建设工程规划许可证").click()
    path = await (await taken.value).path()
    return await asyncio.to_thread(path.read_bytes)


async def _checked(page: Page, content: bytes) -> None:
    """The certificate is genuine; the same file with one byte changed is not."""
    await _verified(page, "证书.pdf", content)
    await expect(page.get_by_text("内容没有被改动")).to_be_visible()
    await expect(page.locator("#found")).to_contain_text("有效")
    await _verified(page, "改过的.pdf", content.replace(b"/Title", b"/Titel", 1))
    await expect(page.get_by_role("alert")).to_contain_text("未查到")


async def _verified(page: Page, name: str, content: bytes) -> None:
    await page.goto("/verify")
    file = {"name": name, "mimeType": "application/pdf", "buffer": content}
    await page.get_by_label("证书或文书的 PDF 文件").set_input_files(file)
    await page.get_by_role("button", name="核验文件").click()


async def _rated(page: Page, case_no: str, password: str) -> None:
    await _asked(page, case_no, password)
    await page.get_by_role("link", name="评价这件事项").click()
    await page.get_by_label("查询密码").fill(password)
    await page.get_by_label("非常满意", exact=True).check()
    await page.get_by_role("button", name="提交评价").click()
    await expect(page.get_by_role("heading", name="谢谢您的评价")).to_be_visible()
