"""What everybody sees: home (P1), how far a case is (P2), guides (P3), granted licences."""

import re
from http import HTTPStatus
from typing import Final

import httpx
import pytest
from playwright.async_api import expect

from services.console.languages import english
from services.console.pages.public import STATIONS, stations
from tests.console.office import Office
from tests.console.playing import received, work
from tests.support.wait import wait_until

_PAPER: Final = re.compile(r'<tr><td data-label="材料">([^<]+)</td><td data-label="是否必备">([^<]+)</td>')
_KILOBYTE: Final = 1024


async def looked_up(office: Office, case_no: str, password: str, **headers: str) -> httpx.Response:
    async with office.visitor() as client:
        return await client.post("/q", data={"case_no": case_no, "query_password": password}, headers=headers)


async def test_given_number_and_password_then_the_page_tells_how_far_the_case_is_and_names_nobody(
    console: Office,
) -> None:
    receipt = await received(console.api, title="查进度的一件")
    await wait_until(lambda: _says(console, receipt["case_no"], "open_steps"), within=60)
    page = await looked_up(console, f" {receipt['case_no'].lower()} ", receipt["query_password"])
    assert page.status_code == HTTPStatus.OK
    for said in ("已收件，待受理", "绿灯", "受理审查", receipt["expected_collection_on"], "五个工作日内决定是否受理"):
        assert said in page.text, said
    for secret in (receipt["query_password"], receipt["received_by"], "u.accept", "示例开发有限公司", "13800000001"):
        assert secret not in page.text, secret
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


async def _says(console: Office, case_no: str, what: str) -> bool:
    """Whether the window heard of it."""
    case = await console.api.call("GET", "intake", f"/cases/{case_no}", who="u.window")
    return bool(case[what])


async def test_given_papers_that_lack_then_the_page_lists_what_is_to_be_corrected(console: Office) -> None:
    receipt = await received(console.api)
    await work(console.api, receipt["case_no"], "Task_AcceptanceCheck", "u.accept", decision="correct")
    defects = ["总平面图缺坐标标注", "<b>授权委托书</b>未签名"]
    await work(console.api, receipt["case_no"], "Task_CorrectionNotice", "u.accept", defects=defects)
    await wait_until(lambda: _says(console, receipt["case_no"], "corrections"), within=60)
    page = (await looked_up(console, receipt["case_no"], receipt["query_password"])).text
    assert '<li lang="zh-CN">总平面图缺坐标标注</li>' in page
    assert "&lt;b&gt;授权委托书" in page
    async with console.signed_in("u.window") as desk:
        assert "总平面图缺坐标标注" in (await desk.get("/desk")).text


async def test_given_a_wrong_password_and_an_unknown_case_then_both_get_the_same_page(console: Office) -> None:
    known = (await received(console.api))["case_no"]
    unknown = f"{known[:-5]}99999"
    wrong, nobody = [await looked_up(console, number, "AAAAAAAA") for number in (known, unknown)]
    assert wrong.status_code == nobody.status_code == HTTPStatus.FORBIDDEN
    assert wrong.text.replace(known, "") == nobody.text.replace(unknown, "")
    assert f'value="{known}"' in wrong.text


async def test_given_five_wrong_passwords_then_the_number_is_locked_for_a_while(console: Office) -> None:
    receipt = await received(console.api)
    for _ in range(5):
        await looked_up(console, receipt["case_no"], "AAAAAAAA")
    locked = await looked_up(console, receipt["case_no"], receipt["query_password"])
    assert locked.status_code == HTTPStatus.LOCKED
    assert "查询已锁定" in locked.text
    assert int(locked.headers["retry-after"]) > 0


@pytest.mark.parametrize(("case_no", "password"), [("", ""), ("51200020261123PT0500017", ""), ("x", "y" * 70)])
async def test_given_an_incomplete_form_then_it_is_asked_for_again(
    console: Office, case_no: str, password: str
) -> None:
    page = await looked_up(console, case_no, password)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "请填写案件编号和查询密码" in page.text


