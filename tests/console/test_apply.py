"""Applying online (P4), and papers as files at the window (C2) and on the pages of those who work on the case."""

import asyncio
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx
from playwright.async_api import Page, expect

from tests.console.office import Office
from tests.console.playing import received, work
from tests.intake.papers import EXE, PDF
from tests.support.wait import wait_until

COMPANY: Final = {"kind": "organisation", "name": "示例开发有限公司", "id_no": "91512000MADEM0011G"}
APPLICANT: Final = COMPANY | {"phone": "13800000001"}
_CASE_NO: Final = re.compile(r'id="case-no">([^<]+)<')
_PASSWORD: Final = re.compile(r'id="query-password">([^<]+)<')


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def papers_on(page: str) -> list[str]:
    """The papers that are asked for, by code."""
    return re.findall(r'id="file-([^"]+)"', page)


async def begun(client: httpx.AsyncClient) -> None:
    answer = await client.post("/apply/PT05", data={"situation": "landscape"})
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/apply/draft")


async def sent(client: httpx.AsyncClient, paper: str, name: str, content: bytes) -> httpx.Response:
    return await client.post(f"/apply/draft/papers/{paper}", files={"file": (name, content)})


async def filled(client: httpx.AsyncClient) -> str:
    """A draft that lacks nothing: the key of its form for filing."""
    await begun(client)
    await client.post("/apply/draft/applicant", data=APPLICANT)
    await client.post("/apply/draft/project", data={"title": "网上申报的一件"})
    for paper in papers_on((await client.get("/apply/draft/papers")).text):
        assert (await sent(client, paper, "扫描件.pdf", PDF)).status_code == HTTPStatus.SEE_OTHER
    return hidden((await client.get("/apply/draft/check")).text, "key")


async def test_given_the_guide_then_an_applicant_applies_online_from_draft_to_status(
    console: Office, tmp_path: Path
) -> None:
    (tmp_path / "申请表.pdf").write_bytes(EXE)
    (tmp_path / "扫描件.pdf").write_bytes(PDF)
    async with console.page() as page:
        await page.goto("/items/PT05?situation=landscape")
        await page.get_by_role("link", name="网上申报").click()
        await page.get_by_role("button", name="开始填写").click()
        await page.wait_for_url("**/apply/draft")
        number, password = await noted(page)
        await _applicant_half_right(page)
        await _left_and_back(page, number, password)
        await _applicant_and_project(page)
        await _papers(page, tmp_path)
        await _filed(page)
        case_no = await page.locator("#case-no").inner_text()
        query_password = await page.locator("#query-password").inner_text()
        await page.get_by_role("link", name="查进度").click()
        await page.get_by_label("查询密码").fill(query_password)
        await page.get_by_role("button", name="查进度").click()
        await expect(page.get_by_role("heading", name="已收件，待受理")).to_be_visible()
        assert case_no in await page.locator("main").inner_text()
    files = await console.api.call("GET", "intake", f"/cases/{case_no}/files", who="u.window")
    assert {each["name"] for each in files} == {"扫描件.pdf"}


async def noted(page: Page) -> tuple[str, str]:
    return await page.locator("#draft-no").inner_text(), await page.locator("#draft-password").inner_text()


async def _applicant_half_right(page: Page) -> None:
    """What is wrong is said at once, with the summary focused; what was typed stays."""
    await page.get_by_role("link", name="1. 申请人").click()
    await page.get_by_label("名称或姓名").fill("示例开发有限公司")
    await page.get_by_label("统一社会信用代码或身份证号").fill("123")
    await page.get_by_role("button", name="保存并继续").click()
    await expect(page.locator(".summary")).to_be_focused()
    await expect(page.locator(".summary a")).to_have_count(2)
    await expect(page.get_by_label("统一社会信用代码或身份证号")).to_have_value("123")


async def _left_and_back(page: Page, number: str, password: str) -> None:
    await page.goto("/apply/draft")
    await page.get_by_role("button", name="离开").click()
    await page.wait_for_url("**/apply")
    await page.goto("/apply/draft/applicant")
    await page.wait_for_url("**/apply?shut=1")
    await page.get_by_label("草稿编号").fill(number.lower())
    await page.get_by_label("草稿密码").fill(password)
    await page.get_by_role("button", name="打开草稿").click()
    await page.wait_for_url("**/apply/draft")
    await page.get_by_role("link", name="1. 申请人").click()
    await expect(page.get_by_label("名称或姓名")).to_have_value("示例开发有限公司")


