"""Public notices and objections (P5): the process posts and ends them, anybody objects, the officer answers."""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
from playwright.async_api import expect

from tests.console.office import Office
from tests.console.playing import work
from tests.support.posting import NOTICE, posting_bundle
from tests.support.wait import wait_until

_LINK = re.compile(r'href="(/publicity/[0-9a-f]{16})"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
_GIVEN = re.compile(r'<dd class="big"[^>]*>([^<]+)</dd>')
OBJECTION = {"name": "李四", "phone": "13900000002", "text": "担心三号楼遮挡我家日照，请复核日照分析。"}


@pytest.fixture(scope="module")
async def posted(console: Office) -> tuple[str, str]:
    """A case with a notice posted: its number, and the notice's page."""
    files = posting_bundle(key="posted-permit", code="PT96")
    await console.api.call(
        "POST", "workflow", "/definitions", who="u.it", body={"files": files}, query={"activate": "true"}
    )
    application = {
        "item_code": "PT96",
        "situation": "ordinary",
        "title": "甲地块公示的厂房",
        "applicant": {
            "kind": "organisation",
            "name": "示例开发有限公司",
            "id_no": "91512000MADEM0011G",
            "phone": "13800000001",
        },
        "documents": [{"code": "D1", "originals": 1}],
    }

    async def received() -> Any:
        answer = await console.api.send_any("POST", "intake", "/cases", who="u.window", body=application)
        return answer.is_success and answer.json()["case_no"]

    number = str(await wait_until(received, within=60))
    await work(console.api, number, "Accept", "u.accept", decision="accept")
    today = datetime.now(UTC).date().isoformat()
    await work(console.api, number, "Review", "u.handler.d06", **NOTICE, posted_from=today)

    async def page() -> str:
        async with console.visitor() as client:
            listed = (await client.get("/publicity")).text
        found = _LINK.search(listed)
        return found[1] if found else ""

    return number, await wait_until(page, within=60)


async def test_given_a_notice_then_everybody_reads_it_and_it_names_nobody(
    console: Office, posted: tuple[str, str]
) -> None:
    number, address = posted
    async with console.visitor() as client:
        page = (await client.get(address)).text
    for told in ("甲地块公示的厂房", "规公示〔2026〕8号", "市政府网站、项目现场", "个工作日，首日计入", "公示中"):
        assert told in page, told
    for secret in (number, "u.handler", "李某", "13800000001"):
        assert secret not in page, secret


async def test_given_an_objection_then_it_has_a_receipt_shows_at_the_task_and_its_answer_is_read(
    console: Office, posted: tuple[str, str]
) -> None:
    number, address = posted
    async with console.page() as page:
        await page.goto(address)
        for label, text in (("姓名或单位", "name"), ("手机号码", "phone"), ("异议和理由", "text")):
            await page.get_by_label(label).fill(OBJECTION[text])
        await page.get_by_role("button", name="提出异议").click()
        await expect(page.get_by_role("heading", name="异议已收到")).to_be_visible()
        no, password = _GIVEN.findall(await page.content())
    async with console.page("u.handler.d06") as page:
        await page.goto(f"/cases/{number}")
        await page.get_by_role("link", name=re.compile("公示异议 1 件")).click()
        await expect(page.get_by_text(OBJECTION["text"])).to_be_visible()
        await expect(page.get_by_text(OBJECTION["phone"])).to_have_count(0)
        await page.get_by_label("不采纳").check()
        await page.get_by_label("核查情况和理由").fill("日照分析满足大寒日两小时标准。")
        await page.get_by_role("button", name="答复异议").click()
        await expect(page.get_by_role("button", name="答复异议")).to_have_count(0)
    async with console.visitor() as client:
        asked = {"objection_no": no, "query_password": password}
        told = (await client.post("/publicity/answers", data=asked)).text
        assert "日照分析满足大寒日两小时标准。" in told
        refused = await client.post("/publicity/answers", data=asked | {"query_password": "nonsense"})
        assert refused.status_code == HTTPStatus.FORBIDDEN
    async with console.signed_in("u.window") as desk:
        shown = await desk.post(f"/cases/{number}/objections/{no}/contact")
        assert OBJECTION["phone"] in shown.text


async def test_given_an_impossible_number_then_the_form_keeps_what_was_typed_and_says_where(
    console: Office, posted: tuple[str, str]
) -> None:
    async with console.visitor() as client:
        key = _KEY.search((await client.get(posted[1])).text)
        assert key
        answer = await client.post(posted[1], data={**OBJECTION, "phone": "12", "key": key[1]})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'id="body.phone-error"' in answer.text
    assert OBJECTION["text"] in answer.text