async def test_given_the_receipts_qr_code_then_it_leads_to_the_form_with_the_number_filled_in(console: Office) -> None:
    receipt = await received(console.api)
    assert receipt["status_url"] == f"{console.url}/q?case_no={receipt['case_no']}"
    async with console.visitor() as client:
        page = (await client.get(receipt["status_url"])).text
        assert f'value="{receipt["case_no"]}"' in page
        evil = await client.get("/q", params={"case_no": '"><script>'})
        assert "<script>" not in evil.text


async def test_given_a_form_from_elsewhere_then_it_is_refused_and_a_page_without_referrer_is_not(
    console: Office,
) -> None:
    receipt = await received(console.api)
    number, password = receipt["case_no"], receipt["query_password"]
    assert (await looked_up(console, number, password, Origin="null")).status_code == HTTPStatus.OK
    foreign = await looked_up(console, number, password, Origin="https://evil.example")
    assert foreign.status_code == HTTPStatus.FORBIDDEN
    cross = await looked_up(console, number, password, Origin="null", **{"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("status", "outcome", "way"),
    [
        ("received", None, "hxxxx"),
        ("paused", None, "dhxxx"),
        ("decided", None, "ddhxx"),
        ("ready", None, "dddhx"),
        ("delivered", None, "ddddh"),
        ("ended", "refused", "ddddh"),
        ("ended", "withdrawn", "dh"),
    ],
)
def test_given_a_status_then_the_case_stands_there_on_its_way(status: str, outcome: str | None, way: str) -> None:
    marks = {"done": "d", "here": "h", "ahead": "x"}
    found = stations({"status": status, "outcome": outcome})
    assert "".join(marks[place] for _, place in found) == way


def test_given_the_stations_then_their_names_have_english() -> None:
    assert {name for name, _ in STATIONS} <= english().keys()


async def test_given_a_guide_then_its_papers_are_those_of_the_item_and_of_the_situation(console: Office) -> None:
    item = (await console.api.call("GET", "intake", "/public/items/PT05"))["item"]
    async with console.visitor() as client:
        listed = (await client.get("/items")).text
        assert all(f'href="/items/{code}"' in listed for code in ("PT02", "PT05", "PT06"))
        everything = (await client.get("/items/PT05")).text
        assert len(_PAPER.findall(everything)) == len(item["documents"])
        for one in item["situations"]:
            page = (await client.get("/items/PT05", params={"situation": one["code"]})).text
            assert _PAPER.findall(page) == [
                (paper["name"], "必备" if paper["mandatory"] else "视情况")
                for paper in item["documents"]
                if one["code"] in paper["situations"]
            ]


async def test_given_an_unknown_item_or_situation_then_one_is_told_or_led_to_what_there_is(console: Office) -> None:
    async with console.visitor() as client:
        assert (await client.get("/items/PT99")).status_code == HTTPStatus.NOT_FOUND
        assert (await client.get("/items/PT05?situation=none")).headers["location"] == "/items/PT05"


async def test_given_a_search_too_short_then_the_page_says_so_and_a_longer_one_is_answered(console: Office) -> None:
    async with console.visitor() as client:
        short = await client.get("/results", params={"q": "西"})
        assert short.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "至少输入两个字" in short.text
        assert "没有符合的结果" in (await client.get("/results", params={"q": "没有的项目"})).text


async def test_given_no_scripts_then_a_case_is_looked_up_from_the_home_page(console: Office) -> None:
    receipt = await received(console.api)
    async with console.page(scripts=False, width=375) as page:
        await page.goto("/")
        await page.get_by_label("案件编号").fill(receipt["case_no"])
        await page.get_by_label("查询密码").fill(receipt["query_password"])
        await page.get_by_role("button", name="查进度").click()
        await expect(page.get_by_role("heading", name="接下来")).to_be_visible()
        await page.get_by_label("案件编号").fill(receipt["case_no"])
        await page.get_by_label("查询密码").fill("AAAAAAAA")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("案件编号或查询密码不正确")).to_be_visible()


async def test_given_the_home_page_then_it_is_small_and_remembers_large_type(console: Office) -> None:
    async with console.page() as page:
        sizes: list[int] = []
        page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", "0"))))
        await page.goto("/", wait_until="networkidle")
        assert 0 < sum(sizes) < 100 * _KILOBYTE
        await page.get_by_role("button", name="大字").click()
        await expect(page.locator("html")).to_have_attribute("data-size", "large")
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("data-size", "large")