async def _applicant_and_project(page: Page) -> None:
    await page.get_by_label("统一社会信用代码或身份证号").fill(COMPANY["id_no"])
    await page.get_by_label("手机号码").fill("13800000001")
    await page.get_by_role("button", name="保存并继续").click()
    await page.wait_for_url("**/project")
    await page.get_by_label("项目名称").fill("后西街景观照明")
    await page.get_by_role("button", name="保存并继续").click()
    await page.wait_for_url("**/papers")


async def _papers(page: Page, folder: Path) -> None:
    """A program that is called a PDF is refused and changes nothing; scans are taken."""
    papers = page.locator("section.paper")
    asked = await papers.count()
    assert asked >= 2
    await papers.first.locator("input[type=file]").set_input_files(folder / "申请表.pdf")
    await papers.first.get_by_role("button", name="上传").click()
    await expect(page.locator(".summary")).to_be_focused()
    await expect(page.locator(".summary")).to_contain_text("申请表.pdf")
    await expect(page.locator("ul.files li")).to_have_count(0)
    for place in range(asked):
        await papers.nth(place).locator("input[type=file]").set_input_files(folder / "扫描件.pdf")
        await papers.nth(place).get_by_role("button", name="上传").click()
        await expect(page.locator("ul.files li")).to_have_count(place + 1)


async def _filed(page: Page) -> None:
    await page.get_by_role("link", name="继续：核对并提交").click()
    await expect(page.locator("main")).to_contain_text("后西街景观照明")
    await page.get_by_role("button", name="提交申请").click()
    await expect(page.locator(".summary")).to_be_focused()
    await page.get_by_label("真实性负责").check()
    await page.get_by_role("button", name="提交申请").click()
    await page.wait_for_url("**/apply/draft/receipt")


async def test_given_a_double_click_and_no_scripts_then_there_is_one_case_and_one_receipt(console: Office) -> None:
    async with console.visitor() as client:
        key = await filled(client)
        entry = {"key": key, "truthful": "1"}
        answers = await asyncio.gather(*(client.post("/apply/draft/check", data=entry) for _ in range(2)))
        receipts = [(await client.get("/apply/draft/receipt")).text for _ in range(2)]
        draft = (await client.get("/apply/draft")).text

    assert {answer.headers["location"] for answer in answers} == {"/apply/draft/receipt"}
    assert len({_CASE_NO.findall(text)[0] for text in receipts}) == 1
    assert len({_PASSWORD.findall(text)[0] for text in receipts}) == 1
    assert "data:image/svg+xml" in receipts[0]
    assert _CASE_NO.findall(receipts[0])[0] in draft


async def test_given_a_filed_draft_in_a_browser_that_has_not_filed_it_then_its_receipt_has_no_password(
    console: Office,
) -> None:
    async with console.visitor() as client, console.visitor() as other:
        key = await filled(client)
        token = client.cookies["draft"]
        await client.post("/apply/draft/check", data={"key": key, "truthful": "1"})
        other.cookies.set("draft", token)
        text = (await other.get("/apply/draft/receipt")).text

    assert _CASE_NO.findall(text)
    assert not _PASSWORD.findall(text)


async def test_given_something_lacks_when_filing_then_everything_is_listed_and_leads_to_its_place(
    console: Office,
) -> None:
    async with console.visitor(language="en") as client:
        await begun(client)
        await client.post("/apply/draft/applicant", data=COMPANY | {"then": "later"})
        key = hidden((await client.get("/apply/draft/check")).text, "key")
        refused = await client.post("/apply/draft/check", data={"key": key, "truthful": "1"})

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="/apply/draft/applicant#body.applicant.phone"' in refused.text
    assert 'href="/apply/draft/project#body.title"' in refused.text
    assert 'href="/apply/draft/papers#paper-' in refused.text
    assert "give the mobile number" in refused.text


async def test_given_a_file_that_is_no_pdf_then_the_page_says_so_in_english_too_and_keeps_nothing(
    console: Office,
) -> None:
    async with console.visitor(language="en") as client:
        await begun(client)
        paper = papers_on((await client.get("/apply/draft/papers")).text)[0]
        refused = await sent(client, paper, "form.pdf", EXE)
        empty = await client.post(f"/apply/draft/papers/{paper}", files={"file": ("", b"")})
        after = await client.get("/apply/draft/papers")

    assert refused.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert "its content is not PDF" in refused.text
    assert f'aria-describedby="kinds error-{paper}" aria-invalid="true"' in refused.text
    assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "form.pdf" not in after.text


async def test_given_a_wrong_draft_password_then_the_form_stands_again_and_nothing_is_told(console: Office) -> None:
    async with console.visitor() as client:
        refused = await client.post("/apply/open", data={"draft_no": "WSNOBODY", "password": "AAAAAAAA"})
        incomplete = await client.post("/apply/open", data={"draft_no": "WSNOBODY"})
        shut = await client.get("/apply/draft/papers")

    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "草稿编号或密码不正确" in refused.text
    assert 'value="WSNOBODY"' in refused.text
    assert incomplete.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert shut.headers["location"] == "/apply?shut=1"


async def test_given_no_situation_chosen_then_it_is_asked_for(console: Office) -> None:
    async with console.visitor() as client:
        refused = await client.post("/apply/PT05", data={})

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#situation-1"' in refused.text


async def test_given_scans_at_the_window_then_those_who_work_on_the_case_take_them_away(console: Office) -> None:
    receipt = await received(console.api, title="有扫描件的一件")
    case_no = receipt["case_no"]
    where = f"/cases/{case_no}/papers"
    async with console.signed_in("u.window") as desk:
        page = (await desk.get(where)).text
        paper = papers_on(page)[0]
        fields = {"csrf": desk.csrf, "paper": paper}
        refused = await desk.client.post(where, data=fields, files={"file": ("申请表.pdf", EXE)})
        added = await desk.client.post(where, data=fields, files={"file": ("申请表.pdf", PDF)})
        await _links_to(desk, case_no)
    assert refused.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert "内容不是 PDF" in refused.text
    assert added.status_code == HTTPStatus.SEE_OTHER
    async with console.signed_in("u.chief.d06") as desk:
        link = await _links_to(desk, case_no)
        file = await desk.get(link)
    assert file.content == PDF
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["content-security-policy"].startswith("sandbox")
    assert file.headers["x-content-type-options"] == "nosniff"


async def test_given_a_correction_notice_then_it_is_answered_online_and_the_window_sees_the_file(
    console: Office,
) -> None:
    receipt = await received(console.api, title="要补正的一件")
    case_no = receipt["case_no"]
    await work(console.api, case_no, "Task_AcceptanceCheck", "u.accept", decision="correct")
    await work(console.api, case_no, "Task_CorrectionNotice", "u.accept", defects=["总平面图缺坐标", "委托书未签名"])
    await wait_until(lambda: _waits(console, case_no), within=60)
    known = {"case_no": case_no, "query_password": receipt["query_password"]}
    async with console.visitor() as client:
        status = (await client.post("/q", data=known)).text
        wrong = await client.post("/apply/corrections", data=known | {"query_password": "WRONG222"})
        shut = await client.get("/apply/corrections/items")
        opened = await client.post("/apply/corrections", data=known)
        refused = await client.post("/apply/corrections/items/1", files={"file": ("图.pdf", EXE)})
        none = await client.post("/apply/corrections/items/1", files={"file": ("", b"")})
        sent = await client.post("/apply/corrections/items/2", files={"file": ("委托书.pdf", PDF)})
        items = (await client.get("/apply/corrections/items")).text
    assert f"/apply/corrections?case_no={case_no}" in status
    assert (wrong.status_code, shut.headers["location"]) == (HTTPStatus.FORBIDDEN, "/apply/corrections?shut=1")
    assert opened.headers["location"] == "/apply/corrections/items"
    assert (refused.status_code, none.status_code) == (415, 422)
    assert "内容不是 PDF" in refused.text
    assert sent.status_code == HTTPStatus.SEE_OTHER
    assert items.count("委托书.pdf") == 1
    async with console.signed_in("u.window") as desk:
        case = (await desk.get(f"/cases/{case_no}")).text
        assert "补正 2：委托书未签名" in case
        assert (await desk.get(await _links_to(desk, case_no))).content == PDF


async def _waits(console: Office, case_no: str) -> bool:
    case = await console.api.call("GET", "intake", f"/cases/{case_no}", who="u.window")
    return bool(case["corrections"])


async def _links_to(desk: Any, case_no: str) -> str:
    page = (await desk.get(f"/cases/{case_no}")).text
    found = re.search(rf'href="(/cases/{case_no}/papers/[0-9a-f]{{24}})"', page)
    assert found
    return found[1]
